"""The one copy of a wave's private key, in two parts of which neither says anything without the other.

A part is the key under a pad of random bytes, or the pad: both together give the key by an exclusive or. It is written
in letters and digits that are not mistaken for each other, and ends with a check over the wave, its number and itself.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from uuid import UUID

from django.utils.translation import gettext as _

from responses.sealing import KEY_BYTES, RECEIPT_ALPHABET

CHECK_BYTES = 2
PARTS = (1, 2)
DIGITS = 56
"""Thirty-five bytes, five bits each: the number of the part, the key's 32 bytes, two of the check."""

_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CODE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Za-z]{4}[\s\-\u2010-\u2015\u2212]+){13}[0-9A-Za-z]{4}(?![0-9A-Za-z])"
)


class ShareUnreadable(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This is no part of the copy of this wave's key: it has 56 letters and digits in groups of four, and"
                " the last group tells whether one of them is wrong. Compare what was typed with the paper."
            )
        )


class SameShare(Exception):
    def __init__(self) -> None:
        super().__init__(_("Both are the same part. The other person's part is needed too."))


def split(key: bytes, wave_id: UUID) -> tuple[str, str]:
    pad = secrets.token_bytes(KEY_BYTES)
    return _text(1, pad, wave_id), _text(2, _either(key, pad), wave_id)


def join(first: str, second: str, wave_id: UUID) -> bytes:
    """The key again, from both parts in either order. Whether it is the wave's, its public half has to say."""
    parts = dict(_read(text, wave_id) for text in (first, second))
    if set(parts) != set(PARTS):
        raise SameShare
    return _either(parts[1], parts[2])


def page(text: str, *, number: int, wave: str, wave_id: UUID) -> str:
    """A part as a page to print: whose it is, what it is for, and the code in two lines."""
    groups = text.split("-")
    lines = (
        _("Key of the survey %(wave)s: part %(number)d of 2") % {"wave": wave, "number": number},
        str(wave_id),
        "",
        "  ".join(groups[:7]),
        "  ".join(groups[7:]),
        "",
        _("Alone this part opens nothing. With the other one it opens the ballots of this survey."),
        _("Keep it locked away from the other part and from every copy of the database."),
        _("Destroy it, and confirm that you did, at the latest 30 days after the survey has closed."),
    )
    return "\n".join(lines) + "\n"


def _text(number: int, part: bytes, wave_id: UUID) -> str:
    content = bytes([number]) + part
    written = int.from_bytes(content + _check(content, wave_id))
    digits = "".join(RECEIPT_ALPHABET[written >> shift & 31] for shift in range(5 * (DIGITS - 1), -1, -5))
    return "-".join(digits[start : start + 4] for start in range(0, DIGITS, 4))


def _read(text: str, wave_id: UUID) -> tuple[int, bytes]:
    """(number, part) from what was typed, or from a whole printed page."""
    for found in _CODE.finditer(text):
        digits = re.sub(r"[^0-9A-Z]", "", found[0].upper()).translate(_MISREAD)
        if any(digit not in RECEIPT_ALPHABET for digit in digits):
            continue
        written = sum(
            RECEIPT_ALPHABET.index(digit) << 5 * place for place, digit in enumerate(reversed(digits))
        )
        whole = written.to_bytes(1 + KEY_BYTES + CHECK_BYTES)
        content, check = whole[:-CHECK_BYTES], whole[-CHECK_BYTES:]
        if check == _check(content, wave_id):
            return content[0], content[1:]
    raise ShareUnreadable


def _check(content: bytes, wave_id: UUID) -> bytes:
    return hashlib.sha256(b"enquiry share v1" + wave_id.bytes + content).digest()[:CHECK_BYTES]


def _either(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
