"""What the lead of the coding does: rounds, queries, translations, agreement, revisions of frames."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from responses.actions.code import CodingClosed, lock, settle
from responses.coding import texts
from responses.coding.models import (
    FIRST,
    SECOND,
    THIRD,
    Agreement,
    CodingRound,
    Decision,
    WorkingTranslation,
)
from responses.models import OpenText
from surveys.models import Wave

LEAD = "coding.lead"
NAMES = {FIRST: "first", SECOND: "second", THIRD: "third"}
State = Decision.State


class NotThreePeople(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("Two people code, and a third decides between them: choose three different people.")
        )


class MayNotCode(Exception):
    def __init__(self, person: User) -> None:
        super().__init__(
            _("%(person)s may not code. Somebody who manages the staff can give the role.")
            % {"person": person}
        )


class NotAllCoded(Exception):
    def __init__(self, missing: int) -> None:
        super().__init__(
            _("Both coders have to be done first. Texts that one of them has not coded: %(missing)s.")
            % {"missing": missing}
        )


class ReportedAlready(Exception):
    def __init__(self) -> None:
        super().__init__(_("The agreement has been written down already. It is measured once."))


class MoreTextsMayCome(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The wave has not ended yet, so that texts may still come. Agreement is measured over all of them."
            )
        )


class AlreadyIn(Exception):
    def __init__(self, person: User) -> None:
        super().__init__(_("%(person)s has a part in this round already.") % {"person": person})


class NothingToCode(Exception):
    def __init__(self) -> None:
        super().__init__(_("Choose at least one question."))


class NoAnswerGiven(Exception):
    def __init__(self) -> None:
        super().__init__(_("Write an answer; the coder reads it beside the text."))


class NothingAsked(Exception):
    def __init__(self) -> None:
        super().__init__(_("Nothing is asked about this text any more."))


REFUSALS = (
    NotThreePeople,
    MayNotCode,
    NotAllCoded,
    ReportedAlready,
    MoreTextsMayCome,
    AlreadyIn,
    NothingToCode,
    NoAnswerGiven,
    NothingAsked,
    CodingClosed,
)


@transaction.atomic
def start_rounds(
    *,
    wave: Wave,
    questions: Collection[str],
    first: User,
    second: User,
    third: User,
    by: User,
    now: datetime,
) -> list[CodingRound]:
    """Give the texts of these questions to three people. Who codes a question stays once it has begun."""
    permissions.check(by, LEAD)
    if texts.is_closed(wave):
        raise CodingClosed
    if not questions:
        raise NothingToCode
    check_people(first, second, third)
    rounds = [
        CodingRound(
            wave=wave,
            question=question,
            first=first,
            second=second,
            third=third,
            seed=secrets.token_hex(16),
        )
        for question in sorted(questions)
    ]
    CodingRound.objects.bulk_create(rounds, ignore_conflicts=True)
    audit.record(
        "coding.started",
        by=by,
        now=now,
        target=wave,
        questions=len(rounds),
        coders=[first.pk, second.pk, third.pk],
    )
    return list(CodingRound.objects.filter(wave=wave, question__in=questions))


def check_people(first: User, second: User, third: User) -> None:
    people = (first, second, third)
    if len({person.pk for person in people}) < len(people):
        raise NotThreePeople
    for person in people:
        if not permissions.has(person, "text.code"):
            raise MayNotCode(person)


@transaction.atomic
def replace_person(*, coding_round: CodingRound, place: int, person: User, by: User, now: datetime) -> int:
    """Put somebody else in the place of one who cannot go on. What stood in the place goes: the new one decides anew.

    Returns how many decisions went.
    """
    permissions.check(by, LEAD)
    lock(coding_round)
    if texts.reported(coding_round) and place != THIRD:
        raise ReportedAlready
    if coding_round.place_of(person.pk) is not None:
        raise AlreadyIn(person)
    if not permissions.has(person, "text.code"):
        raise MayNotCode(person)
    # Words that two people had destroyed are gone, and so is the decision about them settled.
    theirs = Decision.objects.filter(text__in=texts.to_be_read(coding_round), place=place)
    affected = list(OpenText.objects.filter(pk__in=theirs.values("text")))
    theirs.delete()
    settle(coding_round, affected)
    CodingRound.objects.filter(pk=coding_round.pk).update(**{NAMES[place]: person})
    audit.record("coding.person_replaced", by=by, now=now, target=coding_round, place=place, person=person.pk)
    return len(affected)


@transaction.atomic
def report_agreement(*, coding_round: CodingRound, by: User, now: datetime) -> Agreement:
    """Measure the two against each other and write it down, once, before anybody decides between them."""
    permissions.check(by, LEAD)
    lock(coding_round)
    if coding_round.wave.status != Wave.Status.FINAL:
        raise MoreTextsMayCome
    if texts.reported(coding_round):
        raise ReportedAlready
    if missing := texts.missing_codes(coding_round):
        raise NotAllCoded(missing)
    found = texts.compared(coding_round)
    written = Agreement.objects.create(
        round=coding_round,
        revision=coding_round.revision,
        units=found.units,
        same=found.same,
        kappa=found.kappa,
        alpha=found.alpha,
    )
    audit.record(
        "coding.agreement_reported",
        by=by,
        now=now,
        target=coding_round,
        units=found.units,
        alpha=None if found.alpha is None else round(found.alpha, 4),
    )
    return written


@transaction.atomic
def answer_query(*, decision: Decision, answer: str, by: User, now: datetime) -> None:
    """Give a text back to whoever asked, with an answer that stands beside it."""
    permissions.check(by, LEAD)
    coding_round = round_of(decision.text)
    lock(coding_round)
    if not answer.strip():
        raise NoAnswerGiven
    asked = Decision.objects.filter(pk=decision.pk, state=State.QUERY)
    if asked.update(state=State.ANSWERED, answer=answer.strip()[:1000]) != 1:
        raise NothingAsked
    audit.record("coding.query_answered", by=by, now=now, target=coding_round)


@transaction.atomic
def translate(*, text: OpenText, language: str, words: str, by: User, now: datetime) -> None:
    """Put a working translation beside a text, or correct it. The original stays and is shown first."""
    permissions.check(by, LEAD)
    coding_round = round_of(text)
    lock(coding_round)
    WorkingTranslation.objects.update_or_create(
        text=text, language=language.lower(), defaults={"words": words.strip()}
    )
    audit.record("coding.translated", by=by, now=now, target=coding_round, language=language.lower())


def round_of(text: OpenText) -> CodingRound:
    found = CodingRound.objects.select_related("wave__questionnaire")
    return found.get(wave=text.wave_id, question=text.question)
