"""Codes of the second factor: six digits of an app (RFC 6238), and recovery codes on paper. No clock in here."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

ISSUER = "Enquiry"
DIGITS, STEP_SECONDS = 6, 30
SECRET_BYTES = 20
# A clock that is half a minute off, or a slow typist, is let in.
WINDOW = (0, -1, 1)
RECOVERY_CODES, RECOVERY_CODE_BYTES = 10, 10
RECOVERY_CODE_LENGTH = RECOVERY_CODE_BYTES * 8 // 5
# Digits that people write for letters which look alike; base32 has neither 0 nor 1 nor 8.
LOOK_ALIKE = str.maketrans("018", "OIB")


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    return _totp(secret).generate(step * STEP_SECONDS).decode()


def matching_steps(secret: bytes, typed: str, now: datetime) -> Iterator[int]:
    """The steps of the window whose code was typed. All are compared, whichever matches."""
    digits = "".join(typed.split())
    for offset in WINDOW:
        step = step_of(now) + offset
        if hmac.compare_digest(code_at(secret, step).encode(), digits.encode()):
            yield step


def address_of(secret: bytes, account: str) -> str:
    """What the square says to the app."""
    return _totp(secret).get_provisioning_uri(account, ISSUER)


def in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def typed_secret(secret: bytes) -> str:
    """The secret for whoever types it into the app."""
    return in_fours(base64.b32encode(secret).decode())


def new_recovery_codes() -> list[str]:
    return [
        in_fours(base64.b32encode(secrets.token_bytes(RECOVERY_CODE_BYTES)).decode())
        for _number in range(RECOVERY_CODES)
    ]


def plain(recovery_code: str) -> str:
    """As it is hashed: without spaces and hyphens, in capitals."""
    return "".join(recovery_code.replace("-", " ").split()).upper().translate(LOOK_ALIKE)


def square(text: str) -> tuple[int, str]:
    """A QR code: its width in modules, and the path of its dark ones for an SVG."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=4)]
    return len(rows), "".join(path for y, row in enumerate(rows) for path in _dark_runs(row, y))


def _dark_runs(row: list[int], y: int) -> Iterator[str]:
    x = 0
    for is_dark, run in groupby(row):
        length = len(list(run))
        if is_dark:
            yield f"M{x} {y}h{length}v1h-{length}z"
        x += length


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what the apps know; as the core of an HMAC it is not broken.
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  # nosec  # the reason stands above
