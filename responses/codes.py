"""Codes that people type: sixteen characters of 80 random bits in fours, and a check character behind them.

The check character is the one that a Reed-Solomon code over the field of 32 elements adds: it makes the sum of all
characters, each multiplied with a power of its own of a generator of the field, zero. So every single wrong character
is noticed, and every exchange of two different ones, neighbours or not, because no two places have the same power.
"""

from __future__ import annotations

from responses.sealing import RECEIPT_ALPHABET, new_receipt, plain_digits

LENGTH = 17
GENERATOR, FIELD = 2, 0b100101
"""The field of 32 elements as polynomials modulo x^5 + x^2 + 1, in which x generates every element but zero."""

ALPHABET = RECEIPT_ALPHABET


def new_code() -> str:
    """Drawn from the operating system's randomness; never derived from anything."""
    digits = plain_digits(new_receipt())
    return _shown(digits + check_character(digits))


def read_code(text: str) -> str | None:
    """The code as it was shown, read tolerantly: case, spaces and dashes, O for 0, I and L for 1.

    None when it has not the shape of a code or its check character does not fit: that anybody can find out without us.
    """
    digits = plain_digits(text[:200])
    if len(digits) != LENGTH or any(digit not in ALPHABET for digit in digits):
        return None
    return _shown(digits) if check_character(digits[:-1]) == digits[-1] else None


def check_character(digits: str) -> str:
    total = 0
    for digit in digits:
        # Horner's rule: the character in front ends with the highest power, the last one with the first.
        total = _times(total ^ ALPHABET.index(digit), GENERATOR)
    return ALPHABET[total]


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 0b100000:
            left ^= FIELD
        right >>= 1
    return product


def _shown(digits: str) -> str:
    return "-".join(digits[start : start + 4] for start in range(0, LENGTH, 4))
