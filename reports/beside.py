"""The answers of one respondent beside the newest published report. Reads releases alone, and writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import groupby

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports.lines import Naming, naming_of
from reports.models import Release
from reports.public import wording
from reports.public.columns import BINS, MIDDLE, middle_sentence
from reports.public.figures import base_sentence, main_series, nothing_shown
from reports.public.numbers import number_range, percent, whole
from reports.public.published import approved
from reports.public.reading import (
    CLASS,
    NET,
    NOT_ASKED,
    RESPONDENTS,
    WITHHELD,
    Figure,
    Line,
    Part,
    read_report,
)
from reports.statistics import numbers
from responses.beside import Compared, ComparedItem, ComparedLine, ComparedQuestion
from surveys.answers import SKIPPED, Answer, Answers
from surveys.definition import Definition, Kind, Question, Role, item_key
from surveys.models import Questionnaire, Wave
from surveys.queries import definition_of
from surveys.routing import ending, final_answers

REPORTS_KEPT = 8
NUMBERS_KEPT = 2048
RANGES = {code: (low, high) for code, low, high in numbers.BINS}


@dataclass(frozen=True)
class PublishedPart:
    """What a release says of one questionnaire: its figures by the concept that each asks for."""

    year: int
    number: int
    synthetic: bool
    part: Part
    figures: Mapping[str, Figure]

    @property
    def address(self) -> str:
        return reverse("reports:part", args=[self.year, self.number, self.part.questionnaire])


def published_beside(wave: Wave, definition: Definition, answers: Answers) -> tuple[Compared, ...]:
    published = newest_part(definition.key)
    # Made-up people are shown beside made-up people; somebody real would take them for colleagues.
    if published is None or (published.synthetic and not wave.synthetic) or ending(definition, answers):
        return ()
    given = final_answers(definition, answers)
    sections = []
    for section in definition.sections:
        compared = (_question(published, definition, question, given) for question in section.questions)
        questions = tuple(one for one in compared if one and one.items)
        if questions:
            address, marks = published.address, _legend(questions)
            sections.append(Compared(section.title, published.year, address, questions, marks))
    return tuple(sections)


def _legend(questions: Iterable[ComparedQuestion]) -> tuple[str, ...]:
    lines = [line for question in questions for item in question.items for line in item.lines]
    marks = {
        wording.WITHHELD_SENTENCE: any(line.is_withheld for line in lines),
        wording.SMALL_BASE_SENTENCE: any(line.is_small for line in lines),
    }
    return tuple(str(sentence) for sentence, used in marks.items() if used)


def newest_part(questionnaire: str) -> PublishedPart | None:
    """Of the newest edition whose newest release has a part of this questionnaire. One query; contents are kept."""
    newest = approved().order_by("-edition__year", "-number").values_list("edition_id", "pk", "content_hash")
    for _edition, releases in groupby(newest, key=lambda row: row[0]):
        _id, pk, content_hash = next(releases)
        found = _part(pk, content_hash, questionnaire)
        if found:
            return found
    return None


@lru_cache(maxsize=REPORTS_KEPT)
def _part(pk: int, content_hash: str, questionnaire: str) -> PublishedPart | None:
    """Approved contents never change, and the hash tells them apart in every database."""
    release = Release.objects.get(pk=pk)
    report = read_report(json.loads(release.content))
    part = next((part for part in report.parts if part.questionnaire == questionnaire), None)
    if part is None:
        return None
    assert release.number is not None
    return PublishedPart(report.year, release.number, report.synthetic, part, _figures_by_concept(part))


def _figures_by_concept(part: Part) -> dict[str, Figure]:
    """Contents name questions; which concept each asked for stands in the version that was fielded then."""
    fielded = Questionnaire.objects.filter(
        key=part.questionnaire, definition_hash=part.definition_hash
    ).first()
    if fielded is None:
        return {}
    figures = {figure.id: figure for section in part.sections for figure in section.figures}
    questions = definition_of(fielded).questions
    return {
        q.analysis.concept: figures[name]
        for q in questions
        if (name := f"{part.questionnaire}.{q.key}") in figures
    }


CLOSED = frozenset(
    {Kind.SINGLE, Kind.MULTIPLE, Kind.RANKING, Kind.GRID_SINGLE, Kind.GRID_MULTIPLE, Kind.NUMBER}
)


def figure_beside(published: PublishedPart, definition: Definition, question: Question) -> Figure | None:
    """The figure of the same concept in the same wording, for a question that anything may be set beside."""
    if question.kind not in CLOSED or question.detached or question is definition.quote_permission:
        return None
    figure = published.figures.get(question.analysis.concept)
    return figure if figure and figure.wording_version == question.wording_version else None


def _question(
    published: PublishedPart, definition: Definition, question: Question, given: Answers
) -> ComparedQuestion | None:
    figure = figure_beside(published, definition, question)
    if figure is None:
        return None
    in_words = replace(figure, base_text=question.analysis.base)
    naming = naming_of(definition, question)
    items = _grid_items if question.is_grid else _items
    return ComparedQuestion(question.text, question.is_grid, tuple(items(question, in_words, naming, given)))


def _grid_items(question: Question, figure: Figure, naming: Naming, given: Answers) -> Iterator[ComparedItem]:
    lines = main_series(figure)
    for row in question.rows:
        answer = given.get(item_key(question.key, row.code), SKIPPED)
        of_row = tuple(line for line in lines if line.row == row.code)
        if of_row and says_something(question, answer):
            yield from _item(row.label, question, figure, naming, answer, of_row)


def _items(question: Question, figure: Figure, naming: Naming, given: Answers) -> Iterator[ComparedItem]:
    """One item, or one for each class in which a profile question is published."""
    answer = given.get(question.key, SKIPPED)
    lines = _series_for(question, figure, answer)
    if not says_something(question, answer):
        return
    for row in dict.fromkeys(line.row for line in lines):
        of_row = tuple(line for line in lines if line.row == row)
        yield from _item(naming.rows.get(row, ""), question, figure, naming, answer, of_row)


def says_something(question: Question, answer: Answer) -> bool:
    """Preferring not to say, like no answer, is in no base; nothing of the report stands beside it."""
    silent = {choice.code for choice in question.offered if choice.role is Role.PREFER_NOT}
    return answer.number is not None or bool(set(answer.codes) - silent)


def _series_for(question: Question, figure: Figure, answer: Answer) -> tuple[Line, ...]:
    """The lines among which the answer is: of a number, its bin, or without bins the quartiles."""
    if question.kind is not Kind.NUMBER:
        return main_series(figure)
    wanted = (RESPONDENTS,) if answer.number is None else (BINS, MIDDLE)
    for statistic in wanted:
        found = tuple(line for line in figure.lines if line.statistic == statistic)
        if found:
            return found
    return ()


def _item(
    title: str, question: Question, figure: Figure, naming: Naming, answer: Answer, lines: tuple[Line, ...]
) -> Iterator[ComparedItem]:
    """The item; none when the answer is in no published line, because it is outside the base."""
    base = base_sentence(replace(figure, lines=lines), lines)
    said = _said(question, answer)
    if all(line.status in {WITHHELD, NOT_ASKED} for line in lines):
        yield ComparedItem(title, said, base, "", (), nothing_shown(replace(figure, lines=lines)))
        return
    mark = partial(MARKS.get(question.kind, _mark_of_choice), question, answer)
    item = ComparedItem(
        title=title,
        said=said,
        base=base,
        heading=_heading(question, lines[0]),
        lines=tuple(_line(line, naming, mark(line)) for line in _without_nets(lines)),
        note=middle_sentence(figure.lines) if answer.number is not None else "",
    )
    if item.is_marked or lines[0].statistic == MIDDLE:
        yield item


def _without_nets(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Nets only repeat the lines that they sum, unless some of those are withheld or not published."""
    parts = [line for line in lines if line.kind != NET]
    return tuple(parts) if parts and all(line.is_shown for line in parts) else lines


def _heading(question: Question, line: Line) -> str:
    if question.kind is Kind.RANKING:
        return _("Ranked among the first %(places)d") % {
            "places": question.max_choices or len(question.choices)
        }
    return str(wording.statistic(line.statistic).heading)


def _line(line: Line, naming: Naming, mine: str) -> ComparedLine:
    return ComparedLine(
        label=_label(line, naming),
        figure=_printed(line.statistic, line.value, line.below_one, get_language()),
        mine=mine,
        is_withheld=not line.is_shown,
        is_small=line.is_small and line.is_shown,
    )


@lru_cache(maxsize=NUMBERS_KEPT)
def _printed(statistic: str, value: float | None, below_one: bool, language: str | None) -> str:
    """Whole per cents are few, and writing one by the rules of a language costs more than all else of its line."""
    return "" if value is None else wording.statistic(statistic).unit(value, below_one)


def _label(line: Line, naming: Naming) -> str:
    """In the respondent's language where the code is still there, else as it was published."""
    if line.code in RANGES and line.statistic == BINS:
        low, high = RANGES[line.code]
        return percent(low) if low == high else number_range(low, high)
    return naming.labels.get((line.kind, line.code), line.label)


def _said(question: Question, answer: Answer) -> str:
    labels = {choice.code: choice.label for choice in question.offered}
    chosen = [labels[code] for code in answer.codes if code in labels]
    return _("; ").join([*chosen, *([] if answer.number is None else [_typed(question, answer.number)])])


def _mark_of_choice(question: Question, answer: Answer, line: Line) -> str:
    codes = _codes_of(question, line)
    if not codes.intersection(answer.codes):
        return ""
    return (
        _("your answer is one of these") if line.kind in {NET, CLASS} and len(codes) > 1 else _("your answer")
    )


def _codes_of(question: Question, line: Line) -> set[str]:
    """The codes that the line counts."""
    if line.kind == NET:
        return {member for net in question.analysis.nets if net.code == line.code for member in net.members}
    if line.kind == CLASS:
        classes = [p for p in question.analysis.partitions if line.row in {"", p.key}]
        return {
            member for p in classes for part in p.parts if part.code == line.code for member in part.members
        }
    return {line.code}


def _mark_of_ranking(question: Question, answer: Answer, line: Line) -> str:
    if line.kind == NET or line.code not in answer.codes:
        return _mark_of_choice(question, answer, line)
    if question.special and line.code in {choice.code for choice in question.special}:
        return _("your answer")
    return _("your place %(place)d") % {"place": answer.codes.index(line.code) + 1}


def _mark_of_number(question: Question, answer: Answer, line: Line) -> str:
    if answer.number is None:
        return _mark_of_choice(question, answer, line)
    low, high = RANGES.get(line.code, (1, 0))
    if not low <= answer.number <= high:
        return ""
    return _("your answer: %(number)s") % {"number": _typed(question, answer.number)}


def _typed(question: Question, number: int) -> str:
    return percent(number) if question.unit == "percent" else whole(number)


MARKS: Mapping[Kind, Callable[[Question, Answer, Line], str]] = {
    Kind.RANKING: _mark_of_ranking,
    Kind.NUMBER: _mark_of_number,
}
