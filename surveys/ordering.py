"""The order in which one respondent sees choices and rows: derived from a secret seed, never stored."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from surveys.definition import Choice, Order, Question, Row


class Coded(Protocol):
    @property
    def code(self) -> str: ...


T = TypeVar("T", bound=Coded)


@dataclass(frozen=True, slots=True)
class Shuffle:
    """Orders of one respondent. The same seed gives the same orders on every visit."""

    seed: bytes

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """The list in its order, pinned choices after it as stored, special answers last."""
        moving = [choice for choice in question.choices if not choice.pin]
        pinned = [choice for choice in question.choices if choice.pin]
        ordered = self._ordered(question.order, moving, f"choice|{question.key}")
        return (*ordered, *pinned, *question.special)

    def rows(self, question: Question, codes: Collection[str]) -> tuple[Row, ...]:
        """Those of the question's rows whose codes are given, in this respondent's order."""
        ordered = self._ordered(question.row_order, question.rows, f"row|{question.key}")
        return tuple(row for row in ordered if row.code in codes)

    @property
    def flips(self) -> bool:
        """One coin for the whole questionnaire, so that every scale runs the same way for a respondent."""
        return bool(self._digest("flip")[0] & 1)

    def _ordered(self, order: Order, entries: Sequence[T], purpose: str) -> list[T]:
        ways: dict[Order, Callable[[], list[T]]] = {
            Order.FIXED: lambda: list(entries),
            Order.FLIP: lambda: list(reversed(entries)) if self.flips else list(entries),
            Order.RANDOM: lambda: sorted(entries, key=lambda entry: self._digest(f"{purpose}|{entry.code}")),
        }
        return ways[order]()

    def _digest(self, purpose: str) -> bytes:
        return hmac.new(self.seed, purpose.encode(), hashlib.sha256).digest()
