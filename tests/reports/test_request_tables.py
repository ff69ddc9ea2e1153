"""Tables that analysts ask for: counted like the rest, protected like the rest, and beside the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest

from reports import queries
from reports.actions import tables
from reports.columns import columns_of
from reports.kernel import count
from reports.measures import Block
from reports.request_tables import blocks_of_request
from reports.requests import Asked, classes_of, may_be_asked, members_of, part_codes, rules_of
from reports.statistics import Counted
from reports.tabulation import cell_rows, decide
from surveys.codebook import Codebook
from surveys.definition import Definition, Kind, Net
from surveys.models import Wave
from surveys.queries import codebook_of
from tests.reports.recount import Recount
from tests.reports.stage import answer, code_everything, marks, wave_of
from tests.reports.test_tabulation import asked as place_of
from tests.surveys.build import KEYS

RESPONSES = 240


@dataclass
class Scene:
    wave: Wave
    book: Codebook

    @property
    def definition(self) -> Definition:
        return self.book.definition

    def counted(self, *asked: Asked) -> Counted:
        columns = columns_of(self.definition, self.book, asked)
        counts = count(marks(self.wave), columns.plan)
        return Counted(self.definition, self.book, columns, counts, tables.apart_of(self.wave))


@pytest.fixture(params=KEYS)
def scene(db: None, request: pytest.FixtureRequest) -> Scene:
    return stage(request.param)


def stage(key: str, responses: int = RESPONSES) -> Scene:
    wave = wave_of(key)
    answer(wave, range(responses))
    code_everything(wave)
    return Scene(wave, codebook_of(wave.questionnaire))


def every_request(definition: Definition, chance: Random) -> Iterator[Asked]:
    """Each question that can be asked for, out of each base, with nets drawn at random, by each class."""
    number = 0
    for question in (q for q in definition.questions if may_be_asked(q)):
        classes = ("", *classes_of(definition, question))
        for place, rule in enumerate(rules_of(question)):
            by = classes[place % len(classes)]
            codes = [code for code, _label in members_of(definition, question, rule)]
            nets = tuple(
                Net(f"own{n}", "Own", tuple(chance.sample(codes, min(len(codes), n + 1)))) for n in (1, 2)
            )
            number += 1
            part = part_codes(definition, by)[0] if by and place % 2 else ""
            yield Asked(number, question.key, rule, by, part, () if question.kind is Kind.NUMBER else nets)


def test_every_count_of_every_request_equals_a_plain_recount(scene: Scene) -> None:
    asked = tuple(every_request(scene.definition, Random(4)))
    counted, recount = scene.counted(*asked), Recount(scene.wave)

    wrong, compared = [], 0
    for one in asked:
        recount.nets = one.nets
        for breakdown, block in blocks_by_class(counted, one):
            for measure in block.measures:
                found = (measure.value if measure.count is None else measure.count, block.base)
                compared += 1
                if found != recount.figure(one.question, breakdown, place_of(block, measure)):
                    wrong.append((one, breakdown, measure, found))

    assert not wrong[:5], f"{len(wrong)} of {compared} differ"
    assert compared > 1000


def blocks_by_class(counted: Counted, one: Asked) -> list[tuple[str, Block]]:
    found = [("", block) for block in blocks_of_request(counted, one)]
    for code in part_codes(counted.definition, one.by) if one.by else ():
        within = counted.within((one.by, code), code)
        found += [(one.by, block) for block in blocks_of_request(within, one)]
    return found


def test_requests_change_nothing_of_the_questionnaires_own_tables(scene: Scene) -> None:
    policy = tables.thresholds(queries.current_policy())
    asked = tuple(every_request(scene.definition, Random(5)))

    alone = decide(scene.counted(), policy)
    beside = decide(scene.counted(*asked), policy)

    own = [decision for decision in beside if decision.table.request is None]
    assert [cell_rows(d) for d in own] == [cell_rows(d) for d in alone]
    assert len(beside) > len(own) + 20
    for decision in beside[len(own) :]:
        smallest = policy.cell(decision.table.sensitivity)
        for row in cell_rows(decision):
            if row.status == "withheld":
                assert (row.count, row.value, row.low, row.high) == (None,) * 4
            elif row.count is not None and row.base is not None:
                assert row.count == 0 or row.count >= smallest, row
                assert row.base == row.count or row.base - row.count >= smallest, row
