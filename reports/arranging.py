"""Which figures an edition's report can arrange, how each stands now, and what its headline says too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reports import compositions, queries
from reports.headlines import Excess, excesses
from reports.lines import naming_of
from reports.models import FigureArrangement, Table
from reports.sayings import Sayings, evidence_of, sayings
from surveys.definition import Definition, Kind, Question
from surveys.models import Edition, Wave
from surveys.queries import definition_of
from surveys.wordings import fill_pipes

CHARTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.GRID_SINGLE: ("stacked_likert", "grouped_bar"),
    Kind.RANKING: ("grouped_bar", "bar"),
}
"""Drawings that fit a kind of question; the others have one alone."""


@dataclass(frozen=True)
class Arrangeable:
    """A figure with what an editor can choose for it."""

    id: str
    wave: Wave
    definition: Definition
    section: str
    question: Question
    breakdowns: tuple[str, ...]
    """Classes of which a breakdown is shown."""

    @property
    def title(self) -> str:
        return fill_pipes(self.question.figure.title or self.question.text, self.definition)

    @property
    def charts(self) -> tuple[str, ...]:
        return CHARTS.get(self.question.kind, ())


def figures_of(edition: Edition) -> Iterator[Arrangeable]:
    """In the order of the questionnaires. Questions without a table have no figure."""
    for wave in queries.waves_of(edition):
        definition = definition_of(wave.questionnaire)
        shown: dict[str, list[str]] = {}
        tables = Table.objects.standard().filter(wave=wave)
        for key, breakdown, status in tables.values_list("question", "breakdown", "status"):
            found = shown.setdefault(key, [])
            if breakdown and status == "shown":
                found.append(breakdown)
        for section in definition.sections:
            for question in section.questions:
                if question.key in shown:
                    yield Arrangeable(
                        f"{definition.key}.{question.key}",
                        wave,
                        definition,
                        section.title,
                        question,
                        tuple(shown[question.key]),
                    )


def figure_of(edition: Edition, figure: str) -> Arrangeable | None:
    return next((found for found in figures_of(edition) if found.id == figure), None)


def arrangements_of(edition: Edition) -> dict[str, FigureArrangement]:
    """Figure -> its newest version."""
    found = FigureArrangement.objects.filter(edition=edition).select_related("by").order_by("version")
    return {one.figure: one for one in found}


def tables_of(found: Arrangeable) -> list[Table]:
    """That of everybody, then the breakdowns that are shown."""
    tables = (
        Table.objects.standard()
        .filter(wave=found.wave, question=found.question.key)
        .exclude(status="dropped")
        .select_related("wave__weighting", "policy")
        .prefetch_related("cells")
    )
    return sorted(tables, key=lambda table: bool(table.breakdown))


def proposals(found: Arrangeable, language: str) -> Sayings:
    tables = tables_of(found)
    naming = naming_of(found.definition, found.question)
    return sayings(tables[0], found.question, naming, language, least=tables[0].policy.full_base)


def too_much(found: Arrangeable, text: str, language: str) -> tuple[Excess, ...]:
    """What a headline says without evidence in the figure as it is stored now."""
    tables = tables_of(found)
    naming = naming_of(found.definition, found.question)
    evidence = evidence_of(tables, found.question, naming, least=tables[0].policy.full_base)
    return excesses(text, evidence, language)


@dataclass(frozen=True)
class Overstated:
    figure: Arrangeable
    language: str
    text: str
    excesses: tuple[Excess, ...]


def overstated(edition: Edition) -> tuple[Overstated, ...]:
    """Headlines of the report that say more than their figures."""
    figures = {f"headline.{found.id}": found for found in figures_of(edition)}
    made = []
    for place, by_language in compositions.texts_of(edition).items():
        for language, stored in by_language.items() if place in figures else ():
            found = too_much(figures[place], stored.text, language)
            if found:
                made.append(Overstated(figures[place], language, stored.text, found))
    return tuple(made)
