"""Which languages a wave's questionnaire is in, how far each of them is, and opening them to respondents."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, refuse, show
from accounts.permissions import require
from surveys.access import get_wave_or_404
from surveys.actions.languages import (
    LanguageIncomplete,
    LanguageIsSource,
    LanguageNotSpoken,
    WaveOver,
    check_can_open_language,
    close_language,
    incomplete_languages,
    language_name,
    open_language,
)
from surveys.actions.printing import request_print
from surveys.models import Wave
from surveys.queries import Passage, languages_of, passages, states_of
from surveys.staff.context import CONFIRM, from_languages, from_wave
from surveys.staff.stages import Stage
from surveys.translating import TranslationState

REFUSALS = (LanguageIncomplete, LanguageIsSource, LanguageNotSpoken, WaveOver)
PASSAGES_SHOWN = 200


@dataclass(frozen=True)
class Line:
    """One language of the questionnaire, as the pages show it; `name` is for sentences."""

    name: str
    state: TranslationState
    is_open: bool
    progress: tuple[Stage, ...]
    review: Stage


@dataclass(frozen=True)
class ToDo:
    """Texts of one language that somebody has to look at."""

    name: str
    state: TranslationState
    missing: tuple[Passage, ...]
    stale: tuple[Passage, ...]
    more: int


@require("wave.view")
@require_safe
def languages(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    found = get_wave_or_404(wave_id)
    lines = lines_of(found)
    context = {
        **from_wave(found),
        "title": _("Languages of %(wave)s") % {"wave": found},
        "wave": found,
        "source_name": language_name(found.questionnaire.language),
        "lines": lines,
        "warnings": warnings_of(found),
        "to_do": [to_do(found, line.state) for line in lines if not line.state.is_complete],
        "is_over": found.status == Wave.Status.FINAL,
    }
    return show(request, "staff/languages.html", context)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def open_(request: StaffRequest, wave_id: UUID, language: str) -> HttpResponse:
    found = wave_with(wave_id, language)
    named = {"language": language_name(language), "wave": found}
    context = {
        **from_languages(found),
        "title": _("Open %(language)s in %(wave)s") % named,
        "button": _("Open the language"),
        "consequences": [
            _("Respondents can read the whole questionnaire in %(language)s and change to it on every page.")
            % named,
            _("Places that are empty in this language show the text in the language of the questionnaire."),
        ],
    }
    if request.method == "POST":
        try:
            open_language(wave=found, language=language, by=request.user, now=timezone.now())
        except REFUSALS as refusal:
            return refuse(request, CONFIRM, context, [refusal])
        request_print(found)
        messages.success(request, _("%(language)s is open to respondents.") % named)
        return redirect("waves:languages", found.pk)
    return show(request, CONFIRM, {**context, "missing": why_not(found, language)})


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, wave_id: UUID, language: str) -> HttpResponse:
    found = wave_with(wave_id, language)
    named = {"language": language_name(language), "wave": found}
    own = {"language": language_name(found.questionnaire.language)}
    context = {
        **from_languages(found),
        "title": _("Close %(language)s in %(wave)s") % named,
        "button": _("Close the language"),
        "consequences": [
            _("Who is answering in it goes on in %(language)s. No answer is lost.") % own,
            _("It can be opened again."),
        ],
    }
    if request.method == "POST":
        try:
            close_language(wave=found, language=language, by=request.user, now=timezone.now())
        except WaveOver as refusal:
            return refuse(request, CONFIRM, context, [refusal])
        request_print(found)
        messages.success(request, _("%(language)s is closed.") % named)
        return redirect("waves:languages", found.pk)
    return show(request, CONFIRM, context)


def wave_with(wave_id: UUID, language: str) -> Wave:
    """The wave, if its questionnaire has texts in the language."""
    found = get_wave_or_404(wave_id)
    if language not in languages_of(found.questionnaire):
        raise Http404
    return found


def why_not(found: Wave, language: str) -> tuple[str, ...]:
    try:
        check_can_open_language(found, language)
    except REFUSALS as refusal:
        return (str(refusal),)
    return ()


def lines_of(found: Wave) -> tuple[Line, ...]:
    """Every language that the questionnaire is translated into, complete or not."""
    return tuple(
        Line(
            language_name(state.language),
            state,
            state.language in found.languages,
            progress_of(state),
            review_of(state),
        )
        for state in states_of(found.questionnaire)
    )


def warnings_of(found: Wave) -> tuple[str, ...]:
    """Of a wave that is open: what its respondents miss in a language that was complete once."""
    return incomplete_languages(found) if found.status == Wave.Status.OPEN else ()


def progress_of(state: TranslationState) -> tuple[Stage, ...]:
    missing = ngettext("%(count)d text missing", "%(count)d texts missing", len(state.missing))
    stale = ngettext("%(count)d text out of date", "%(count)d texts out of date", len(state.stale))
    counted = ((missing, state.missing), (stale, state.stale))
    found = [Stage(words % {"count": len(paths)}, "tag-warning") for words, paths in counted if paths]
    return tuple(found) or (Stage(_("complete"), "tag-good"),)


def review_of(state: TranslationState) -> Stage:
    if state.reviewed_by:
        return Stage(_("reviewed by %(name)s") % {"name": state.reviewed_by})
    return Stage(_("draft until a native speaker has reviewed it"), "tag-warning")


def to_do(found: Wave, state: TranslationState) -> ToDo:
    """The first of them: a translation just begun lacks everything."""
    missing, stale = state.missing[:PASSAGES_SHOWN], state.stale[:PASSAGES_SHOWN]
    return ToDo(
        language_name(state.language),
        state,
        passages(found.questionnaire, state.language, missing),
        passages(found.questionnaire, state.language, stale),
        len(state.missing) + len(state.stale) - len(missing) - len(stale),
    )
