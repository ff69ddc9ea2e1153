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
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            ngettext(
                "There is %(count)d fault in the file.", "There are %(count)d faults in the file.", count
            )
            % {"count": count}
        )


class FrozenQuestionnaire(Exception):
    """A change to a version that has been used for answers."""

    def __init__(self, key: str, version: int, differences: Sequence[Difference], next_version: int) -> None:
        self.differences = tuple(differences)
        self.next_version = next_version
        super().__init__(
            _(
                "Version %(version)d of %(key)s is frozen and stays as it is. To use the changed file, raise "
                "questionnaire.wording_version to %(next)d."
            )
            % {"version": version, "key": key, "next": next_version}
        )
