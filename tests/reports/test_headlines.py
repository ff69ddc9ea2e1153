"""What a headline may say of a figure: what the phrase function says, and nothing more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import phrases
from reports.estimates import wilson_count
from reports.headlines import Evidence, Excess, Kind, excesses, watchwords

LANGUAGES = ("en", "sv", "ar")
POLICY = Evidence(
    percents=frozenset({"90", "60", "4", "<1"}),
    phrases=frozenset({"bare.nine_in_ten", "bare.six_in_ten"}),
    claims=frozenset({"large_majority"}),
    first=("Has a policy",),
)


def evidence_for(count: int, base: int) -> tuple[Evidence, phrases.Phrase | None]:
    percent, low = 100 * count / base, 100 * wilson_count(count, base).low
    found = phrases.phrase(percent, low, base)
    claim = phrases.majority(low, base)
    whole = phrases.printed(percent, phrases.words_of("en")).rstrip(" %")
    return (
        Evidence(
            percents=frozenset({whole.replace("less than ", "<")}),
            phrases=frozenset() if found is None else frozenset({found.key}),
            claims=frozenset() if claim is None else frozenset({claim}),
        ),
        found,
    )


@given(st.integers(80, 700).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_phrase_function_says_is_never_too_much(language: str, drawn: tuple[int, int]) -> None:
    evidence, found = evidence_for(*drawn)
    assert found is not None

    assert excesses(phrases.alone(found, language), evidence, language) == ()


@given(st.integers(80, 700).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
@pytest.mark.parametrize("language", LANGUAGES)
def test_another_phrase_than_the_figure_has_is_too_much(language: str, drawn: tuple[int, int]) -> None:
    evidence, found = evidence_for(*drawn)
    other = phrases.Phrase("bare", "eight_in_ten" if found != ("bare", "eight_in_ten") else "nine_in_ten")

    (excess,) = excesses(phrases.alone(other, language), evidence, language)

    assert excess.kind is Kind.PHRASE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nine in ten companies have a policy", []),
        ("90 % of companies have a policy, and six in ten name the material", []),
        ("A large majority has a policy", []),
        ("Most respondents work where there is a policy", []),
        ("Policies", []),
        ("Fewer than <1 % are planned", []),
        ("91 % have a policy", [Excess(Kind.NUMBER, "91 %")]),
        ("٩١ ٪ have a policy", [Excess(Kind.NUMBER, "91 ٪")]),
        ("More than nine in ten have one", [Excess(Kind.PHRASE, "more than nine in ten")]),
        ("Nearly nine in ten have one", [Excess(Kind.PHRASE, "nearly nine in ten")]),
        ("More than half have a policy", []),
        ("The number of policies is increasing", [Excess(Kind.CLAIM, "increasing")]),
        ("All companies have a policy", [Excess(Kind.ABSOLUTE, "all")]),
        ("Policies exist because of the law", [Excess(Kind.CAUSE, "because")]),
        ("A policy is the most common measure", []),
    ],
)
def test_headlines_by_hand(text: str, expected: list[Excess]) -> None:
    assert list(excesses(text, POLICY, "en")) == expected


def test_one_of_several_that_cannot_be_told_apart_is_among_the_most_common() -> None:
    evidence = Evidence(first=("Laptops", "Phones"))

    assert excesses("Among the most common: laptops and phones", evidence, "en") == ()
    assert excesses("Laptops are most common", evidence, "en") == (Excess(Kind.RANKING, "most common"),)
    assert [found.kind for found in excesses("The most are laptops", evidence, "en")] == [Kind.RANKING]


def test_majority_needs_an_interval_that_lies_beyond_half() -> None:
    barely, found = evidence_for(52, 100)
    clearly, _found = evidence_for(70, 100)

    assert found == phrases.ABOUT_HALF
    assert excesses("More than half of them", barely, "en")[0].words == "more than half"
    assert excesses("A majority of them", barely, "en") == (Excess(Kind.CLAIM, "majority"),)
    assert excesses("A majority of them", clearly, "en") == ()


def test_increase_that_is_compared_with_a_decrease_needs_one_of_them() -> None:
    text = "More say that it has increased than that it has decreased"

    assert excesses(text, Evidence(claims=frozenset({"increasing"})), "en") == ()
    assert {found.words for found in excesses(text, Evidence(), "en")} == {"increased", "decreased"}


def test_every_language_watches_for_the_same_claims() -> None:
    assert {tuple(found) for found in watchwords().values()} == {tuple(watchwords()["en"])}
    assert set(watchwords()) == phrases.languages()


def test_word_inside_another_is_no_claim() -> None:
    assert excesses("Allocation of small calls", Evidence(), "en") == ()
