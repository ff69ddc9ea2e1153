"""A wave with a list and a portal, and its response metrics as a run of the night leaves them."""

from __future__ import annotations

import secrets

from reports.actions.response_rates import keep
from reports.models import Run
from responses import fieldwork
from responses.models import Invitation
from surveys.models import Wave
from tests.services import acting_as
from tests.staff.people import NOW
from tests.staff.stage import small_wave

# Door, state, mail -> how many.
STANDINGS = {
    ("email", "finished", "mailed"): 100,
    ("email", "declined", "mailed"): 12,
    ("email", "started", "mailed"): 20,
    ("email", "invited", "opted_out"): 14,
    ("email", "invited", "own"): 80,
    ("email", "invited", "bounced"): 14,
    ("portal", "finished", "own"): 60,
    ("portal", "started", "own"): 15,
    ("portal", "declined", "own"): 12,
    ("portal", "invited", "own"): 13,
}


def invite(wave: Wave, standings: dict[tuple[str, str, str], int]) -> None:
    Invitation.objects.bulk_create(
        Invitation(wave=wave, door=door, state=state, mail=mail, token_hash=secrets.token_bytes(32))
        for (door, state, mail), count in standings.items()
        for _one in range(count)
    )


def fielded_wave() -> Wave:
    return make_fielded(small_wave(status="open"))


def make_fielded(wave: Wave) -> Wave:
    invite(wave, STANDINGS)
    with acting_as("worker"):
        fieldwork.count(wave)
        run = Run.objects.create(wave=wave, claim_number=1, status=Run.Status.DONE, started_at=NOW)
        keep(
            wave=wave,
            run=run,
            completes=120,
            partials=24,
            fewer=8,
            not_eligible=8,
            unknown_eligibility=0,
        )
    return wave
