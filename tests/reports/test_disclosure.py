"""Protection of tables of everybody, attacked by a linear programme that shares no code with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from reports.disclosure import Decision, Policy, protect, protect_breakdown
from reports.measures import Block, CountedTable, Measure
from surveys.definition import Publish, Sensitivity

POLICY = Policy(1, 30, 50, 50, 80, 3, 5, 5, 10)
RESPONDENTS = "percent_of_respondents"


def block(
    counts: dict[str, int],
    *,
    base: int | None = None,
    nets: dict[str, tuple[str, ...]] | None = None,
    **more: object,
) -> Block:
    codes = tuple(Measure("choice", code, count) for code, count in counts.items())
    summed = tuple(
        Measure("net", net, sum(counts[m] for m in members), members=members)
        for net, members in (nets or {}).items()
    )
    plain = Block(
        "", "", RESPONDENTS, "answered", sum(counts.values()) if base is None else base, codes + summed, True
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def table(
    *blocks: Block,
    sensitivity: Sensitivity = Sensitivity.LOW,
    publish: Publish = Publish.PARTS,
    **more: object,
) -> CountedTable:
    return CountedTable("q", 1, "", sensitivity, publish, blocks, **more)  # type: ignore[arg-type]


def withheld(decision: Decision, statistic: str = RESPONDENTS) -> set[str]:
    return {v.measure.code for v in decision.verdicts if v.is_withheld and v.block.statistic == statistic}


def statuses(decision: Decision) -> set[str]:
    return {verdict.status for verdict in decision.verdicts}


@pytest.mark.parametrize(
    ("base", "sensitivity", "expected"),
    [
        (29, Sensitivity.LOW, "withheld"),
        (30, Sensitivity.LOW, "small_base"),
        (79, Sensitivity.LOW, "small_base"),
        (80, Sensitivity.LOW, "shown"),
        (49, Sensitivity.HIGH, "withheld"),
        (50, Sensitivity.HIGH, "small_base"),
    ],
)
def test_base_decides_how_an_item_is_shown(base: int, sensitivity: Sensitivity, expected: str) -> None:
    decision = protect(table(block({"a": base - 12, "b": 12}), sensitivity=sensitivity), POLICY)

    assert statuses(decision) == {expected}
    assert all(v.base_known == (expected != "withheld") for v in decision.verdicts)


@pytest.mark.parametrize(("count", "gone"), [(0, set()), (1, {"a", "b"}), (2, {"a", "b"}), (3, set())])
def test_small_cell_goes_with_the_smallest_other(count: int, gone: set[str]) -> None:
    decision = protect(table(block({"a": count, "b": 10, "c": 90})), POLICY)

    assert withheld(decision) == gone


@pytest.mark.parametrize(("count", "is_gone"), [(4, True), (5, False)])
def test_high_sensitivity_asks_for_five(count: int, is_gone: bool) -> None:
    decision = protect(table(block({"a": count, "b": 30, "c": 70}), sensitivity=Sensitivity.HIGH), POLICY)

    assert ("a" in withheld(decision)) is is_gone


def test_two_singles_alone_do_not_hide_each_other() -> None:
    decision = protect(table(block({"a": 1, "b": 1, "c": 10, "d": 90})), POLICY)

    assert withheld(decision) == {"a", "b", "c"}


def test_part_of_a_shown_net_is_never_withheld_alone() -> None:
    counts = {"a": 2, "b": 20, "c": 4, "d": 80}

    decision = protect(table(block(counts, nets={"ab": ("a", "b")})), POLICY)

    assert withheld(decision) == {"a", "b"}


def test_two_nets_that_overlap_in_a_withheld_part_are_not_both_shown() -> None:
    """Together they are everybody, so that both sums less the base are the part that they share."""
    counts = {"both": 1, "a": 40, "b": 29, "c": 30}
    nets = {"one": ("both", "a"), "two": ("both", "b", "c")}

    decision = protect(table(block(counts, nets=nets)), POLICY)

    assert "both" in withheld(decision)
    assert {"one", "two"} & withheld(decision)


@pytest.mark.parametrize(("net", "withheld_nets"), [(30, set()), (31, {"any"}), (32, {"any"}), (33, set())])
def test_net_that_a_shown_member_falls_short_of_by_few_people_is_withheld(
    net: int, withheld_nets: set[str]
) -> None:
    """Of several answers: net less member is the number of people who gave only the other one."""
    main = block({"a": 30, "b": 12}, base=100, is_partition=False)
    with_net = replace(main, measures=(*main.measures, Measure("net", "any", net, members=("a", "b"))))

    assert withheld(protect(table(with_net), POLICY)) == withheld_nets


def test_net_in_a_net_that_differs_by_few_people_is_told_once() -> None:
    main = block({"a": 30, "b": 20, "c": 10}, base=100, is_partition=False)
    nets = (
        Measure("net", "inner", 40, members=("a", "b")),
        Measure("net", "outer", 41, members=("a", "b", "c")),
    )

    assert withheld(protect(table(replace(main, measures=(*main.measures, *nets))), POLICY)) == {"outer"}


def test_nets_first_withholds_all_parts_and_shows_the_net() -> None:
    counts = {"a": 2, "b": 20, "e": 30, "c": 10, "d": 80}

    decision = protect(
        table(block(counts, nets={"abe": ("a", "b", "e")}), publish=Publish.NETS_FIRST), POLICY
    )

    assert withheld(decision) == {"a", "b", "e"}


def test_withheld_dont_know_takes_the_base_without_it_along() -> None:
    main = block({"a": 50, "b": 40, "dont_know": 2})
    valid = block({"a": 50, "b": 40}, statistic="percent_without_dont_know", base_rule="valid")

    decision = protect(table(main, valid), POLICY)

    assert withheld(decision, "percent_without_dont_know") == {"a", "b"}
    assert not any(v.base_known for v in decision.verdicts if v.block is valid)


def test_ranked_first_inherits_what_chosen_withholds() -> None:
    main = block({"a": 2, "b": 60, "c": 50, "d": 30}, base=100, is_partition=False)
    first = block(
        {"a": 0, "b": 50, "c": 40, "d": 10}, base=100, statistic="percent_ranked_first", shares_counts=False
    )

    decision = protect(table(main, first), POLICY)

    assert "a" in withheld(decision)
    assert {"a", "d"} <= withheld(decision, "percent_ranked_first")


def test_group_whose_complement_is_small_is_not_shown() -> None:
    main = block({"a": 60, "b": 40})
    among = block({"a": 59, "b": 30}, statistic="percent_among_x", group="x", shares_counts=False)

    decision = protect(table(main, among), POLICY)

    assert not withheld(decision)
    assert withheld(decision, "percent_among_x") == {"a", "b"}


@pytest.mark.parametrize(("number", "stored"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_not_stated_below_five_is_not_stored(number: int, stored: int | None) -> None:
    decision = protect(table(block({"a": 40, "b": 60}), not_stated=number), POLICY)

    assert decision.not_stated == stored


def breakdown(first: dict[str, int], second: dict[str, int], left_over: dict[str, int]) -> Decision:
    whole = {code: first[code] + second[code] + left_over[code] for code in first}
    total = protect(table(block(whole)), POLICY)
    parts = table(block(first, part="one"), block(second, part="two"))
    return protect_breakdown(replace(parts, breakdown="class"), total, POLICY)


@pytest.mark.parametrize(
    ("first", "second", "left_over", "status"),
    [
        ({"a": 30, "b": 30}, {"a": 40, "b": 20}, {"a": 0, "b": 0}, "shown"),
        ({"a": 56, "b": 4}, {"a": 40, "b": 20}, {"a": 0, "b": 0}, "dropped"),
        ({"a": 60, "b": 0}, {"a": 40, "b": 20}, {"a": 0, "b": 0}, "dropped"),
        ({"a": 30, "b": 30}, {"a": 20, "b": 20}, {"a": 0, "b": 0}, "dropped"),
        ({"a": 30, "b": 30}, {"a": 40, "b": 20}, {"a": 4, "b": 9}, "dropped"),
        ({"a": 30, "b": 30}, {"a": 40, "b": 20}, {"a": 8, "b": 9}, "shown"),
    ],
)
def test_breakdown_is_shown_whole_or_dropped(
    first: dict[str, int], second: dict[str, int], left_over: dict[str, int], status: str
) -> None:
    decision = breakdown(first, second, left_over)

    assert decision.status == status
    assert bool(decision.verdicts) == (status == "shown")


@st.composite
def random_tables(draw: st.DrawFn) -> CountedTable:
    size = draw(st.integers(2, 7))
    small = st.one_of(st.integers(0, 6), st.integers(0, 80))
    codes = [f"c{n}" for n in range(size)]
    counts = {code: draw(small) for code in codes}
    rest = draw(st.one_of(st.just(0), st.integers(0, 6)))
    members = st.sets(st.sampled_from(codes), min_size=1, max_size=size)
    nets = {f"n{n}": tuple(sorted(found)) for n, found in enumerate(draw(st.lists(members, max_size=3)))}
    base = sum(counts.values()) + rest
    return table(
        block(counts, base=base, nets=nets),
        sensitivity=draw(st.sampled_from([Sensitivity.LOW, Sensitivity.HIGH])),
        publish=draw(st.sampled_from(list(Publish))),
    )


def interval(decision: Decision, target: tuple[str, ...], k: int) -> tuple[float, float]:
    """The least and the most that the sum of these codes can be, for who reads every shown line and the base.

    The reader also knows how many are in the base and in no code, unless they are fewer than k.
    """
    found = list(decision.verdicts)
    counts = {v.measure.code: v.measure.count or 0 for v in found if not v.measure.is_net}
    base = found[0].block.base
    rest = base - sum(counts.values())
    rows, sums = [[1.0] * len(counts) + [1.0]], [float(base)]
    if not 0 < rest < k:
        rows.append([0.0] * len(counts) + [1.0])
        sums.append(float(rest))
    for verdict in found:
        if not verdict.is_withheld:
            members = verdict.measure.members or (verdict.measure.code,)
            rows.append([float(code in members) for code in counts] + [0.0])
            sums.append(float(verdict.measure.count or 0))
    goal = np.array([float(code in target) for code in counts] + [0.0])
    ends = [linprog(sign * goal, A_eq=rows, b_eq=sums, bounds=(0, None), method="highs") for sign in (1, -1)]
    assert all(end.status == 0 for end in ends)
    return ends[0].fun, -ends[1].fun


@settings(max_examples=300)
@given(random_tables())
def test_no_withheld_count_follows_from_what_is_shown(counted: CountedTable) -> None:
    decision = protect(counted, POLICY)

    for verdict in decision.verdicts:
        if verdict.is_withheld and verdict.base_known:
            members = verdict.measure.members or (verdict.measure.code,)
            low, high = interval(decision, members, POLICY.cell(counted.sensitivity))
            assert high - low >= 1 - 1e-6, (verdict.measure, low, high)


@settings(max_examples=300)
@given(random_tables())
def test_no_small_count_is_ever_shown(counted: CountedTable) -> None:
    k = POLICY.cell(counted.sensitivity)

    for verdict in protect(counted, POLICY).verdicts:
        count, base = verdict.measure.count or 0, verdict.block.base
        assert verdict.is_withheld or not (0 < count < k or 0 < base - count < k)


@pytest.mark.parametrize(("squares", "expected"), [(None, "shown"), (100.0, "shown"), (350.0, "withheld")])
def test_base_that_weights_make_too_small_is_withheld(squares: float | None, expected: str) -> None:
    """A hundred people whose weights are so unequal that they say as much as 29 without any."""
    weights = {} if squares is None else {"weighted_base": 100.0, "squared_base": squares}

    decision = protect(table(block({"a": 60, "b": 40}, **weights)), POLICY)

    assert statuses(decision) == {expected}
