"""A questionnaire as it was read, faults and all, with the way back into its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from surveys.definition import Choice, Definition, Question


@dataclass(frozen=True, slots=True)
class Located:
    """A question and its path in the file."""

    question: Question
    path: str
    position: int
    code_list: str = ""

    def at(self, name: str) -> str:
        return f"{self.path}.{name}"

    def choice_at(self, position: int) -> str:
        """Choices of a list for re-use have their place in the list, and the question only names it."""
        return self.at("choices_from") if self.code_list else self.at(f"choices[{position}]")


@dataclass(frozen=True)
class Draft:
    """`code_list_of`: path of a question -> the list or public list that it names in `choices_from`.

    `unsure`: paths of questions whose type could not be read, so that nothing that hangs on it is checked.
    `texts`: path and text of everything that people read.
    """

    definition: Definition
    code_lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    code_list_of: Mapping[str, str] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    texts: tuple[tuple[str, str], ...] = ()
    wording_versions: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def located(self) -> tuple[Located, ...]:
        return tuple(
            Located(question, path, position, self.code_list_of.get(path, ""))
            for position, (path, question) in enumerate(self._questions())
        )

    def _questions(self) -> Iterator[tuple[str, Question]]:
        for s, section in enumerate(self.definition.sections):
            for q, question in enumerate(section.questions):
                yield f"sections[{s}].questions[{q}]", question

    @property
    def sure(self) -> tuple[Located, ...]:
        return tuple(located for located in self.located if located.path not in self.unsure)

    @cached_property
    def order(self) -> dict[str, int]:
        """Key of a question -> its place; of keys used twice the first."""
        places: dict[str, int] = {}
        for located in self.located:
            places.setdefault(located.question.key, located.position)
        return places
