"""Who stands where at one door, and which numbers of people the figures of the door may tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from reports.dispositions import Code, Standing, code_of
from reports.telling import tells_more

SMALLEST = 10
"""The smallest count of people that is shown; `responses.showable` has the same, and a test compares the two."""

FINISHED = "finished"

Group = tuple[str, str]
"""State of the invitation, and what it is among the cases."""


@dataclass(frozen=True)
class Door:
    """What is known of one door."""

    standings: Mapping[Standing, int]
    """How many invitations stand where."""
    states_shown: frozenset[str]
    """The states whose count the fieldwork page shows of this door."""

    @property
    def finished(self) -> int:
        return self.in_states(FINISHED)

    def in_states(self, *states: str) -> int:
        return sum(count for one, count in self.standings.items() if one.state in states)

    @property
    def few_opted_out(self) -> bool:
        """Whether fewer than ten want no e-mail and have not begun. Then they count among the silent.

        Who left the list is told nowhere; nearly always it is a few, and every rate with refusals would tell how many.
        """
        return sum(count for one, count in self.standings.items() if _opted_out(one)) < SMALLEST

    def code_of(self, standing: Standing) -> Code | None:
        return Code.NO_ANSWER if self.few_opted_out and _opted_out(standing) else code_of(standing)

    @property
    def groups(self) -> dict[Group, int]:
        """(state, what it is among the cases) -> how many; those that can always be there even if nobody is."""
        found = Counter(dict.fromkeys(ALWAYS, 0))
        for standing, count in self.standings.items():
            found[standing.state, self._role(standing)] += count
        return found

    def _role(self, standing: Standing) -> str:
        if not standing.stands_for_case:
            return NO_CASE
        code = self.code_of(standing)
        if code is None:
            return SENT if standing.state == FINISHED else NO_CASE
        return ROLES.get(code, SILENT)

    @property
    def shown_already(self) -> list[frozenset[Group]]:
        groups = self.groups
        states = [frozenset(one for one in groups if one[0] == state) for state in self.states_shown]
        return [frozenset(groups), *states]


SENT, REFUSED, BROKEN_OFF, SILENT, DUPLICATE, NO_CASE = (
    "sent",
    "refused",
    "broken_off",
    "silent",
    "duplicate",
    "no_case",
)
ALWAYS = (
    (FINISHED, SENT),
    ("declined", REFUSED),
    ("started", BROKEN_OFF),
    ("invited", SILENT),
)
ROLES = {Code.REFUSED: REFUSED, Code.BROKEN_OFF: BROKEN_OFF, Code.DUPLICATE: DUPLICATE}


def _opted_out(standing: Standing) -> bool:
    return standing.stands_for_case and standing.state == "invited" and standing.mail == "opted_out"


class Told:
    """Each set that is allowed is known when the next one is asked for."""

    def __init__(self, groups: Mapping[Group, int], known: list[frozenset[Group]]) -> None:
        self.groups, self.known = groups, known

    def allows(self, *added: frozenset[Group]) -> bool:
        if tells_more(self.known, added, self.groups, SMALLEST):
            return False
        self.known = [*self.known, *added]
        return True
