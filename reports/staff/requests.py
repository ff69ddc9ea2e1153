"""Pages about tables that analysts ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import has, require
from reports import requested
from reports.actions import requests as actions
from reports.lines import ordered
from reports.measures import rule_text
from reports.models import Table, TableRequest
from reports.request_tables import NOT_COUNTED
from reports.request_words import description
from reports.staff import labels
from reports.staff.blocks import Section, blocks
from reports.staff.request_forms import QuestionForm, TableRequestForm, WithdrawForm, initial_of
from surveys.access import get_wave_or_404
from surveys.definition import Definition, Question
from surveys.models import Wave
from surveys.queries import definition_of


@dataclass(frozen=True)
class Line:
    """One request in the list: its newest version, and where it stands."""

    request: TableRequest
    question: str
    state: str
    is_counted: bool


@require("table.view")
@require_safe
def requests(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = context_of(wave) | {
        "title": _("Requested tables of %(wave)s") % {"wave": wave},
        "lines": list(lines(wave, definition_of(wave.questionnaire))),
        "may_ask": has(request.user, "table.request") and wave.status != Wave.Status.DRAFT,
    }
    return show(request, "staff/table_requests.html", context)


def lines(wave: Wave, definition: Definition) -> Iterator[Line]:
    counted = set(Table.objects.filter(wave=wave).values_list("request_id", flat=True))
    for found in requested.newest_of(wave):
        is_counted = found.pk in counted and not found.withdrawn
        state = (
            _("withdrawn") if found.withdrawn else _("counted") if is_counted else _("waits for the night")
        )
        yield Line(found, labels.heading_of(definition, found.question), state, is_counted)


@require("table.view")
@require_safe
def table_request(request: StaffRequest, wave_id: UUID, number: int) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    versions = get_versions_or_404(wave, number)
    newest, definition = versions[0], definition_of(wave.questionnaire)
    tables = requested.tables_of_request(newest)
    context = context_of(wave) | {
        "title": newest.title,
        "request_of_table": newest,
        "versions": [(version, list(description(definition, version))) for version in versions],
        "description": list(description(definition, newest)),
        "table": tables[0] if tables else None,
        "sections": [section_of(definition, newest, table) for table in tables],
        "not_counted": any(table.reason == NOT_COUNTED for table in tables),
        "may_change": has(request.user, "table.request") and not newest.withdrawn,
        "back": reverse("staff:table_requests", args=[wave.pk]),
    }
    return show(request, "staff/table_request.html", context)


def section_of(definition: Definition, request: TableRequest, table: Table) -> Section:
    """Like that of every other table, with the sums of the request among the names."""
    question = definition.by_key[table.question]
    known = labels.names_of(definition, table.question)
    own = {("net", net.code): net.label for net in request.nets.all()}
    naming = replace(known, labels={**known.labels, **own})
    cells = ordered(table.cells.all(), question, naming)
    return Section(
        title=labels.breakdown_title(definition, table.breakdown),
        dropped=table.status == "dropped",
        blocks=tuple(blocks(definition, naming, table.breakdown, cells)),
    )


@require("table.request")
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    """First the question, which decides what else can be chosen, then the table."""
    wave = get_wave_or_404(wave_id)
    definition = definition_of(wave.questionnaire)
    context = from_requests(wave) | {"title": _("Ask for another table")}
    try:
        actions.check_can_ask(request.user, wave)
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/table_requests.html", listed(wave), [refusal])
    typed = request.POST if request.method == "POST" else request.GET
    chosen = QuestionForm(typed if "question" in typed else None, definition=definition)
    if not chosen.is_valid():
        return form_page(request, "staff/choose_question.html", context, chosen)
    question = definition.by_key[chosen.cleaned_data["question"]]
    start = {"question": question.key, "base_rule": rule_text(question.analysis.base_rule)}
    form = TableRequestForm(posted(request), definition=definition, asked=question, initial=start)
    context |= {"asked": labels.heading_of(definition, question.key), "button": _("Ask for this table")}
    made = _try(request, form, context, lambda **fields: actions.ask(wave=wave, **fields))
    if isinstance(made, HttpResponse):
        return made
    messages.success(
        request, _("The table is asked for. The next night counts it and protects it like the rest.")
    )
    return redirect("staff:table_request", wave.pk, made.number)


@require("table.request")
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, wave_id: UUID, number: int) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    newest = get_versions_or_404(wave, number)[0]
    definition = definition_of(wave.questionnaire)
    question: Question = definition.by_key[newest.question]
    form = TableRequestForm(
        posted(request), definition=definition, asked=question, initial=initial_of(newest)
    )
    context = from_request(wave, newest) | {
        "title": _("Change “%(title)s”") % {"title": newest.title},
        "asked": labels.heading_of(definition, question.key),
        "button": _("Save as a further version"),
        "is_change": True,
    }
    if newest.withdrawn:
        return refuse(request, "staff/table_requests.html", listed(wave), [actions.AlreadyWithdrawn()])
    made = _try(request, form, context, lambda **fields: actions.change(request=seen(newest, form), **fields))
    if isinstance(made, HttpResponse):
        return made
    messages.success(
        request, _("Version %(version)s is saved. The next night counts it.") % {"version": made.version}
    )
    return redirect("staff:table_request", wave.pk, made.number)


def seen(newest: TableRequest, form: TableRequestForm) -> TableRequest:
    """The version that the person had before them. Somebody may have saved another one meanwhile."""
    version = form.cleaned_data["version"] or newest.version
    found = TableRequest.objects.filter(wave_id=newest.wave_id, number=newest.number, version=version)
    return found.select_related("wave").first() or newest


def _try(
    request: StaffRequest, form: TableRequestForm, context: dict[str, Any], act: Any
) -> TableRequest | HttpResponse:
    """What the action made, or the page again with every reason and with all that was typed."""
    template = "staff/table_request_form.html"
    if not form.is_valid():
        return form_page(request, template, context, form)
    fields = {"title": form.cleaned_data["title"], "reason": form.cleaned_data["reason"], "draft": form.draft}
    try:
        made: TableRequest = act(by=request.user, now=timezone.now(), **fields)
    except actions.CannotBeAsked as refusal:
        form.add_problems(refusal.problems)
        return form_page(request, template, context, form)
    except actions.REFUSALS as refusal:
        return refuse(request, template, context | {"form": form}, [refusal])
    return made


@require("table.request")
@require_http_methods(["GET", "POST"])
def withdraw(request: StaffRequest, wave_id: UUID, number: int) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    newest = get_versions_or_404(wave, number)[0]
    form = WithdrawForm(posted(request))
    context = from_request(wave, newest) | {
        "title": _("Withdraw “%(title)s”") % {"title": newest.title},
        "button": _("Withdraw the request"),
        "button_class": "button-danger",
        "consequences": [
            _("Its tables are shown to nobody from now on, and the next night removes them."),
            _("What it asked for stays on record. A withdrawn request does not come back; ask anew instead."),
        ],
    }
    try:
        actions.check_can_change(request.user, newest)
        if not form.is_valid():
            return form_page(request, "staff/confirm.html", context, form)
        actions.withdraw(
            request=newest, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/confirm.html", context | {"form": form}, [refusal])
    messages.success(request, _("The request is withdrawn."))
    return redirect("staff:table_requests", wave.pk)


def get_versions_or_404(wave: Wave, number: int) -> list[TableRequest]:
    """Newest first."""
    found = TableRequest.objects.filter(wave=wave, number=number).select_related("wave", "by")
    versions = list(found.prefetch_related("nets").order_by("-version"))
    if not versions:
        raise Http404(_("There is no such request."))
    return versions


def context_of(wave: Wave) -> dict[str, Any]:
    return {"here": "dashboard", "wave": wave, "synthetic": wave.synthetic}


def listed(wave: Wave) -> dict[str, Any]:
    return context_of(wave) | {
        "title": _("Requested tables of %(wave)s") % {"wave": wave},
        "lines": list(lines(wave, definition_of(wave.questionnaire))),
    }


def from_requests(wave: Wave) -> dict[str, Any]:
    return context_of(wave) | {
        "back": reverse("staff:table_requests", args=[wave.pk]),
        "back_label": _("Requested tables of %(wave)s") % {"wave": wave},
    }


def from_request(wave: Wave, request: TableRequest) -> dict[str, Any]:
    back = reverse("staff:table_request", args=[wave.pk, request.number])
    return context_of(wave) | {"back": back, "back_label": request.title}
