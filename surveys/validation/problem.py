"""One fault of a questionnaire file: where it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` leads into the file: `sections[2].questions[4].show_if.values[0]`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def near(name: str, known: Iterable[str]) -> str:
    """A sentence that names the likely intended word, or what there is to choose from if that is little."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1)
    if close:
        return f" Did you mean `{close[0]}`?"
    return f" Choose one of: {', '.join(names)}." if 0 < len(names) <= 12 else ""
