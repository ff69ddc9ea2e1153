"""Typed access to one mapping of a questionnaire file.

Every getter reports what is wrong and goes on with a harmless value, so that one reading finds all faults.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

from surveys.reading.yaml_text import Switch
from surveys.validation.problem import Problem, near

CODE_LENGTH = 60
LONGEST_TEXT = 20_000

E = TypeVar("E", bound=StrEnum)


class Report:
    """Problems found so far, and every text that people will read, for the checks of pipes and places."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems: list[Problem] = list(problems)
        self.texts: list[tuple[str, str]] = []

    def add(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))


class Fields:
    def __init__(self, value: Any, path: str, report: Report, known: frozenset[str]) -> None:
        self.path = path
        self.report = report
        self.is_mapping = isinstance(value, dict)
        self.raw: dict[str, Any] = value if isinstance(value, dict) else {}
        if not self.is_mapping:
            report.add(path or "file", "This should be names with values under them, `name: value`.")
        for name in self.raw:
            if name not in known:
                report.add(self.at(name), f"There is no `{name}` here.{near(name, known)}")

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def text(self, name: str, *, required: bool = False, limit: int = LONGEST_TEXT) -> str:
        """A text that people read."""
        text = self.word(name, required=required, limit=limit)
        self.report.texts.append((self.at(name), text))
        return text

    def word(self, name: str, *, required: bool = False, limit: int = CODE_LENGTH, default: str = "") -> str:
        """A key, a code or a name."""
        if not self.has(name):
            self._miss(name, required)
            return default
        return self._as_text(self.raw[name], self.at(name), limit, required=required)

    def option(self, name: str, options: type[E], default: E, *, required: bool = False) -> E:
        word = self.word(name, required=required, default=default.value)
        if word in {option.value for option in options}:
            return options(word)
        self.report.add(self.at(name), f"`{word}` is not known here.{near(word, options)}")
        return default

    def number(self, name: str, *, required: bool = False) -> int | None:
        value = self.raw.get(name)
        if value is None:
            self._miss(name, required)
        elif isinstance(value, int):
            return value
        else:
            self.report.add(self.at(name), "This should be a whole number, without quotes.")
        return None

    def count(self, name: str, *, required: bool = False) -> int:
        """A number that counts from 1, which it is when absent."""
        number = self.number(name, required=required)
        return 1 if number is None else number

    def flag(self, name: str) -> bool:
        value = self.raw.get(name)
        if isinstance(value, Switch):
            return value.on
        if value is not None:
            self.report.add(self.at(name), "This should be true or false, without quotes.")
        return False

    def items(self, name: str, *, required: bool = False) -> Iterator[tuple[str, Any]]:
        """The entries of a list, each with its path."""
        value = self.raw.get(name)
        if value is None:
            self._miss(name, required)
        elif isinstance(value, list):
            yield from ((f"{self.at(name)}[{n}]", entry) for n, entry in enumerate(value))
        else:
            self.report.add(self.at(name), "This should be a list, `- ...` or `[...]`.")

    def words(self, name: str, *, required: bool = False, limit: int = CODE_LENGTH) -> tuple[str, ...]:
        return tuple(self._as_text(entry, path, limit) for path, entry in self.items(name, required=required))

    def named(self, name: str, *, required: bool = False) -> Iterator[tuple[str, str, Any]]:
        """(key, path, value) of a mapping whose names the author chooses."""
        value = self.raw.get(name)
        if value is None:
            self._miss(name, required)
        elif isinstance(value, dict):
            yield from ((key, f"{self.at(name)}.{key}", entry) for key, entry in value.items())
        else:
            self.report.add(self.at(name), "This should be names with values under them, `name: value`.")

    def inner(self, name: str, known: frozenset[str], *, required: bool = True) -> Fields:
        if not self.has(name):
            self._miss(name, required)
            return Fields({}, self.at(name), self.report, known).silenced()
        return Fields(self.raw[name], self.at(name), self.report, known)

    def silenced(self) -> Fields:
        """The same, for a mapping that is missing as a whole: what it lacks is not reported one by one."""
        self.report = Report()
        return self

    def _miss(self, name: str, required: bool) -> None:
        if required and self.is_mapping:
            self.report.add(self.at(name), f"`{name}` is missing. Add it.")

    def _as_text(self, value: Any, path: str, limit: int, *, required: bool = False) -> str:
        match value:
            case str():
                self._check_text(value, path, limit, required)
                return value.strip()
            case Switch():
                read = "true" if value.on else "false"
                message = f'YAML reads {value.word} without quotes as {read}. Write "{value.word}".'
                self.report.add(path, message)
                return value.word
            case int() | float():
                self.report.add(path, f'{value} is read as a number. Write it in quotes: "{value}".')
                return str(value)
            case _:
                self.report.add(path, "This should be a text.")
                return ""

    def _check_text(self, text: str, path: str, limit: int, required: bool) -> None:
        if len(text) > limit:
            self.report.add(path, f"This has {len(text)} characters; {limit} fit. Shorten it.")
        if required and not text.strip():
            self.report.add(path, "This is empty. Write it or leave the line out.")
        if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text):
            self.report.add(path, "The text holds a control character. Take it out.")
