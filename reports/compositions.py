"""The texts and comments of an edition as they stand now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports import queries
from reports.composing import ARTICLES, WRITTEN, Place, places_of
from reports.models import ExpertComment, FigureArrangement, ReportText
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
    return {name: getattr(found, name) for name in names}
