"""The codes that people type: their check character, how they are read, and how long guessing one takes."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from responses.codes import ALPHABET, LENGTH, check_character, new_code, read_code
from responses.limiter import RANGE_LIMIT, SITE_LIMIT
from responses.peppers import entry_of_code, entry_of_subject, spent_hash
from responses.sealing import come_back_key

DIGITS = st.text(alphabet=ALPHABET, min_size=16, max_size=16)
PLACES = st.integers(0, LENGTH - 1)
LIVE_CODES = 10_000
HOURS_A_YEAR = 24 * 365


def whole(digits: str) -> str:
    return digits + check_character(digits)


@given(DIGITS, PLACES, st.sampled_from(ALPHABET))
@example("0" * 16, 16, "1")
def test_code_with_any_one_character_wrong_is_not_read(digits: str, place: int, wrong: str) -> None:
    code = whole(digits)
    assume(code[place] != wrong)

    assert read_code(code) is not None
    assert read_code(code[:place] + wrong + code[place + 1 :]) is None


@given(DIGITS, PLACES, PLACES)
def test_code_with_any_two_characters_exchanged_is_not_read(digits: str, one: int, other: int) -> None:
    code = list(whole(digits))
    assume(code[one] != code[other])
    code[one], code[other] = code[other], code[one]

    assert read_code("".join(code)) is None


def test_check_character_by_hand() -> None:
    """With one digit 1 (x^0) in the last place the sum is x; in the place before it x^2; and so on in the field."""
    places = ["0" * (15 - power) + "1" + "0" * power for power in range(6)]

    assert [ALPHABET.index(check_character(digits)) for digits in places] == [2, 4, 8, 16, 5, 10]
    assert check_character("0" * 16) == "0"


@given(DIGITS)
def test_code_is_read_whatever_its_case_spaces_and_lookalikes(digits: str) -> None:
    code = read_code(whole(digits))
    assert code is not None
    sloppy = code.lower().replace("0", "o").replace("1", "l").replace("-", " – ")

    assert read_code(f"  {sloppy}\n") == code
    assert read_code(code.replace("1", "I").replace("-", "")) == code


@pytest.mark.parametrize("typed", ["", "-", "ABCD", "U" * 17, "é" * 17, "0" * 18, "\x00" * 17, "0" * 100_000])
def test_anything_else_is_no_code(typed: str) -> None:
    assert read_code(typed) is None


def test_new_codes_have_their_shape_and_differ() -> None:
    codes = {new_code() for _ in range(200)}

    assert len(codes) == 200
    assert all(read_code(code) == code and len(code) == LENGTH + 4 for code in codes)


def test_guessing_a_live_code_takes_longer_than_ten_years_at_the_ceiling() -> None:
    """docs/threat-model.md states these figures. Whoever guesses knows the check character, so it adds nothing."""
    guesses = (32**16 + 1) / (LIVE_CODES + 1)
    years = guesses / (SITE_LIMIT * HOURS_A_YEAR)
    # So many ranges, each at its own limit, would be needed to reach the ceiling at all.
    ranges = SITE_LIMIT / RANGE_LIMIT

    assert 1.2e20 < guesses < 1.21e20
    assert 4.5e12 < years < 4.7e12
    assert years > 10
    assert ranges == 300


def test_keyed_hashes_are_bound_to_all_that_they_are_made_from() -> None:
    wave, other = uuid4(), uuid4()
    subjects = {
        entry_of_subject(issuer="a", wave_id=wave, subject="bc"),
        entry_of_subject(issuer="ab", wave_id=wave, subject="c"),
        entry_of_subject(issuer="a", wave_id=other, subject="bc"),
    }

    assert len(subjects) == 3
    assert spent_hash(issuer="a", jti="bc") != spent_hash(issuer="ab", jti="c")


def test_hash_of_a_code_needs_the_secret_of_the_site(settings: object) -> None:
    code = new_code()
    before = entry_of_code(code)

    settings.SECRET_KEY = "another secret of the site"  # type: ignore[attr-defined]

    assert entry_of_code(code) != before


def test_come_back_code_opens_one_invitation_alone() -> None:
    code, own, other = new_code(), uuid4(), uuid4()

    assert come_back_key(code, own) == come_back_key(code, own)
    assert len({come_back_key(code, own), come_back_key(code, other), come_back_key(new_code(), own)}) == 3
