from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.comparisons import (
    NotComparable,
    Share,
    between_groups,
    between_waves,
    differences,
    standardised,
)
from reports.estimates import newcombe


def share(count: int, base: int, effective: float | None = None) -> Share:
    return Share(count / base, base, effective)


def test_nine_in_ten_to_eight_in_ten_at_a_hundred_each_is_no_clear_change() -> None:
    """Alone it would be (p = .048); in a family of two it is not."""
    alone = differences([(share(90, 100), share(80, 100))])
    family = differences([(share(90, 100), share(80, 100)), (share(50, 100), share(49, 100))])

    assert alone[0].is_clear
    assert not family[0].is_clear
    assert family[0].p_value == pytest.approx(2 * (alone[0].p_value or 0))
    assert family[0].value == pytest.approx(-0.1)
    assert family[0].range == newcombe(0.8, 100, 0.9, 100)


def test_difference_of_weighted_shares_rests_on_the_effective_bases() -> None:
    plain = differences([(share(300, 450), share(240, 450))])[0]
    weighted = differences([(share(300, 450, 100.0), share(240, 450, 100.0))])[0]

    assert plain.is_clear
    assert not weighted.is_clear
    assert weighted.range.low < plain.range.low < plain.range.high < weighted.range.high


def test_difference_where_nothing_varies_has_no_p_value_and_takes_no_part_in_the_family() -> None:
    found = differences([(share(100, 100), share(120, 120)), (share(90, 100), share(80, 100))])

    assert (found[0].p_value, found[0].is_clear, found[0].value) == (None, False, 0)
    assert found[1].is_clear


def test_difference_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="no test"):
        differences([(Share(0.5, 0), share(1, 2))])


def test_between_groups_compares_every_pair_of_every_line_in_one_family() -> None:
    groups = {"us": share(160, 200), "europe": share(100, 200), "elsewhere": share(30, 60)}

    found = between_groups({"common": groups, "rare": groups})

    assert [(one.line, one.first, one.second) for one in found[:3]] == [
        ("common", "us", "europe"),
        ("common", "us", "elsewhere"),
        ("common", "europe", "elsewhere"),
    ]
    assert [one.difference.is_clear for one in found] == [True, True, False] * 2
    assert found[2].difference.p_value == 1


def test_between_waves_leaves_out_what_one_wave_lacks() -> None:
    found = between_waves(
        {"a": share(50, 100), "gone": share(1, 100)}, {"a": share(90, 100), "new": share(1, 100)}
    )

    assert list(found) == ["a"]
    assert found["a"].value == pytest.approx(0.4)


def test_standardised_takes_out_what_the_mix_alone_changed() -> None:
    """The same shares in each area, but 54 % of one of them before and 46 % after."""
    before = {"us": share(432, 540), "elsewhere": share(184, 460)}
    after = {"us": share(368, 460), "elsewhere": share(216, 540)}
    raw = differences([(share(616, 1000), share(584, 1000))])[0]

    found = standardised(before, after)

    assert raw.value == pytest.approx(-0.032)
    assert found.mix == {"us": pytest.approx(0.5), "elsewhere": pytest.approx(0.5)}
    assert (found.before, found.after) == (pytest.approx(0.6), pytest.approx(0.6))
    assert found.value == pytest.approx(0)
    assert found.range.holds_zero


def test_standardised_to_a_given_mix_by_hand() -> None:
    """.75 of the first area: .75 * .8 + .25 * .4 = .7 before, .75 * .7 + .25 * .4 = .625 after."""
    before = {"us": share(80, 100), "elsewhere": share(40, 100)}
    after = {"us": share(70, 100), "elsewhere": share(40, 100)}

    found = standardised(before, after, {"us": 30, "elsewhere": 10})

    assert (found.before, found.after) == (pytest.approx(0.7), pytest.approx(0.625))
    assert found.range.low < found.value < found.range.high


@given(st.integers(1, 500), st.integers(1, 500), st.integers(0, 100), st.integers(0, 100))
def test_standardised_of_a_single_group_is_the_raw_comparison(n1: int, n2: int, x1: int, x2: int) -> None:
    before, after = Share(x1 / 100, n1), Share(x2 / 100, n2)

    found = standardised({"all": before}, {"all": after})

    raw = newcombe(after.value, n2, before.value, n1)
    assert (found.range.low, found.range.high) == (pytest.approx(raw.low), pytest.approx(raw.high))


@pytest.mark.parametrize(
    ("before", "after", "mix"),
    [
        ({}, {}, None),
        ({"us": share(1, 2)}, {"europe": share(1, 2)}, None),
        ({"us": share(1, 2)}, {"us": share(1, 2)}, {"europe": 1.0}),
        ({"us": share(1, 2)}, {"us": share(1, 2)}, {"us": 0.0}),
        ({"us": Share(0.5, 0)}, {"us": share(1, 2)}, None),
    ],
)
def test_standardised_of_waves_that_do_not_fit_is_refused(
    before: dict[str, Share], after: dict[str, Share], mix: dict[str, float] | None
) -> None:
    with pytest.raises(NotComparable):
        standardised(before, after, mix)
