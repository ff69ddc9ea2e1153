"""The texts and comments of an edition as they stand now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from reports import queries
from reports.composing import ARTICLES, WRITTEN, Place, places_of, starting_text
from reports.models import ExpertComment, FigureArrangement, ReportText, UnsavedText
from surveys.models import Edition
from surveys.queries import definition_of

SOURCE = "en"
ARRANGED = ("hidden", "position", "chart", "nets_only", "breakdown")
Texts = Mapping[str, Mapping[str, ReportText]]
"""Place -> language -> the newest version."""


def places(edition: Edition) -> tuple[Place, ...]:
    return tuple(places_of(definition_of(wave.questionnaire) for wave in queries.waves_of(edition)))


def texts_of(edition: Edition) -> Texts:
    found: dict[str, dict[str, ReportText]] = {}
    for text in ReportText.objects.filter(edition=edition).order_by("version"):
        found.setdefault(text.place, {})[text.language] = text
    return found


def text_of(stored: ReportText | None, place: str, language: str) -> str:
    """What an editor begins with: what was saved, or the text that a place has to begin with."""
    if stored is not None:
        return stored.text
    return starting_text(place) if language == SOURCE else ""


def text_at(edition: Edition, place: str, language: str) -> str:
    saved = ReportText.objects.filter(edition=edition, place=place, language=language)
    return text_of(saved.order_by("-version").first(), place, language)


def unsaved_at(edition: Edition, place: str, language: str, by: User) -> UnsavedText | None:
    """One's own; those of others are nobody's to read."""
    return UnsavedText.objects.filter(edition=edition, place=place, language=language, by=by).first()


def unsaved_of(edition: Edition, by: User) -> frozenset[tuple[str, str]]:
    """(place, language) of everything that somebody has typed and not saved."""
    own = UnsavedText.objects.filter(edition=edition, by=by)
    return frozenset(own.values_list("place", "language"))


def writing_too(edition: Edition, place: str, language: str, by: User, since: datetime) -> tuple[str, ...]:
    """Who else has typed something at this place lately. What they typed is not read."""
    others = UnsavedText.objects.filter(edition=edition, place=place, language=language, kept_at__gte=since)
    return tuple(str(one.by) for one in others.exclude(by=by).select_related("by").defer("text"))


def comments_of(edition: Edition) -> tuple[ExpertComment, ...]:
    newest = {found.number: found for found in ExpertComment.objects.filter(edition=edition)}
    return tuple(found for found in newest.values() if not found.removed)


def untold(edition: Edition) -> tuple[str, ...]:
    """Items of the method that are empty: those that are to be written, and the population of a questionnaire."""
    texts = texts_of(edition)
    missing = [
        place.removeprefix("method.")
        for place in WRITTEN
        if SOURCE not in texts.get(place, {}) or not texts[place][SOURCE].text.strip()
    ]
    definitions = [definition_of(wave.questionnaire) for wave in queries.waves_of(edition)]
    if not all(definition.population.strip() for definition in definitions):
        missing.append("population")
    return tuple(missing)


def report_content(edition: Edition) -> dict[str, Any]:
    """What a release holds of it; empty where nothing was written."""
    texts = {
        place: {language: found.text for language, found in sorted(by_language.items()) if found.text.strip()}
        for place, by_language in sorted(texts_of(edition).items())
    }
    told = {place: found for place, found in texts.items() if found}
    comments = [_comment(found) for found in comments_of(edition)]
    figures = _arranged(edition)
    if not told and not comments and not figures:
        return {}
    articles = [key for key in ARTICLES if f"article.{key}" in told]
    arranged = {"figures": figures} if figures else {}
    return {"report": {"texts": told, "articles": articles, "comments": comments} | arranged}


def _arranged(edition: Edition) -> dict[str, dict[str, Any]]:
    """Figures that do not stand as the questionnaire proposes."""
    newest = {
        one.figure: one for one in FigureArrangement.objects.filter(edition=edition).order_by("version")
    }
    choices = {
        figure: {name: getattr(one, name) for name in ARRANGED if getattr(one, name)}
        for figure, one in sorted(newest.items())
    }
    return {figure: found for figure, found in choices.items() if found}


def _comment(found: ExpertComment) -> dict[str, Any]:
    names = ("place", "name", "role", "organisation", "text", "language", "interests", "example")
    shown = {"portrait": found.portrait_id} if found.portrait_id else {}
    return {name: getattr(found, name) for name in names} | shown
