"""Questions to the database about trends: the stored tables of closed waves as the points of series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.columns import AMONG
from reports.comparisons import Share
from reports.models import Cell, Table, WordingJudgement
from reports.published import published_cells
from reports.trends import (
    Asked,
    Figure,
    Groups,
    Judge,
    LineKey,
    Link,
    Point,
    Trend,
    Verdict,
    links,
    ranks,
    trend,
    wording_of,
)
from surveys.definition import Definition, Kind, Question
from surveys.models import Questionnaire, Wave
from surveys.queries import definition_of

SHARES_OF_PEOPLE = (
    "percent_of_respondents",
    "percent_without_dont_know",
    "percent_named_first",
    "percent_ranked_first",
)
TOP_LISTS = frozenset({Kind.OPEN_LIST})
NOT_LINES = frozenset({"distinct", "number"})


@dataclass(frozen=True)
class Series:
    """A concept of an instrument. `questions` has, for each wave, the question that asks it or None."""

    instrument: str
    concept: str
    waves: tuple[Wave, ...]
    questions: tuple[Question | None, ...]

    @property
    def newest(self) -> tuple[Wave, Question]:
        """The last wave that asked it."""
        asked = [(w, q) for w, q in zip(self.waves, self.questions, strict=True) if q is not None]
        return asked[-1]


def waves_by_instrument() -> dict[str, tuple[Wave, ...]]:
    """Waves that are closed and counted, of each questionnaire key, oldest edition first."""
    counted = Table.objects.values("wave")
    found = (
        Wave.objects.filter(status=Wave.Status.FINAL, pk__in=counted)
        .select_related("questionnaire", "edition")
        .order_by("questionnaire__key", "edition__year", "questionnaire__version")
    )
    by_key: dict[str, list[Wave]] = {}
    for wave in found:
        by_key.setdefault(wave.questionnaire.key, []).append(wave)
    return {key: tuple(waves) for key, waves in by_key.items()}


def series_of(instrument: str, waves: Sequence[Wave]) -> tuple[Series, ...]:
    """Every concept that has figures, in the order of the newest questionnaire; what it no longer asks comes last."""
    asked = [by_concept(definition_of(wave.questionnaire)) for wave in waves]
    concepts = dict.fromkeys(concept for found in reversed(asked) for concept in found)
    return tuple(
        Series(instrument, concept, tuple(waves), tuple(found.get(concept) for found in asked))
        for concept in concepts
    )


def by_concept(definition: Definition) -> dict[str, Question]:
    """Questions that are counted, by concept. Of two that share one, the second is told apart by its key."""
    found: dict[str, Question] = {}
    for question in definition.questions:
        concept = question.analysis.concept
        if question.analysis.statistic != "verbatim":
            found[f"{concept} {question.key}" if concept in found else concept] = question
    return found


def find(instrument: str, concept: str) -> Series | None:
    waves = waves_by_instrument().get(instrument, ())
    return next((one for one in series_of(instrument, waves) if one.concept == concept), None)


def asked_in(questionnaire: Questionnaire, concept: str) -> Asked | None:
    """How a version of a questionnaire asks a concept."""
    definition = definition_of(questionnaire)
    question = by_concept(definition).get(concept)
    return None if question is None else _asked(questionnaire, definition, question)


def _asked(questionnaire: Questionnaire, definition: Definition, question: Question) -> Asked:
    return Asked(questionnaire.version, question.wording_version, wording_of(definition, question))


def asked_of(series: Series) -> list[Asked | None]:
    return [
        None if question is None else _asked(wave.questionnaire, definition_of(wave.questionnaire), question)
        for wave, question in zip(series.waves, series.questions, strict=True)
    ]


Judgements = Mapping[tuple[str, int, int], WordingJudgement]
"""(concept, version before, version after) -> the newest judgement."""


def judgements_of(instrument: str) -> Judgements:
    found = WordingJudgement.objects.filter(before__key=instrument).select_related("before", "after", "by")
    return {(one.concept, one.before.version, one.after.version): one for one in found.order_by("id")}


def judge_by(judgements: Judgements, concept: str) -> Judge:
    def judge(before: Asked, after: Asked) -> Verdict | None:
        found = judgements.get((concept, before.version, after.version))
        return None if found is None else Verdict(found.verdict)

    return judge


def judged_since(definition: Definition) -> dict[str, dict[Verdict, list[int]]]:
    """Question -> verdict -> the earlier versions of the questionnaire whose words it was given to.

    A net that sums other answers is not compared however little the words differ: then nothing is called minor.
    """
    asked = by_concept(definition)
    found: dict[str, dict[Verdict, list[int]]] = {}
    for (concept, version, after), judgement in sorted(judgements_of(definition.key).items()):
        question = asked.get(concept)
        if after != definition.version or question is None:
            continue
        verdict = Verdict(judgement.verdict)
        if verdict is Verdict.CHANGED or _sums_the_same(judgement.before, concept, question):
            found.setdefault(question.key, {}).setdefault(verdict, []).append(version)
    return found


def _sums_the_same(before: Questionnaire, concept: str, question: Question) -> bool:
    """Whether the nets and classes that a question has in both versions have the same members."""
    earlier = by_concept(definition_of(before)).get(concept)
    if earlier is None:
        return False
    old, new = _members(earlier), _members(question)
    return all(old[key] == new[key] for key in old.keys() & new.keys())


def links_of(series: Series, judgements: Judgements) -> tuple[Link, ...]:
    return links(asked_of(series), judge_by(judgements, series.concept))


def trend_of(series: Series, judgements: Judgements) -> Trend:
    tables = _tables(series)
    points = [
        Point(asked)
        if asked is None or question is None
        else _point(asked, question, definition_of(wave.questionnaire), tables.get((wave, question.key), ()))
        for wave, question, asked in zip(series.waves, series.questions, asked_of(series), strict=True)
    ]
    return trend(points, judge_by(judgements, series.concept))


def _tables(series: Series) -> dict[tuple[Wave, str], list[Table]]:
    keys = {question.key for question in series.questions if question is not None}
    stored = (
        Table.objects.filter(wave__in=series.waves, question__in=keys)
        .select_related("wave__weighting")
        .prefetch_related("cells")
    )
    waves = {wave.pk: wave for wave in series.waves}
    found: dict[tuple[Wave, str], list[Table]] = {}
    for table in stored:
        found.setdefault((waves[table.wave_id], table.question), []).append(table)
    return found


def _point(asked: Asked, question: Question, definition: Definition, tables: Iterable[Table]) -> Point:
    by_breakdown = {table.breakdown: table for table in tables}
    everybody = by_breakdown.get("")
    lines = {} if everybody is None else _lines(question, main_cells(everybody))
    groups = {
        name: Groups(_parts(definition, name), shares_by_part(main_cells(by_breakdown[name])))
        for name in question.analysis.breaks
        if name in by_breakdown and _is_by_part(definition, by_breakdown[name])
    }
    return Point(asked, lines, groups)


def _is_by_part(definition: Definition, table: Table) -> bool:
    """Whether it shows each part of its class alone, as it must to be weighed by parts."""
    return {cell.part for cell in table.cells.all()} <= _parts(definition, table.breakdown).keys()


def main_cells(table: Table) -> list[Cell]:
    """The cells of the first statistic that is a share of people: medians, scores and mentions have no trend."""
    cells = [
        cell
        for cell in published_cells(table)
        if is_share_of_people(cell.statistic) and cell.kind not in NOT_LINES
    ]
    return [c for c in cells if (c.statistic, c.base_rule) == (cells[0].statistic, cells[0].base_rule)]


def is_share_of_people(statistic: str) -> bool:
    return statistic in SHARES_OF_PEOPLE or statistic.startswith(AMONG)


def _lines(question: Question, cells: Sequence[Cell]) -> dict[LineKey, Figure]:
    """Nets first, then as stored."""
    places = _ranks(cells) if question.kind in TOP_LISTS else {}
    members = _members(question)
    return {
        key_of(cell): Figure(
            status=cell.status,
            share=share_of(cell),
            low=None if cell.low is None else cell.low / 100,
            high=None if cell.high is None else cell.high / 100,
            members=members.get((cell.kind, cell.code), frozenset()),
            rank=places.get(key_of(cell)),
        )
        for cell in sorted(cells, key=lambda cell: cell.kind != "net")
    }


def key_of(cell: Cell) -> LineKey:
    return cell.row, cell.kind, cell.code


def share_of(cell: Cell) -> Share | None:
    """The share that a cell holds, or None when it is withheld or nobody was asked."""
    if cell.status == Cell.Status.WITHHELD or cell.value is None or not cell.base:
        return None
    return Share(cell.value / 100, cell.base, cell.published_base)


def _ranks(cells: Sequence[Cell]) -> dict[LineKey, int]:
    """Of a list of names: a withheld one has no place, and neither has what could not be coded."""
    counts = {key_of(c): c.count for c in cells if c.kind == "code" and c.count is not None}
    return ranks({key: count for key, count in counts.items() if key[2] != "not_codable"})


def _members(question: Question) -> dict[tuple[str, str], frozenset[str]]:
    nets = {("net", net.code): frozenset(net.members) for net in question.analysis.nets}
    parts = (part for partition in question.analysis.partitions for part in partition.parts)
    return nets | {("class", part.code): frozenset(part.members) for part in parts}


def _parts(definition: Definition, name: str) -> dict[str, frozenset[str]]:
    return {part.code: frozenset(part.members) for part in definition.partitions[name][1].parts}


def shares_by_part(cells: Sequence[Cell]) -> dict[LineKey, dict[str, Share]]:
    found: dict[LineKey, dict[str, Share]] = {}
    for cell in cells:
        share = share_of(cell)
        if share is not None:
            found.setdefault(key_of(cell), {})[cell.part] = share
    return found
