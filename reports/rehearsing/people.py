"""Made-up people for any questionnaire, and their counts.

Where the shares of an earlier edition are public they answer by them. Else a list is answered unevenly, as lists are:
each answer is given by about two thirds as many people as the one before it, in an order that the seed draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random

import pyarrow as pa

from reports.columns import columns_of
from reports.demo.persons import Person
from reports.demo.quotas import SKIPPED, Mentions, Pick, Plan, Quota, Sentences, Shares
from reports.kernel import Batch, count
from reports.statistics import Counted
from surveys.codebook import Codebook
from surveys.definition import Choice, Definition, Kind, Question, Role, split_item
from surveys.routing import final_answers

BASE = 1000
FALL, FALL_OF_PROFILE = 0.65, 0.85
"""How many people give the next answer of a list, beside the one before it. Who is asked is chosen more evenly."""
ASIDE: Mapping[Role, int] = {Role.DONT_KNOW: 60, Role.PREFER_NOT: 30, Role.NOT_ENCOUNTERED: 80, Role.NONE: 80}
"""Of a thousand people who are asked."""
SILENT, WRITING, SCREENED_OUT = 40, 150, 15
ONE = frozenset({Kind.SINGLE, Kind.GRID_SINGLE})
NUMBERS = 25
"""Different numbers that are given to a question that asks for one."""

Published = Mapping[tuple[str, str], float]
"""(item, code) -> per cent of those who answered, as an earlier release has published it."""


def plan_of(definition: Definition, size: int, seed: int, published: Published | None = None) -> Plan:
    """Quotas for every item of a questionnaire. The same seed gives the same ones."""
    chance = Random(seed)  # noqa: S311  # nosec  # made-up people are drawn so that they can be drawn again
    quotas = {
        item: _quota(definition, question, item, chance, published or {})
        for question in definition.questions
        for item in question.items
    }
    others = {question.key: ("Something else",) for question in definition.questions}
    brands = {question.key: ("Example",) for question in definition.questions}
    return Plan(size, quotas, others, brands)


def _quota(
    definition: Definition, question: Question, item: str, chance: Random, published: Published
) -> Quota:
    if question.kind is Kind.OPEN_TEXT or (question.kind is Kind.OPEN_LIST and not question.code_frame):
        return Sentences(BASE, WRITING, ("Words of a made-up person.",))
    if question.kind is Kind.NUMBER:
        return Shares(_numbers(question, chance) | _aside(question.special) | {SKIPPED: SILENT})
    row = split_item(item)[1]
    offered = _offered(definition, question)
    if question.kind in ONE:
        return Shares(_one_each(question, item, offered, chance, published) | {SKIPPED: SILENT})
    instead = _aside(choice for choice in question.offered if choice.exclusive) | {SKIPPED: SILENT}
    return Mentions(BASE, _several(item, offered, chance, published, row), instead)


def _offered(definition: Definition, question: Question) -> list[str]:
    """What is named by choosing or, in a list of words, by what the words are coded into."""
    if question.kind is Kind.OPEN_LIST:
        frame = definition.frames[question.code_frame]
        return [code.code for code in frame.codes if code.code != "removed"][:40]
    return [c.code for c in question.choices if c.role not in ASIDE and not c.exclusive]


def _one_each(
    question: Question, item: str, offered: Sequence[str], chance: Random, published: Published
) -> dict[Pick, int]:
    ends = {code for code, _class in question.screen_out.dispositions} if question.screen_out else set()
    known = {code: published[item, code] for code in offered if (item, code) in published}
    left = [code for code in offered if code not in known and code not in ends]
    chance.shuffle(left)
    people = max(BASE - sum(_aside(question.offered).values()), 0)
    rest = max(people - sum(known.values()) * people / 100, 0) if known else people
    counts: dict[Pick, int] = {code: round(percent * people / 100) for code, percent in known.items()}
    fall = FALL_OF_PROFILE if question.analysis.partitions else FALL
    weights = [fall**place for place in range(len(left))]
    counts |= {
        code: max(1, round(rest * weight / sum(weights))) for code, weight in zip(left, weights, strict=True)
    }
    return counts | _aside(question.offered) | dict.fromkeys(sorted(ends), SCREENED_OUT)


def _several(
    item: str, offered: Sequence[str], chance: Random, published: Published, row: str | None
) -> dict[str, int]:
    order = list(offered)
    chance.shuffle(order)
    drawn = {code: max(1, round(0.6 * BASE * FALL**place)) for place, code in enumerate(order)}
    return {
        code: round(BASE * published[item, code] / 100) if (item, code) in published else drawn[code]
        for code in offered
    }


def _numbers(question: Question, chance: Random) -> dict[Pick, int]:
    low, high = question.minimum or 0, question.maximum or 100
    middle = low + (high - low) * chance.uniform(0.3, 0.7)
    given = {min(max(round(chance.gauss(middle, (high - low) / 4)), low), high) for _n in range(NUMBERS)}
    return {number: BASE // len(given) for number in sorted(given)}


def _aside(choices: Iterable[Choice]) -> dict[Pick, int]:
    return {
        choice.code: ASIDE.get(choice.role, 20)
        for choice in choices
        if choice.role in ASIDE or choice.exclusive
    }


def counted_of(definition: Definition, people: Sequence[Person]) -> Counted:
    """The counts of made-up people, with the codes that their words stand for. Nothing is stored."""
    book = Codebook(definition)
    packed = [
        book.pack(book.marks(final_answers(definition, one.answers), _codings(definition, one)))
        for one in people
    ]
    columns = columns_of(definition, book)
    counts = count([Batch(pa.array(packed, type=pa.binary()))], columns.plan)
    return Counted(definition, book, columns, counts)


def _codings(definition: Definition, person: Person) -> list[tuple[str, int, str]]:
    open_lists = (q for q in definition.questions if q.kind is Kind.OPEN_LIST and q.code_frame)
    return [
        (question.key, entry, code)
        for question in open_lists
        for entry, code in enumerate(person.said.get(question.key, ())[: question.entries])
        if code in {one.code for one in definition.frames[question.code_frame].codes}
    ]
