from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest

from reports import queries
from reports.actions import tables
from reports.columns import NOT_CODABLE
from reports.measures import Block, Measure
from reports.statistics import STATISTICS, Counted, blocks_of, derived_blocks, main_blocks
from reports.tabulation import cell_rows, checksum
from surveys import definition as language
from surveys.definition import Kind
from surveys.models import Wave
from tests.reports.recount import Recount
from tests.reports.stage import answer, code_everything, marks, wave_of
from tests.surveys.build import KEYS

RESPONSES = {"law_enforcement": 260, "enterprise": 420}


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


@pytest.fixture(params=KEYS)
def counted_wave(db: None, request: pytest.FixtureRequest) -> Wave:
    wave = wave_of(request.param)
    answer(wave, range(RESPONSES[request.param]))
    code_everything(wave)
    return wave


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


def test_every_count_of_both_questionnaires_equals_a_plain_recount(counted_wave: Wave) -> None:
    counted = tables.count_wave(counted_wave, marks(counted_wave))
    recount = Recount(counted_wave)
    wrong, compared = [], 0

    for key, breakdown, block in all_blocks(counted):
        for measure in block.measures:
            found = (measure.value if measure.count is None else measure.count, block.base)
            expected = recount.figure(key, breakdown, asked(block, measure))
            compared += 1
            if found != expected:
                wrong.append((key, breakdown, asked(block, measure), found, expected))

    assert not wrong[:10], f"{len(wrong)} of {compared} differ"
    assert compared > 500
    assert counted.counts.responses - counted.counts.of(counted.book.screened_out()) == len(recount.people)


def test_every_closed_question_has_a_table(counted_wave: Wave) -> None:
    counted = tables.count_wave(counted_wave, marks(counted_wave))
    decisions = tables.decided(counted, queries.current_policy())

    present = {decision.table.question for decision in decisions if not decision.table.breakdown}
    closed = {q.key for q in counted.definition.questions if q.kind is not Kind.OPEN_TEXT}
    assert present == closed | {derived.key for derived in counted.definition.derived}


def test_profile_questions_are_counted_by_class_only(counted_wave: Wave) -> None:
    counted = tables.count_wave(counted_wave, marks(counted_wave))
    profile = [q for q in counted.definition.questions if q.analysis.partitions]

    kinds = {m.kind for q in profile for block in blocks_of(counted, q) for m in block.measures}

    assert profile
    assert kinds == {"class"}


def test_lists_with_an_uncoded_text_have_no_table(db: None) -> None:
    wave = wave_of("enterprise")
    answer(wave, range(60))

    counted = tables.count_wave(wave, marks(wave))

    assert blocks_of(counted, counted.definition.by_key["ent_tech_open"]) == ()


def test_withheld_cells_hold_no_number_and_small_counts_are_nowhere(counted_wave: Wave) -> None:
    counted = tables.count_wave(counted_wave, marks(counted_wave))
    policy = queries.current_policy()

    for decision in tables.decided(counted, policy):
        smallest = tables.thresholds(policy).cell(decision.table.sensitivity)
        for row in cell_rows(decision):
            if row.status == "withheld":
                assert (row.count, row.value, row.low, row.high) == (None,) * 4
            elif row.count is not None and row.statistic != "percent_of_mentions":
                assert row.base is not None
                assert row.count == 0 or row.count >= smallest, row
                assert row.base == row.count or row.base - row.count >= smallest, row


def test_checksum_of_the_same_responses_in_another_order_is_the_same(counted_wave: Wave) -> None:
    policy = queries.current_policy()
    batches = list(marks(counted_wave))

    once = checksum(tables.decided(tables.count_wave(counted_wave, batches), policy))
    again = checksum(tables.decided(tables.count_wave(counted_wave, reversed(batches)), policy))

    assert once == again


def test_stored_cells_have_no_two_alike(counted_wave: Wave) -> None:
    counted = tables.count_wave(counted_wave, marks(counted_wave))

    for decision in tables.decided(counted, queries.current_policy()):
        places = Counter(
            (r.row, r.part, r.kind, r.code, r.statistic, r.base_rule) for r in cell_rows(decision)
        )
        assert max(places.values(), default=1) == 1, decision.table.question


def test_every_statistic_of_the_schema_has_a_formula() -> None:
    assert set(STATISTICS) == set(language.STATISTICS)
    assert set(NOT_CODABLE) == {"too_vague", "off_topic", "removed"}
