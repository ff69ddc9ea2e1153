"""Reading files for the commands: whatever keeps one from being read, in sentences that name it."""

from __future__ import annotations

from collections.abc import Sequence

from surveys.actions.languages import what_is_left
from surveys.exceptions import FrozenQuestionnaire, QuestionnaireProblems
from surveys.translating import TranslationState

FAULTS = (QuestionnaireProblems, FrozenQuestionnaire, UnicodeDecodeError, OSError)


def sentences_of(fault: Exception) -> Sequence[object]:
    """One line for each thing to correct in the file."""
    if isinstance(fault, QuestionnaireProblems):
        return fault.problems
    if isinstance(fault, FrozenQuestionnaire):
        return (*fault.differences, fault)
    if isinstance(fault, UnicodeDecodeError):
        return ("file: The file is not in UTF-8. Save it in this encoding.",)
    if isinstance(fault, OSError):
        return (f"file: The file cannot be read: {fault.strerror}.",)
    raise fault


def describe(state: TranslationState) -> str:
    """`Svenska: 812 texts, complete, draft until a native speaker has reviewed it`."""
    left = " ".join(what_is_left(state)) or "Complete."
    in_report = len(state.missing_in_report) + len(state.stale_in_report)
    report = f" For the report alone, {in_report} are missing or out of date." if in_report else ""
    review = f"Reviewed by {state.reviewed_by}." if state.reviewed_by else "A draft: nobody has reviewed it."
    return f"{state.name}: {state.texts} texts for respondents. {left}{report} {review}"
