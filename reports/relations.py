"""Which further cells must go so that none that is withheld follows from those that are shown.

A frame holds the counts of one block; several frames can share one set of withheld codes. In a frame that is a
partition every shown net, and the base, is a sum of codes, and so is every difference of two such sums where one
lies in the other. The codes that are withheld inside such a region must be at least two and add up to at least k.
What this does not look at: other questions, other tables, and what is known from outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

REST = ""
"""The code of those who are in the base and in no code of the frame."""

Region = frozenset[str]


@dataclass(frozen=True, slots=True)
class Frame:
    """`counts` of the codes; `nets` as (count, members); `fixed` codes are decided elsewhere, not here."""

    base: int
    counts: Mapping[str, int]
    nets: Mapping[str, tuple[int, frozenset[str]]]
    is_partition: bool
    fixed: frozenset[str] = frozenset()

    def count(self, code: str) -> int:
        return self.base - sum(self.counts.values()) if code == REST else self.counts[code]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is withheld: codes, and nets by their own codes."""

    codes: frozenset[str] = frozenset()
    nets: frozenset[str] = frozenset()

    def __or__(self, other: Hidden) -> Hidden:
        return Hidden(self.codes | other.codes, self.nets | other.nets)


class CannotProtect(Exception):
    """Nothing is left to withhold but the block as a whole."""


def is_small(count: int, base: int, k: int) -> bool:
    """Fewer than k people, or all but fewer than k. Nobody and everybody may be shown."""
    return 0 < count < k or 0 < base - count < k


def primaries(frame: Frame, k: int) -> Hidden:
    codes = {code for code, count in frame.counts.items() if is_small(count, frame.base, k)}
    nets = {net for net, (count, _members) in frame.nets.items() if is_small(count, frame.base, k)}
    return Hidden(frozenset(codes - frame.fixed), frozenset(nets))


def complete(frames: tuple[Frame, ...], hidden: Hidden, k: int, nets_first: bool) -> Hidden:
    """Add codes and nets until no frame gives a withheld one away. Raises CannotProtect."""
    while True:
        more = _nets_first(frames, hidden) if nets_first else Hidden()
        more = more if not _adds_nothing(more, hidden) else _next(frames, hidden, k)
        if _adds_nothing(more, hidden):
            return hidden
        hidden |= more


def _adds_nothing(more: Hidden, hidden: Hidden) -> bool:
    return more.codes <= hidden.codes and more.nets <= hidden.nets


def _nets_first(frames: tuple[Frame, ...], hidden: Hidden) -> Hidden:
    """The parts of a net go together."""
    parts: frozenset[str] = frozenset()
    for frame in frames:
        for _count, members in frame.nets.values():
            if members & hidden.codes:
                parts |= members & frame.counts.keys() - frame.fixed
    return Hidden(parts)


def _next(frames: tuple[Frame, ...], hidden: Hidden, k: int) -> Hidden:
    for frame in frames:
        step = (
            _step_in_partition(frame, hidden, k) if frame.is_partition else _step_in_overlap(frame, hidden, k)
        )
        if step is not None:
            return step
    return Hidden()


def _step_in_partition(frame: Frame, hidden: Hidden, k: int) -> Hidden | None:
    unknown = _unknown(frame, hidden, k)
    for region in regions(frame, hidden, k):
        inside = region & unknown
        if inside and (len(inside) < 2 or sum(frame.count(code) for code in inside) < k):
            return _withhold_in(frame, region, hidden, k)
    secrets = [frozenset({code}) for code in sorted(hidden.codes & frame.counts.keys())]
    secrets += [frame.nets[net][1] for net in sorted(hidden.nets & frame.nets.keys())]
    for members in secrets:
        if follows(frame, hidden, members, k):
            return _withhold_in(frame, frozenset(frame.counts), hidden, k)
    return None


def _unknown(frame: Frame, hidden: Hidden, k: int) -> Region:
    """Withheld codes, and the rest if it is so few that nobody may learn it."""
    return frozenset(hidden.codes & frame.counts.keys()) | _small_rest(frame, k)


def _small_rest(frame: Frame, k: int) -> Region:
    return frozenset({REST} if 0 < frame.count(REST) < k else set())


def regions(frame: Frame, hidden: Hidden, k: int) -> tuple[Region, ...]:
    """Sets of codes whose sum is known, smallest first. A rest that is not small is known, so it bounds nothing."""
    shown = (
        members & frame.counts.keys() for net, (_n, members) in frame.nets.items() if net not in hidden.nets
    )
    everybody = frozenset(frame.counts) | _small_rest(frame, k)
    found: set[Region] = {everybody, *(frozenset(members) for members in shown)}
    while new := {a - b for a in found for b in found if b < a} - found:
        found |= new
    return tuple(sorted(found - {frozenset()}, key=lambda region: (len(region), sorted(region))))


def follows(frame: Frame, hidden: Hidden, members: frozenset[str], k: int) -> bool:
    """Whether the sum of these codes is a combination of known sums."""
    unknown = sorted(_unknown(frame, hidden, k))
    wanted = [float(code in members) for code in unknown]
    if not any(wanted):
        return True
    known = [[float(code in region) for code in unknown] for region in regions(frame, hidden, k)]
    rank = np.linalg.matrix_rank
    return bool(rank(np.array([*known, wanted])) == rank(np.array(known)))


def _withhold_in(frame: Frame, region: Region, hidden: Hidden, k: int) -> Hidden:
    """The smallest count of the region that is above zero, then zeros, then the smallest net that tells of it."""
    codes = sorted(
        _open_codes(frame, region, hidden), key=lambda code: (frame.counts[code] == 0, frame.counts[code])
    )
    if codes:
        return Hidden(frozenset(codes[:1]))
    nets = [
        net for net, (_n, members) in frame.nets.items() if net not in hidden.nets and members & hidden.codes
    ]
    if not nets:
        raise CannotProtect
    return Hidden(nets=frozenset({min(nets, key=lambda net: frame.nets[net][0])}))


def _open_codes(frame: Frame, region: Region, hidden: Hidden) -> Iterator[str]:
    """In stored order, so that ties are broken the same way every night."""
    return (code for code in frame.counts if code in region - hidden.codes - frame.fixed)


def _parts_of(frame: Frame, hidden: Hidden, members: frozenset[str]) -> Iterator[int]:
    """What is shown of a net: its members one by one, and the nets that lie in it."""
    yield from (frame.counts[code] for code in members & frame.counts.keys() - hidden.codes)
    yield from (
        count for net, (count, inner) in frame.nets.items() if inner < members and net not in hidden.nets
    )


def _step_in_overlap(frame: Frame, hidden: Hidden, k: int) -> Hidden | None:
    """A code withheld alone in a shown net lies between the net less the other members, and the net.

    And whoever subtracts a shown member, or a net inside, from a net counts those who gave only other answers of it.
    """
    for net, (count, members) in frame.nets.items():
        if net not in hidden.nets and any(0 < count - part < k for part in _parts_of(frame, hidden, members)):
            return Hidden(nets=frozenset({net}))
        inside = members & hidden.codes & frame.counts.keys()
        others = members & frame.counts.keys() - inside
        if net not in hidden.nets and len(inside) == 1 and sum(frame.counts[code] for code in others) < k:
            return Hidden(nets=frozenset({net}))
    return None
