"""What people type: cleaning texts and reading whole numbers the way they are written around the world."""

from __future__ import annotations

import re
import unicodedata

# Zero-width and direction marks change nothing that is read and would count against a limit.
_INVISIBLE = frozenset("\u200b\u2060\ufeff\u200e\u200f\u061c")
_DECIMAL_MARKS = ",.\u066b"
# A mark between thousands that is never one of decimals; a comma and a full stop may be either.
_THOUSANDS = re.compile("(?<=\\d)['\u2019\u066c](?=\\d{3}(?!\\d))")
_PERCENT_SIGNS = "%\u066a\uff05"
LONGEST_NUMBER = 12


def one_line(text: str) -> str:
    """The text without control characters, every stretch of white space as one space."""
    return " ".join(_without_controls(text).split())


def several_lines(text: str) -> str:
    """The text without control characters except line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_without_controls(line).rstrip() for line in lines).strip()


def _without_controls(text: str) -> str:
    spaced = text.replace("\t", " ").replace("\n", " ").replace("\r", " ")
    return "".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cs"} and c not in _INVISIBLE)


def whole_number(text: str) -> int | None:
    """The number in "40", "40 %", "٤٠", "%۴۰", "40,0", "1'000"; None for everything that is not one whole number."""
    digits = "".join(one_line(text).strip(_PERCENT_SIGNS + " ").split())
    negative = digits[:1] in ("-", "\u2212")
    whole, fraction = _at_decimal_mark(_THOUSANDS.sub("", digits[negative:]))
    if not whole or len(whole) > LONGEST_NUMBER or not (whole + fraction).isdecimal():
        return None
    if fraction and int(fraction):
        return None
    return -int(whole) if negative else int(whole)


def _at_decimal_mark(digits: str) -> tuple[str, str]:
    for mark in _DECIMAL_MARKS:
        whole, found, fraction = digits.partition(mark)
        # Three digits behind a mark may be thousands as well; such a number is asked again, not guessed.
        if found:
            return (whole, fraction) if 0 < len(fraction) < 3 else ("", "")
    return digits, ""
