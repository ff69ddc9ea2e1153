"""What a draft holds, opened and sealed with the key of its holder; the database never sees it open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from responses.door import save_sealed
from responses.forms.reading import Fields
from responses.models import Draft
from responses.sealing import DoesNotFit, draft_key, open_draft, seal_draft
from surveys.answers import Answer, from_json, to_json

CLIPPED_CHARS = 200
"""What is kept of a text that stands in a field it does not fit, when the draft would become too large."""


@dataclass(frozen=True)
class Content:
    """Unfinished answers.

    `step`: number of the page that was open last. `refused`: by question, the fields as typed that something stands
    against. `reminded`: groups of controls that were asked for once and may stay empty. `seen`: pages that were
    answered, or left empty on purpose. `receipt`: drawn when the check page is first shown. `saves`: how often the
    draft was saved; a form that was made from fewer comes from another tab or window.
    """

    step: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    refused: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    reminded: frozenset[str] = frozenset()
    seen: frozenset[int] = frozenset()
    receipt: str = ""
    saves: int = 0

    def fields(self) -> Fields:
        return {name: values for fields in self.refused.values() for name, values in fields.items()}

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "answers": to_json(self.answers),
            "raw": self.refused,
            "reminded": sorted(self.reminded),
            "seen": sorted(self.seen),
            "receipt": self.receipt,
            "saves": self.saves,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Content:
        return cls(
            step=data["step"],
            answers=from_json(data["answers"]),
            refused=data["raw"],
            reminded=frozenset(data["reminded"]),
            seen=frozenset(data["seen"]),
            receipt=data["receipt"],
            saves=data.get("saves", 0),
        )


def content_of(draft: Draft, *, session_key: bytes, size: int) -> Content:
    """The content of a draft; one that was only just begun holds nothing yet."""
    if not draft.sealed:
        return Content()
    key = draft_key(session_key, draft.pk)
    return Content.from_json(open_draft(draft.sealed, key=key, draft_id=draft.pk, size=size))


def save(draft: Draft, content: Content, *, session_key: bytes, size: int) -> None:
    """Seal the content into its row. What would not fit keeps its answers and clips only what was refused anyway."""
    key = draft_key(session_key, draft.pk)
    try:
        draft.sealed = seal_draft(content.to_json(), key=key, draft_id=draft.pk, size=size)
    except DoesNotFit:
        clipped = replace(content, refused=_clipped(content.refused))
        draft.sealed = seal_draft(clipped.to_json(), key=key, draft_id=draft.pk, size=size)
    save_sealed(draft)


def discard(draft: Draft) -> None:
    """Delete what somebody does not want to be kept. Their link stays good."""
    Draft.objects.filter(pk=draft.pk).delete()


def _clipped(refused: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
    return {
        question: {name: [value[:CLIPPED_CHARS] for value in values] for name, values in fields.items()}
        for question, fields in refused.items()
    }
