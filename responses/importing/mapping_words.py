"""Words of a mapping, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from responses.importing.problems import Fault, Problem, quoted
from responses.importing.words import Missing, Said, fold
from surveys.definition import Question
from surveys.reading.yaml_text import Switch

MISSING = frozenset({"not_asked", "skipped", "either", "columns"})


@dataclass
class Faults:
    """Reads single values of a mapping and gathers what is wrong with it, each thing once."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, fault: Fault, place: str, found: object = "", **values: str | int) -> None:
        problem = Problem(fault, place, found=quoted(word_of(found)), values=values)
        if problem not in self.problems:
            self.problems.append(problem)

    def check_keys(self, data: Mapping[str, Any], known: frozenset[str], path: str) -> None:
        for key in data:
            if key not in known:
                self.add(Fault.UNKNOWN_KEY, at(path, key), key, known=", ".join(sorted(known)))

    def name(self, value: Any, path: str) -> str:
        word = word_of(value).strip()
        if isinstance(value, (dict, list)) or not word:
            self.add(Fault.NOT_A_NAME, path, value if not isinstance(value, (dict, list)) else "")
            return ""
        return word

    def words(self, data: Mapping[str, Any], key: str, path: str, default: Iterable[str]) -> frozenset[str]:
        if data.get(key) is None:
            return frozenset(fold(word) for word in default)
        return frozenset(fold(word) for word in self.listed(data[key], at(path, key)))

    def listed(self, value: Any, path: str) -> list[str]:
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, (dict, list)) for one in values):
            self.add(Fault.NOT_WORDS, path)
            return []
        return [word_of(one) for one in values]

    def missing(self, value: Any, path: str, start: Mapping[str, Said]) -> Missing:
        """The words of this place, and where it says nothing of a word, what the place around it says."""
        if value is None:
            return Missing(start)
        if not isinstance(value, dict):
            self.add(Fault.NOT_WORDS, path)
            return Missing(start)
        self.check_keys(value, MISSING, path)
        names = {"not_asked": Said.NOT_ASKED, "skipped": Said.SKIPPED, "either": Said.NOTHING}
        own: dict[str, Said] = {}
        for key, said in names.items():
            for word in self.listed(value.get(key, []), at(path, key)):
                if own.setdefault(fold(word), said) is not said:
                    self.add(Fault.WORD_MEANS_TWO_THINGS, at(path, key), word)
        return Missing({**start, **own})


@dataclass(frozen=True, slots=True)
class Common:
    """What holds for a place unless it says something else."""

    missing: Missing
    of_columns: Mapping[str, Any]
    chosen: frozenset[str]
    not_chosen: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    question: Question
    data: Mapping[str, Any]
    path: str
    common: Common


def at(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def word_of(value: object) -> str:
    """YAML reads some words as numbers or switches; here they are the words that stand in the file."""
    if isinstance(value, Switch):
        return value.word
    return "" if value is None else str(value)
