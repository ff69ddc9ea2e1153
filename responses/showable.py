"""Which counts of people may be shown: none below ten, and none from which one below ten follows by taking away.

Pure functions. How many were invited is known to whoever invited them, so that what is withheld is known as a sum:
that sum has to be ten or more as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SMALLEST_COUNT = 10


def showable_states(counts: Mapping[str, int], least_wanted_first: Sequence[str]) -> dict[str, int]:
    """The states whose count may be shown. The others together are at least ten, or nothing is shown.

    Where the small ones together are fewer, further states are withheld with them, those that are wanted least first.
    """
    shown = {state: number for state, number in counts.items() if number >= SMALLEST_COUNT}
    for state in least_wanted_first:
        if sum(counts.values()) - sum(shown.values()) >= SMALLEST_COUNT:
            break
        shown.pop(state, None)
    withheld = sum(counts.values()) - sum(shown.values())
    return shown if withheld >= SMALLEST_COUNT else {}


def showable_by_door(
    counts: Mapping[str, Mapping[str, int]], least_wanted_first: Sequence[str]
) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """(shown of all doors together, shown of each door), where no difference of the two leads below ten.

    Doors are kept apart once every one of them shows the state that is wanted most; then a total is shown of the
    states alone that all of them show. Before, there are totals only.
    """
    most_wanted = least_wanted_first[-1]
    doors = {door: showable_states(states, least_wanted_first) for door, states in counts.items()}
    if len(doors) > 1 and all(most_wanted in shown for shown in doors.values()):
        everywhere = set.intersection(*(set(shown) for shown in doors.values()))
        totals = {state: sum(shown[state] for shown in doors.values()) for state in everywhere}
        return totals, doors
    together: dict[str, int] = {}
    for states in counts.values():
        for state, number in states.items():
            together[state] = together.get(state, 0) + number
    totals = showable_states(together, least_wanted_first)
    return totals, dict.fromkeys(counts, totals) if len(doors) == 1 else {}


def showable_batches(counts: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Batch -> (used, unused) where both may be shown. The size of each batch is known, and the sums of all may be.

    So the batches that are withheld together have ten used and ten unused codes, or none is shown.
    """
    shown = {batch: pair for batch, pair in counts.items() if min(pair) >= SMALLEST_COUNT}
    while shown and len(shown) < len(counts):
        withheld = [pair for batch, pair in counts.items() if batch not in shown]
        if min(sum(used for used, _ in withheld), sum(unused for _, unused in withheld)) >= SMALLEST_COUNT:
            break
        del shown[min(shown, key=lambda batch: (sum(shown[batch]), batch))]
    return shown
