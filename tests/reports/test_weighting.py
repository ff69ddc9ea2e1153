"""Raking against published figures, by table and by property; what weights cost; when parts are taken together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reports.collapsing import collapse
from reports.measures import Block
from reports.weighting import (
    MISSING,
    Limits,
    Margin,
    Merged,
    Raked,
    Reason,
    counts_by_part,
    imported,
    imported_from_sums,
    is_uneven,
    kish,
    rake,
    weighted_shares,
)

FREE = Limits(floor=1e-9, cap=1e9, fewest=1, smallest_target=0.001, tolerance=1e-12)
"""Raking alone: nothing is collapsed and nothing trimmed."""

# The 183 Californian schools of apiclus1 by type and by whether they met their target: how many, their api00 added
# up and their pupils added up. Raked to the whole state, with the results of R's package survey.
SCHOOLS = [
    ("E", "No", 12, 7_156, 5_243),
    ("E", "Yes", 132, 86_281, 57_088),
    ("H", "No", 3, 1_978, 2_237),
    ("H", "Yes", 11, 6_682, 13_587),
    ("M", "No", 8, 4_851, 5_983),
    ("M", "Yes", 17, 10_935, 16_460),
]
TYPE = Margin("stype", ("E", "H", "M"), (4421, 755, 1018))
MET = Margin("sch.wide", ("No", "Yes"), (1072, 5122))
STATE = 6194


@pytest.fixture(scope="module")
def schools() -> Raked:
    places = [(TYPE.parts.index(kind), MET.parts.index(met)) for kind, met, *_ in SCHOOLS]
    return rake([line[2] for line in SCHOOLS], places, [TYPE, MET], FREE)


def column(number: int) -> NDArray[np.float64]:
    return np.array([line[number] for line in SCHOOLS], dtype=float)


def test_raking_gives_the_published_cells(schools: Raked) -> None:
    cells = schools.weights * column(2) * STATE / 183

    published = [478.0708, 3942.9292, 201.3766, 553.6234, 392.5526, 625.4474]
    assert np.round(cells, 4).tolist() == published
    assert schools.converged
    assert schools.problems == ()


def test_raking_gives_the_published_mean_and_total(schools: Raked) -> None:
    per_school = schools.weights * STATE / 183

    assert round(column(3).sum() / 183, 2) == 644.17
    assert round(column(4).sum() * STATE / 183) == 3_404_940
    assert round((per_school * column(3)).sum() / STATE, 2) == 641.23
    assert round((per_school * column(4)).sum()) == 3_647_280


def test_raking_gives_the_published_design_effect(schools: Raked) -> None:
    assert (round(schools.deff, 4), round(schools.n_eff, 2)) == (1.0517, 174.01)


def one_margin(counts: list[int], shares: list[float], limits: Limits | None = None) -> Raked:
    margin = Margin("area", tuple("abcdef"[: len(counts)]), tuple(shares))
    return rake(counts, [[place] for place in range(len(counts))], [margin], limits)


def reasons(raked: Raked) -> list[Reason]:
    return [problem.reason for problem in raked.problems]


def test_one_margin_is_post_stratification() -> None:
    raked = one_margin([200, 300], [0.5, 0.5])

    assert raked.weights == pytest.approx([1.25, 250 / 300])
    assert (raked.converged, raked.trimmed, raked.collapsed) == (True, 0, ())


def test_weight_above_the_cap_is_trimmed_and_the_gap_is_told() -> None:
    raked = one_margin([60, 540], [0.52, 0.48])

    assert raked.weights == pytest.approx([5, 300 / 540])
    assert (raked.trimmed, raked.cap) == (60, 5)
    assert raked.gap == pytest.approx(0.02)
    assert reasons(raked) == [Reason.MARGINS_INEXACT, Reason.DESIGN_EFFECT]


def test_cap_is_three_below_five_hundred_respondents() -> None:
    raked = one_margin([40, 359], [0.31, 0.69])

    assert (raked.largest, raked.cap) == (pytest.approx(3), 3)


def test_weight_below_the_floor_is_trimmed() -> None:
    raked = one_margin([500, 500], [0.13, 0.87])

    assert raked.weights == pytest.approx([0.3, 1.7])
    assert (raked.gap, raked.trimmed) == (pytest.approx(0.02), 500)


def test_trimming_that_would_miss_the_margins_is_a_failure_with_weights_of_one() -> None:
    raked = one_margin([60, 540], [0.7, 0.3])

    assert not raked.converged
    assert raked.weights.tolist() == [1, 1]
    assert (raked.deff, raked.n_eff, raked.trimmed) == (1, 600, 0)
    assert raked.gap == pytest.approx(0.2)
    assert reasons(raked) == [Reason.MARGINS_MISSED]


def test_margins_that_contradict_each_other_fail_loudly() -> None:
    halves = Margin("area", ("a", "b"), (0.5, 0.5))
    thirds = Margin("role", ("c", "d"), (0.4, 0.6))

    raked = rake([50, 50], [[0, 0], [1, 1]], [halves, thirds])

    assert not raked.converged
    assert (raked.rounds, raked.gap) == (100, pytest.approx(0.1))
    assert raked.weights.tolist() == [1, 1]
    assert reasons(raked) == [Reason.NOT_CONVERGED]


def test_who_did_not_say_keeps_the_share_of_the_sample() -> None:
    margin = Margin("area", ("a", "b"), (0.5, 0.5))

    raked = rake([300, 100, 100], [[0], [1], [MISSING]], [margin])

    assert raked.weights == pytest.approx([200 / 300, 2, 1])
    assert weighted_shares(raked.weights, [300, 100, 100], [0, 1, MISSING], 2) == pytest.approx([0.5, 0.5])


def test_empty_part_with_a_target_is_told_and_merged() -> None:
    raked = one_margin([100, 0, 100], [0.4, 0.2, 0.4])

    assert reasons(raked) == [Reason.EMPTY_PART]
    assert (raked.problems[0].margin, raked.problems[0].part) == ("area", "b")
    assert raked.problems[0].value == pytest.approx(0.2)
    assert raked.collapsed == (Merged("area", ("a", "b")),)
    assert raked.weights == pytest.approx([1.2, 1, 0.8])


def test_margin_of_which_nothing_is_left_is_dropped_and_told() -> None:
    raked = one_margin([12, 10, 9], [0.3, 0.3, 0.4])

    assert reasons(raked) == [Reason.MARGIN_DROPPED]
    assert raked.weights.tolist() == [1, 1, 1]
    assert (raked.converged, raked.margins, raked.collapsed) == (True, (), ())


def test_nobody_and_no_margins_have_weights_of_one() -> None:
    nobody = one_margin([0, 0], [0.5, 0.5])
    unasked = rake([5, 7], np.empty((2, 0), dtype=int), [])

    assert (reasons(nobody), nobody.weights.tolist(), nobody.n_eff) == ([Reason.NOBODY], [1, 1], 0)
    assert (unasked.problems, unasked.weights.tolist(), unasked.n_eff) == ((), [1, 1], 12)


@pytest.mark.parametrize(
    ("counts", "places", "shares"),
    [
        ([1, 2], [[0]], (0.5, 0.5)),
        ([1, -2], [[0], [1]], (0.5, 0.5)),
        ([1, np.nan], [[0], [1]], (0.5, 0.5)),
        ([1, 2], [[0], [2]], (0.5, 0.5)),
        ([1, 2], [[0], [-2]], (0.5, 0.5)),
        ([1, 2], [[0], [1]], (0.5,)),
        ([1, 2], [[0], [1]], (0.5, -0.5)),
        ([1, 2], [[0], [1]], (0, 0)),
    ],
)
def test_what_cannot_be_raked_is_refused(
    counts: list[float], places: list[list[int]], shares: tuple[float, ...]
) -> None:
    with pytest.raises(ValueError, match=r"fit|whole number|part|share"):
        rake(counts, places, [Margin("area", ("a", "b"), shares)])


def test_limits_that_exclude_the_mean_are_refused() -> None:
    for limits in (Limits(floor=0), Limits(floor=1.1), Limits(cap=0.9)):
        with pytest.raises(ValueError, match="floor"):
            one_margin([50, 50], [0.5, 0.5], limits)


@pytest.mark.parametrize(
    ("counts", "shares", "groups"),
    [
        ([20, 20, 20], [0.3, 0.3, 0.4], [(0,), (1,), (2,)]),
        # Too few respondents: with the part that answered most alike.
        ([19, 200, 20], [0.1, 0.8, 0.1], [(0, 2), (1,)]),
        # Too small a target, although many answered.
        ([90, 30, 80], [0.6, 0.04, 0.36], [(0,), (1, 2)]),
        # A tie goes to the neighbour.
        ([0, 50, 50], [0.2, 0.4, 0.4], [(0, 1), (2,)]),
        ([50, 50, 0], [0.4, 0.4, 0.2], [(0,), (1, 2)]),
        # Two weak ones help each other before a strong one has to.
        ([10, 10, 100], [0.1, 0.1, 0.8], [(0, 1), (2,)]),
        ([1, 1], [0.5, 0.5], [(0, 1)]),
        ([7], [1.0], [(0,)]),
        # A part that nobody of the population is in cannot be weighted to.
        ([30, 30, 40], [0.5, 0, 0.5], [(0,), (1, 2)]),
    ],
)
def test_small_parts_are_taken_together(
    counts: list[int], shares: list[float], groups: list[tuple[int, ...]]
) -> None:
    assert list(collapse(counts, shares, fewest=20, smallest_target=0.05)) == groups


@pytest.mark.parametrize(
    ("counts", "shares", "uneven"),
    [
        ([150, 100], [0.5, 0.5], False),
        ([151, 100], [0.5, 0.5], True),
        ([75, 25], [0.75, 0.25], False),
        ([10, 0], [0.5, 0.5], True),
        ([10, 0], [1, 0], False),
        ([0, 0], [0.5, 0.5], False),
        # The same with numbers of people in place of shares.
        ([150, 100], [4000, 4000], False),
        ([151, 100], [4000, 4000], True),
    ],
)
def test_response_is_uneven_beyond_one_and_a_half(
    counts: list[int], shares: list[float], uneven: bool
) -> None:
    assert is_uneven(counts, shares) is uneven


def test_kish_by_hand() -> None:
    cost = kish(4, 1 + 1 + 1 + 5, 1 + 1 + 1 + 25)

    assert cost.n_eff == pytest.approx(64 / 28)
    assert cost.deff == pytest.approx(4 * 28 / 64)
    with pytest.raises(ValueError, match="nobody"):
        kish(0, 0, 0)


@pytest.mark.parametrize(
    ("sums", "effective"), [((8, 28), 64 / 28), ((0, 0), None), ((3, 3), 3), ((2, 2), 2)]
)
def test_effective_base_of_a_block(sums: tuple[float, float], effective: float | None) -> None:
    block = Block("", "", "", "answered", 4, (), weighted_base=sums[0], squared_base=sums[1])

    assert block.effective_base == (None if effective is None else pytest.approx(effective))


def test_imported_weights_are_brought_to_the_mean_of_one() -> None:
    found = imported([0.5, 0.5, 1, 2])

    assert found.scale == 1
    assert (found.smallest, found.largest) == (0.5, 2)
    assert found.n_eff == pytest.approx(16 / 5.5)
    doubled = imported([1, 1, 2, 4])
    assert (doubled.scale, doubled.deff, doubled.largest) == (0.5, pytest.approx(found.deff), 2)
    assert imported_from_sums(4, 8, 22, smallest=1, largest=4) == doubled


def test_imported_weights_that_cost_more_than_half_are_told() -> None:
    assert [problem.reason for problem in imported([1] * 9 + [20]).problems] == [Reason.DESIGN_EFFECT]


@pytest.mark.parametrize("weights", [[], [1, 0], [1, -1], [1, np.nan], [1, np.inf]])
def test_imported_weights_that_are_no_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        imported(weights)


@dataclass(frozen=True)
class Sample:
    counts: NDArray[np.int64]
    places: NDArray[np.int64]
    margins: tuple[Margin, ...]


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """Up to three margins of up to four parts, some values missing, some cells empty, any targets."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    cells = list(product(*(range(MISSING, size) for size in sizes)))
    counts = draw(st.lists(st.integers(0, 120), min_size=len(cells), max_size=len(cells)))
    margins = tuple(
        Margin(f"m{number}", tuple("abcd"[:size]), tuple(draw(shares(size))))
        for number, size in enumerate(sizes)
    )
    return Sample(np.array(counts), np.array(cells), margins)


def shares(size: int) -> st.SearchStrategy[list[float]]:
    return st.lists(st.integers(1, 1000).map(float), min_size=size, max_size=size)


def rake_of(sample: Sample, limits: Limits | None = None) -> Raked:
    return rake(sample.counts, sample.places, sample.margins, limits)


def misses(sample: Sample, raked: Raked) -> list[float]:
    """By how much each group of each margin in use misses its target, worked out without the code under test."""
    n, found = sample.counts.sum(), []
    for number, margin in enumerate(sample.margins):
        weighted = dict.fromkeys((*margin.parts, ""), 0.0)
        counted = dict.fromkeys((*margin.parts, ""), 0)
        for cell, count, weight in zip(sample.places, sample.counts, raked.weights, strict=True):
            part = "" if cell[number] == MISSING else margin.parts[cell[number]]
            weighted[part] += float(count * weight) / n
            counted[part] += int(count)
        said = 1 - counted[""] / n
        targets = {
            part: said * share / sum(margin.shares)
            for part, share in zip(margin.parts, margin.shares, strict=True)
        }
        merged = [one.parts for one in raked.collapsed if one.margin == margin.name]
        alone = [(part,) for part in margin.parts if not any(part in group for group in merged)]
        if margin.name in raked.margins:
            found += [abs(sum(weighted[p] - targets[p] for p in group)) for group in merged + alone]
            found.append(abs(weighted[""] - counted[""] / n))
    return found


@settings(deadline=None, max_examples=100)
@given(samples())
def test_raking_reproduces_its_margins_or_says_that_it_did_not(sample: Sample) -> None:
    limits, n = Limits(), sample.counts.sum()
    assume(n > 0)

    raked = rake_of(sample)

    told, weights = set(reasons(raked)), raked.weights[sample.counts > 0]
    assert (sample.counts * raked.weights).sum() == pytest.approx(n)
    if raked.converged:
        assert ((weights >= limits.floor - 1e-9) & (weights <= limits.cap_of(n) + 1e-9)).all()
        assert max(misses(sample, raked), default=0) == pytest.approx(raked.gap, abs=1e-9)
        assert (Reason.MARGINS_INEXACT in told) == (raked.gap >= limits.tolerance)
        assert raked.trimmed > 0 or raked.gap < limits.tolerance
    else:
        assert told & {Reason.NOT_CONVERGED, Reason.MARGINS_MISSED}
        assert (weights == 1).all()


@settings(deadline=None, max_examples=40)
@given(samples())
def test_targets_that_are_the_sample_leave_it_unweighted(sample: Sample) -> None:
    own = tuple(
        Margin(m.name, m.parts, tuple(counts_by_part(sample.counts, sample.places[:, number], len(m.parts))))
        for number, m in enumerate(sample.margins)
    )
    assume(all(sum(margin.shares) > 0 for margin in own))

    raked = rake(sample.counts, sample.places, own)

    assert raked.weights == pytest.approx(np.ones(len(sample.counts)))
    assert (raked.converged, raked.deff, raked.n_eff) == (
        True,
        pytest.approx(1),
        pytest.approx(sample.counts.sum()),
    )


@settings(deadline=None, max_examples=40)
@given(samples(), st.floats(0.001, 1000))
def test_scaling_the_targets_changes_nothing(sample: Sample, factor: float) -> None:
    scaled = tuple(
        Margin(m.name, m.parts, tuple(factor * share for share in m.shares)) for m in sample.margins
    )

    raked = rake(sample.counts, sample.places, scaled)

    assert raked.weights == pytest.approx(rake_of(sample).weights, abs=1e-6)
    assert raked.collapsed == rake_of(sample).collapsed


@settings(deadline=None, max_examples=40)
@given(samples(), st.integers(0, 2**32))
def test_order_and_splitting_of_cells_change_nothing(sample: Sample, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(sample.counts))
    first = sample.counts // 3
    counts = np.concatenate([first, sample.counts - first])
    places = np.concatenate([sample.places, sample.places])
    mixed = np.concatenate([order, order + len(order)])

    raked = rake(counts[mixed], places[mixed], sample.margins)

    whole = rake_of(sample)
    filled = counts[mixed] > 0
    assert raked.weights[filled] == pytest.approx(
        np.concatenate([whole.weights] * 2)[mixed][filled], abs=1e-6
    )
    assert (raked.trimmed, raked.collapsed) == (whole.trimmed, whole.collapsed)
