"""Names of the fields of a question page. They are part of the pages' contract: clients read and post them."""

from __future__ import annotations

from surveys.definition import Question, Row

DRAFT = "draft"
SAVED = "saved"
"""The hidden field with the number of saves that a form was made from."""
ACTION = "action"
OWN_FIELDS = frozenset({DRAFT, SAVED, ACTION, "csrfmiddlewaretoken"})


def main_name(question: Question, row: Row | None = None) -> str:
    return f"q-{question.key}-{row.code}" if row else f"q-{question.key}"


def entry_name(question: Question, place: int) -> str:
    """The field of one place of a ranking, or of one entry of a list; places count from 1."""
    return f"q-{question.key}-{place}"


def other_name(question: Question, code: str) -> str:
    return f"q-{question.key}-other-{code}"


def special_name(question: Question) -> str:
    return f"q-{question.key}-special"


def control_id(name: str, value: str) -> str:
    """The id of one radio button or checkbox; a field of its own has its name as id."""
    return f"{name}-{value}"
