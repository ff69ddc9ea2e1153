"""Refusals of this app. Each message is fit to be shown to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.validation.problem import Problem


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two definitions say differently."""

    path: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path}: {self.before} -> {self.after}"


class QuestionnaireProblems(Exception):
    """A questionnaire or translation file with faults; nothing of it was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        count = len(self.problems)
        sentence = ngettext(
            "There is %(count)d fault in the file.", "There are %(count)d faults in the file.", count
        )
        return sentence % {"count": count}


class FrozenQuestionnaire(Exception):
    """A change to a version that has been used for answers."""

    def __init__(self, key: str, version: int, differences: Sequence[Difference], next_version: int) -> None:
        super().__init__(key, version)
        self.key = key
        self.version = version
        self.differences = tuple(differences)
        self.next_version = next_version

    def __str__(self) -> str:
        return _(
            "Version %(version)d of %(key)s is frozen and stays as it is. To use the changed file, raise "
            "questionnaire.wording_version to %(next)d."
        ) % {"version": self.version, "key": self.key, "next": self.next_version}
