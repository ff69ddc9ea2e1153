"""A release as the page that renders it. Staff use the same for the preview of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from reports.composing.places import ABOUT, SUMMARY, TECHNOLOGIES
from reports.public import wording
from reports.public.caveats import caveats_of
from reports.public.disclosure import (
    Agreed,
    DoorRates,
    Item,
    Rate,
    agreements_of,
    headline_rate,
    items_of,
    rates_of,
)
from reports.public.editorial import SOURCE, Article, Words, articles_of, comments_at, words_of
from reports.public.figures import FigureView, figure_view
from reports.public.numbers import whole
from reports.public.published import Signed
from reports.public.reading import (
    NET,
    Comment,
    Editorial,
    Figure,
    Part,
    Report,
    Section,
    read_report,
)

NOTHING_WRITTEN = Editorial()
MOST_FINDINGS = 12
MOST_QUOTED = 6
"""Of a section; the others are in the content."""
MOST_DRAWN = 12
"""Answers of a long list that are drawn where many figures stand on one page."""
POLICY_WORDS: Mapping[str, Any] = {
    "version": gettext_lazy("Version of the policy"),
    "min_base": gettext_lazy("No number is shown when fewer than this many people answered"),
    "min_base_high": gettext_lazy("The same for questions of high sensitivity"),
    "full_base": gettext_lazy("Below this many answers a number is marked as resting on a small base"),
    "min_cell_total": gettext_lazy("Smallest number of people behind a share that is shown"),
    "min_cell_total_high": gettext_lazy("The same for questions of high sensitivity"),
    "min_base_break": gettext_lazy("Smallest group that a breakdown may show"),
    "min_cell_break": gettext_lazy("Smallest number of people behind a share of a group"),
    "min_cell_break_high": gettext_lazy("The same for questions of high sensitivity"),
}


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What the page says of the release itself. A request that is only previewed has no number."""

    number: int | None
    content_hash: str
    published_at: datetime | None
    note: str = ""
    newest: int | None = None
    signed: Signed | None = None
    numbers: tuple[int, ...] = ()
    withdrawn: str = ""
    """Why nobody should rely on it any more."""
    watermark: str = ""
    """Whose copy it is, before it is public."""

    @property
    def is_superseded(self) -> bool:
        return self.number is not None and self.newest is not None and self.newest > self.number


@dataclass(frozen=True, slots=True)
class SectionView:
    key: str
    title: str
    figures: tuple[FigureView, ...]
    words: Words | None = None
    comments: tuple[Comment, ...] = ()
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartView:
    part: Part
    responses: str
    sections: tuple[SectionView, ...]
    words: Words | None = None
    lopsided: str = ""
    """What the shares do not say, where one group makes up much of those who answered."""

    @property
    def weighting(self) -> str:
        return wording.weighting_sentence(self.part.weighting)

    @property
    def anchor(self) -> str:
        return f"part-{self.part.questionnaire}"

    @property
    def response_rate(self) -> Rate | None:
        return headline_rate(self.part)

    @property
    def findings(self) -> tuple[FigureView, ...]:
        """Figures that have something to say in one number, who answered left aside."""
        views = (view for section in self.sections for view in section.figures)
        told = [view for view in views if view.headline and not view.headline.is_small]
        return tuple(view for view in told if _is_about_the_subject(view))[:MOST_FINDINGS]


def _is_about_the_subject(view: FigureView) -> bool:
    """Not about who answered, and not about whether they may be quoted."""
    return not view.figure.is_profile and all(line.code != "may_quote" for line in view.figure.lines)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """`method`: the address of the page that explains the numbers; empty if it is the same page."""

    report: Report
    facts: ReleaseFacts
    parts: tuple[PartView, ...]
    policy: tuple[tuple[str, str], ...]
    range_sentence: str = ""
    with_breakdowns: bool = False
    method: str = ""
    on_paper: bool = False
    summary: Words | None = None
    about: Words | None = None
    technologies: Words | None = None
    articles: tuple[Article, ...] = ()

    @property
    def disclosure(self) -> tuple[Item, ...]:
        return items_of(self.report, get_language() or SOURCE)

    @property
    def response_rates(self) -> tuple[DoorRates, ...]:
        return rates_of(self.report.parts)

    @property
    def agreements(self) -> tuple[Agreed, ...]:
        return agreements_of(self.report.parts)


def report_page(
    content: Mapping[str, Any],
    *,
    facts: ReleaseFacts,
    right_to_left: bool,
    with_breakdowns: bool = False,
    method: str = "",
    only: str = "",
    on_paper: bool = False,
    portrait_at: Callable[[str], str] | None = None,
) -> ReportPage:
    """`only`: the questionnaire whose part is read, or the id of the one figure. On paper nothing can be pressed.

    `portrait_at`: where the picture with this SHA-256 is read from; without it no portraits are shown.
    """
    report = read_report(content)
    shown = tuple(
        replace(comment, portrait=portrait_at(comment.portrait) if portrait_at and comment.portrait else "")
        for comment in report.editorial.comments
    )
    report = replace(report, editorial=replace(report.editorial, comments=shown))
    parts = (part for part in report.parts if only.partition(".")[0] in ("", part.questionnaire))
    one = only if "." in only else ""
    language, editorial = get_language() or SOURCE, report.editorial
    views = (part_view(part, right_to_left, one, editorial, language) for part in parts)
    return ReportPage(
        report=report,
        facts=facts,
        parts=tuple(views),
        policy=policy_rows(report.policy),
        range_sentence=str(wording.RANGE_SENTENCE),
        with_breakdowns=with_breakdowns,
        method=method,
        on_paper=on_paper,
        summary=words_of(editorial, SUMMARY, language),
        about=words_of(editorial, ABOUT, language),
        technologies=words_of(editorial, TECHNOLOGIES, language),
        articles=articles_of(editorial, language),
    )


def part_view(
    part: Part,
    right_to_left: bool,
    only: str = "",
    editorial: Editorial = NOTHING_WRITTEN,
    language: str = SOURCE,
) -> PartView:
    """Who answered comes first; then the sections of the questionnaire with what is left of them."""
    nets = {
        line.code: line.label
        for s in part.sections
        for f in s.figures
        for line in f.lines
        if line.kind == NET
    }
    wanted = [
        f
        for s in part.sections
        for f in s.figures
        if f.id == only or (not only and not editorial.arrangement(f.id).hidden)
    ]
    most = None if only else MOST_DRAWN
    caveats = caveats_of(part)
    views = {f.id: figure_view(f, nets, right_to_left, most, editorial, language, caveats) for f in wanted}
    profile = tuple(views[f.id] for f in wanted if f.is_profile)
    sections = [SectionView(f"{part.questionnaire}-who", _("Who answered"), profile)]
    for section in part.sections:
        here = [f for f in section.figures if f.id in views and not f.is_profile]
        figures = tuple(views[f.id] for f in sorted(here, key=lambda f: _place_of(editorial, f)))
        place = f"section.{part.questionnaire}.{section.key}"
        sections.append(
            SectionView(
                f"{part.questionnaire}-{section.key}",
                section.title,
                figures,
                words_of(editorial, place, language),
                comments_at(editorial, place),
                () if only else _quotes(part, section),
            )
        )
    return PartView(
        part,
        whole(part.responses),
        tuple(section for section in sections if section.figures),
        words_of(editorial, f"part.{part.questionnaire}", language),
        caveats.of_all,
    )


def _quotes(part: Part, section: Section) -> tuple[str, ...]:
    return tuple(words for key, words in part.quotations if key == section.key)[:MOST_QUOTED]


def _place_of(editorial: Editorial, figure: Figure) -> tuple[bool, int]:
    """Those that were given a place first; the others as the questionnaire asks."""
    position = editorial.arrangement(figure.id).position
    return position is None, position or 0


def policy_rows(policy: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(words), whole(policy[name])) for name, words in POLICY_WORDS.items() if name in policy)
