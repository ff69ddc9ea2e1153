"""The response metrics of one door as they may be shown to staff: every figure, or why there is none.

Two questions, two rules. How many have *answered*, beside how many stand where else, is a count of people whom
somebody invited: it is shown from ten up, by the rules of the fieldwork counts, and no rate adds a number below ten
that would follow from it and from those counts (`reports.telling`). How *completely* the responses were answered is
said of responses that nobody can lead back to a person: the counts are shown from ten up as well, rates that rest on
smaller ones are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reports.dispositions import (
    Cases,
    Code,
    Sent,
    TooManyByHand,
    dispositions,
    letters_of,
)
from reports.response_doors import (
    BROKEN_OFF,
    DUPLICATE,
    FINISHED,
    NO_CASE,
    REFUSED,
    SENT,
    SMALLEST,
    Door,
    Told,
)
from reports.response_rates import (
    FORMULAS,
    Found,
    Letters,
    Rate,
    Share,
    break_off_rate,
    completion_rate,
    eligible_share,
    participation_rate,
    rates,
)

BREAK_OFF, COMPLETION, PARTICIPATION = "BREAKOFF", "COMPLETION", "PARTICIPATION"


class Kind(StrEnum):
    LETTER = "letter"
    NUMBER = "number"
    RATE = "rate"


class Status(StrEnum):
    SHOWN = "shown"
    WITHHELD = "withheld"
    NOT_DEFINED = "not_defined"


class Reason(StrEnum):
    """Why a figure is not there. `no_cases` is the formulas' own."""

    FEW = "few"
    """A count below ten."""
    TELLS = "tells"
    """With the counts of the fieldwork it would tell a count below ten."""
    NOT_RECORDED = "not_recorded"
    """Nobody counts it."""
    NO_CASES = "no_cases"


class Caution(StrEnum):
    """What a reader of the rates has to know."""

    FEW_RESPONSES = "few_responses"
    """Too few responses were counted; there are no figures."""
    INTERIM = "interim"
    ESTIMATED = "estimated"
    E_HIGHEST = "e_highest"
    TOO_MANY_BY_HAND = "too_many_by_hand"
    FEW_OPTED_OUT = "few_opted_out"
    NOT_COUNTED = "not_counted"
    OWN_LINKS = "own_links"
    CONTACTS_GONE = "contacts_gone"


@dataclass(frozen=True, slots=True)
class Figure:
    """`value`: a number of cases, or a share between 0 and 1; None unless it is shown."""

    kind: Kind
    name: str
    value: float | None
    status: Status = Status.SHOWN
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Metrics:
    figures: tuple[Figure, ...]
    e: Share | None = None
    warnings: tuple[Caution, ...] = ()


# A door with a list.


@dataclass(frozen=True)
class Listing:
    """What the rates of a list rest on. `door` is that of the list; `finished_everywhere` counts all doors."""

    door: Door
    sent: Sent
    finished_everywhere: int
    by_hand: Mapping[Code, int]
    enough: bool
    """Whether so many responses were counted that something may be said of them."""
    stated_e: float | None = None
    warnings: tuple[Caution, ...] = ()


def of_list(listing: Listing) -> Metrics:
    """Every letter and rate of a door with a list."""
    if not listing.enough:
        return Metrics((), None, (*listing.warnings, Caution.FEW_RESPONSES))
    found, warnings = _dispositions(listing)
    letters = letters_of(found)
    e = eligible_share(letters, listing.stated_e)
    may = _Allowed(listing.door, e)
    broken_off = found[Code.BROKEN_OFF] + found[Code.SENT_HARDLY_ANSWERED]
    figures = [
        _number("cases", sum(found.values()), allowed=may.rates),
        *_letter_figures(letters, may),
        *_rate_figures(letters, e, may),
        _rate_figure(BREAK_OFF, break_off_rate(letters.answered, broken_off), allowed=may.broken_off),
    ]
    if e.is_a_guess:
        warnings.append(Caution.E_HIGHEST)
    is_hidden = e.found is Found.DEFAULT and may.e_needs_refused and not may.refused
    return Metrics(tuple(figures), None if is_hidden else e, tuple(warnings))


def _dispositions(listing: Listing) -> tuple[dict[Code, float], list[Caution]]:
    warnings = list(listing.warnings)
    cases = Cases(listing.door.finished, _others(listing.door), listing.by_hand)
    everywhere = listing.finished_everywhere
    try:
        found = dispositions(cases, listing.sent, finished_everywhere=everywhere)
    except TooManyByHand:
        warnings.append(Caution.TOO_MANY_BY_HAND)
        alone = Cases(cases.finished, cases.others, {})
        found = dispositions(alone, listing.sent, finished_everywhere=everywhere)
    if listing.door.few_opted_out:
        warnings.append(Caution.FEW_OPTED_OUT)
    if everywhere > listing.door.finished:
        warnings.append(Caution.ESTIMATED)
    if everywhere > listing.sent.total:
        warnings.append(Caution.NOT_COUNTED)
    if any(one.mail == "own" and one.state == "invited" for one in listing.door.standings):
        warnings.append(Caution.OWN_LINKS)
    return found, warnings


def _others(door: Door) -> Counter[Code]:
    found = Counter[Code]()
    for standing, count in door.standings.items():
        code = door.code_of(standing) if standing.stands_for_case else None
        if code is not None:
            found[code] += count
    return found


class _Allowed:
    """Which sets of people the figures of a list may tell the number of, those that are wanted most first."""

    def __init__(self, door: Door, e: Share) -> None:
        groups = door.groups
        in_rates = frozenset(one for one in groups if one[1] not in {NO_CASE, DUPLICATE})
        with_role = {
            role: frozenset(one for one in groups if one[1] == role) for role in (SENT, REFUSED, BROKEN_OFF)
        }
        told = Told(groups, door.shown_already)
        self.rates = FINISHED in door.states_shown and told.allows(with_role[SENT], in_rates)
        self.refused = self.rates and told.allows(with_role[REFUSED] | with_role[BROKEN_OFF])
        self.broken_off = self.rates and told.allows(with_role[BROKEN_OFF])
        self.e_needs_refused = e.value != 1

    def of_rate(self, name: str) -> bool:
        """Rates out of all cases tell nothing of those who refused; e makes its own rates do so unless it is 1."""
        needs = NEEDS_REFUSED | (NEEDS_E if self.e_needs_refused else frozenset())
        return self.refused if name in needs else self.rates


NEEDS_E = frozenset({"RR3", "RR4"})
NEEDS_REFUSED = frozenset(FORMULAS) - NEEDS_E - {"RR1", "RR2"}


def _letter_figures(letters: Letters, may: _Allowed) -> list[Figure]:
    """NC is known by hand alone, to those who typed it."""
    from_responses: Collection[str] = ("i", "p", "ne", "o")
    return [
        _number(
            name,
            getattr(letters, name),
            kind=Kind.LETTER,
            allowed=may.rates if name in from_responses else may.refused,
            known=name == "nc",
        )
        for name in ("i", "p", "r", "nc", "o", "uo", "ne")
    ]


def _rate_figures(letters: Letters, e: Share, may: _Allowed) -> list[Figure]:
    found = rates(letters, e.value)
    return [_rate_figure(name, rate, allowed=may.of_rate(name)) for name, rate in found.items()]


def _rate_figure(name: str, rate: Rate, *, allowed: bool) -> Figure:
    if not allowed:
        return Figure(Kind.RATE, name, None, Status.WITHHELD, Reason.TELLS)
    if rate.value is None:
        return Figure(Kind.RATE, name, None, Status.NOT_DEFINED, rate.reason)
    return Figure(Kind.RATE, name, rate.value)


def _number(
    name: str, count: float, *, allowed: bool, kind: Kind = Kind.NUMBER, known: bool = False
) -> Figure:
    """`known`: to whoever reads it, because they typed it."""
    if known:
        return Figure(kind, name, count)
    if not allowed:
        return Figure(kind, name, None, Status.WITHHELD, Reason.TELLS)
    if count < SMALLEST:
        return Figure(kind, name, None, Status.WITHHELD, Reason.FEW)
    return Figure(kind, name, count)


# A door without a list.


def of_open_door(door: Door, *, opened_is_counted: bool) -> Metrics:
    """How many could come in, or did, began and sent, and the shares of these. There is no response rate.

    `opened_is_counted`: whether an invitation of this door is made when somebody comes in. Else it is made before, and
    nobody counts who looks at the first page and goes.
    """
    begun = frozenset(one for one in door.groups if one[0] in {FINISHED, "started"})
    could = frozenset(one for one in door.groups if one[0] != "revoked")
    sent = frozenset(one for one in door.groups if one[0] == FINISHED)
    told = Told(door.groups, door.shown_already)
    may_sent = FINISHED in door.states_shown and told.allows(sent)
    may_could = may_sent and told.allows(could)
    may_begun = may_sent and told.allows(begun)
    let_in = sum(door.groups[one] for one in could)
    started = door.in_states(FINISHED, "started")
    opened = (
        _number("opened", let_in, allowed=may_could)
        if opened_is_counted
        else Figure(Kind.NUMBER, "opened", None, Status.NOT_DEFINED, Reason.NOT_RECORDED)
    )
    before = () if opened_is_counted else (_number("handed_out", let_in, allowed=may_could),)
    return Metrics(
        (
            *before,
            opened,
            _number("started", started, allowed=may_begun),
            _number("finished", door.finished, allowed=may_sent),
            _rate_figure(COMPLETION, completion_rate(door.finished, started), allowed=may_begun),
            _rate_figure(PARTICIPATION, participation_rate(door.finished, let_in), allowed=may_could),
        )
    )
