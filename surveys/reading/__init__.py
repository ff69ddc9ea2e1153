"""From the text of a questionnaire file to a checked definition, or to all of its faults at once."""

from __future__ import annotations

from collections.abc import Sequence

from surveys.definition import Definition
from surveys.exceptions import QuestionnaireProblems
from surveys.reading.fields import Report
from surveys.reading.questionnaire import read_draft
from surveys.reading.yaml_text import plain
from surveys.validation import Problem, check


def read(text: str) -> Definition:
    """Raises QuestionnaireProblems with every fault of the file."""
    definition, problems = read_with_problems(text)
    if problems or definition is None:
        raise QuestionnaireProblems(problems)
    return definition


def read_with_problems(text: str) -> tuple[Definition | None, tuple[Problem, ...]]:
    data, problems = plain(text)
    if data is None:
        return None, problems or (Problem("file", "The file is empty."),)
    report = Report(problems)
    draft = read_draft(data, report)
    return draft.definition, (*report.problems, *_not_following(report.problems, check(draft)))


def _not_following(written: Sequence[Problem], meant: Sequence[Problem]) -> tuple[Problem, ...]:
    """Faults of meaning in places that could be read: elsewhere they only follow from how it is written."""
    unreadable = {problem.path for problem in written}
    return tuple(dict.fromkeys(problem for problem in meant if problem.path not in unreadable))
