"""What is different between two contents of an edition, figure by figure and number by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ADDED, REMOVED, WITHDRAWN, NUMBERS, WORDS = "added", "removed", "withdrawn", "numbers", "words"
PLACE = ("row", "kind", "code", "statistic", "base_rule")
SAID = ("percent", "low", "high", "base", "status")


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One number then and now. None: the line was, or is, not there."""

    label: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is not as it was, and how: its numbers, or its words alone."""

    figure: str
    title: str
    kind: str
    lines: tuple[ChangedLine, ...] = ()


def changes_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """In the order of the newer content; what is gone comes last."""
    old, new = _figures(before), _figures(after)
    found = [_change(old.get(key), figure) for key, figure in new.items() if old.get(key) != figure]
    return (*found, *(Change(key, _title(figure), REMOVED) for key, figure in old.items() if key not in new))


def _figures(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        figure["id"]: figure
        for part in content["parts"]
        for section in part["sections"]
        for figure in section["figures"]
    }


def _title(figure: Mapping[str, Any]) -> str:
    return str(figure.get("title") or figure["question"])


def _change(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Change:
    key, title = new["id"], _title(new)
    if old is None:
        return Change(key, title, ADDED)
    if new.get("withdrawn") and not old.get("withdrawn"):
        return Change(key, title, WITHDRAWN)
    lines = tuple(_lines(old, new))
    return Change(key, title, NUMBERS if lines else WORDS, lines)


def _lines(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ChangedLine]:
    then, now = (
        {tuple(line[name] for name in PLACE): line for line in figure["lines"]} for figure in (old, new)
    )
    for place in dict.fromkeys([*now, *then]):
        before, after = then.get(place), now.get(place)
        if before is None or after is None or any(before[name] != after[name] for name in SAID):
            line = after or before or {}
            label = ": ".join(filter(None, (line["row_label"], line["label"])))
            yield ChangedLine(label, before, after)
