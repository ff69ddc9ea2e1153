"""Where a release can stand and where it can go from there; the guide's diagram is drawn from the same table."""

from __future__ import annotations

from collections.abc import Mapping

from reports.models import Release

Status = Release.Status
MOVES: Mapping[str, frozenset[str]] = {
    Status.REQUESTED: frozenset({Status.APPROVED, Status.REJECTED, Status.CANCELLED}),
    Status.APPROVED: frozenset(),
    Status.REJECTED: frozenset(),
    Status.CANCELLED: frozenset(),
}
WHO: Mapping[str, str] = {
    Status.REQUESTED: "somebody who may ask",
    Status.APPROVED: "another person, who may approve",
    Status.REJECTED: "another person, who may approve",
    Status.CANCELLED: "whoever asked",
}


def diagram() -> str:
    """In the notation of Mermaid, in the order of the states."""
    order = [status.value for status in Status]
    lines = ["stateDiagram-v2", f"    [*] --> {Status.REQUESTED.value}: {WHO[Status.REQUESTED]}"]
    lines += [
        f"    {start} --> {end}: {WHO[end]}"
        for start in order
        for end in order
        if end in MOVES[Status(start)]
    ]
    lines += [f"    {state} --> [*]" for state in order if not MOVES[Status(state)]]
    return "\n".join(lines)
