"""How the responses of a wave were collected, as a release tells it: doors, languages, response rates, coding.

Rates and numbers of cases are those of `reports.response_figures`, shown or withheld by its rules.
"""

from __future__ import annotations

from typing import Any

from reports.models import ResponseFigure, ResponseMetrics
from reports.response_figures import Caution
from reports.response_words import HEADLINE
from responses import extracts
from surveys.definition import Kind
from surveys.models import Wave
from surveys.queries import definition_of, languages_of_wave

PUBLISHED_NUMBERS = frozenset({"cases", "opened", "started", "handed_out"})
"""How many have finished is not told: less the responses it is how many the screening ended."""
OF_NOT_ELIGIBLE = frozenset({"RR4"})
"""Rates from which the number of those who were not eligible follows, and e with them."""
FEWEST_UNITS, TENS = 50, 10
"""Agreement on fewer texts is not told, and how many texts there were only in tens."""
PLACES = 3
"""Of a share between 0 and 1: one decimal of a per cent."""


def fieldwork_of(wave: Wave) -> dict[str, Any]:
    """Of a wave that was collected elsewhere little more is known than where."""
    if wave.origin == Wave.Origin.IMPORTED:
        return {"coding": _coding(wave)}
    found = ResponseMetrics.objects.filter(wave=wave).prefetch_related("figures").order_by("pk")
    return {
        "languages": list(languages_of_wave(wave)),
        "time_zone": wave.time_zone,
        "doors": list(wave.doors),
        "response": [_metrics(metrics) for metrics in found],
        "coding": _coding(wave),
    }


def _metrics(metrics: ResponseMetrics) -> dict[str, Any]:
    figures = {(figure.kind, figure.name): figure for figure in metrics.figures.all()}
    is_list = any(name == "RR2" for _kind, name in figures)
    few = figures.get(("letter", "ne"))
    tells_few = few is None or few.status != "shown"
    rates = [
        name
        for kind, name in figures
        if kind == "rate"
        and (not is_list or name in HEADLINE)
        and not (tells_few and name in OF_NOT_ELIGIBLE)
    ]
    wanted = [key for key in figures if key[0] == "number" and key[1] in PUBLISHED_NUMBERS]
    return {
        "door": str(metrics.door),
        "complete_from": metrics.complete_from,
        "partial_from": metrics.partial_from,
        "e": None if metrics.e is None or tells_few else round(metrics.e, PLACES),
        "e_found": metrics.e_found,
        "cautions": [code for code in metrics.warnings if not (tells_few and code == Caution.E_HIGHEST)],
        "figures": [_figure(figures[key]) for key in [*wanted, *(("rate", name) for name in rates)]],
    }


def _figure(figure: ResponseFigure) -> dict[str, Any]:
    value = figure.value if figure.status == "shown" else None
    return {
        "kind": str(figure.kind),
        "name": figure.name,
        "value": None if value is None else round(value, PLACES),
        "status": figure.status,
        "reason": figure.reason,
    }


def _coding(wave: Wave) -> list[dict[str, Any]]:
    """Of lists alone, in tens: how many wrote something beside an answer is a number of people that may be withheld."""
    definition = definition_of(wave.questionnaire)
    return [
        {
            "question": question,
            "units": units // TENS * TENS,
            "alpha": None if alpha is None else round(alpha, PLACES),
            "kappa": None if kappa is None else round(kappa, PLACES),
        }
        for question, units, alpha, kappa in extracts.agreements(wave)
        if definition.by_key[question].kind is Kind.OPEN_LIST and units >= FEWEST_UNITS
    ]
