"""What became of each case, as AAPOR classes it: from invitations, from responses, and from what staff know.

A case is somebody invited; where organisations answer once it is the organisation. What is complete, partial or not
eligible is counted from responses, which know no invitation; all the rest from invitations, which know no answer.
Codes are those of AAPOR, Standard Definitions, for internet surveys of specifically named persons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reports.response_rates import Letters
from surveys.codebook import Codebook, Sum
from surveys.codebook.layout import has_marks
from surveys.definition import ANSWERED, ASKED, Definition


class Letter(StrEnum):
    """The field of `Letters` that a case counts in."""

    I = "i"  # noqa: E741  # its name in the standard
    P = "p"
    R = "r"
    NC = "nc"
    O = "o"  # noqa: E741
    UO = "uo"
    NE = "ne"


class Code(StrEnum):
    """A final disposition. The value is its code; where the standard has one code for two, a word tells them apart."""

    COMPLETE = "1.1"
    PARTIAL = "1.2"
    REFUSED = "2.11"
    """Declined on the consent page, or wants no e-mail and has not begun; by hand: said so in another way."""
    BROKEN_OFF = "2.12"
    """Begun and never sent."""
    SENT_HARDLY_ANSWERED = "2.12 sent"
    """Sent with fewer answers than a partial one has."""
    AWAY = "2.26"
    DEAD = "2.31"
    UNABLE = "2.32"
    LANGUAGE = "2.33"
    OTHER = "2.36"
    SENT_NOT_COUNTED = "2.36 sent"
    """Sent and not counted: it waits in the box, was taken back, or cannot be read."""
    NEVER_SENT = "3.11"
    NO_ANSWER = "3.19"
    """The invitation was delivered, and nothing ever came back."""
    ELIGIBILITY_NOT_SAID = "3.21"
    """Sent with a screening answer that leaves open whether the case is eligible."""
    BOUNCED = "3.3"
    NOT_ELIGIBLE = "4.1"
    """Screened out; by hand: left the post that made the person eligible."""
    DUPLICATE = "4.81"


LETTERS: Mapping[Code, Letter] = {
    Code.COMPLETE: Letter.I,
    Code.PARTIAL: Letter.P,
    Code.REFUSED: Letter.R,
    Code.BROKEN_OFF: Letter.R,
    Code.SENT_HARDLY_ANSWERED: Letter.R,
    Code.AWAY: Letter.NC,
    Code.DEAD: Letter.O,
    Code.UNABLE: Letter.O,
    Code.LANGUAGE: Letter.O,
    Code.OTHER: Letter.O,
    Code.SENT_NOT_COUNTED: Letter.O,
    Code.NEVER_SENT: Letter.UO,
    Code.NO_ANSWER: Letter.UO,
    Code.ELIGIBILITY_NOT_SAID: Letter.UO,
    Code.BOUNCED: Letter.UO,
    Code.NOT_ELIGIBLE: Letter.NE,
    Code.DUPLICATE: Letter.NE,
}

BY_HAND = (
    Code.REFUSED,
    Code.AWAY,
    Code.DEAD,
    Code.UNABLE,
    Code.LANGUAGE,
    Code.OTHER,
    Code.NOT_ELIGIBLE,
    Code.DUPLICATE,
)
"""What only people who read replies can know. Such a case is one that returned nothing here."""

WITHOUT_WORD = (Code.NO_ANSWER, Code.BOUNCED, Code.NEVER_SENT)
"""Cases from which nothing came back; those known by hand are taken from these, in this order."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Published parameters: the whole per cent of the questions asked from which a response is complete, or partial."""

    complete: int = 80
    partial: int = 50

    def __post_init__(self) -> None:
        if not 0 <= self.partial <= self.complete <= 100:
            raise ValueError("Needs 0 <= partial <= complete <= 100 per cent.")


PUBLISHED = Thresholds()


@dataclass(frozen=True, slots=True)
class Sent:
    """What responses say of the cases that sent: how many of each disposition."""

    completes: int = 0
    partials: int = 0
    fewer: int = 0
    not_eligible: int = 0
    unknown_eligibility: int = 0

    @property
    def total(self) -> int:
        return self.completes + self.partials + self.fewer + self.not_eligible + self.unknown_eligibility


# Invitations.


@dataclass(frozen=True, order=True, slots=True)
class Standing:
    """Where an invitation stands: its state, how its mail stands, and whether a message left from here.

    `stands_for_case` is False for one beside another of the same organisation.
    """

    state: str
    mail: str
    was_sent: bool
    stands_for_case: bool = True


def code_of(standing: Standing) -> Code | None:
    """The disposition of one invitation; None for one that sent, and for one that is no case.

    Raises LookupError for a state that this table does not know.
    """
    by_state: Mapping[str, Code | None] = {
        "finished": None,
        "declined": Code.REFUSED,
        "started": Code.BROKEN_OFF,
        "closed": Code.DUPLICATE,
        "revoked": None,
    }
    return _untouched(standing) if standing.state == "invited" else by_state[standing.state]


def _untouched(standing: Standing) -> Code:
    """Of an invitation that nobody has used. Links that staff send themselves count as sent."""
    delivered = Code.NO_ANSWER if standing.was_sent else Code.NEVER_SENT
    by_mail = {
        "own": Code.NO_ANSWER,
        "mailed": delivered,
        "bounced": Code.BOUNCED,
        "opted_out": Code.REFUSED,
    }
    return by_mail[standing.mail]


TELLS_MOST = (
    Code.BROKEN_OFF,
    Code.REFUSED,
    Code.NO_ANSWER,
    Code.BOUNCED,
    Code.NEVER_SENT,
    Code.DUPLICATE,
)
"""Of an organisation with several invitations the one counts that tells most of it."""


def representative(standings: Iterable[Standing]) -> int:
    """Which of the invitations of one organisation stands for it: one that sent, else the one that tells most."""
    found = list(standings)
    return min(range(len(found)), key=lambda place: (_rank(found[place]), place))


def _rank(standing: Standing) -> int:
    if standing.state == "finished":
        return -1
    code = code_of(standing)
    return TELLS_MOST.index(code) if code is not None else len(TELLS_MOST)


# The letters of a door with a list.


class TooManyByHand(ValueError):
    """More cases are known by hand than there are cases from which nothing came back."""


@dataclass(frozen=True)
class Cases:
    """What is known of a list: cases that sent, the others by disposition, and what staff know of some of these."""

    finished: int
    others: Mapping[Code, int]
    by_hand: Mapping[Code, int]

    @property
    def known_by_hand(self) -> int:
        return sum(self.by_hand.values())

    @property
    def silent(self) -> int:
        return sum(self.others.get(code, 0) for code in WITHOUT_WORD)


def dispositions(cases: Cases, sent: Sent, *, finished_everywhere: int) -> dict[Code, float]:
    """How many cases of the list there are of each disposition.

    `sent` counts the responses of all doors, as no response says by which it came. Through several doors those of the
    list are estimated in the share of the list among all that were sent (`finished_everywhere`); with one door this is
    exact. Raises TooManyByHand.
    """
    if cases.known_by_hand > cases.silent:
        raise TooManyByHand
    share = cases.finished / max(finished_everywhere, sent.total, 1)
    found: dict[Code, float] = {code: cases.others.get(code, 0) for code in Code}
    for code, count in _of_responses(sent).items():
        found[code] += count * share
    found[Code.SENT_NOT_COUNTED] += cases.finished - sent.total * share
    _move(found, cases.by_hand)
    return found


def _of_responses(sent: Sent) -> dict[Code, int]:
    return {
        Code.COMPLETE: sent.completes,
        Code.PARTIAL: sent.partials,
        Code.SENT_HARDLY_ANSWERED: sent.fewer,
        Code.NOT_ELIGIBLE: sent.not_eligible,
        Code.ELIGIBILITY_NOT_SAID: sent.unknown_eligibility,
    }


def _move(found: dict[Code, float], by_hand: Mapping[Code, int]) -> None:
    """Cases known by hand were silent ones before."""
    left = sum(by_hand.values())
    for code in WITHOUT_WORD:
        taken = min(left, found[code])
        found[code] -= taken
        left -= int(taken)
    for code, count in by_hand.items():
        found[code] += count


def letters_of(found: Mapping[Code, float]) -> Letters:
    counts = dict.fromkeys(Letter, 0.0)
    for code, count in found.items():
        counts[LETTERS[code]] += count
    return Letters(**{letter.value: count for letter, count in counts.items()})


# Responses.


def completeness_sums(definition: Definition, book: Codebook) -> tuple[Sum, Sum]:
    """For one response: the sum that counts the questions it was asked, and the one that counts those it answered.

    A row of a grid is a question of its own: each is asked for itself and can be left out for itself. Answered is
    what the base rule `answered` says: don't know is an answer, skipped and prefer not to say are none. Detached
    questions and open texts without codes leave no mark and are in neither sum. Of a response that the screening
    ended both sums are zero.
    """
    items = [item for question in definition.questions if has_marks(question) for item in question.items]
    asked = sum((book.base(item, ASKED) for item in items), Sum())
    answered = sum((book.base(item, ANSWERED) for item in items), Sum())
    return asked, answered
