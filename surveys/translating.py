"""Translations against their source: fingerprints, what is missing or out of date, what must not get lost."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from surveys.wordings import FORM, places_in

FINGERPRINT = re.compile(r"[0-9a-f]{8}")

FOR_RESPONDENTS = re.compile(
    r"questionnaire\.title|(reference_period|page|section)\..+|question\.[^.]+\.(text|help|(choice|special|row)\..+)"
)
"""Paths of what a respondent may read. All other texts stand in reports and on staff pages alone."""

TARGET = re.compile(r"\]\(([^()\s]+)")
"""Where a link of Markdown leads to."""


@dataclass(frozen=True, slots=True)
class TranslationState:
    """How far one language of a questionnaire is. Only what respondents read keeps it from being complete."""

    language: str
    name: str
    texts: int
    """Texts for respondents that there are in the language."""
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    missing_in_report: tuple[str, ...] = ()
    stale_in_report: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    reviewed_by: str = ""

    @property
    def is_complete(self) -> bool:
        return not self.missing and not self.stale


def fingerprint(text: str) -> str:
    """Tells source texts apart whatever their line breaks are, and however their accents are composed."""
    one_line = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(one_line.encode()).hexdigest()[:8]


def is_for_respondents(path: str) -> bool:
    return FOR_RESPONDENTS.fullmatch(path) is not None


def own_name(language: str) -> str:
    """What a language calls itself: Svenska. A tag that the locale data do not know stands for itself."""
    name = name_in(language, language)
    return name[:1].upper() + name[1:] if name != language else language


def name_in(language: str, reader: str) -> str:
    """What a language is called in another one, for a sentence in that: Swedish."""
    try:
        name = Locale.parse(language, sep="-").get_display_name(Locale.parse(reader, sep="-"))
    except (UnknownLocaleError, ValueError):
        return language
    return name or language


def compare(
    source: Mapping[str, str],
    translated: Mapping[str, str],
    made_from: Mapping[str, str],
    *,
    language: str,
    reviewed_by: str = "",
) -> TranslationState:
    """`made_from` has the fingerprints of the source texts; a text without one is taken as made from the present."""
    missing = [path for path in source if path not in translated and _is_needed(path, translated)]
    stale = [path for path in source if path in translated and _is_stale(source[path], made_from.get(path))]
    return TranslationState(
        language=language,
        name=own_name(language),
        texts=sum(is_for_respondents(path) for path in translated if path in source),
        missing=tuple(path for path in missing if is_for_respondents(path)),
        stale=tuple(path for path in stale if is_for_respondents(path)),
        missing_in_report=tuple(path for path in missing if not is_for_respondents(path)),
        stale_in_report=tuple(path for path in stale if not is_for_respondents(path)),
        extra=tuple(path for path in translated if path not in source and not path.startswith(FORM)),
        reviewed_by=reviewed_by,
    )


def _is_needed(path: str, translated: Mapping[str, str]) -> bool:
    """A form of the reference period that no translated text pipes need not be translated."""
    return not path.startswith(FORM) or any(f"{{{path}}}" in text for text in translated.values())


def _is_stale(source: str, made_from: str | None) -> bool:
    return bool(made_from) and made_from != fingerprint(source)


def losses(source: str, translated: str) -> Iterator[str]:
    """What the source text holds for the reader and the translated one does not: places to fill, and links."""
    for place in places_in([source]):
        if place not in places_in([translated]):
            yield f"The place [{place}] is lost. It stays as it is in the source language."
    lost = Counter(TARGET.findall(source)) - Counter(TARGET.findall(translated))
    for target in lost:
        yield f"The link to {target} is lost. Only the words in its brackets are translated."
