from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from surveys.definition import Choice, Order
from surveys.ordering import Shuffle
from tests.surveys.build import grid, question

SCALE = tuple(Choice(f"point_{n}", f"Point {n}") for n in range(5))
PINNED = (Choice("first_pin", "First", pin=True), Choice("last_pin", "Last", pin=True))
SPECIAL = (Choice("special", "Special", exclusive=True),)
SEEDS = st.binary(min_size=16, max_size=32)


def codes(entries) -> list[str]:
    return [entry.code for entry in entries]


def scale(order: Order, key: str = "scale"):
    # A pinned choice that stands in the middle of the file goes to the end all the same.
    choices = (SCALE[0], PINNED[0], *SCALE[1:], PINNED[1])
    return question(key, choices=choices, special=SPECIAL, order=order)


@given(SEEDS)
def test_pinned_choices_stay_last_in_stored_order_and_special_answers_after_them(seed):
    for order in Order:
        shown = codes(Shuffle(seed).choices(scale(order)))
        assert shown[-3:] == ["first_pin", "last_pin", "special"]
        assert sorted(shown[:-3]) == codes(SCALE)


@given(SEEDS)
def test_fixed_order_is_the_stored_one(seed):
    assert codes(Shuffle(seed).choices(scale(Order.FIXED)))[:5] == codes(SCALE)


@given(SEEDS)
def test_flip_runs_every_scale_of_a_respondent_the_same_way(seed):
    ways = {
        codes(Shuffle(seed).choices(scale(Order.FLIP, key)))[:5] == codes(SCALE) for key in ("one", "two")
    }

    assert len(ways) == 1


@given(SEEDS)
def test_order_is_the_same_on_every_visit(seed):
    first, second = Shuffle(seed), Shuffle(seed)

    assert first.choices(scale(Order.RANDOM)) == second.choices(scale(Order.RANDOM))


def test_orders_are_spread_evenly_over_respondents():
    seeds = [n.to_bytes(4, "big") for n in range(2000)]

    first = Counter(codes(Shuffle(seed).choices(scale(Order.RANDOM)))[0] for seed in seeds)
    flips = sum(Shuffle(seed).flips for seed in seeds)

    # Six standard errors around 400 and 1000.
    assert all(290 <= first[code] <= 510 for code in codes(SCALE))
    assert 860 <= flips <= 1140


def test_random_orders_of_two_questions_are_not_the_same():
    differ = [
        codes(Shuffle(bytes([n])).choices(scale(Order.RANDOM, "one")))
        != codes(Shuffle(bytes([n])).choices(scale(Order.RANDOM, "two")))
        for n in range(50)
    ]

    assert sum(differ) > 40


@given(SEEDS, st.sets(st.sampled_from(["a", "b", "c", "d"])))
def test_rows_asked_keep_their_places_among_all_rows(seed, asked):
    matrix = grid("matrix", "a", "b", "c", "d", row_order=Order.RANDOM)
    everything = codes(Shuffle(seed).rows(matrix, {"a", "b", "c", "d"}))

    assert codes(Shuffle(seed).rows(matrix, asked)) == [row for row in everything if row in asked]
