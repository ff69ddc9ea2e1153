"""Coding one answer after the other, and deciding between two coders. Works without a script, and fast with one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import REFUSED, StaffRequest, show
from accounts.permissions import require
from responses.actions import code as actions
from responses.coding import texts
from responses.coding.access import get_round_to_code_or_404, get_round_to_decide_or_404
from responses.coding.models import FIRST, SECOND, THIRD, CodingRound, Decision
from responses.models import OpenText
from responses.staff.code_page import (
    Work,
    one_or_several,
    options,
    question_text,
    suggested,
    text_context,
)

PAGE = "staff/coding/code.html"


@require("text.code", "coding.lead", "text.quote")
@require_safe
def mine(request: StaffRequest) -> HttpResponse:
    """The rounds in which somebody codes or decides."""
    context = {
        "title": _("Coding"),
        "here": "coding",
        "rounds": [line(one, request) for one in texts.rounds_of(request.user)],
        "waves": texts.waves_with_texts(),
    }
    return show(request, "staff/coding/mine.html", context)


def line(coding_round: CodingRound, request: StaffRequest) -> dict[str, Any]:
    place = coding_round.place_of(request.user.pk)
    decides = place == THIRD
    return {
        "round": coding_round,
        "question": question_text(coding_round),
        "decides": decides,
        "progress": None if decides else texts.progress(coding_round, request.user, place or 0),
        "waiting": texts.to_adjudicate(coding_round).count() if decides else 0,
        "is_reported": texts.reported(coding_round) is not None,
    }


def from_coding() -> dict[str, Any]:
    return {"here": "coding", "back": reverse("coding:mine"), "back_label": _("Coding")}


@require("text.code")
@require_http_methods(["GET", "POST"])
def code(request: StaffRequest, round_id: int) -> HttpResponse:
    coding_round, place = get_round_to_code_or_404(round_id, request.user)
    work = Work(request.session, coding_round)
    if request.method == "POST":
        do = DEEDS.get(request.POST.get("do", ""), save)
        try:
            do(request, coding_round, place, work)
        except actions.REFUSALS as refusal:
            return refused(request, coding_round, place, work, refusal)
        return redirect("coding:code", coding_round.pk)
    if not work.is_warned:
        return show(request, "staff/coding/warning.html", frame(coding_round))
    if work.is_pausing:
        return show(
            request, "staff/coding/pause.html", frame(coding_round) | counts(request, coding_round, place)
        )
    return one_text(request, coding_round, place, work, next_text(request, coding_round, place, work))


def next_text(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> OpenText | None:
    """In the coder's own order; what was skipped comes at the end."""
    waiting = texts.to_code(coding_round, request.user, place)
    found = waiting.exclude(pk__in=work.skipped).first()
    if found is None and work.skipped:
        work.look_at_skipped()
        found = waiting.first()
    return found


def one_text(
    request: StaffRequest,
    coding_round: CodingRound,
    place: int,
    work: Work,
    text: OpenText | None,
    *,
    problems: Collection[str] = (),
    chosen: Collection[str] = (),
) -> HttpResponse:
    context = frame(coding_round) | counts(request, coding_round, place)
    context |= {"has_keys": work.has_keys, "can_undo": work.last is not None, "problems": list(problems)}
    if text is None:
        return show(request, "staff/coding/done.html", context)
    decision = Decision.objects.filter(text=text, place=place).first()
    wave = coding_round.wave
    context |= text_context(coding_round, text) | {
        "is_hidden": work.is_hidden,
        "options": options(
            wave.questionnaire, coding_round.question, suggested(wave.questionnaire, text), chosen
        ),
        "several": one_or_several(coding_round),
        "decision": decision,
        "note": request.POST.get("note", ""),
    }
    return show(request, PAGE, context, status=REFUSED if problems else 200)


def refused(
    request: StaffRequest, coding_round: CodingRound, place: int, work: Work, refusal: Exception
) -> HttpResponse:
    """The same text again with what was chosen; a text that is not to be coded any more gives way to the next."""
    waiting = texts.to_code(coding_round, request.user, place)
    named = named_text(request)
    text = (waiting.filter(pk=named).first() if named else None) or waiting.first()
    chosen = request.POST.getlist("codes")
    return one_text(request, coding_round, place, work, text, problems=[str(refusal)], chosen=chosen)


def frame(coding_round: CodingRound) -> dict[str, Any]:
    return {
        **from_coding(),
        "title": _("Code open answers"),
        "synthetic": coding_round.wave.synthetic,
        "round": coding_round,
        "wave": coding_round.wave,
        "question": question_text(coding_round),
    }


def counts(request: StaffRequest, coding_round: CodingRound, place: int) -> dict[str, Any]:
    return {"progress": texts.progress(coding_round, request.user, place), "batch_size": texts.BATCH}


def named_text(request: StaffRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("text", ""))
    except ValueError:
        return None


def posted_text(request: StaffRequest) -> UUID:
    found = named_text(request)
    if found is None:
        raise actions.NotYourText
    return found


def save(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> None:
    text = posted_text(request)
    codes = request.POST.getlist("codes")
    actions.decide(coding_round=coding_round, text=text, codes=codes, by=request.user, now=timezone.now())
    finished(request, coding_round, place, work, text)


def ask(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> None:
    text = posted_text(request)
    note = request.POST.get("note", "")
    actions.ask(coding_round=coding_round, text=text, note=note, by=request.user, now=timezone.now())
    finished(request, coding_round, place, work, text)


def finished(request: StaffRequest, coding_round: CodingRound, place: int, work: Work, text: UUID) -> None:
    done = texts.progress(coding_round, request.user, place)
    work.did(text, pause=done.in_batch == 0 and done.left > 0)


def skip(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> None:
    work.skip(posted_text(request))


def undo(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> None:
    if work.last is None:
        raise actions.NothingToUndo
    last = work.last
    work.undid()
    actions.undo(coding_round=coding_round, text=last, by=request.user, now=timezone.now())
    messages.success(request, _("Your last decision is undone. The answer comes again."))


def hide(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> None:
    work.set("hidden", True)


def show_again(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> None:
    work.set("hidden", False)


def switch_keys(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> None:
    work.set("without_keys", work.has_keys)


def begin(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> None:
    work.set("warned", True)


def go_on(request: StaffRequest, coding_round: CodingRound, place: int, work: Work) -> None:
    work.go_on()


Deed = Callable[[StaffRequest, CodingRound, int, Work], None]
DEEDS: dict[str, Deed] = {
    "save": save,
    "ask": ask,
    "skip": skip,
    "undo": undo,
    "hide": hide,
    "show": show_again,
    "keys": switch_keys,
    "begin": begin,
    "go_on": go_on,
}


@require("text.code")
@require_http_methods(["GET", "POST"])
def decide(request: StaffRequest, round_id: int) -> HttpResponse:
    """The third's page: what both gave, side by side, without their names, and the codes to choose from."""
    coding_round = get_round_to_decide_or_404(round_id, request.user)
    work = Work(request.session, coding_round)
    problem = ""
    if request.method == "POST":
        if request.POST.get("do") == "begin":
            work.set("warned", True)
            return redirect("coding:decide", coding_round.pk)
        try:
            actions.adjudicate(
                coding_round=coding_round,
                text=posted_text(request),
                codes=request.POST.getlist("codes"),
                by=request.user,
                now=timezone.now(),
            )
        except actions.REFUSALS as refusal:
            problem = str(refusal)
        else:
            return redirect("coding:decide", coding_round.pk)
    return decision_page(request, coding_round, work, problem)


def decision_page(request: StaffRequest, coding_round: CodingRound, work: Work, problem: str) -> HttpResponse:
    context = frame(coding_round) | {"title": _("Decide between two coders"), "has_keys": work.has_keys}
    if not work.is_warned:
        return show(request, "staff/coding/warning.html", context)
    waiting = texts.to_adjudicate(coding_round)
    is_reported = texts.reported(coding_round) is not None
    text = waiting.first() if is_reported else None
    context |= {"waiting": waiting.count(), "is_reported": is_reported}
    if text is None:
        return show(request, "staff/coding/decided.html", context)
    pairs = both_codes(text)
    known = {code: _("given by one of them") for codes in pairs for code in codes}
    known |= {code: _("given by both") for code in set(pairs[0]) & set(pairs[1])}
    chosen = request.POST.getlist("codes")
    questionnaire = coding_round.wave.questionnaire
    offered = options(questionnaire, coding_round.question, known.items(), chosen)
    labels = {option.code: option.label for option in offered}
    context |= text_context(coding_round, text) | {
        "options": offered,
        "several": one_or_several(coding_round),
        "pairs": [[labels.get(code, code) for code in codes] for codes in pairs],
        "problems": [problem] if problem else [],
    }
    return show(request, "staff/coding/decide.html", context, status=REFUSED if problem else 200)


def both_codes(text: OpenText) -> list[list[str]]:
    """What the two gave, in an order that the text's random key decides, so that neither is always the first."""
    rows = Decision.objects.filter(text=text, place__in=(FIRST, SECOND)).order_by("place")
    found = [list(codes) for codes in rows.values_list("codes", flat=True)]
    return found[::-1] if text.pk.int % 2 else found
