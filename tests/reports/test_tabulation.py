from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from reports import queries
from reports.actions import tables
from reports.disclosure import Decision
from reports.measures import Block, Measure
from reports.models import Policy
from reports.statistics import STATISTICS, Counted, blocks_of, derived_blocks, main_blocks
from reports.tabulation import cell_rows, checksum
from surveys import definition as language
from surveys.definition import Kind
from tests.reports.recount import Recount
from tests.reports.stage import answer, code_everything, eligible_seeds, marks, wave_of
from tests.surveys.build import KEYS

RESPONSES = {"law_enforcement": 200, "enterprise": 320}


@dataclass(frozen=True)
class Asked:
    """What a recount needs to know of a measure."""

    row: str
    part: str
    kind: str
    code: str
    statistic: str
    base_rule: str


def asked(block: Block, measure: Measure) -> Asked:
    return Asked(block.row, block.part, measure.kind, measure.code, block.statistic, block.base_rule)


@dataclass(frozen=True)
class Scene:
    """A wave counted both ways. Plain data, so that the tests after the first need no database."""

    counted: Counted
    policy: Policy
    eligible: int
    compared: int
    wrong: tuple[object, ...]

    def decisions(self) -> tuple[Decision, ...]:
        return tables.decided(self.counted, self.policy)


SCENES: dict[str, Scene] = {}


@pytest.fixture(params=KEYS)
def scene(db: None, request: pytest.FixtureRequest) -> Scene:
    if request.param not in SCENES:
        SCENES[request.param] = build(request.param)
    return SCENES[request.param]


def build(key: str) -> Scene:
    wave = wave_of(key)
    answer(wave, range(RESPONSES[key]))
    code_everything(wave)
    counted = tables.count_wave(wave, marks(wave))
    recount = Recount(wave)
    wrong, compared = [], 0
    for question, breakdown, block in all_blocks(counted):
        for measure in block.measures:
            found = (measure.value if measure.count is None else measure.count, block.base)
            expected = recount.figure(question, breakdown, asked(block, measure))
            compared += 1
            if found != expected:
                wrong.append((question, breakdown, asked(block, measure), found, expected))
    return Scene(counted, queries.current_policy(), len(recount.people), compared, tuple(wrong))


def all_blocks(counted: Counted) -> list[tuple[str, str, Block]]:
    found = []
    for question in counted.definition.questions:
        found += [(question.key, "", block) for block in blocks_of(counted, question)]
        for name in question.analysis.breaks:
            for part in counted.definition.partitions[name][1].parts:
                within = counted.within((name, part.code), part.code)
                found += [(question.key, name, block) for block in main_blocks(within, question)]
    for derived in counted.definition.derived:
        found += [(derived.key, "", block) for block in derived_blocks(counted, derived)]
    return found


def test_every_count_of_both_questionnaires_equals_a_plain_recount(scene: Scene) -> None:
    counts = scene.counted.counts

    assert not scene.wrong[:10], f"{len(scene.wrong)} of {scene.compared} differ"
    assert scene.compared > 400
    assert counts.responses - counts.of(scene.counted.book.screened_out()) == scene.eligible


def test_every_closed_question_has_a_table(scene: Scene) -> None:
    definition = scene.counted.definition

    present = {decision.table.question for decision in scene.decisions() if not decision.table.breakdown}

    closed = {question.key for question in definition.questions if question.kind is not Kind.OPEN_TEXT}
    assert present == closed | {derived.key for derived in definition.derived}


def test_profile_questions_are_counted_by_class_only(scene: Scene) -> None:
    profile = [q for q in scene.counted.definition.questions if q.analysis.partitions]

    kinds = {m.kind for q in profile for block in blocks_of(scene.counted, q) for m in block.measures}

    assert profile
    assert kinds == {"class"}


def test_lists_with_an_uncoded_text_have_no_table(db: None) -> None:
    wave = wave_of("enterprise")
    answer(wave, range(60))

    counted = tables.count_wave(wave, marks(wave))

    assert blocks_of(counted, counted.definition.by_key["ent_tech_open"]) == ()


def test_withheld_cells_hold_no_number_and_small_counts_are_nowhere(scene: Scene) -> None:
    thresholds = tables.thresholds(scene.policy)

    for decision in scene.decisions():
        smallest = thresholds.cell(decision.table.sensitivity)
        for row in cell_rows(decision):
            if row.status == "withheld":
                assert (row.count, row.value, row.low, row.high) == (None,) * 4
            elif row.count is not None and row.statistic != "percent_of_mentions":
                assert row.base is not None
                assert row.count == 0 or row.count >= smallest, row
                assert row.base == row.count or row.base - row.count >= smallest, row


def test_stored_cells_have_no_two_alike(scene: Scene) -> None:
    for decision in scene.decisions():
        rows = cell_rows(decision)
        places = Counter((r.row, r.part, r.kind, r.code, r.statistic, r.base_rule) for r in rows)
        assert max(places.values(), default=1) == 1, decision.table.question


def test_checksum_changes_with_a_response_and_not_with_their_order(db: None) -> None:
    wave = wave_of("enterprise")
    answer(wave, eligible_seeds(wave, 60))
    batches, policy = list(marks(wave)), queries.current_policy()

    once = checksum(tables.decided(tables.count_wave(wave, batches), policy))
    again = checksum(tables.decided(tables.count_wave(wave, reversed(batches)), policy))
    fewer = checksum(tables.decided(tables.count_wave(wave, batches[1:]), policy))

    assert once == again != fewer


def test_every_statistic_of_the_schema_has_a_formula() -> None:
    assert set(STATISTICS) == set(language.STATISTICS)
