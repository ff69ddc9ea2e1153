"""What has to be put right after a backup was put back, which holds no ballots and no drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import audit
from responses import box
from responses.models import Ballot, Invitation, Response
from responses.showable import SMALLEST_COUNT
from surveys.actions.waves import is_open
from surveys.models import Wave


@dataclass(frozen=True, slots=True)
class PutRight:
    """What was found in one wave. Numbers below ten are 0 to whoever is told."""

    wave: Wave
    reopened: int
    """Invitations that were used, and whose answers are lost for certain: they can be used again."""
    lost: int
    """Answers that were sent and are neither stored nor in the box; nobody can tell whose they are."""
    thrown_away: int
    """Ballots that came back although they had been counted."""


def after_restore(*, now: datetime) -> list[PutRight]:
    """Look at every wave that was opened. Done again it changes nothing more."""
    opened = Wave.objects.exclude(status=Wave.Status.DRAFT).order_by("pk").values_list("pk", flat=True)
    return [_put_right(wave_id, now) for wave_id in opened]


@transaction.atomic
def _put_right(wave_id: UUID, now: datetime) -> PutRight:
    wave = (
        Wave.objects.select_for_update(no_key=True, of=("self",))
        .select_related("questionnaire", "edition")
        .get(pk=wave_id)
    )
    thrown_away = box.throw_away(wave) if wave.status == Wave.Status.FINAL else 0
    reopened = _reopen(wave) if is_open(wave, now) and _has_lost_everything(wave) else 0
    found = PutRight(wave, _told(reopened), _told(_missing(wave)), _told(thrown_away))
    details = {"reopened": found.reopened, "lost": found.lost, "thrown_away": found.thrown_away}
    audit.record("backup.restored", by=None, now=now, target=wave, **details)
    return found


def _has_lost_everything(wave: Wave) -> bool:
    """Nothing stored and nothing in the box: then every used invitation is one whose answers are lost."""
    stored = Response.objects.filter(wave=wave).exists()
    return not stored and not Ballot.objects.filter(wave=wave).exists()


def _reopen(wave: Wave) -> int:
    used = (Invitation.State.FINISHED, Invitation.State.CLOSED)
    return Invitation.objects.filter(wave=wave, state__in=used).update(state=Invitation.State.INVITED)


def _missing(wave: Wave) -> int:
    sent = Invitation.objects.filter(wave=wave, state=Invitation.State.FINISHED).count()
    kept = Response.objects.filter(wave=wave).count() + Ballot.objects.filter(wave=wave).count()
    return max(0, sent - kept)


def _told(count: int) -> int:
    return count if count >= SMALLEST_COUNT else 0
