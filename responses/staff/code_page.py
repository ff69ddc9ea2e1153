"""What stands on the page on which one answer is coded, and what a session remembers of the work.

Of the respondent there is nothing but the words: no number of the entry, no other answer, no profile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from responses.coding.frames import most_codes_of, offered_codes, suggestions_for
from responses.coding.models import CodingRound
from responses.models import OpenText
from responses.suggesting import Found, Suggestion
from surveys.definition import Code
from surveys.models import Questionnaire
from surveys.queries import definition_of
from surveys.wordings import fill_pipes

REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Option:
    """A code to choose. `number`: the key of a suggestion. `names`: what the filter looks through."""

    code: str
    label: str
    names: str
    note: str
    number: int | None
    hint: str
    is_chosen: bool


def question_text(coding_round: CodingRound) -> str:
    definition = definition_of(coding_round.wave.questionnaire, get_language())
    return fill_pipes(definition.by_key[coding_round.question].text, definition)


def options(
    questionnaire: Questionnaire, question: str, first: Iterable[tuple[str, str]], chosen: Collection[str]
) -> tuple[Option, ...]:
    """`first`: (code, hint) of those that have a key and stand at the top."""
    known = {code.code: code for code in offered_codes(questionnaire, question, get_language())}
    hints = {code: hint for code, hint in first if code in known}
    top = [_option(known[code], n, hint, chosen) for n, (code, hint) in enumerate(hints.items(), start=1)]
    return (*top, *(_option(code, None, "", chosen) for key, code in known.items() if key not in hints))


def _option(code: Code, number: int | None, hint: str, chosen: Collection[str]) -> Option:
    return Option(
        code=code.code,
        label=code.label,
        names=" ".join((code.label, code.code, *code.aliases)),
        note=code.note,
        number=number,
        hint=hint,
        is_chosen=code.code in chosen,
    )


def suggested(questionnaire: Questionnaire, text: OpenText) -> list[tuple[str, str]]:
    words = [text.text, *(translation.words for translation in text.translations.all())]
    return [(one.code, how(one)) for one in suggestions_for(questionnaire, text, words)[:9]]


def how(one: Suggestion) -> str:
    """How a suggestion was found, in words."""
    if one.found is Found.EXACT:
        return _("the same words")
    if one.found is Found.ALIAS:
        return _("also called “%(name)s”") % {"name": one.name}
    return _("like “%(name)s”, %(likeness)s of 100") % {"name": one.name, "likeness": round(one.likeness)}


def one_or_several(coding_round: CodingRound) -> int:
    definition = definition_of(coding_round.wave.questionnaire)
    return most_codes_of(definition, definition.by_key[coding_round.question])


def text_context(coding_round: CodingRound, text: OpenText) -> dict[str, Any]:
    own = coding_round.wave.questionnaire.language
    return {
        "text": text,
        "text_language": text.language or own,
        "translations": text.translations.order_by("language"),
    }


class Work:
    """What a session remembers of coding: that the warning was read, what was done last, what was skipped."""

    def __init__(self, session: SessionBase, coding_round: CodingRound) -> None:
        self.session = session
        self.key = f"coding_{coding_round.pk}"

    @property
    def is_warned(self) -> bool:
        return bool(self.session.get("coding_warned"))

    @property
    def is_hidden(self) -> bool:
        return bool(self.session.get("coding_hidden"))

    @property
    def has_keys(self) -> bool:
        return not self.session.get("coding_without_keys")

    def set(self, name: str, value: bool) -> None:
        self.session[f"coding_{name}"] = value

    @property
    def _own(self) -> dict[str, Any]:
        found: dict[str, Any] = self.session.get(self.key, {"done": [], "skipped": [], "pause": False})
        return found

    def _keep(self, **changes: Any) -> None:
        self.session[self.key] = self._own | changes

    @property
    def skipped(self) -> list[str]:
        return list(self._own["skipped"])

    @property
    def is_pausing(self) -> bool:
        return bool(self._own["pause"])

    @property
    def last(self) -> UUID | None:
        done = self._own["done"]
        return UUID(done[-1]) if done else None

    def did(self, text: UUID, *, pause: bool) -> None:
        self._keep(done=[*self._own["done"], str(text)][-REMEMBERED:], pause=pause)

    def undid(self) -> None:
        self._keep(done=self._own["done"][:-1], pause=False)

    def skip(self, text: UUID) -> None:
        self._keep(skipped=[*self.skipped, str(text)])

    def look_at_skipped(self) -> None:
        self._keep(skipped=[])

    def go_on(self) -> None:
        self._keep(pause=False)
