"""A series in words, as the trend pages show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.comparisons import Standardised
from reports.estimates import Range, whole_percent
from reports.lines import Naming, naming_of
from reports.models import Cell, WordingJudgement
from reports.public.numbers import number_range, percent
from reports.trending import Judgements, Series, asked_of
from reports.trends import TO_JUDGE, Asked, Figure, LineKey, Link, Reason, Step, Trend, Wording, differing
from surveys.definition import Definition, Question
from surveys.models import Wave
from surveys.queries import definition_of
from surveys.wordings import fill_pipes

LINK_WORDS: Mapping[Link, tuple[str | Promise, str]] = {
    Link.FIRST: (gettext_lazy("begins the series"), ""),
    Link.IDENTICAL: (gettext_lazy("same wording"), "tag-good"),
    Link.MINOR: (gettext_lazy("minor difference"), "tag-good"),
    Link.CHANGED: (gettext_lazy("wording changed"), "tag-warning"),
    Link.UNJUDGED: (gettext_lazy("to be judged"), "tag-bad"),
    Link.NEW: (gettext_lazy("new"), ""),
    Link.DROPPED: (gettext_lazy("dropped"), ""),
    Link.NOT_ASKED: (gettext_lazy("not asked"), ""),
}
"""What is said of an edition in a series, and the mark it carries."""

REASON_WORDS: Mapping[Reason, str | Promise] = {
    Reason.WORDING: gettext_lazy("Not compared: the wording changed."),
    Reason.UNJUDGED: gettext_lazy("Not compared: the wording differs and nobody has judged it."),
    Reason.NOT_ASKED: gettext_lazy("Not compared: one of the two editions did not ask it."),
    Reason.SMALL_BASE: gettext_lazy("Not compared: fewer than 100 people in one of the editions."),
    Reason.WITHHELD: gettext_lazy("Not compared: one of the two is withheld or was not asked."),
    Reason.RANK: gettext_lazy("Not compared: not among the first three in both editions."),
    Reason.MEMBERS: gettext_lazy("Not compared: it is made of other answers than before."),
    Reason.ABSENT: gettext_lazy("Not compared: one of the two editions has no such line."),
}

ASPECT_WORDS: Mapping[str, str | Promise] = {
    "text": gettext_lazy("Question"),
    "help": gettext_lazy("Help text"),
    "kind": gettext_lazy("Kind of question"),
    "answers": gettext_lazy("Answers offered"),
    "rows": gettext_lazy("Rows"),
    "limits": gettext_lazy("Limits of an answer"),
    "base": gettext_lazy("What is counted, and out of whom"),
    "routing": gettext_lazy("Who is led to the question"),
    "asked_before": gettext_lazy("Question asked just before (concept)"),
    "mode": gettext_lazy("How it was asked"),
}

ISOLATED = "\u2066{}\u2069"
"""A number with its sign, kept together in text that runs from right to left."""


@dataclass(frozen=True)
class SideBySide:
    """One aspect of two wordings."""

    aspect: str | Promise
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class EditionView:
    """An edition of a series, how it follows the one before, and both wordings where they differ."""

    wave: Wave
    name: str
    asked: Asked | None
    label: str | Promise
    tag: str
    since: str = ""
    differences: tuple[SideBySide, ...] = ()
    judgement: WordingJudgement | None = None
    versions: tuple[int, int] | None = None
    """Of the two questionnaires, when a person may judge their difference."""


@dataclass(frozen=True)
class ChangeView:
    points: str
    range: str


@dataclass(frozen=True)
class StepView:
    edition: str
    base: str = ""
    percent: str = ""
    range: str = ""
    mark: str = ""
    change: ChangeView | None = None
    is_clear: bool = False
    in_one_mix: ChangeView | None = None
    reason: str | Promise = ""
    is_imported: bool = False


@dataclass(frozen=True)
class LineView:
    label: str
    breakdown: str
    steps: tuple[StepView, ...]


def edition_names(waves: Sequence[Wave]) -> list[str]:
    """The years; of two waves in one edition, with the version of the questionnaire."""
    years = [wave.edition.year for wave in waves]
    return [
        str(year)
        if years.count(year) == 1
        else _("%(year)s, version %(version)s") % {"year": year, "version": wave.questionnaire.version}
        for year, wave in zip(years, waves, strict=True)
    ]


def edition_views(series: Series, found: Trend, judgements: Judgements) -> tuple[EditionView, ...]:
    names, asked = edition_names(series.waves), asked_of(series)
    views = []
    for place, (wave, how) in enumerate(zip(series.waves, found.links, strict=True)):
        label, tag = LINK_WORDS[how]
        view = EditionView(wave, names[place], asked[place], label, tag)
        if place and how in TO_JUDGE:
            view = _compared(view, names[place - 1], asked[place - 1], judgements, series.concept)
        views.append(view)
    return tuple(views)


def _compared(
    view: EditionView, since: str, before: Asked | None, judgements: Judgements, concept: str
) -> EditionView:
    after = view.asked
    if before is None or after is None:
        return view
    versions = before.version, after.version
    return EditionView(
        view.wave,
        view.name,
        after,
        view.label,
        view.tag,
        since=since,
        differences=side_by_side(before.wording, after.wording),
        judgement=judgements.get((concept, *versions)),
        versions=versions,
    )


def side_by_side(before: Wording, after: Wording) -> tuple[SideBySide, ...]:
    """The question's text in any case, then everything else that differs."""
    names = dict.fromkeys(("text", *differing(before, after)))
    return tuple(
        SideBySide(ASPECT_WORDS[name], in_words(before, name), in_words(after, name)) for name in names
    )


def in_words(wording: Wording, aspect: str) -> tuple[str, ...]:
    """One or several lines of text; of what has no words of its own, nothing."""
    write = WRITTEN.get(aspect)
    return () if write is None else tuple(line for line in write(getattr(wording, aspect)) if line)


def _labels(pairs: Any) -> list[str]:
    return [label or code for code, label in pairs]


WRITTEN: Mapping[str, Callable[[Any], list[str]]] = {
    "text": lambda text: [text],
    "help": lambda text: [text],
    "kind": lambda kind: [str(kind.value).replace("_", " ")],
    "answers": _labels,
    "rows": _labels,
    "limits": lambda limits: [", ".join(str(limit) for limit in limits if limit not in (None, ""))],
    "base": lambda base: [base[0], base[1].kind, base[2].replace("_", " ")],
    "asked_before": lambda concept: [concept],
    "mode": lambda mode: [mode],
}


def line_views(series: Series, found: Trend) -> tuple[LineView, ...]:
    names = edition_names(series.waves)
    label_of = _Labels(series)
    return tuple(
        LineView(
            label=label_of(key),
            breakdown=label_of.breakdown(
                next((step.breakdown for step in reversed(steps) if step.breakdown), "")
            ),
            steps=tuple(
                step_view(name, step, is_imported=wave.origin == Wave.Origin.IMPORTED)
                for name, step, wave in zip(names, steps, series.waves, strict=True)
            ),
        )
        for key, steps in found.lines.items()
    )


class _Labels:
    """Labels of lines: those of the newest edition that has them."""

    def __init__(self, series: Series) -> None:
        self.known: list[tuple[Definition, Question, Naming]] = []
        for wave, question in zip(reversed(series.waves), reversed(series.questions), strict=True):
            if question is not None:
                definition = definition_of(wave.questionnaire)
                self.known.append((definition, question, naming_of(definition, question)))

    def __call__(self, key: LineKey) -> str:
        row, kind, code = key
        for definition, _question, naming in self.known:
            if (kind, code) in naming.labels and (not row or row in naming.rows):
                words = filter(None, (naming.rows.get(row, ""), naming.labels[kind, code]))
                return fill_pipes(": ".join(words), definition)
        return code

    def breakdown(self, name: str) -> str:
        """The title of a class, as the newest questionnaire that has it says it."""
        found = (definition.partitions.get(name) for definition, _question, _naming in self.known)
        return next((known[1].title for known in found if known is not None), name)


def step_view(edition: str, step: Step, *, is_imported: bool) -> StepView:
    view = _figure_view(edition, step.figure)
    change = step.change
    return StepView(
        view.edition,
        view.base,
        view.percent,
        view.range,
        view.mark,
        change=None if change is None else change_view(change.value, change.range),
        is_clear=change is not None and change.is_clear,
        in_one_mix=None if step.standardised is None else _mix_view(step.standardised),
        reason="" if step.reason is None else REASON_WORDS[step.reason],
        is_imported=is_imported,
    )


def _figure_view(edition: str, figure: Figure | None) -> StepView:
    if figure is None:
        return StepView(edition, mark="absent")
    if figure.share is None:
        return StepView(edition, mark="withheld" if figure.status == Cell.Status.WITHHELD else "not-asked")
    low, high = figure.low, figure.high
    return StepView(
        edition,
        base=number_format(figure.share.base, force_grouping=True),
        percent=share_in_words(figure.share.value),
        range="" if low is None or high is None else number_range(whole(low), whole(high)),
        mark="small-base" if figure.status == Cell.Status.SMALL_BASE else "",
    )


def whole(share: float) -> int:
    return whole_percent(100 * share)


def share_in_words(share: float) -> str:
    """100 % is everybody and 0 % nobody, as everywhere."""
    value = whole(share)
    if share < 1:
        value = min(value, 99)
    return percent(value, below_one=share > 0 and value == 0)


def _mix_view(found: Standardised) -> ChangeView:
    return change_view(found.value, found.range)


def change_view(value: float, around: Range) -> ChangeView:
    """Whole points, from unrounded shares."""
    return ChangeView(
        signed(value),
        # Translators: a range of changes in percentage points, for example −3 to +11.
        _("%(low)s to %(high)s") % {"low": signed(around.low), "high": signed(around.high)},
    )


def signed(value: float) -> str:
    points = whole(value)
    sign = "+" if points > 0 else "\N{MINUS SIGN}" if points < 0 else ""
    return ISOLATED.format(f"{sign}{number_format(abs(points))}")


@dataclass(frozen=True)
class SeriesLine:
    """A series in the list: what it asks, where, and how it runs."""

    series: Series
    title: str
    editions: tuple[str, ...]
    tags: tuple[tuple[str | Promise, str], ...]


def series_line(series: Series, found: Sequence[Link]) -> SeriesLine:
    names = edition_names(series.waves)
    wave, question = series.newest
    asked = (name for name, one in zip(names, series.questions, strict=True) if one is not None)
    title = fill_pipes(question.text, definition_of(wave.questionnaire))
    return SeriesLine(series, title, tuple(asked), tuple(_tags(names, found)))


def _tags(names: Sequence[str], found: Sequence[Link]) -> Iterator[tuple[str | Promise, str]]:
    """Every edition in which something else than the same wording follows."""
    quiet = {Link.FIRST, Link.IDENTICAL, Link.NOT_ASKED}
    told = [
        (name, how) for (_old, name), how in zip(pairwise(names), found[1:], strict=True) if how not in quiet
    ]
    for name, how in told:
        label, tag = LINK_WORDS[how]
        yield f"{name}: {label}", tag
    if not told and sum(how is Link.IDENTICAL for how in found):
        yield _("runs through"), "tag-good"
