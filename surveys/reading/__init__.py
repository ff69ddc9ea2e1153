"""From the text of a questionnaire file to a checked definition, or to all of its faults at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from surveys.definition import Definition
from surveys.exceptions import QuestionnaireProblems
from surveys.reading.fields import Report
from surveys.reading.questionnaire import read_draft
from surveys.reading.yaml_text import plain
from surveys.validation import Problem, check


def read(text: str) -> Definition:
    """Raises QuestionnaireProblems with every fault of the file."""
    return definition_of_data(*plain(text))


def definition_of_data(data: Any, problems: Sequence[Problem] = ()) -> Definition:
    """The definition in the data of a file, of which `problems` are known already."""
    if data is None:
        raise QuestionnaireProblems(problems or (Problem("file", "The file is empty."),))
    report = Report(problems)
    draft = read_draft(data, report)
    found = (*report.problems, *_not_following(report.problems, check(draft)))
    if found:
        raise QuestionnaireProblems(sorted(found, key=_place))
    return draft.definition


def _not_following(written: Sequence[Problem], meant: Sequence[Problem]) -> tuple[Problem, ...]:
    """Faults of meaning in places that could be read: elsewhere they only follow from how it is written."""
    unreadable = {problem.path for problem in written}
    return tuple(dict.fromkeys(problem for problem in meant if problem.path not in unreadable))


def _place(problem: Problem) -> tuple[tuple[int, str], ...]:
    """Paths in an order that people expect: questions[2] in front of questions[10]."""
    pieces = re.split(r"(\d+)", problem.path)
    return tuple((int(piece), "") if piece.isdigit() else (0, piece) for piece in pieces)
