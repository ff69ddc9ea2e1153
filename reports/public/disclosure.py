"""The eleven items of method that a report discloses: what is stored of each in sentences, and what an editor wrote.

Items: AAPOR Code of Professional Ethics and Practices, disclosure elements, revision of April 2021.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from reports.composing import DISCLOSURE
from reports.disclosed import ITEM_NAMES
from reports.public import numbers, wording
from reports.public.editorial import Words, words_of
from reports.public.reading import Part, Report
from reports.response_figures import Caution
from reports.response_words import CAUTIONS, FOUND, MEANINGS, NUMBERS, REASONS, name_of
from surveys.condition_words import isolated
from surveys.models import Door

TO_READERS: Mapping[str, Any] = {
    Caution.OWN_LINKS: gettext_lazy(
        "Some links were sent by whoever made the list. They are taken as delivered."
    ),
}
"""Cautions that say something else to readers than to staff."""
Facts = Callable[[Report], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Item:
    number: int
    key: str
    title: str
    facts: tuple[str, ...]
    words: Words | None

    @property
    def is_empty(self) -> bool:
        return not self.facts and self.words is None


@dataclass(frozen=True, slots=True)
class Rate:
    """One number of cases or one rate of a door. `reason` says why it has no value."""

    label: str
    value: str
    meaning: str
    reason: str


@dataclass(frozen=True, slots=True)
class DoorRates:
    audience: str
    door: str
    rates: tuple[Rate, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """How well two coders agreed on one question before a third decided."""

    audience: str
    question: str
    units: str
    alpha: str
    kappa: str


def items_of(report: Report, language: str) -> tuple[Item, ...]:
    return tuple(
        Item(
            number,
            key,
            str(ITEM_NAMES[key]),
            tuple(dict.fromkeys(FACTS[key](report))) if key in FACTS else (),
            words_of(report.editorial, f"method.{key}", language),
        )
        for number, key in enumerate(DISCLOSURE, start=1)
    )


def _collection(report: Report) -> Iterator[str]:
    for part in report.parts:
        if part.is_imported:
            yield _("%(audience)s: collected elsewhere, under another promise (%(source)s).") % {
                "audience": isolated(part.audience),
                "source": isolated(part.source),
            }
            continue
        yield _("%(audience)s: a closed survey. Nobody answers without an invitation.") % {
            "audience": isolated(part.audience)
        }
        if doors := part.fieldwork.get("doors"):
            yield _("Ways in: %(doors)s.") % {"doors": ", ".join(door_name(door) for door in doors)}


def door_name(door: str) -> str:
    return str(Door(door).label) if door in Door.values else door


def _instruments(report: Report) -> Iterator[str]:
    yield _(
        "The question stands beside each of its figures in the words in which it was asked. The whole questionnaires,"
        " with answers, routes and notes, are among the files of open data."
    )
    for part in report.parts:
        yield _(
            "%(audience)s: version %(version)s of the questionnaire, %(questions)s questions with a figure."
        ) % {
            "audience": isolated(part.audience),
            "version": part.version,
            "questions": len([f for s in part.sections for f in s.figures if f.number]),
        }


def _population(report: Report) -> Iterator[str]:
    for part in report.parts:
        if part.population:
            yield f"{isolated(part.audience)}: {isolated(part.population)}"


def _sample(report: Report) -> Iterator[str]:
    for part in report.parts:
        for found in part.fieldwork.get("response", ()):
            cases = next((f for f in found["figures"] if f["name"] == "cases"), None)
            if cases and cases["value"] is not None:
                yield _("%(audience)s, %(door)s: a list of %(cases)s cases.") % {
                    "audience": isolated(part.audience),
                    "door": door_name(found["door"]),
                    "cases": numbers.whole(round(cases["value"])),
                }


def _mode(report: Report) -> Iterator[str]:
    yield _("On the web, filled in by respondents themselves, without an interviewer.")
    for part in report.parts:
        if languages := part.fieldwork.get("languages"):
            yield _("%(audience)s: in %(languages)s.") % {
                "audience": isolated(part.audience),
                "languages": ", ".join(language_name(code) for code in languages),
            }


def language_name(code: str) -> str:
    """In the reader's language, where Django knows it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _dates(report: Report) -> Iterator[str]:
    for part in report.parts:
        if part.opens and part.closes:
            yield _("%(audience)s: %(opens)s to %(closes)s.") % {
                "audience": isolated(part.audience),
                "opens": date_format(part.opens, _("j F Y")),
                "closes": date_format(part.closes, _("j F Y")),
            }


def _sizes(report: Report) -> Iterator[str]:
    for part in report.parts:
        yield _("%(audience)s: %(responses)s responses.") % {
            "audience": isolated(part.audience),
            "responses": numbers.whole(part.responses),
        }
        for found in part.fieldwork.get("response", ())[:1]:
            yield _(
                "A response is complete from %(complete)s per cent of the questions it was asked, partial from"
                " %(partial)s per cent."
            ) % {"complete": found["complete_from"], "partial": found["partial_from"]}
    yield str(wording.RANGE_SENTENCE)


def _weighting(report: Report) -> Iterator[str]:
    for part in report.parts:
        sentence = wording.weighting_sentence(part.weighting)
        yield f"{isolated(part.audience)}: " + (
            sentence or _("not weighted; every respondent counts the same.")
        )


def _processing(report: Report) -> Iterator[str]:
    yield _(
        "Routes and answers were checked when they were sent. Answers were counted by one programme, which is tested"
        " against published results; names and other open answers were coded by people."
    )
    if versions := report.method.get("code_version"):
        yield _("Version of the programme: %(versions)s.") % {"versions": ", ".join(versions)}
    if any(part.fieldwork.get("coding") for part in report.parts):
        yield _(
            "Two people coded each open answer without seeing what the other did; where they differed, a third decided."
        )


FACTS: Mapping[str, Facts] = {
    "collection": _collection,
    "instruments": _instruments,
    "population": _population,
    "sample": _sample,
    "mode": _mode,
    "dates": _dates,
    "sizes": _sizes,
    "weighting": _weighting,
    "processing": _processing,
}


def rates_of(parts: tuple[Part, ...]) -> tuple[DoorRates, ...]:
    """Response metrics as they were published, door by door."""
    return tuple(
        DoorRates(
            part.audience,
            door_name(found["door"]),
            tuple(_rate(figure) for figure in found["figures"]),
            tuple(_notes(found)),
        )
        for part in parts
        for found in part.fieldwork.get("response", ())
        if found["figures"]
    )


def headline_rate(part: Part) -> Rate | None:
    """Response rate 2 of the list, if the part has one."""
    figures = (f for found in part.fieldwork.get("response", ()) for f in found["figures"])
    found = next((f for f in figures if f["name"] == "RR2" and f["value"] is not None), None)
    return None if found is None else _rate(found)


def _rate(figure: Mapping[str, Any]) -> Rate:
    is_rate, value = figure["kind"] == "rate", figure["value"]
    label = name_of(figure["name"]) if is_rate else str(NUMBERS[figure["name"]])
    if value is None:
        mark = _("withheld") if figure["status"] == "withheld" else _("not defined")
        return Rate(label, mark, "", str(REASONS.get(figure["reason"], "")))
    shown = numbers.percent_with_decimal(100 * value) if is_rate else numbers.whole(round(value))
    return Rate(label, shown, str(MEANINGS[figure["name"]]) if is_rate else "", "")


def _notes(found: Mapping[str, Any]) -> Iterator[str]:
    if found["e"] is not None:
        yield _("e = %(number)s: %(how)s") % {
            "number": numbers.decimals(found["e"], 3),
            "how": FOUND.get(found["e_found"], ""),
        }
    yield from (str(TO_READERS.get(code, CAUTIONS[code])) for code in found["cautions"])


def agreements_of(parts: tuple[Part, ...]) -> tuple[Agreed, ...]:
    titles = {figure.id: figure.title for part in parts for s in part.sections for figure in s.figures}
    return tuple(
        Agreed(
            part.audience,
            titles.get(f"{part.questionnaire}.{found['question']}", found["question"]),
            numbers.whole(found["units"]),
            _coefficient(found["alpha"]),
            _coefficient(found["kappa"]),
        )
        for part in parts
        for found in part.fieldwork.get("coding", ())
    )


def _coefficient(value: float | None) -> str:
    return "–" if value is None else numbers.decimals(value, 2)
