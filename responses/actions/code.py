"""What a coder does with one text. A decision names its coder by itself, so that it writes no row into the audit log:
a time for each text would say in which order they were read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from responses.coding import texts
from responses.coding.frames import REMOVED, codes_for, most_codes, retired_codes, suggestions_for
from responses.coding.models import FIRST, SECOND, THIRD, CodingRound, Decision, Quotation, WorkingTranslation
from responses.models import Coding, OpenText
from surveys.definition import SUBSTANTIVE_ROLES, Definition, Question
from surveys.queries import definition_of

LONGEST_NOTE = 1000
State = Decision.State

__all__ = [
    "REFUSALS",
    "AgreementReported",
    "CodeUnknown",
    "adjudicate",
    "ask",
    "codes_for",
    "decide",
    "decide_many",
    "most_codes",
    "undo",
]


class CodeUnknown(Exception):
    def __init__(self, codes: Collection[str]) -> None:
        named = ", ".join(sorted(codes))
        super().__init__(_("This question's texts are not coded into: %(codes)s.") % {"codes": named})


class NoCode(Exception):
    def __init__(self) -> None:
        super().__init__(_("Choose at least one code, or skip the answer, or ask the lead."))


class TooManyCodes(Exception):
    def __init__(self, most: int) -> None:
        super().__init__(
            _("One text takes at most %(most)s codes. Keep those that fit best.") % {"most": most}
        )


class StandsAlone(Exception):
    def __init__(self, label: str) -> None:
        super().__init__(_("“%(label)s” stands alone: whoever said it said nothing else.") % {"label": label})


class NotYourText(Exception):
    def __init__(self) -> None:
        super().__init__(_("This text is not for you to code."))


class WordsGone(Exception):
    def __init__(self) -> None:
        super().__init__(_("The words of this text have been destroyed, so nothing can be changed any more."))


class CodingClosed(Exception):
    def __init__(self) -> None:
        super().__init__(_("The coding of this wave is closed. Nothing can be changed any more."))


class AgreementReported(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("The agreement of the two coders has been written down; what they coded stays as it was.")
        )


class AgreementNotReported(Exception):
    def __init__(self) -> None:
        super().__init__(_("Nobody decides between the coders before their agreement has been written down."))


class NothingToUndo(Exception):
    def __init__(self) -> None:
        super().__init__(_("There is nothing to undo."))


class NoNote(Exception):
    def __init__(self) -> None:
        super().__init__(_("Write what you want to ask the lead."))


REFUSALS = (
    CodeUnknown,
    NoCode,
    TooManyCodes,
    StandsAlone,
    NotYourText,
    WordsGone,
    CodingClosed,
    AgreementReported,
    AgreementNotReported,
    NothingToUndo,
    NoNote,
)


@transaction.atomic
def decide(
    *, coding_round: CodingRound, text: UUID, codes: Collection[str], by: User, now: datetime
) -> Decision:
    """Give a text its codes, as one of two. Where both give the same, the text is coded; the night counts it."""
    place = place_to_code(coding_round, by)
    found = _text_of(coding_round, text, by)
    _check_not_settled(coding_round, found, place)
    check_codes(coding_round, found, codes)
    decision = _write(coding_round, found, place, codes, _proposed(coding_round, found))
    settle(coding_round, [found])
    return decision


@transaction.atomic
def ask(*, coding_round: CodingRound, text: UUID, note: str, by: User, now: datetime) -> None:
    """Leave a text to the lead with a question. It is missing from the agreement until it has been coded."""
    place = place_to_code(coding_round, by)
    found = _text_of(coding_round, text, by)
    _check_not_settled(coding_round, found, place)
    if not note.strip():
        raise NoNote
    fields = {"codes": [], "state": State.QUERY, "note": note.strip()[:LONGEST_NOTE], "answer": ""}
    Decision.objects.update_or_create(text=found, place=place, defaults=fields)
    settle(coding_round, [found])


@transaction.atomic
def undo(*, coding_round: CodingRound, text: UUID, by: User, now: datetime) -> None:
    """Take the own decision back, so that the text comes again."""
    place = place_to_code(coding_round, by)
    found = _text_of(coding_round, text, by)
    if texts.reported(coding_round):
        raise AgreementReported
    taken, _by_model = Decision.objects.filter(text=found, place=place, state__in=texts.DONE).delete()
    if not taken:
        raise NothingToUndo
    settle(coding_round, [found])


@transaction.atomic
def adjudicate(
    *, coding_round: CodingRound, text: UUID, codes: Collection[str], by: User, now: datetime
) -> None:
    """Decide between the two, as the third, once their agreement has been written down."""
    permissions.check(by, "text.code")
    if coding_round.place_of(by.pk) != THIRD:
        raise NotYourText
    lock(coding_round)
    if not texts.reported(coding_round):
        raise AgreementNotReported
    found = _text_of(coding_round, text, by)
    if not texts.to_adjudicate(coding_round).filter(pk=found.pk).exists():
        raise NotYourText
    check_codes(coding_round, found, codes)
    _write(coding_round, found, THIRD, codes, frozenset())
    settle(coding_round, [found])


@transaction.atomic
def decide_many(
    *, coding_round: CodingRound, codes_of: Mapping[UUID, Collection[str]], by: User, now: datetime
) -> int:
    """A list of decisions of one coder, all or none, such as one made on paper. Returns how many there were."""
    place = place_to_code(coding_round, by)
    lock(coding_round)
    mine = texts.readable(coding_round, by).filter(pk__in=list(codes_of))
    found = list(OpenText.objects.filter(pk__in=mine.values("pk")).order_by("pk"))
    if len(found) != len(codes_of):
        raise NotYourText
    suggested: dict[str, frozenset[str]] = {}
    for text in found:
        check_codes(coding_round, text, codes_of[text.pk])
        if text.text not in suggested:
            suggested[text.text] = _proposed(coding_round, text)
    rows = [_decision(text, place, codes_of[text.pk], suggested[text.text]) for text in found]
    Decision.objects.filter(text__in=found, place=place).delete()
    Decision.objects.bulk_create(rows, batch_size=1000)
    settle(coding_round, found)
    audit.record("coding.decided", by=by, now=now, target=coding_round, decisions=len(rows))
    return len(rows)


def place_to_code(coding_round: CodingRound, by: User) -> int:
    """The first's or the second's; whoever decides between them codes nothing before."""
    permissions.check(by, "text.code")
    place = coding_round.place_of(by.pk)
    if place not in (FIRST, SECOND):
        raise NotYourText
    return place


def lock(coding_round: CodingRound) -> None:
    """Everything that is done in a round is done one after the other: two coders who finish with a text at once, and
    whoever measures, revises or closes meanwhile.
    """
    locked = CodingRound.objects.select_for_update(no_key=True).get(pk=coding_round.pk)
    coding_round.revision = locked.revision
    if texts.is_closed(coding_round.wave):
        raise CodingClosed


def _text_of(coding_round: CodingRound, text: UUID, by: User) -> OpenText:
    lock(coding_round)
    found = texts.texts_of(coding_round).filter(pk=text).first()
    if found is None:
        raise NotYourText
    if found.forgotten:
        raise WordsGone
    if not texts.readable(coding_round, by).filter(pk=found.pk).exists():
        raise NotYourText
    return found


def _check_not_settled(coding_round: CodingRound, text: OpenText, place: int) -> None:
    coded = Decision.objects.filter(text=text, place=place, state=State.CODED).exists()
    if coded and texts.reported(coding_round):
        raise AgreementReported


def check_codes(coding_round: CodingRound, text: OpenText, codes: Collection[str]) -> None:
    questionnaire = coding_round.wave.questionnaire
    definition = definition_of(questionnaire)
    question = definition.by_key[text.question]
    known = {one.code for one in codes_for(definition, text)}
    if question.code_frame:
        known -= retired_codes(questionnaire, question.code_frame)
    if unknown := set(codes) - known:
        raise CodeUnknown(unknown)
    _check_number(definition, text, codes)
    _check_alone(question, text, codes)


def _check_alone(question: Question, text: OpenText, codes: Collection[str]) -> None:
    """Beside a choice, a text is coded into choices, and some of these go with no other, as when answering."""
    alone = (c for c in question.choices if text.choice and (c.exclusive or c.role not in SUBSTANTIVE_ROLES))
    found = next((choice for choice in alone if choice.code in codes), None)
    if found is not None and len(set(codes)) > 1:
        raise StandsAlone(found.label)


def _check_number(definition: Definition, text: OpenText, codes: Collection[str]) -> None:
    most = most_codes(definition, text)
    if not codes:
        raise NoCode
    if len(set(codes)) > most:
        raise TooManyCodes(most)


def _proposed(coding_round: CodingRound, text: OpenText) -> frozenset[str]:
    words = [text.text, *text.translations.values_list("words", flat=True)]
    found = suggestions_for(coding_round.wave.questionnaire, text, words)
    return frozenset(one.code for one in found)


def _decision(text: OpenText, place: int, codes: Iterable[str], suggested: frozenset[str]) -> Decision:
    given = sorted(set(codes))
    proposal = Decision.Proposal.NONE
    if suggested:
        follows = not suggested.isdisjoint(given)
        proposal = Decision.Proposal.ACCEPTED if follows else Decision.Proposal.OVERRULED
    return Decision(text=text, place=place, codes=given, state=State.CODED, proposal=proposal)


def _write(
    coding_round: CodingRound, text: OpenText, place: int, codes: Iterable[str], suggested: frozenset[str]
) -> Decision:
    made = _decision(text, place, codes, suggested)
    fields = {"codes": made.codes, "state": State.CODED, "proposal": made.proposal}
    decision, _made = Decision.objects.update_or_create(text=text, place=place, defaults=fields)
    return decision


def settle(coding_round: CodingRound, settled: Collection[OpenText]) -> None:
    """Write the codes that follow from the decisions: the third's, else those that the two others both gave."""
    final = final_codes([text.pk for text in settled])
    keys = [text.pk for text in settled]
    known = set(Coding.objects.filter(text__in=keys).values_list("text_id", "code"))
    wanted = {(key, code) for key, codes in final.items() for code in codes}
    for key, code in sorted(known - wanted, key=str):
        Coding.objects.filter(text=key, code=code).delete()
    new = [Coding(text_id=key, code=code) for key, code in sorted(wanted - known, key=str)]
    Coding.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    destroy([key for key, codes in final.items() if REMOVED in codes])


def final_codes(keys: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Text -> its codes; a text that is not decided is not there."""
    given: dict[UUID, dict[int, frozenset[str]]] = {}
    coded = Decision.objects.filter(text__in=list(keys), state=State.CODED)
    for key, place, codes in coded.values_list("text_id", "place", "codes"):
        given.setdefault(key, {})[place] = frozenset(codes)
    found = {}
    for key, by_place in given.items():
        if THIRD in by_place:
            found[key] = by_place[THIRD]
        elif FIRST in by_place and by_place[FIRST] == by_place.get(SECOND):
            found[key] = by_place[FIRST]
    return found


def destroy(keys: Collection[UUID]) -> None:
    """The words of these texts, wherever they stand. The next vacuum takes the old rows from the disk."""
    if not keys:
        return
    WorkingTranslation.objects.filter(text__in=keys).delete()
    Quotation.objects.filter(text__in=keys).delete()
    Decision.objects.filter(text__in=keys).update(note="", answer="")
    OpenText.objects.filter(pk__in=keys).update(text="", forgotten=True)
