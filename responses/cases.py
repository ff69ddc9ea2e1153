"""How many cases stand where, for response rates: everybody invited, or every organisation where these answer once.

For the worker alone: such counts are exact, and nobody is shown them as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from responses.models import Invitation, Message
from surveys.definition import Unit
from surveys.models import Wave

REACHED = (Message.State.SENT, Message.State.UNSURE)


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where invitations stand. `stands_for_case` is False for one beside another of the same organisation."""

    door: str
    state: str
    mail: str
    was_sent: bool
    stands_for_case: bool = True


Choose = Callable[[list[Place]], int]
"""Which of the invitations of one organisation stands for it."""


def count_cases(wave: Wave, choose: Choose) -> Counter[Place]:
    """Place -> how many invitations. Organisations are told apart only as long as their names are kept."""
    invitations = Invitation.objects.filter(wave=wave)
    if wave.questionnaire.unit != Unit.ORGANISATION:
        return _counted(invitations)
    found = _counted(invitations.filter(unit=""))
    named = invitations.exclude(unit="").order_by("unit", "pk")
    rows = named.values_list("unit", "door", "state", "mail", _was_sent()).iterator()
    for places in _of_each_unit(rows):
        chosen = choose(places)
        found.update(
            Place(one.door, one.state, one.mail, one.was_sent, number == chosen)
            for number, one in enumerate(places)
        )
    return found


def _was_sent() -> Exists:
    return Exists(Message.objects.filter(invitation=OuterRef("pk"), state__in=REACHED))


def _counted(invitations: QuerySet[Invitation]) -> Counter[Place]:
    rows = invitations.values_list("door", "state", "mail", _was_sent()).annotate(Count("pk"))
    return Counter({Place(door, state, mail, sent): number for door, state, mail, sent, number in rows})


def _of_each_unit(rows: Iterable[tuple[str, str, str, str, bool]]) -> Iterator[list[Place]]:
    last, places = "", list[Place]()
    for unit, *place in rows:
        if unit != last and places:
            yield places
            places = []
        last = unit
        door, state, mail, was_sent = place
        places.append(Place(str(door), str(state), str(mail), bool(was_sent)))
    if places:
        yield places
