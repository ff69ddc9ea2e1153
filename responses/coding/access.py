"""The doors through which pages reach rounds: nobody sees a round that is not theirs."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import permissions
from accounts.models import User
from responses.coding.models import FIRST, SECOND, THIRD, CodingRound, Decision
from responses.models import OpenText


def rounds() -> QuerySet[CodingRound]:
    return CodingRound.objects.select_related(
        "wave__questionnaire", "wave__edition", "first", "second", "third"
    )


def get_round_to_code_or_404(round_id: int, user: User) -> tuple[CodingRound, int]:
    """A round in which the user is one of the two coders, with the place."""
    found = get_object_or_404(rounds(), pk=round_id)
    place = found.place_of(user.pk)
    if place not in (FIRST, SECOND):
        raise Http404
    return found, place


def get_round_to_decide_or_404(round_id: int, user: User) -> CodingRound:
    found = get_object_or_404(rounds(), pk=round_id)
    if found.place_of(user.pk) != THIRD:
        raise Http404
    return found


def get_round_to_lead_or_404(round_id: int, user: User) -> CodingRound:
    """Whoever codes in a round does not look at what the other one does, lead or not."""
    found = get_object_or_404(rounds(), pk=round_id)
    if not permissions.has(user, "coding.lead") or found.place_of(user.pk) in (FIRST, SECOND):
        raise Http404
    return found


def get_query_or_404(coding_round: CodingRound, decision_id: UUID) -> Decision:
    asked = Decision.objects.select_related("text").filter(state=Decision.State.QUERY)
    return get_object_or_404(
        asked, pk=decision_id, text__wave=coding_round.wave_id, text__question=coding_round.question
    )


def get_text_or_404(coding_round: CodingRound, text_id: UUID) -> OpenText:
    texts = OpenText.objects.filter(wave=coding_round.wave_id, question=coding_round.question)
    return get_object_or_404(texts.filter(forgotten=False), pk=text_id)
