"""The coefficients, against published examples and by their properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses.agreement import Level, Standing, agreement, alpha, kappa, kappa_of_table, standing

M = None
# Four observers, twelve units, with missing values: Krippendorff (2011), section E.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, M, M, M),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, M, 3),
    (M, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, M),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, M),
)
UNITS = tuple(zip(*OBSERVERS, strict=True))


def test_kappa_of_the_published_table() -> None:
    table = {("a", "a"): 20, ("a", "b"): 5, ("b", "a"): 10, ("b", "b"): 15}

    assert kappa_of_table(table) == pytest.approx(0.4, abs=1e-12)
    pairs = [pair for pair, count in table.items() for _n in range(count)]
    assert kappa([*pairs, ("a", None), (None, "b")]) == pytest.approx(0.4, abs=1e-12)


@pytest.mark.parametrize(
    ("level", "published"), [(Level.NOMINAL, 0.743), (Level.ORDINAL, 0.815), (Level.INTERVAL, 0.849)]
)
def test_alpha_of_the_published_example(level: Level, published: float) -> None:
    found = alpha(UNITS, level)

    assert found is not None
    assert round(found, 3) == published


def test_alpha_of_two_coders_worked_by_hand() -> None:
    """Ten units, two values: 14 zeros and 6 ones; four units differ. 1 - 19 * 8 / (2 * 14 * 6)."""
    first, second = (0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0)

    assert alpha(zip(first, second, strict=True)) == pytest.approx(1 - 19 * 8 / (2 * 14 * 6))


@pytest.mark.parametrize("units", [(), ((1, None),), ((1, 1), (1, 1))])
def test_coefficients_are_not_defined_without_two_categories(
    units: tuple[tuple[int | None, ...], ...],
) -> None:
    assert alpha(units) is None
    assert kappa(units) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (1.0, Standing.ACCEPTED),
        (0.8, Standing.ACCEPTED),
        (0.79999, Standing.TENTATIVE),
        (0.667, Standing.TENTATIVE),
        (0.66699, Standing.TOO_LOW),
        (-0.2, Standing.TOO_LOW),
        (None, Standing.UNDEFINED),
    ],
)
def test_standing_of_a_coefficient(value: float | None, meaning: Standing) -> None:
    assert standing(value) is meaning


def codes(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_agreement_on_several_codes_is_the_mean_over_the_codes() -> None:
    found = agreement(
        [
            (codes("a"), codes("a")),
            (codes("a", "b"), codes("a")),
            (codes("b"), codes("b")),
            (codes("c"), codes("c")),
            (codes("a"), None),
        ],
        several=True,
    )

    by_code = {one.code: one for one in found.codes}
    assert (found.units, found.same) == (4, 3)
    assert by_code["b"].kappa == pytest.approx(0.5)
    assert (by_code["b"].given, by_code["b"].both) == (2, 1)
    assert by_code["a"].alpha == by_code["c"].alpha == 1
    assert found.kappa == pytest.approx((1 + 0.5 + 1) / 3)


def test_missing_codes_are_no_category() -> None:
    coded = [(codes("a"), codes("a")), (codes("b"), codes("a")), (codes("b"), codes("b"))]

    more = [*coded, (None, None), (codes("b"), None)]
    assert agreement(more, several=True) == agreement(coded, several=True)


def test_agreement_on_one_code_each_is_nominal_over_all_codes() -> None:
    """A rare code on which two differ once weighs as one unit, and not as much as a common one."""
    coded = [(codes("a"), codes("a"))] * 10 + [(codes("b"), codes("b"))] * 10 + [(codes("c"), codes("b"))]

    one, mean = agreement(coded, several=False), agreement(coded, several=True)

    assert one.alpha == alpha([("a", "a")] * 10 + [("b", "b")] * 10 + [("c", "b")])
    assert one.alpha is not None
    assert one.alpha > 0.9
    assert mean.alpha is not None
    assert mean.alpha < 0.7
    assert one.codes == mean.codes


UNIT = st.tuples(*(st.none() | st.integers(0, 3) for _coder in range(3)))


@given(st.lists(UNIT, max_size=12), st.randoms())
def test_alpha_does_not_depend_on_the_order_of_units_or_coders(
    units: list[tuple[int | None, ...]], chance
) -> None:  # type: ignore[no-untyped-def]
    mixed = [tuple(chance.sample(unit, len(unit))) for unit in chance.sample(units, len(units))]

    for level in Level:
        assert alpha(mixed, level) == pytest.approx(alpha(units, level))


@given(st.lists(st.integers(0, 3), min_size=2).filter(lambda values: len(set(values)) > 1))
def test_coders_who_agree_always_have_one(values: list[int]) -> None:
    units = [(value, value) for value in values]

    assert alpha(units) == pytest.approx(1)
    assert kappa(units) == pytest.approx(1)
