"""The open answers of the demo, coded by two people, one of whom slips now and then, and decided by a third."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import User
from responses.actions.code import adjudicate, codes_for, decide_many
from responses.actions.lead_coding import report_agreement, start_rounds
from responses.coding.texts import to_adjudicate
from responses.open_texts import TextToCode, uncoded
from surveys.definition import Code, Definition
from surveys.models import Wave
from surveys.queries import definition_of

EVERY, SLIP = 29, 7
"""The second coder misses one answer of so many."""


def code_wave(
    wave: Wave, *, first: User, second: User, third: User, lead: User, now: datetime
) -> dict[str, float | None]:
    """Question -> alpha before anybody decided. In the end each text has the code that the first gave it."""
    definition = definition_of(wave.questionnaire)
    texts: dict[str, list[TextToCode]] = defaultdict(list)
    for text in uncoded(wave):
        texts[text.question].append(text)
    rounds = start_rounds(
        wave=wave, questions=list(texts), first=first, second=second, third=third, by=lead, now=now
    )
    found = {}
    for coding_round in rounds:
        right = fitting(definition, texts[coding_round.question])
        decide_many(coding_round=coding_round, codes_of=right, by=first, now=now)
        slipped = with_slips(right, texts[coding_round.question])
        decide_many(coding_round=coding_round, codes_of=slipped, by=second, now=now)
        written = report_agreement(coding_round=coding_round, by=lead, now=now)
        found[coding_round.question] = written.alpha
        for text in list(to_adjudicate(coding_round)):
            adjudicate(coding_round=coding_round, text=text.pk, codes=right[text.pk], by=third, now=now)
    return found


def fitting(definition: Definition, texts: Iterable[TextToCode]) -> dict[UUID, list[str]]:
    """Labels and aliases by comparison; what is left is another service, or another choice of its own."""
    known: dict[tuple[str, str], dict[str, str]] = {}
    found = {}
    for text in texts:
        field = (text.question, text.choice)
        if field not in known:
            known[field] = code_of_name(codes_for(definition, text))
        codes = known[field]
        rest = "other_named" if "other_named" in codes.values() else "other"
        found[text.pk] = [codes.get(plain(text.text), rest)]
    return found


def with_slips(right: Mapping[UUID, list[str]], texts: Sequence[TextToCode]) -> dict[UUID, list[str]]:
    """The same with every so many answers put under what cannot be coded, or under another choice of its own."""
    slipped = dict(right)
    for place, text in enumerate(sorted(texts, key=lambda text: (text.text, text.pk))):
        if place % EVERY == SLIP:
            slipped[text.pk] = ["other" if text.choice else "too_vague"]
    return slipped


def code_of_name(codes: Iterable[Code]) -> dict[str, str]:
    return {plain(name): one.code for one in codes for name in (one.label, *one.aliases)}


def plain(words: str) -> str:
    return " ".join(words.casefold().split())
