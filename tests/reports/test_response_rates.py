"""The formulas of AAPOR, against the published example and against what must hold of any letters."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.response_rates import (
    FORMULAS,
    Found,
    Letters,
    Rate,
    Share,
    break_off_rate,
    completion_rate,
    eligible_share,
    participation_rate,
    rates,
)

EXAMPLE = Letters(i=4, p=2, r=1, nc=1, o=1, uh=1, uo=1, ne=1)
PUBLISHED = {
    "RR1": ".364",
    "RR2": ".545",
    "RR3": ".370",
    "RR4": ".556",
    "RR5": ".444",
    "RR6": ".667",
    "COOP1": ".500",
    "COOP2": ".750",
    "COOP3": ".571",
    "COOP4": ".857",
    "REF1": ".091",
    "REF2": ".093",
    "REF3": ".111",
    "CON1": ".727",
    "CON2": ".741",
    "CON3": ".889",
}
COUNTS = st.integers(0, 10_000)
LETTERS = st.builds(
    Letters, i=COUNTS, p=COUNTS, r=COUNTS, nc=COUNTS, o=COUNTS, uh=COUNTS, uo=COUNTS, ne=COUNTS
)


def digits(rate: Rate) -> str:
    assert rate.value is not None
    return f"{rate.value:.3f}".removeprefix("0")


def value(rate: Rate) -> float:
    assert rate.value is not None
    return rate.value


def test_every_rate_of_the_published_example_to_its_digits() -> None:
    found = {name: digits(rate) for name, rate in rates(EXAMPLE, 0.9).items()}

    assert found == PUBLISHED


def test_default_e_is_the_share_among_the_known() -> None:
    assert eligible_share(EXAMPLE) == Share(0.9, Found.DEFAULT)


def test_e_without_a_case_that_is_not_eligible_is_one_and_a_guess() -> None:
    share = eligible_share(Letters(i=4, uo=3))

    assert share == Share(1.0, Found.HIGHEST)
    assert share.is_a_guess


def test_e_that_nothing_needs_is_no_guess() -> None:
    assert not eligible_share(Letters(i=4)).is_a_guess


def test_e_of_nobody_eligible_is_zero() -> None:
    assert eligible_share(Letters(ne=3, uo=2)).value == 0


def test_stated_e_takes_the_place_of_the_default() -> None:
    assert eligible_share(EXAMPLE, stated=0.5) == Share(0.5, Found.STATED)


@pytest.mark.parametrize("stated", [-0.1, 1.1])
def test_stated_e_that_is_no_share_is_refused(stated: float) -> None:
    with pytest.raises(ValueError, match="no share"):
        eligible_share(EXAMPLE, stated=stated)


def test_number_of_cases_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 cases of NC"):
        Letters(nc=-1)


@pytest.mark.parametrize("letters", [Letters(), Letters(ne=5)])
def test_rates_of_no_cases_are_not_defined(letters: Letters) -> None:
    assert set(rates(letters, 1.0).values()) == {Rate(None, "no_cases")}


def test_rates_of_unknown_cases_alone_are_zero_where_these_count() -> None:
    found = rates(Letters(uo=7), 1.0)

    assert {name for name, rate in found.items() if rate.value is None} == {
        "RR5", "RR6", "COOP1", "COOP2", "COOP3", "COOP4", "REF3", "CON3",
    }  # fmt: skip
    assert {value(rate) for rate in found.values() if rate.value is not None} == {0.0}


def test_rates_of_unknown_cases_of_which_none_is_eligible_are_not_defined() -> None:
    found = rates(Letters(uo=7), 0.0)

    assert found["RR3"] == found["RR4"] == Rate(None, "no_cases")
    assert found["RR1"] == Rate(0.0)


@given(LETTERS, st.floats(0, 1))
def test_any_rates_are_shares_in_their_order(letters: Letters, e: float) -> None:
    found = {name: rate.value for name, rate in rates(letters, e).items()}
    rising = (
        ("RR1", "RR3", "RR5", "COOP1", "COOP3"),
        ("RR2", "RR4", "RR6", "COOP2", "COOP4"),
        ("REF1", "REF2", "REF3"),
        ("CON1", "CON2", "CON3"),
        *(("RR1", "RR2"), ("RR3", "RR4"), ("RR5", "RR6"), ("COOP1", "COOP2"), ("COOP3", "COOP4")),
    )

    assert set(found) == set(FORMULAS)
    assert all(share is None or 0 <= share <= 1 for share in found.values())
    for names in rising:
        defined = [share for share in (found[name] for name in names) if share is not None]
        assert all(low <= high * (1 + 1e-12) for low, high in pairwise(defined)), names


@given(LETTERS)
def test_all_that_can_happen_to_the_eligible_adds_up(letters: Letters) -> None:
    found = rates(letters, eligible_share(letters).value)

    if letters.eligible:
        lost = letters.nc / letters.eligible
        assert value(found["CON3"]) + lost == pytest.approx(1)
        rest = (letters.nc + letters.o) / letters.eligible
        assert value(found["RR6"]) + value(found["REF3"]) + rest == pytest.approx(1)


@given(LETTERS)
def test_e_is_a_share_and_one_if_nobody_is_known_to_be_not_eligible(letters: Letters) -> None:
    share = eligible_share(letters)

    assert 0 <= share.value <= 1
    assert letters.ne > 0 or share.value == 1


@given(LETTERS, st.integers(2, 9))
def test_rates_do_not_depend_on_the_size_of_the_list(letters: Letters, times: int) -> None:
    larger = Letters(*(times * getattr(letters, name) for name in Letters.__slots__))

    e = eligible_share(letters)
    assert eligible_share(larger).value == pytest.approx(e.value)
    for name, rate in rates(letters, e.value).items():
        other = rates(larger, e.value)[name]
        assert other.value == (None if rate.value is None else pytest.approx(rate.value))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (break_off_rate(answered=90, broken_off=10), Rate(0.1)),
        (break_off_rate(answered=0, broken_off=0), Rate(None, "no_cases")),
        (completion_rate(finished=30, started=40), Rate(0.75)),
        (completion_rate(finished=0, started=0), Rate(None, "no_cases")),
        (participation_rate(finished=30, let_in=120), Rate(0.25)),
        (participation_rate(finished=0, let_in=0), Rate(None, "no_cases")),
    ],
)
def test_rates_of_those_who_began(found: Rate, expected: Rate) -> None:
    assert found == expected
