"""Editions of made-up answers: a few classes, questions of several kinds, skewed shares, counted by the real kernel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from reports.columns import columns_of
from reports.kernel import Batch, count
from reports.statistics import Counted
from surveys.answers import SKIPPED, Answer, Answers
from surveys.codebook import Codebook
from surveys.definition import (
    Analysis,
    Choice,
    Definition,
    Kind,
    Leaf,
    Net,
    Op,
    Part,
    Partition,
    Question,
    Role,
    Section,
    Sensitivity,
    Unit,
)
from tests.surveys.build import question

CODES = ("a", "b", "c", "d", "e")
CHOICES = tuple(Choice(code, code.upper()) for code in CODES)
DONT_KNOW = Choice("dont_know", "I cannot judge", Role.DONT_KNOW, exclusive=True)
PREFER_NOT = Choice("prefer_not", "I prefer not to say", Role.PREFER_NOT, exclusive=True)
NETS = (Net("low", "Low", ("a", "b")), Net("high", "High", ("d", "e")))


def profile(number: int) -> Question:
    parts = tuple(Part(code, code.upper(), (code,)) for code in "pqr")
    return question(
        f"profile{number}",
        choices=(*(Choice(code, code.upper()) for code in "pqr"), PREFER_NOT),
        analysis=Analysis(
            concept=f"test.profile{number}",
            base="All",
            partitions=(Partition(f"class{number}", f"Class {number}", parts),),
        ),
    )


def asked(key: str, breaks: tuple[str, ...], **values: object) -> Question:
    analysis = Analysis(
        concept=f"test.{key}",
        base="All",
        breaks=breaks,
        nets=NETS,
        sensitivity=Sensitivity.HIGH if values.pop("high", False) else Sensitivity.LOW,
    )
    return question(
        key,
        values.pop("kind", Kind.SINGLE),  # type: ignore[arg-type]
        choices=(*CHOICES, DONT_KNOW, PREFER_NOT),
        analysis=analysis,
        **values,
    )


@cache
def definition(classes: int) -> Definition:
    breaks = tuple(f"class{number}" for number in range(classes))
    led = Leaf("one", Op.IN, ("a", "b"))
    questions = (
        *(profile(number) for number in range(classes)),
        asked("one", breaks),
        asked("delicate", breaks[:2], high=True),
        asked("several", breaks, kind=Kind.MULTIPLE),
        asked("led_to", breaks[:1], show_if=led),
    )
    return Definition(
        schema_version="1.0",
        key="made_up",
        version=1,
        title="Made up",
        audience="Nobody",
        population="Nobody",
        unit=Unit.PERSON,
        mode="web",
        language="en",
        estimated_minutes=1,
        reference_period=(),
        pages=(),
        sections=(Section("all", "All", "", questions),),
    )


@cache
def book_of(classes: int) -> Codebook:
    return Codebook(definition(classes))


@dataclass
class Draw:
    chance: np.random.Generator

    def shares(self, size: int, spread: float) -> np.ndarray:
        return self.chance.dirichlet(np.full(size, spread))

    def of(self, codes: tuple[str, ...], shares: np.ndarray, people: int) -> list[str]:
        return [codes[place] for place in self.chance.choice(len(codes), people, p=shares)]


def counted_edition(seed: int) -> Counted:
    """An edition of 100 to 1,000 people, with three to five breakdowns, whose answers depend on the first class."""
    draw = Draw(np.random.default_rng(seed))
    classes, people = int(draw.chance.integers(3, 6)), int(draw.chance.integers(100, 1001))
    columns = {f"profile{n}": _profile(draw, people) for n in range(classes)}
    answers = (*CODES, "dont_know", "prefer_not")
    for key in ("one", "delicate", "led_to"):
        by_group = {code: draw.shares(len(answers), 0.7) for code in ("p", "q", "r", "prefer_not")}
        columns[key] = [
            answers[draw.chance.choice(len(answers), p=by_group[group])] for group in columns["profile0"]
        ]
    chosen = draw.chance.random((people, len(CODES))) < draw.chance.beta(0.6, 1.2, len(CODES))
    book = book_of(classes)
    packed = [book.pack(book.marks(_answers(columns, chosen, person))) for person in range(people)]
    found = columns_of(definition(classes), book)
    counts = count([Batch(pa.array(packed, type=pa.binary()))], found.plan)
    return Counted(definition(classes), book, found, counts)


def _profile(draw: Draw, people: int) -> list[str]:
    silent = draw.chance.choice([0.0, 0.01, 0.2])
    shares = np.append(draw.shares(3, 2.0) * (1 - silent), silent)
    return draw.of(("p", "q", "r", "prefer_not"), shares, people)


def _answers(columns: dict[str, list[str]], chosen: np.ndarray, person: int) -> Answers:
    found: dict[str, Answer] = {
        key: Answer(codes=(values[person],)) for key, values in columns.items() if key != "led_to"
    }
    picked = tuple(code for code, is_chosen in zip(CODES, chosen[person], strict=True) if is_chosen)
    found["several"] = Answer(codes=picked) if picked else SKIPPED
    if columns["one"][person] in ("a", "b"):
        found["led_to"] = Answer(codes=(columns["led_to"][person],))
    return found
