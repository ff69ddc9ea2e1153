from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses.forms.texts import one_line, several_lines, whole_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("40", 40),
        (" 40 ", 40),
        ("40%", 40),
        ("40 %", 40),
        ("40 ٪", 40),
        ("٤٠", 40),
        ("۴۰", 40),
        ("۴۰٪", 40),
        ("%40", 40),
        ("٪٤٠", 40),
        ("۴۰٫۰", 40),
        ("1 000", 1000),
        ("1\u00a0000", 1000),
        ("1'000", 1000),
        ("١٬٠٠٠", 1000),
        ("1'00", None),
        ("40,0", 40),
        ("40.00", 40),
        ("٤٠٫٠", 40),
        ("007", 7),
        ("-3", -3),
        ("−3", -3),
        ("40,5", None),
        ("1,000", None),
        ("forty", None),
        ("4 0 x", None),
        ("", None),
        ("%", None),
        (",0", None),
        ("½", None),
        ("²", None),
        ("1e3", None),
        ("9" * 13, None),
    ],
)
def test_whole_number_of_what_people_type(typed: str, number: int | None) -> None:
    assert whole_number(typed) == number


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_whole_number_of_any_written_number_is_that_number(number: int) -> None:
    assert whole_number(str(number)) == number


@given(st.text())
def test_lines_without_controls_keep_their_words_and_change_no_more(text: str) -> None:
    once = one_line(text)

    assert one_line(once) == once
    assert "\n" not in once
    assert several_lines(several_lines(text)) == several_lines(text)


def test_several_lines_keeps_paragraphs_and_drops_controls() -> None:
    assert several_lines(" a\x00b\r\n\r\nc\x1b  ") == "ab\n\nc"


def test_reader_of_markdown_is_complete_before_threads_use_it() -> None:
    """Its table of the characters of addresses is seen by other threads while the first address fills it."""
    program = (
        "import django; django.setup();"
        "import responses.templatetags.authored, mdurl._encode as e, mdurl._decode as d;"
        "print(sorted({len(t) for t in (*e.encode_cache.values(), *d.decode_cache.values())}), len(e.encode_cache))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["[128]", "1"]
