"""The questionnaire as plain, frozen data: what the loader writes, the pages show and the codebook counts.

Texts are those of one language; `surveys.wordings` exchanges them for those of another.
`{reference_period.FORM}` is still in them; bracketed places are filled per wave.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Unit(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    RANKING = "ranking"
    GRID_SINGLE = "grid_single"
    GRID_MULTIPLE = "grid_multiple"
    NUMBER = "number"
    OPEN_LIST = "open_list"
    OPEN_TEXT = "open_text"


GRIDS = frozenset({Kind.GRID_SINGLE, Kind.GRID_MULTIPLE})


class Role(StrEnum):
    SUBSTANTIVE = "substantive"
    OTHER_SPECIFY = "other_specify"
    NONE = "none"
    NOT_ENCOUNTERED = "not_encountered"
    DONT_KNOW = "dont_know"
    PREFER_NOT = "prefer_not"


SUBSTANTIVE_ROLES = frozenset({Role.SUBSTANTIVE, Role.OTHER_SPECIFY})
"""Roles that make an answer `answered` in the sense of routing (the base rule of that name is wider)."""


class Order(StrEnum):
    FIXED = "fixed"
    RANDOM = "random"
    FLIP = "flip"


class Required(StrEnum):
    HARD = "hard"
    SOFT = "soft"
    OPTIONAL = "optional"


class Publish(StrEnum):
    PARTS = "parts"
    NETS_FIRST = "nets_first"


class Sensitivity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Disposition(StrEnum):
    """AAPOR class of a screened-out answer: not eligible, or eligibility unknown."""

    NOT_ELIGIBLE = "NE"
    UNKNOWN = "UO"


class PageKind(StrEnum):
    CONSENT = "consent"
    SCREEN_OUT = "screen_out"
    WELLBEING_START = "wellbeing_start"
    DEFINITIONS = "definitions"
    WELLBEING_END = "wellbeing_end"
    THANK_YOU = "thank_you"


class Op(StrEnum):
    IN = "in"
    NOT_IN = "not_in"
    EQ = "eq"
    GT = "gt"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Leaf:
    question: str
    op: Op
    values: tuple[str | int, ...] = ()
    row: str | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition


Condition = Leaf | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    label: str
    role: Role = Role.SUBSTANTIVE
    exclusive: bool = False
    pin: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    label: str
    show_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Assigned:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Net:
    """Members are codes of the question or of its frame, or `row:R=C`."""

    code: str
    label: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    code: str
    label: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """A class: groups of a profile question that are large enough to publish."""

    key: str
    title: str
    parts: tuple[Part, ...]
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BaseRule:
    """Who a percentage is out of: asked, answered, valid or everyone.

    `question` and `code` belong to `everyone` alone: those whom that question routed past count as that code.
    """

    kind: str
    question: str = ""
    code: str = ""


STATISTICS = frozenset(
    {
        "percent_of_respondents",
        "percent_of_mentions",
        "percent_named_first",
        "percent_ranked_first",
        "percent_ranked_top_3",
        "mean_rank",
        "borda_3_2_1",
        "percent_without_dont_know",
        "median_and_quartiles",
        "histogram_10_points",
        "bands",
        "count_distinct",
        "verbatim",
    }
)
"""Every statistic that a questionnaire can ask for by name; `percent_among_NET` comes on top of them."""

MAIN_STATISTICS = frozenset(
    {
        "percent_of_respondents",
        "percent_of_mentions",
        "median_and_quartiles",
        "count_distinct",
        "verbatim",
    }
)
"""Those that can be the first figure of a question."""

PERCENT_AMONG = "percent_among_"

ASKED = BaseRule("asked")
ANSWERED = BaseRule("answered")
VALID = BaseRule("valid")


@dataclass(frozen=True, slots=True)
class Analysis:
    concept: str
    base: str
    base_rule: BaseRule = ANSWERED
    nets: tuple[Net, ...] = ()
    publish: Publish = Publish.PARTS
    partitions: tuple[Partition, ...] = ()
    breaks: tuple[str, ...] = ()
    statistic: str = "percent_of_respondents"
    also: tuple[str | BaseRule, ...] = ()
    sensitivity: Sensitivity = Sensitivity.LOW


@dataclass(frozen=True, slots=True)
class Figure:
    """`caveats`: questions whose main answer has to be read beside this figure, because it says what it rests on."""

    type: str
    sort: str = "stored"
    title: str = ""
    note: str = ""
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScreenOut:
    page: str
    dispositions: tuple[tuple[str, Disposition], ...]


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    number: str
    kind: Kind
    text: str
    analysis: Analysis
    figure: Figure
    help: str = ""
    wording_version: int = 1
    scale: str = ""
    detached: bool = False
    choices: tuple[Choice, ...] = ()
    choices_from: str = ""
    """Public list outside the definition (`external:ISO-3166-1-alpha-2`); its choices are in `choices`."""
    rows: tuple[Row, ...] = ()
    special: tuple[Choice, ...] = ()
    assigned: tuple[Assigned, ...] = ()
    order: Order = Order.FIXED
    row_order: Order = Order.FIXED
    required: Required = Required.SOFT
    show_if: Condition | None = None
    screen_out: ScreenOut | None = None
    min_choices: int | None = None
    max_choices: int | None = None
    entries: int | None = None
    max_chars: int | None = None
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    code_frame: str = ""
    reproduces: tuple[str, ...] = ()

    @property
    def is_grid(self) -> bool:
        return self.kind in GRIDS

    @property
    def offered(self) -> tuple[Choice, ...]:
        """Every code that a respondent can choose: the list, then the special answers."""
        return self.choices + self.special

    @property
    def items(self) -> tuple[str, ...]:
        """Keys of what is answered: the question itself, or each row of a grid."""
        return tuple(item_key(self.key, row.code) for row in self.rows) if self.is_grid else (self.key,)


def item_key(question: str, row: str | None = None) -> str:
    return question if row is None else f"{question}:{row}"


def split_item(item: str) -> tuple[str, str | None]:
    question, _, row = item.partition(":")
    return question, row or None


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    intro: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Control:
    key: str
    kind: str
    label: str
    action: str
    required: bool = False
    disposition: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    key: str
    kind: PageKind
    title: str
    body: str
    before: str = ""
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    label: str
    aliases: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class CodeFrame:
    key: str
    description: str
    codes: tuple[Code, ...]
    max_codes_per_mention: int = 1
    not_counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    id: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Derived:
    key: str
    label: str
    statistic: str
    over: tuple[str, ...]
    base: str
    sensitivity: Sensitivity
    reproduces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    schema_version: str
    key: str
    version: int
    title: str
    audience: str
    population: str
    unit: Unit
    mode: str
    language: str
    estimated_minutes: int
    reference_period: tuple[tuple[str, str], ...]
    pages: tuple[Page, ...]
    sections: tuple[Section, ...]
    code_frames: tuple[CodeFrame, ...] = ()
    derived: tuple[Derived, ...] = ()
    findings: tuple[Finding, ...] = ()
    programming_notes: tuple[str, ...] = field(default=())

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def by_key(self) -> dict[str, Question]:
        return {question.key: question for question in self.questions}

    @cached_property
    def frames(self) -> dict[str, CodeFrame]:
        return {frame.key: frame for frame in self.code_frames}

    @cached_property
    def partitions(self) -> dict[str, tuple[Question, Partition]]:
        """Name of each class -> its profile question and its parts."""
        return {p.key: (q, p) for q in self.questions for p in q.analysis.partitions}

    @cached_property
    def nets(self) -> dict[str, tuple[Question, Net]]:
        """Nets by code, those alone that one question has (`percent_among_X` names them)."""
        found: dict[str, list[tuple[Question, Net]]] = {}
        for question in self.questions:
            for net in question.analysis.nets:
                found.setdefault(net.code, []).append((question, net))
        return {code: owners[0] for code, owners in found.items() if len(owners) == 1}

    @cached_property
    def quote_permission(self) -> Question | None:
        """The question that asks whether written answers may be quoted, known by its code `may_quote`."""
        return next((q for q in self.questions if any(c.code == "may_quote" for c in q.choices)), None)

    def page_of_kind(self, kind: PageKind) -> Page | None:
        return next((page for page in self.pages if page.kind is kind), None)
