from __future__ import annotations

from fractions import Fraction
from itertools import groupby

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reports.estimates import wilson_count
from reports.phrases import (
    ABOUT_HALF,
    COUNTS,
    OF_TWO,
    RARE,
    TARGETS,
    WORDING,
    Item,
    alone,
    development,
    is_split,
    languages,
    majority,
    phrase,
    phrase_of,
    ranked,
    say,
    say_claim,
    say_ranking,
    words_of,
)

STEP = Fraction(1, 600)
LINE = [phrase_of(STEP * n) for n in range(60_001)]
"""0 to 100 so fine that every border lies on a step."""


def test_map_covers_everything_with_52_phrases_each_in_one_interval() -> None:
    runs = [found for found, _same in groupby(LINE)]

    assert len(runs) == len(set(runs)) == 52


def test_map_names_sizes_in_rising_order() -> None:
    sizes = ["very_few", *(t.size for t in reversed(RARE)), *(t.size for t in TARGETS), "all"]
    manners = ["about", "nearly", "bare", "just_over", "more_than"]
    runs = [found for found, _same in groupby(LINE)]

    assert runs == sorted(runs, key=lambda found: (sizes.index(found.size), manners.index(found.manner)))


@given(st.floats(0, 100))
def test_map_says_nearly_within_two_and_a_half_points_and_more_than_of_what_is_below(percent: float) -> None:
    found = phrase_of(percent)
    target = {t.size: float(t.percent) for t in TARGETS}.get(found.size)

    if target is not None:
        away = percent - target
        limits = {
            "bare": (-1, 1),
            "nearly": (-2.5, -1),
            "just_over": (1, 2.5),
            "more_than": (2.5, 10 - 2.5),
        }
        low, high = limits[found.manner]
        assert low - 1e-6 <= away <= high + 1e-6


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (0, "very few"),
        (2.49, "very few"),
        (2.5, "about one in forty"),
        (3.0, "about one in thirty"),
        (4.0, "about one in twenty-five"),
        (5.0, "about one in twenty"),
        (7.49, "about one in twenty"),
        (7.5, "nearly one in ten"),
        (15, "more than one in ten"),
        (22.5, "just over one in five"),
        (27, "just over a quarter"),
        (27.5, "nearly three in ten"),
        (Fraction(95, 3), "just over three in ten"),
        (32, "nearly a third"),
        (36.5, "more than a third"),
        (47.5, "nearly half"),
        (49.0, "half"),
        (51.0, "half"),
        (51.01, "just over half"),
        (52.5, "just over half"),
        (52.51, "more than half"),
        (57.5, "nearly six in ten"),
        (64.0, "more than six in ten"),
        (100 * 77 / 120, "nearly two thirds"),
        (72.5, "just over seven in ten"),
        (82.51, "more than eight in ten"),
        (87.5, "nearly nine in ten"),
        (89.0, "nine in ten"),
        (97.5, "more than nine in ten"),
        (97.51, "nearly all"),
        (100, "nearly all"),
    ],
)
def test_map_of_examples(percent: float | Fraction, words: str) -> None:
    assert alone(phrase_of(percent), "en") == words


def test_phrase_is_decided_without_a_language() -> None:
    assert phrase(88, 85, 450) == ("nearly", "nine_in_ten")


def found(count: int, base: int, **more: bool) -> object:
    return phrase(100 * count / base, 100 * wilson_count(count, base).low, base, **more)


@pytest.mark.parametrize(("count", "base"), [(247, 450), (55, 100), (52, 100)])
def test_phrase_over_half_is_softened_when_the_range_reaches_below(count: int, base: int) -> None:
    assert 100 * wilson_count(count, base).low <= 50 or count == 247
    assert (found(count, base) == ABOUT_HALF) is (100 * wilson_count(count, base).low <= 50)


def test_phrase_over_half_stays_when_the_whole_range_is_over_half() -> None:
    assert found(2475, 4500) == ("more_than", "half")


@given(st.integers(80, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_phrase_never_says_more_than_its_map(pair: tuple[int, int]) -> None:
    count, base = pair

    assert found(count, base) in (phrase_of(Fraction(100 * count, base)), ABOUT_HALF)


@pytest.mark.parametrize(
    ("base", "both_shown", "expected"),
    [
        (80, False, ("bare", "nine_in_ten")),
        (79, False, None),
        (79, True, COUNTS),
        (50, True, COUNTS),
        (49, True, None),
        (0, True, None),
    ],
)
def test_phrase_of_a_small_base(base: int, both_shown: bool, expected: object) -> None:
    assert phrase(90, 80, base, both_shown=both_shown) == expected


def test_phrase_follows_a_stricter_policy_and_no_looser_one() -> None:
    assert phrase(90, 80, 100, least=120) is None
    assert phrase(90, 80, 79, least=30) is None


@pytest.mark.parametrize("percent", [-0.01, 100.01])
def test_phrase_of_no_per_cent_is_refused(percent: float) -> None:
    with pytest.raises(ValueError, match="not a per cent"):
        phrase(percent, 0, 100)


@pytest.mark.parametrize(
    ("count", "base", "claim"),
    [
        (250, 450, "majority"),  # 55.6 %, from 50.9
        (245, 450, None),  # 54.4 %, from 49.8
        (320, 450, "large_majority"),  # 71.1 %, from 66.8
        (318, 450, "majority"),  # 70.7 %, from 66.3
        (49, 49, None),  # too few for any claim
    ],
)
def test_majority_is_claimed_by_the_lower_end_of_the_range(count: int, base: int, claim: str | None) -> None:
    assert majority(100 * wilson_count(count, base).low, base) == claim


@pytest.mark.parametrize(
    ("first", "second", "split"),
    [(25, 25, True), (24, 25, False), (220, 230, True), (190, 260, True), (170, 280, False), (0, 0, False)],
)
def test_split_is_claimed_when_both_ranges_lie_between_35_and_65(
    first: int, second: int, split: bool
) -> None:
    assert is_split(first, second) is is_split(second, first) is split


@pytest.mark.parametrize(
    ("increased", "decreased", "base", "claim"),
    [
        (150, 86, 1600, "increasing"),
        (86, 150, 1600, "decreasing"),
        (100, 90, 450, None),
        (40, 2, 49, None),
    ],
)
def test_development_is_claimed_when_the_paired_range_leaves_zero(
    increased: int, decreased: int, base: int, claim: str | None
) -> None:
    assert development(increased, decreased, base) == claim


def test_development_of_weighted_counts_rests_on_the_effective_base() -> None:
    assert development(150, 110, 450) == "increasing"
    assert development(150, 110, 450, effective=200) is None


def test_ranked_groups_what_is_not_distinguishable() -> None:
    items = [Item("usb", 200), Item("drive", 190), Item("cloud", 120), Item("phone", 30)]

    assert ranked(items, 450) == (("usb", "drive"), ("cloud",), ("phone",))
    assert ranked(items, 49) == ()


def test_ranked_with_known_overlaps_tells_more_apart() -> None:
    items = [Item("a", 200), Item("b", 180)]

    assert ranked(items, 450) == (("a", "b"),)
    assert ranked(items, 450, overlaps={frozenset("ab"): 175}) == (("a",), ("b",))
    assert ranked(items, 450, overlaps={frozenset("ab"): 175}, effective=50) == (("a", "b"),)


def test_every_language_has_the_same_whole_phrases_with_their_figures() -> None:
    keys = {phrase.key for phrase in LINE} | {ABOUT_HALF.key, COUNTS.key}

    for language in languages():
        words = words_of(language)
        assert set(words.phrases) == keys
        assert set(words.claims) == {"majority", "large_majority", "split", "increasing", "decreasing"}
        assert set(words.rankings) == {"first", "first_group", "followed_by"}
        sentences = [sentence for _alone, sentence in words.phrases.values()] + list(words.claims.values())
        assert all("{percent}" in text and "{base}" in text for text in sentences)
        assert len({alone for alone, _sentence in words.phrases.values()}) == len(keys)
        assert "{count}" in words.phrases[COUNTS.key][1]
        assert all(("{other}" in text) is (claim in OF_TWO) for claim, text in words.claims.items())


def test_translations_say_whether_they_are_drafts() -> None:
    assert languages() >= {"en", "sv", "ar"}
    for language in languages():
        text = (WORDING / f"phrases.{language}.yaml").read_text(encoding="utf-8")
        assert words_of(language).is_draft is text.startswith("# DRAFT until reviewed by a native speaker")
        assert yaml.safe_load(text)["language"] == language


SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", f"Nearly nine in ten respondents (88{SPACE}%, base 1,450)"),
        ("en-GB", f"Nearly nine in ten respondents (88{SPACE}%, base 1,450)"),
        ("sv-FI", f"Nästan nio av tio svarande (88{SPACE}%, bas 1{SPACE}450)"),
        ("ar", "أقل بقليل من تسعة من كل عشرة مجيبين (88%، الأساس 1,450)"),
        ("fi", f"Nearly nine in ten respondents (88{SPACE}%, base 1,450)"),
    ],
)
def test_say_carries_the_figures_in_the_language_or_in_english(language: str, sentence: str) -> None:
    assert say(phrase_of(88), 88, 1450, language) == sentence


def test_say_after_a_preposition_uses_the_right_case() -> None:
    assert "ثلثي المجيبين" in say(phrase_of(65), 65, 450, "ar")
    assert "ثلثا المجيبين" in say(phrase_of(66.6), 66.6, 450, "ar")


def test_say_of_hardly_anybody_and_nearly_everybody_keeps_0_and_100_for_nobody_and_everybody() -> None:
    assert say(phrase_of(0.2), 0.2, 500, "en") == f"Very few of the respondents (<1{SPACE}%, base 500)"
    assert say(phrase_of(99.8), 99.8, 500, "en") == f"Nearly all of the respondents (99{SPACE}%, base 500)"


def test_say_of_counts_needs_the_count() -> None:
    assert say(COUNTS, 87, 60, "en", count=52) == f"52 of the 60 who answered (87{SPACE}%, base 60)"
    with pytest.raises(ValueError, match="needs its count"):
        say(COUNTS, 87, 60, "en")


def test_say_claim_and_ranking() -> None:
    assert say_claim("majority", 58, 450, "en") == f"A majority of the respondents (58{SPACE}%, base 450)"
    assert (
        say_ranking(["USB sticks", "hard drives"], "en")
        == "Among the most common: USB sticks and hard drives"
    )
    assert say_ranking(["moln"], "sv") == "Vanligast: moln"
    assert say_ranking(["moln"], "sv", is_first=False) == "Följt av: moln"
