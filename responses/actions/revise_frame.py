"""Revising a code frame: codes are added and retired, and texts of some codes are coded again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from responses.coding import texts
from responses.coding.frames import EVERYWHERE, questions_with
from responses.coding.models import THIRD, CodingEnd, CodingRound, Decision, FrameRevision
from responses.models import Coding
from surveys.actions.frames import FrameProblems, append_codes
from surveys.definition import Code, Definition
from surveys.models import Questionnaire
from surveys.queries import definition_of

State = Decision.State


class NothingRevised(Exception):
    def __init__(self) -> None:
        super().__init__(_("Add or retire a code, or say which codes are to be looked at again."))


class CannotRetire(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(_("%(code)s stays: every frame has it.") % {"code": code})


REFUSALS = (NothingRevised, CannotRetire, FrameProblems)


@transaction.atomic
def revise_frame(
    *,
    questionnaire: Questionnaire,
    frame: str,
    added: Sequence[Code] = (),
    retired: Collection[str] = (),
    again: Collection[str] = (),
    note: str = "",
    by: User,
    now: datetime,
) -> FrameRevision:
    """Add and retire codes, and have the texts of some codes coded again, by both, as if they had not been.

    Texts with a retired code come again in any case. Their codes go until then, so that they count as not coded; the
    agreement of the new revision is measured over all texts of the round.
    """
    permissions.check(by, "coding.lead")
    # Two who revise at once do it one after the other.
    questionnaire = Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
    definition = definition_of(questionnaire)
    check_revision(definition, frame, added, retired, again)
    if added:
        append_codes(questionnaire=questionnaire, frame=frame, codes=added)
    known = FrameRevision.objects.filter(questionnaire=questionnaire, frame=frame)
    revision = FrameRevision.objects.create(
        questionnaire=questionnaire,
        frame=frame,
        number=(known.aggregate(last=Max("number"))["last"] or 0) + 1,
        added=[code.code for code in added],
        retired=sorted(retired),
        again=sorted(again),
        note=note.strip(),
    )
    rounds = (
        CodingRound.objects.select_for_update(no_key=True, of=("self",))
        .select_related("wave__questionnaire")
        .filter(wave__questionnaire=questionnaire, question__in=questions_with(definition, frame))
        .exclude(wave__in=CodingEnd.objects.values("wave"))
        .order_by("pk")
    )
    asked = sum(
        ask_again(coding_round, frozenset(retired) | frozenset(again), revision.number)
        for coding_round in rounds
    )
    audit.record(
        "coding.frame_revised",
        by=by,
        now=now,
        target=questionnaire,
        frame=frame,
        number=revision.number,
        added=revision.added,
        retired=revision.retired,
        texts=asked,
    )
    return revision


def check_revision(
    definition: Definition,
    frame: str,
    added: Sequence[Code],
    retired: Collection[str],
    again: Collection[str],
) -> None:
    if not (added or retired or again):
        raise NothingRevised
    for code in retired:
        if code in EVERYWHERE:
            raise CannotRetire(code)
    known = {code.code for code in definition.frames[frame].codes}
    if unknown := (set(retired) | set(again)) - known:
        raise FrameProblems(
            [_("The frame has no code %(code)s.") % {"code": code} for code in sorted(unknown)]
        )


def ask_again(coding_round: CodingRound, codes: Collection[str], number: int) -> int:
    """Have the texts that anybody gave one of these codes coded again. Returns how many they are."""
    decisions = Decision.objects.filter(
        text__in=texts.to_be_read(coding_round), codes__overlap=list(codes), state=State.CODED
    )
    affected = list(decisions.order_by("text").values_list("text", flat=True).distinct())
    if not affected:
        return 0
    Coding.objects.filter(text__in=affected).delete()
    Decision.objects.filter(text__in=affected, place=THIRD).delete()
    Decision.objects.filter(text__in=affected, state=State.CODED).update(state=State.AGAIN)
    CodingRound.objects.filter(pk=coding_round.pk).update(revision=number)
    return len(affected)
