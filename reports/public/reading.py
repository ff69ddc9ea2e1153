"""The content of a release as typed data. The public pages know nothing else of an edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

JSON = Mapping[str, Any]

WITHHELD, SMALL_BASE, NOT_ASKED = "withheld", "small_base", "not_asked"
RESPONDENTS = "percent_of_respondents"
CLASS, NET, DISTINCT = "class", "net", "distinct"
BELOW_ONE = "<1"
NAMED_KINDS = frozenset({"open_list", "derived"})
"""Kinds whose different answers are names that respondents wrote, and say nothing about themselves."""


@dataclass(frozen=True, slots=True)
class Line:
    """One published number: an answer of a question (or of a grid's row) under one statistic."""

    row: str
    row_label: str
    code: str
    label: str
    kind: str
    role: str
    statistic: str
    base_rule: str
    value: float | None
    below_one: bool
    """The share is above zero and rounds to it; `value` is then 0."""
    low: int | None
    high: int | None
    base: int | None
    status: str
    part: str = ""
    """Of a line of a breakdown, the group it is of."""

    @property
    def is_shown(self) -> bool:
        return self.value is not None and self.status not in {WITHHELD, NOT_ASKED}

    @property
    def is_small(self) -> bool:
        return self.status == SMALL_BASE

    @property
    def series(self) -> tuple[str, str]:
        """Numbers of one series can stand in one chart: same statistic, same rule for the base."""
        return self.statistic, self.base_rule


@dataclass(frozen=True, slots=True)
class Headline:
    label: str
    percent: float | None
    below_one: bool
    base: int | None


@dataclass(frozen=True)
class Breakdown:
    """The main numbers of a figure, group by group. One that could not be shown has no lines.

    The lines are most of a release and are read when somebody asks for them: a page of many figures draws few.
    """

    name: str
    title: str
    is_shown: bool
    reason: str
    detail: str
    groups: tuple[tuple[str, str], ...]
    """(code, label); `+` in a code joins the groups that were taken together."""
    written: Sequence[JSON]
    """The lines as they stand in the content."""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(read_line(line) for line in self.written)


@dataclass(frozen=True, slots=True)
class Figure:
    id: str
    number: str
    question: str
    title: str
    kind: str
    type: str
    scale: str
    base_text: str
    sensitivity: str
    wording_version: int
    headline: Headline | None
    not_stated: int | str | None
    lines: tuple[Line, ...]
    is_weighted: bool = False
    is_imported: bool = False
    withdrawn: str = ""
    """Why it is published no more."""
    breakdowns: tuple[Breakdown, ...] = ()
    caveats: tuple[str, ...] = ()
    """Ids of figures whose main number has to be read beside this one."""
    minor_since: tuple[int, ...] = ()
    """Earlier versions of the questionnaire whose words somebody has judged to differ little."""
    changed_since: tuple[int, ...] = ()
    """Earlier versions that somebody has judged to ask it so differently that nothing is compared."""

    @property
    def anchor(self) -> str:
        return f"fig-{self.id}"

    @property
    def is_profile(self) -> bool:
        """Says who answered: groups of a profile question, or how many different answers a tally holds."""
        kinds = {line.kind for line in self.lines}
        return CLASS in kinds or (DISTINCT in kinds and self.kind not in NAMED_KINDS)


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Part:
    questionnaire: str
    version: int
    definition_hash: str
    audience: str
    title: str
    population: str
    responses: int
    opens: date | None
    closes: date | None
    sections: tuple[Section, ...]
    source: str = ""
    """Of a part that was collected elsewhere, under another promise: where."""
    is_imported: bool = False
    weighting: JSON | None = None
    policy: JSON | None = None
    """The rules of a part that has stricter or looser ones of its own."""
    fieldwork: JSON = field(default_factory=dict)
    """How it was collected. Releases from before this was told have nothing of it."""
    quotations: tuple[tuple[str, str], ...] = ()
    """(section, words) of what respondents wrote and may be quoted with."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What an outside expert says of a section."""

    place: str
    name: str
    role: str
    organisation: str
    text: str
    language: str
    interests: str
    is_example: bool
    portrait: str = ""
    """SHA-256 of the picture; on a page, the address that it is read from."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How editors let a figure stand: what is not said is as the questionnaire proposes."""

    hidden: bool = False
    position: int | None = None
    chart: str = ""
    nets_only: bool = False
    breakdown: str = ""


AS_PROPOSED = Arrangement()


@dataclass(frozen=True, slots=True)
class Editorial:
    """What stands around the figures. `texts`: place -> language -> Markdown; `figures`: id -> arrangement."""

    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    articles: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    figures: Mapping[str, Arrangement] = field(default_factory=dict)

    def arrangement(self, figure: str) -> Arrangement:
        return self.figures.get(figure, AS_PROPOSED)


@dataclass(frozen=True, slots=True)
class Report:
    year: int
    title: str
    synthetic: bool
    parts: tuple[Part, ...]
    policy: JSON
    method: JSON
    editorial: Editorial = field(default_factory=Editorial)
    audit_head: str = ""
    """Of the audit log when the release was asked for; empty in releases from before it was chained."""


def read_report(content: JSON) -> Report:
    edition = content["edition"]
    return Report(
        year=edition["year"],
        title=edition["title"],
        synthetic=bool(content["synthetic"]),
        parts=tuple(read_part(part) for part in content["parts"]),
        policy=content.get("policy") or {},
        method=content.get("method") or {},
        audit_head=content.get("audit_head", ""),
        editorial=read_editorial(content.get("report") or {}),
    )


def read_editorial(found: JSON) -> Editorial:
    return Editorial(
        texts=found.get("texts", {}),
        articles=tuple(found.get("articles", ())),
        comments=tuple(read_comment(comment) for comment in found.get("comments", ())),
        figures={figure: Arrangement(**one) for figure, one in found.get("figures", {}).items()},
    )


def read_comment(comment: JSON) -> Comment:
    return Comment(
        place=comment["place"],
        name=comment["name"],
        role=comment["role"],
        organisation=comment["organisation"],
        text=comment["text"],
        language=comment["language"],
        interests=comment["interests"],
        is_example=comment["example"],
        portrait=comment.get("portrait", ""),
    )


def read_part(part: JSON) -> Part:
    return Part(
        questionnaire=part["questionnaire"],
        version=part["version"],
        definition_hash=part["definition_hash"],
        audience=part["audience"],
        title=part["title"],
        population=part["population"],
        responses=part["responses"],
        opens=read_day(part.get("opens")),
        closes=read_day(part.get("closes")),
        sections=tuple(read_section(section) for section in part["sections"]),
        source=part.get("imported_from", ""),
        is_imported=part.get("origin") == "imported",
        weighting=part.get("weighting"),
        policy=part.get("policy"),
        fieldwork=part.get("fieldwork") or {},
        quotations=tuple((one["section"], one["words"]) for one in part.get("quotations", ())),
    )


def read_section(section: JSON) -> Section:
    figures: Sequence[JSON] = section["figures"]
    return Section(section["key"], section["title"], tuple(read_figure(figure) for figure in figures))


def read_figure(figure: JSON) -> Figure:
    return Figure(
        id=figure["id"],
        number=figure.get("number") or "",
        question=figure["question"],
        title=figure.get("title") or figure["question"],
        kind=figure["kind"],
        type=figure["figure_type"],
        scale=figure.get("scale") or "",
        base_text=figure.get("base_text") or "",
        sensitivity=figure.get("sensitivity") or "",
        wording_version=figure.get("wording_version") or 1,
        headline=read_headline(figure.get("headline")),
        not_stated=figure.get("not_stated"),
        lines=tuple(read_line(line) for line in figure["lines"]),
        is_weighted=bool(figure.get("weighted")),
        is_imported=bool(figure.get("imported")),
        withdrawn=figure.get("withdrawn") or "",
        breakdowns=tuple(read_breakdown(found) for found in figure.get("breakdowns", ())),
        caveats=tuple(figure.get("caveats", ())),
        minor_since=tuple(figure.get("minor_since", ())),
        changed_since=tuple(figure.get("changed_since", ())),
    )


def read_breakdown(found: JSON) -> Breakdown:
    return Breakdown(
        name=found["class"],
        title=found["title"],
        is_shown=found["status"] == "shown",
        reason=found["reason"],
        detail=found["detail"],
        groups=tuple((group["code"], group["label"]) for group in found["parts"]),
        written=found["lines"],
    )


def read_headline(headline: JSON | None) -> Headline | None:
    if headline is None:
        return None
    percent = headline.get("percent")
    return Headline(headline["label"], read_number(percent), percent == BELOW_ONE, headline.get("base"))


def read_line(line: JSON) -> Line:
    value = line.get("percent", line.get("value"))
    return Line(
        row=line.get("row") or "",
        row_label=line.get("row_label") or "",
        code=line.get("code") or "",
        label=line.get("label") or "",
        kind=line["kind"],
        role=line.get("role") or "",
        statistic=line["statistic"],
        base_rule=line.get("base_rule") or "",
        value=read_number(value),
        below_one=value == BELOW_ONE,
        low=line.get("low"),
        high=line.get("high"),
        base=line.get("base"),
        status=line["status"],
        part=line.get("part", ""),
    )


def read_number(value: float | str | None) -> float | None:
    return 0 if value == BELOW_ONE else None if value is None else float(value)


def read_day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None
