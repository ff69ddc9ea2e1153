"""Public lists that questionnaires name instead of writing them out."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

from babel import Locale

from surveys.definition import Choice, Definition, Question

NOT_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
"""Two-letter codes of the locale data that ISO 3166-1 does not assign: groups, reserved and test codes."""
USER_ASSIGNED = frozenset({"XK"})


def countries(language: str) -> tuple[Choice, ...]:
    """All countries and territories of ISO 3166-1, by name in the alphabet of the language without accents."""
    names = {str(code): str(name) for code, name in Locale.parse(language, sep="-").territories.items()}
    codes = (code for code in names if len(code) == 2 and code.isalpha())
    listed = [(code, names[code]) for code in codes if code not in NOT_COUNTRIES | USER_ASSIGNED]
    return tuple(Choice(code, name) for code, name in sorted(listed, key=lambda pair: _sorting(pair[1])))


def _sorting(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


PUBLIC_LISTS: dict[str, Callable[[str], tuple[Choice, ...]]] = {"external:ISO-3166-1-alpha-2": countries}


def in_language(question: Question, language: str) -> tuple[Choice, ...]:
    """The question's choices from a public list, named and sorted in a language; none added, none lost."""
    if question.choices_from not in PUBLIC_LISTS:
        return question.choices
    kept = {choice.code: choice for choice in question.choices}
    named = PUBLIC_LISTS[question.choices_from](language)
    return tuple(choice for choice in named if choice.code in kept)


def without_public_lists(definition: Definition) -> Definition:
    """The definition as far as its own file says it: names of countries belong to the locale data."""
    sections = (
        replace(
            section,
            questions=tuple(replace(q, choices=()) if q.choices_from else q for q in section.questions),
        )
        for section in definition.sections
    )
    return replace(definition, sections=tuple(sections))
