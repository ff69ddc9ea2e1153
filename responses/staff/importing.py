"""A file of answers that were collected elsewhere: looked at first, then handed to the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from responses.actions.import_files import FileGone, Waiting, latest_of, look_at, request_import
from responses.actions.import_responses import ImportRefused, Looked, NotTolerated, missing_for_import
from responses.actions.keys import WorkerOutOfReach
from responses.importing.checking import Report
from responses.importing.problems import Problem, Unusable
from responses.importing.sealed import Upload
from responses.importing.sentences import sentence
from responses.importing.skeleton import skeleton
from responses.keeping import KeptForm, KeptFormUnreadable, lock, unlock
from responses.staff.forms import ImportForm
from responses.staff.views import from_wave
from surveys.access import get_wave_or_404
from surveys.models import Wave
from surveys.queries import definition_of

PAGE, PREVIEW = "staff/import.html", "staff/import_preview.html"
PROBLEMS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem as the page shows it."""

    line: int
    place: str
    found: str
    message: str


@require("response.import")
@require_http_methods(["GET", "POST"])
def import_(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    """The file and its mapping, and then what is in them. The page shows nothing of a row."""
    wave = get_wave_or_404(wave_id)
    form = ImportForm(posted(request), request.FILES or None)
    if request.method == "GET" or not form.is_valid():
        return form_page(request, PAGE, page_context(wave), form)
    asked = form.cleaned_data
    upload = Upload(asked["mapping"], asked["file"])
    try:
        found = look_at(
            wave=wave,
            upload=upload,
            tolerated=asked["tolerated"],
            source=asked["source"],
            by=request.user,
            now=timezone.now(),
        )
    except Unusable as unusable:
        context = {**page_context(wave), "form": form, "lines": lines_of(unusable.problems)}
        return refuse(request, PAGE, context, [_("Nothing was imported. Correct what stands below.")])
    except ImportRefused as refused:
        return refuse(request, PAGE, {**page_context(wave), "form": form}, [refused])
    if isinstance(found, Waiting):
        return preview(request, wave, form, found)
    refusal = NotTolerated(found.report, asked["tolerated"])
    context = {**page_context(wave), "form": form, **what_is_in(found)}
    return refuse(request, PAGE, context, [refusal])


def page_context(wave: Wave) -> dict[str, Any]:
    latest = latest_of(wave)
    return {
        **from_wave(wave),
        "title": _("Import answers into %(wave)s") % {"wave": wave},
        "button": _("Look at the file"),
        "missing": missing_for_import(wave, timezone.now()),
        "latest": latest,
        "is_waiting": latest is not None and latest.state == latest.State.WAITING,
    }


def preview(request: StaffRequest, wave: Wave, form: ImportForm, found: Waiting) -> HttpResponse:
    """The key of the file travels on inside the page, locked, and is stored nowhere."""
    fields = {
        "file": [str(found.file_id)],
        "key": [found.key],
        "tolerated": [str(form.cleaned_data["tolerated"])],
        "source": [form.cleaned_data["source"]],
    }
    context = {
        **from_wave(wave),
        "title": _("The file for %(wave)s") % {"wave": wave},
        "kept": lock(KeptForm(owner(request, wave), fields), now=timezone.now()),
        "source": form.cleaned_data["source"] or found.looked.plan.source,
        **what_is_in(found.looked),
    }
    return show(request, PREVIEW, context)


def owner(request: StaffRequest, wave: Wave) -> str:
    """Another person, or another wave, cannot take the file up."""
    return f"import {wave.pk} {request.user.pk}"


def what_is_in(looked: Looked) -> dict[str, Any]:
    report = looked.report
    return {
        "report": report,
        "questions": report.by_question,
        "lines": lines_of((*report.refusals, *report.problems.first)[:PROBLEMS_SHOWN]),
        "total": total_of(report),
        "different": len(report.weights),
        "share": f"{report.share:.2f}",
    }


def total_of(report: Report) -> int:
    return len(report.refusals) + report.problems.total


def lines_of(problems: tuple[Problem, ...]) -> list[ProblemLine]:
    return [ProblemLine(one.line, one.place, one.found, sentence(one)) for one in problems[:PROBLEMS_SHOWN]]


@require("response.import")
@require_POST
def confirm(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    """The file that was looked at is handed to the worker, which checks everything anew."""
    wave = get_wave_or_404(wave_id)
    try:
        fields = kept_fields(request, wave)
        request_import(
            wave=wave,
            file_id=UUID(fields["file"][0]),
            key=fields["key"][0],
            tolerated=float(fields["tolerated"][0]),
            source=fields["source"][0],
            by=request.user,
            now=timezone.now(),
        )
    except (KeptFormUnreadable, FileGone, WorkerOutOfReach) as refusal:
        return refuse(request, PAGE, {**page_context(wave), "form": ImportForm()}, [refusal])
    messages.success(
        request, _("The worker was asked to import the file. This page shows how it went; load it again.")
    )
    return redirect("invitations:import", wave.pk)


def kept_fields(request: StaffRequest, wave: Wave) -> Mapping[str, list[str]]:
    kept = unlock(request.POST.get("kept", ""), now=timezone.now())
    if kept.address != owner(request, wave):
        raise FileGone
    return kept.fields


@require("response.import")
@require_safe
def mapping(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    """A mapping to begin with, as a file."""
    wave = get_wave_or_404(wave_id)
    response = HttpResponse(
        skeleton(definition_of(wave.questionnaire)), content_type="application/yaml; charset=utf-8"
    )
    name = f"mapping-{wave.questionnaire.key}-{wave.questionnaire.version}.yaml"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
