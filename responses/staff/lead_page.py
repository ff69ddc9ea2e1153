"""What the lead's pages show: rounds with their progress, and agreement with what it means in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import User
from responses.agreement import Agreed, CodeAgreement, Standing, standing
from responses.coding import texts
from responses.coding.models import FIRST, SECOND, Agreement, CodingRound
from responses.models import OpenText
from responses.staff.code_page import question_text
from surveys.models import Wave
from surveys.queries import definition_of

MEANING: dict[Standing, Promise] = {
    Standing.ACCEPTED: gettext_lazy("reliable: 0.80 or more"),
    Standing.TENTATIVE: gettext_lazy("tentative: between 0.667 and 0.80. Say so wherever the figures stand."),
    Standing.TOO_LOW: gettext_lazy(
        "too low: below 0.667. Revise the frame and have the texts coded again; measuring again does not help."
    ),
    Standing.UNDEFINED: gettext_lazy("not defined: both gave one and the same code to everything"),
}
TAGS = {
    Standing.ACCEPTED: "tag-good",
    Standing.TENTATIVE: "tag-warning",
    Standing.TOO_LOW: "tag-bad",
    Standing.UNDEFINED: "",
}


@dataclass(frozen=True)
class Coefficient:
    alpha: float | None

    @property
    def meaning(self) -> Promise:
        return MEANING[standing(self.alpha)]

    @property
    def tag(self) -> str:
        return TAGS[standing(self.alpha)]


@dataclass(frozen=True)
class CoderLine:
    person: User
    progress: texts.Progress
    proposals: dict[str, int]


@dataclass(frozen=True)
class RoundLine:
    round: CodingRound
    question: str
    texts: int
    coders: tuple[CoderLine, ...]
    missing: int
    queries: int
    unread: int
    reported: Agreement | None
    coefficient: Coefficient
    to_decide: int
    is_own: bool
    """Whether whoever looks codes in it, and so sees no more than how far everybody has come."""


def round_lines(wave: Wave, user: User) -> tuple[RoundLine, ...]:
    found = CodingRound.objects.filter(wave=wave).select_related(
        "wave__questionnaire", "first", "second", "third"
    )
    order = {q.key: n for n, q in enumerate(definition_of(wave.questionnaire).questions)}
    return tuple(round_line(one, user) for one in sorted(found, key=lambda one: order.get(one.question, 0)))


def round_line(coding_round: CodingRound, user: User) -> RoundLine:
    written = texts.reported(coding_round)
    people = ((coding_round.first, FIRST), (coding_round.second, SECOND))
    return RoundLine(
        round=coding_round,
        question=question_text(coding_round),
        texts=texts.texts_of(coding_round).count(),
        coders=tuple(
            CoderLine(
                person,
                texts.progress(coding_round, person, place),
                texts.proposals(coding_round, place),
            )
            for person, place in people
        ),
        missing=texts.missing_codes(coding_round),
        queries=texts.queries(coding_round).count(),
        unread=texts.unread_by_somebody(coding_round).count(),
        reported=written,
        coefficient=Coefficient(written.alpha if written else None),
        to_decide=texts.to_adjudicate(coding_round).count(),
        is_own=coding_round.place_of(user.pk) in (FIRST, SECOND),
    )


@dataclass(frozen=True)
class WaitingQuestion:
    """A question with texts that nobody codes yet."""

    key: str
    text: str
    texts: int


def waiting_questions(wave: Wave) -> tuple[WaitingQuestion, ...]:
    begun = set(CodingRound.objects.filter(wave=wave).values_list("question", flat=True))
    counts: dict[str, int] = {}
    keys = OpenText.objects.filter(wave=wave, codings__isnull=True, forgotten=False)
    for key in keys.exclude(question__in=begun).values_list("question", flat=True):
        counts[key] = counts.get(key, 0) + 1
    return tuple(
        WaitingQuestion(
            question.key, question_text(CodingRound(wave=wave, question=question.key)), counts[question.key]
        )
        for question in definition_of(wave.questionnaire).questions
        if question.key in counts
    )


def code_lines(agreed: Agreed, labels: dict[str, str]) -> list[dict[str, Any]]:
    return [_code_line(one, labels) for one in agreed.codes]


def _code_line(one: CodeAgreement, labels: dict[str, str]) -> dict[str, Any]:
    return {"label": labels.get(one.code, one.code), "agreement": one, "coefficient": Coefficient(one.alpha)}
