"""Which class each case falls into, and which responses are complete: against counts in plain Python."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.dispositions import (
    BY_HAND,
    LETTERS,
    TELLS_MOST,
    WITHOUT_WORD,
    Cases,
    Code,
    Letter,
    Sent,
    Standing,
    Thresholds,
    TooManyByHand,
    code_of,
    completeness_sums,
    dispositions,
    letters_of,
    representative,
)
from reports.response_rates import Letters
from responses.models import Invitation
from surveys.answers import Answer
from surveys.codebook import Codebook
from surveys.definition import Definition, Kind, Role, split_item
from tests.surveys.build import KEYS, WITHHELD, YES_OR_NO, grid, question, questionnaire, screening, shipped
from tests.surveys.respondents import answers_of

STANDINGS = [
    Standing(*one) for one in product(Invitation.State.values, Invitation.Mail.values, (True, False))
]


@pytest.mark.parametrize("standing", STANDINGS, ids=str)
def test_every_standing_of_an_invitation_has_its_class(standing: Standing) -> None:
    code = code_of(standing)

    assert (code is None) == (standing.state in {"finished", "revoked"})


@pytest.mark.parametrize(
    ("standing", "code", "letter"),
    [
        (Standing("declined", "mailed", True), "2.11", "r"),
        (Standing("invited", "opted_out", True), "2.11", "r"),
        (Standing("started", "mailed", True), "2.12", "r"),
        (Standing("started", "opted_out", True), "2.12", "r"),
        (Standing("invited", "mailed", True), "3.19", "uo"),
        (Standing("invited", "own", False), "3.19", "uo"),
        (Standing("invited", "mailed", False), "3.11", "uo"),
        (Standing("invited", "bounced", True), "3.3", "uo"),
        (Standing("closed", "mailed", True), "4.81", "ne"),
    ],
)
def test_standings_have_the_codes_of_the_standard(standing: Standing, code: str, letter: str) -> None:
    found = code_of(standing)

    assert found is not None
    assert (found.value, LETTERS[found].value) == (code, letter)


def test_every_code_has_a_letter() -> None:
    assert set(LETTERS) == set(Code)
    assert set(LETTERS.values()) == set(Letter)


def test_every_class_of_an_invitation_has_its_rank() -> None:
    codes = [code_of(standing) for standing in STANDINGS]

    assert {code for code in codes if code} == set(TELLS_MOST)


def test_organisation_is_stood_for_by_whoever_sent_else_by_whoever_tells_most() -> None:
    quiet, bounced = Standing("invited", "mailed", True), Standing("invited", "bounced", True)
    begun, sent = Standing("started", "mailed", True), Standing("finished", "mailed", True)
    closed = Standing("closed", "mailed", True)

    assert representative([quiet, closed, sent, begun]) == 2
    assert representative([bounced, quiet, begun, begun]) == 2
    assert representative([bounced, quiet]) == 1
    assert representative([closed]) == 0


SENT = Sent(completes=60, partials=20, fewer=5, not_eligible=10, unknown_eligibility=2)
OTHERS = {
    Code.REFUSED: 7,
    Code.BROKEN_OFF: 11,
    Code.NO_ANSWER: 80,
    Code.BOUNCED: 4,
    Code.NEVER_SENT: 3,
    Code.DUPLICATE: 6,
}


def test_letters_of_one_door_by_hand() -> None:
    cases = Cases(finished=100, others=OTHERS, by_hand={Code.AWAY: 8, Code.LANGUAGE: 1})

    found = dispositions(cases, SENT, finished_everywhere=100)

    # Three of a hundred that sent are not counted; nine of the silent are known by hand.
    assert letters_of(found) == Letters(
        i=60, p=20, r=7 + 11 + 5, nc=8, o=3 + 1, uo=80 - 9 + 4 + 3 + 2, ne=10 + 6
    )


def test_letters_of_a_list_beside_other_doors_take_its_share_of_the_responses() -> None:
    cases = Cases(finished=25, others={Code.NO_ANSWER: 75}, by_hand={})

    found = letters_of(dispositions(cases, SENT, finished_everywhere=100))

    assert (found.i, found.p, found.r) == (15, 5, 1.25)
    assert found.o == pytest.approx(0.75)
    assert found.eligible + found.unknown + found.ne == pytest.approx(100)


def test_more_cases_known_by_hand_than_silent_ones_are_refused() -> None:
    cases = Cases(finished=1, others={Code.NO_ANSWER: 2, Code.BROKEN_OFF: 9}, by_hand={Code.AWAY: 3})

    with pytest.raises(TooManyByHand):
        dispositions(cases, Sent(completes=1), finished_everywhere=1)


COUNTS = st.integers(0, 500)
SENTS = st.builds(Sent, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)


@given(
    SENTS,
    st.integers(0, 50),
    st.integers(0, 500),
    st.dictionaries(st.sampled_from(TELLS_MOST), COUNTS),
    st.dictionaries(st.sampled_from(BY_HAND), st.integers(0, 20)),
)
def test_no_case_is_lost_or_counted_twice(
    sent: Sent, waiting: int, elsewhere: int, others: dict[Code, int], by_hand: dict[Code, int]
) -> None:
    everywhere = sent.total + waiting
    cases = Cases(max(everywhere - elsewhere, 0), others, by_hand)
    if cases.known_by_hand > cases.silent:
        by_hand = {}
        cases = Cases(cases.finished, others, by_hand)

    found = dispositions(cases, sent, finished_everywhere=everywhere)

    assert sum(found.values()) == pytest.approx(cases.finished + sum(others.values()))
    assert all(count >= -1e-9 for count in found.values())
    silent = sum(others.get(code, 0) for code in WITHOUT_WORD) - cases.known_by_hand
    assert sum(found[code] for code in WITHOUT_WORD) == pytest.approx(silent)


# Responses.


def asked_and_answered(definition: Definition, answers: dict[str, Answer]) -> tuple[int, int]:
    """Counted from the answers, item by item, without a codebook."""
    if any(
        code in dict(one.screen_out.dispositions)
        for one in definition.questions
        if one.screen_out is not None
        for code in answers.get(one.key, Answer()).codes
    ):
        return 0, 0
    asked = answered = 0
    for item, answer in answers.items():
        found = definition.by_key[split_item(item)[0]]
        if found.detached or (found.kind is Kind.OPEN_TEXT and not found.code_frame):
            continue
        asked += 1
        withheld = {choice.code for choice in found.offered if choice.role is Role.PREFER_NOT}
        given = bool(set(answer.codes) - withheld) or answer.number is not None
        answered += given or any(text.strip() for text in answer.texts)
    return asked, answered


BOOKS = {key: Codebook(shipped(key)) for key in KEYS}


@pytest.mark.parametrize("key", KEYS)
def test_questions_asked_and_answered_equal_a_plain_count(key: str) -> None:
    book = BOOKS[key]
    asked, answered = completeness_sums(book.definition, book)
    screened = 0

    for seed in range(150):
        answers = answers_of(book.definition, seed)
        marks = book.marks(answers)
        expected = asked_and_answered(book.definition, answers)
        screened += book.is_screened_out(answers)
        assert (asked.of(marks), answered.of(marks)) == expected, seed
        assert (expected == (0, 0)) == book.is_screened_out(answers), seed

    assert 0 < screened < 150


@pytest.mark.parametrize("key", KEYS)
def test_coarse_profiles_and_codings_change_no_completeness(key: str) -> None:
    book = BOOKS[key]
    asked, answered = completeness_sums(book.definition, book)

    for seed in range(40):
        answers = answers_of(book.definition, seed)
        kept = book.marks(book.coarse(book.closed(answers), book.profile_questions))
        assert (asked.of(kept), answered.of(kept)) == asked_and_answered(book.definition, answers), seed


def test_completeness_by_hand_counts_rows_and_leaves_out_what_leaves_no_mark() -> None:
    definition = questionnaire(
        screening("eligible"),
        question("plain"),
        question("several", Kind.MULTIPLE),
        grid("rows", "one", "two", "three"),
        question("country", detached=True),
        question("comment", Kind.OPEN_TEXT),
    )
    book = Codebook(definition)
    asked, answered = completeness_sums(definition, book)
    given = {
        "eligible": Answer(codes=("agree",)),
        "plain": Answer(codes=("dont_know",)),
        "several": Answer(codes=(WITHHELD.code,)),
        "rows:one": Answer(codes=("agree",)),
        "rows:two": Answer(),
        "rows:three": Answer(codes=(YES_OR_NO[1].code,)),
        "country": Answer(codes=("agree",)),
        "comment": Answer(texts=("words",)),
    }

    marks = book.marks(given)

    assert (asked.of(marks), answered.of(marks)) == (6, 4)
    ended = book.marks({"eligible": Answer(codes=("disagree",))})
    assert (asked.of(ended), answered.of(ended)) == (0, 0)


@pytest.mark.parametrize("bounds", [(50, 80), (101, 50), (80, -1)])
def test_thresholds_that_make_no_sense_are_refused(bounds: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="partial <= complete"):
        Thresholds(*bounds)
