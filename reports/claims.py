"""Who works on a wave. A claim is a number with a lease; who holds a number that was overtaken writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from reports.models import Claim

LEASE = timedelta(minutes=10)


class ClaimLost(Exception):
    def __init__(self) -> None:
        super().__init__(_("Another run has taken this wave over, so this one wrote nothing more."))


@dataclass(frozen=True, slots=True)
class Held:
    """A claim that somebody holds, or held."""

    wave_id: UUID
    number: int

    def _current(self) -> Q:
        return Q(wave_id=self.wave_id, number=self.number, lease_until__isnull=False)

    def renew(self, now: datetime) -> None:
        """Extend the lease. A lease that ran out and that nobody took is still this holder's."""
        if Claim.objects.filter(self._current()).update(lease_until=now + LEASE) != 1:
            raise ClaimLost

    def check(self) -> None:
        """Call inside the transaction of a write: the lock holds the claim until the write is committed."""
        if not Claim.objects.select_for_update().filter(self._current()).exists():
            raise ClaimLost

    def release(self) -> None:
        """Let go at the end. Does nothing when the claim was overtaken."""
        Claim.objects.filter(self._current()).update(lease_until=None)


@transaction.atomic
def claim(*, wave_id: UUID, now: datetime) -> Held | None:
    """Take a wave that nobody works on, or None. Of two who try at once, one gets it."""
    Claim.objects.bulk_create([Claim(wave_id=wave_id)], ignore_conflicts=True)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    taken = Claim.objects.filter(free, wave_id=wave_id).update(
        number=F("number") + 1, lease_until=now + LEASE
    )
    if taken != 1:
        return None
    return Held(wave_id, Claim.objects.values_list("number", flat=True).get(wave_id=wave_id))
