"""Suggestions: what is found, how, and in which order; that nothing is found where nothing is alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses.suggesting import INSIDE, MOST, Found, Name, plain, suggest

NAMES = (
    Name("skype", "Skype"),
    Name("whatsapp", "WhatsApp"),
    Name("whatsapp", "whats app", is_alias=True),
    Name("messenger", "Facebook Messenger"),
    Name("messenger", "fb messenger", is_alias=True),
    Name("kik", "Kik"),
    Name("firewall", "Brandvägg"),
    Name("firewall", "جدار الحماية"),
    Name("locks", "Låsta dörrar"),
    Name("locks", "أبواب مُقفَلة"),
)


@pytest.mark.parametrize(
    ("said", "code", "found"),
    [
        ("Skype", "skype", Found.EXACT),
        ("  SKYPE!! ", "skype", Found.EXACT),
        ("Whats-App", "whatsapp", Found.ALIAS),
        ("FB Messenger", "messenger", Found.ALIAS),
        ("Facebok messenger", "messenger", Found.FUZZY),
        ("messenger facebook", "messenger", Found.FUZZY),
        ("whatsap", "whatsapp", Found.FUZZY),
        ("we mostly use Skype there", "skype", Found.FUZZY),
        ("their whatsap groups", "whatsapp", Found.FUZZY),
        ("brandvagg", "firewall", Found.EXACT),
        ("BRANDVÄGG", "firewall", Found.EXACT),
        ("lasta dorrar", "locks", Found.EXACT),
        ("brandväggar", "firewall", Found.FUZZY),
        ("جِدار الحمايه", "firewall", Found.EXACT),
        ("ابواب مقفلة", "locks", Found.EXACT),
        ("جدار حماية", "firewall", Found.FUZZY),
    ],
)
def test_answer_leads_to_its_code(said: str, code: str, found: Found) -> None:
    first = suggest(said, NAMES)[0]

    assert (first.code, first.found) == (code, found)


@pytest.mark.parametrize("said", ["", "  ", "!?", "kic", "ki", "x", "something else", "مدرسة"])
def test_answer_that_is_like_nothing_leads_nowhere(said: str) -> None:
    assert suggest(said, NAMES) == ()


def test_surest_comes_first_and_each_code_once() -> None:
    names = (*NAMES, Name("facebook", "Facebook"), Name("messengers", "Facebook Messengers"))

    found = suggest("facebook messenger", names)

    assert [one.code for one in found] == ["messenger", "messengers", "facebook"]
    assert [one.found for one in found] == [Found.EXACT, Found.FUZZY, Found.FUZZY]
    assert found[2].likeness == INSIDE
    assert found[1].likeness > INSIDE


def test_label_is_surer_than_an_alias_and_an_alias_than_a_likeness() -> None:
    names = (Name("b", "signl"), Name("c", "Signal", is_alias=True), Name("a", "Signal"))

    assert [one.code for one in suggest("signal", names)] == ["a", "c", "b"]


def test_no_more_are_suggested_than_there_are_keys() -> None:
    names = [Name(f"code{n}", "firewall") for n in range(20)]

    assert len(suggest("firewall", names)) == MOST == 9


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ("Ångström-Øre", "angstrom ore"),
        ("STRASSE", "straße"),
        ("٢٠١٩", "2019"),
        ("مُـقفَل", "مقفل"),
        ("ی", "ي"),
    ],
)
def test_words_are_compared_without_what_people_write_differently(words: str, same: str) -> None:
    assert plain(words) == plain(same)


@given(st.text(max_size=60))
def test_comparing_twice_is_comparing_once_and_nothing_breaks(words: str) -> None:
    once = plain(words)

    assert plain(once) == once
    assert once == once.strip()
    for found in suggest(words, NAMES):
        assert 0 < found.likeness <= 100
