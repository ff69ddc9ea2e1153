"""Marks as bytes: sorted little-endian 16-bit integers, as the database keeps them."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def pack(marks: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(marks)}h", *marks)


def unpack(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 2}h", packed)
