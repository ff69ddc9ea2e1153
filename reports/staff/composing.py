"""Editors write what stands around the figures: texts by place and language, and comments of experts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from accounts.templatetags.staff import at
from reports import compositions
from reports.actions import composing as actions
from reports.actions import unsaved as unsaved_texts
from reports.composing import WRITTEN, Place
from reports.disclosed import ITEM_NAMES
from reports.models import ExpertComment, ReportText
from surveys.models import Edition

NAMES = {
    "summary": gettext_lazy("Summary"),
    "about": gettext_lazy("About the report"),
    "technologies": gettext_lazy("Part three: technologies and methods"),
} | {f"method.{key}": name for key, name in ITEM_NAMES.items()}
LANGUAGES = [(code, name) for code, name in settings.LANGUAGES if "-x" not in code]
PREVIEW, DISCARD = "preview", "discard"
LATELY = timedelta(minutes=15)
"""So long after somebody has typed something colleagues are told that they write at the same place."""
SOURCE = "en"


class TextForm(StaffForm):
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy(
            "Markdown: an empty line begins a paragraph, **bold**, *italic*, lists with -. Empty to show nothing."
        ),
        required=False,
        max_length=ReportText.MOST,
        widget=forms.Textarea(attrs={"rows": 16}),
    )


@dataclass(frozen=True)
class Line:
    place: Place
    title: str
    written: tuple[tuple[str, str, bool, bool], ...]
    """(language, its own name, whether there is a text, whether the reader has typed something unsaved)."""
    comments: tuple[ExpertComment, ...]

    @property
    def is_missing(self) -> bool:
        """Whether there is no release before somebody has written it."""
        return self.place.key in WRITTEN and not any(
            there for code, _name, there, _mine in self.written if code == SOURCE
        )


def title_of(place: Place) -> str:
    named = str(NAMES.get(place.key, place.title))
    if not place.is_of_a_figure:
        return named
    kind = _("Headline") if place.kind == "headline" else _("Note")
    return f"{kind}, {named}"


@require("release.request")
@require_safe
def outline(request: StaffRequest, year: int) -> HttpResponse:
    edition = get_object_or_404(Edition, year=year)
    texts, comments = compositions.texts_of(edition), compositions.comments_of(edition)
    mine = compositions.unsaved_of(edition, request.user)
    lines = [
        Line(
            place,
            title_of(place),
            tuple(
                (
                    code,
                    name,
                    bool(texts.get(place.key, {}).get(code) and texts[place.key][code].text.strip()),
                    (place.key, code) in mine,
                )
                for code, name in LANGUAGES
            ),
            tuple(comment for comment in comments if comment.place == place.key),
        )
        for place in compositions.places(edition)
        if not place.is_of_a_figure
    ]
    context = {
        "title": _("Texts of the report %(year)s") % {"year": year},
        "here": "releases",
        "edition": edition,
        "lines": lines,
    }
    return show(request, "staff/composing/outline.html", context)


def _place(edition: Edition, key: str) -> Place:
    found = next((place for place in compositions.places(edition) if place.key == key), None)
    if found is None:
        raise Http404(_("The report of this edition has no such place."))
    return found


def _edition_and_place(year: int, place: str, language: str) -> tuple[Edition, Place]:
    edition = get_object_or_404(Edition, year=year)
    if language not in dict(LANGUAGES):
        raise Http404(_("The report of this edition has no such place."))
    return edition, _place(edition, place)


@require("release.request")
@require_http_methods(["GET", "POST"])
def text(request: StaffRequest, year: int, place: str, language: str) -> HttpResponse:
    edition, found = _edition_and_place(year, place, language)
    own: dict[str, Any] = {"edition": edition, "place": place, "language": language, "by": request.user}
    if DISCARD in request.POST:
        unsaved_texts.throw_away(**own)
        messages.success(request, _("What you had not saved is thrown away."))
        return redirect(request.path)
    stored = compositions.texts_of(edition).get(place, {}).get(language)
    mine = compositions.unsaved_at(**own)
    initial = {
        "seen": mine.seen if mine else stored.version if stored else 0,
        "text": mine.text if mine else compositions.text_of(stored, place, language),
    }
    form = TextForm(posted(request), initial=initial)
    context = _context(year, found, language) | {
        "stored": stored,
        "mine": mine if request.method == "GET" else None,
        "is_behind": mine is not None and stored is not None and stored.version != mine.seen,
        "colleagues": compositions.writing_too(**own, since=timezone.now() - LATELY),
    }
    if request.method == "GET" or not form.is_valid():
        return form_page(request, "staff/composing/text.html", context, form)
    if PREVIEW in request.POST:
        unsaved_texts.keep(**own, **form.cleaned_data, now=timezone.now())
        context["previewed"] = form.cleaned_data["text"]
        return show(request, "staff/composing/text.html", {**context, "form": form})
    try:
        actions.write(**own, **form.cleaned_data, now=timezone.now())
    except actions.SavedMeanwhile as refusal:
        # What the editor typed stays; saving again goes on from what stands there now.
        again = TextForm({"seen": refusal.theirs.version, "text": form.cleaned_data["text"]})
        again.is_valid()
        more = {"form": again, "theirs": refusal.theirs}
        return refuse(request, "staff/composing/text.html", context | more, [refusal])
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/composing/text.html", {**context, "form": form}, [refusal])
    messages.success(request, _("Saved. The next release that is asked for holds it."))
    return redirect(_back(year, found))


def _context(year: int, place: Place, language: str) -> dict[str, Any]:
    outline_title = _("Texts of the report %(year)s") % {"year": year}
    return {
        "title": f"{title_of(place)}: {dict(LANGUAGES)[language]}",
        "here": "releases",
        "back": _back(year, place),
        "back_label": _("The figure") if place.is_of_a_figure else outline_title,
        "language": language,
        "keep": reverse("staff:unsaved_text", args=[year, place.key, language]),
        "about_method": place.kind == "method",
        "has_to_be_written": place.key in WRITTEN,
    }


@require("release.request")
@require_POST
def unsaved(request: StaffRequest, year: int, place: str, language: str) -> HttpResponse:
    """The script of the form hands in what was typed. It is answered with the sentence to show."""
    edition, _found = _edition_and_place(year, place, language)
    form = TextForm(request.POST)
    if not form.is_valid():
        return JsonResponse(
            {"said": " ".join(str(e) for errors in form.errors.values() for e in errors)}, status=422
        )
    now = timezone.now()
    kept = unsaved_texts.keep(
        edition=edition, place=place, language=language, **form.cleaned_data, by=request.user, now=now
    )
    said = _("Kept for you, %(moment)s, not saved yet.") % {"moment": at(now)}
    return JsonResponse({"said": said if kept else _("Nothing here is unsaved.")})


def _back(year: int, place: Place) -> str:
    if place.is_of_a_figure:
        return reverse("staff:report_figure", args=[year, place.key.partition(".")[2]])
    return reverse("staff:composing", args=[year])
