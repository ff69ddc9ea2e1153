"""Waves of the shipped questionnaires with stored, coded responses, made without pages and without the box."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pyarrow as pa

from reports.kernel import Batch
from responses.actions.code import codes_for, most_codes
from responses.ballots import Sent
from responses.codings import apply_codings
from responses.models import Coding, OpenText, Response
from responses.storing import Store
from surveys.actions.load import load
from surveys.answers import Answer
from surveys.models import Edition, Questionnaire, Wave
from surveys.queries import codebook_of, definition_of
from tests.box.people import tell_method
from tests.surveys.build import shipped_text
from tests.surveys.respondents import answers_of

NOW = datetime(2019, 9, 1, 9, tzinfo=UTC)


def wave_of(key: str, *, status: str = Wave.Status.FINAL, year: int = 2019) -> Wave:
    load(text=shipped_text(key), now=NOW - timedelta(days=200))
    Questionnaire.objects.filter(key=key, frozen_at=None).update(frozen_at=NOW - timedelta(days=150))
    edition, _made = Edition.objects.get_or_create(year=year, defaults={"title": "A report"})
    tell_method(edition, NOW)
    return Wave.objects.create(
        edition=edition,
        questionnaire=Questionnaire.objects.get(key=key, version=1),
        status=status,
        opens_at=NOW - timedelta(days=120),
        closes_at=NOW - timedelta(days=2) if status == Wave.Status.FINAL else NOW + timedelta(days=30),
        synthetic=True,
    )


def answer(wave: Wave, seeds: Iterable[int]) -> list[dict[str, Answer]]:
    """Store the responses of people who answer at random along their path."""
    definition = definition_of(wave.questionnaire)
    given = [answers_of(definition, seed) for seed in seeds]
    store = Store(wave, codebook_of(wave.questionnaire), Random(1))
    store.add([Sent(answers, receipt_hash=number.to_bytes(32)) for number, answers in enumerate(given)])
    store.finish()
    return given


def eligible_seeds(wave: Wave, number: int) -> list[int]:
    """Seeds of people whom the screening does not end."""
    definition, book = definition_of(wave.questionnaire), codebook_of(wave.questionnaire)
    seeds = (seed for seed in range(100 * number) if not book.is_screened_out(answers_of(definition, seed)))
    return [seed for seed, _n in zip(seeds, range(number), strict=False)]


def code_everything(wave: Wave, seed: int = 1) -> None:
    chance = Random(seed)
    definition = definition_of(wave.questionnaire)
    texts = OpenText.objects.filter(wave=wave).select_related("wave__questionnaire").order_by("pk")
    codings = []
    for text in texts:
        # A text beside a choice is never a code that excludes the other ones a respondent chose.
        alone = {choice.code for choice in definition.by_key[text.question].choices if choice.exclusive}
        codes = [code.code for code in codes_for(definition, text) if code.code not in alone]
        picked = chance.sample(codes, chance.randint(1, min(2, most_codes(definition, text))))
        codings += [Coding(text=text, code=code) for code in picked]
    Coding.objects.bulk_create(codings)
    apply_codings(wave=wave)


def marks(wave: Wave) -> Iterator[Batch]:
    """Batches as the reading gives them, from this connection, so that a transaction not yet committed is counted."""
    rows = [bytes(row) for row in Response.objects.filter(wave=wave).values_list("marks", flat=True)]
    for start in range(0, len(rows), 37):
        yield Batch(pa.array(rows[start : start + 37], type=pa.binary()))
