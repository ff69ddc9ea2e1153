"""Who works on a mailing, by the same rule as who works on a wave at night: a number with a lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from responses.mail.models import Mailing

LEASE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Held:
    mailing_id: int
    number: int

    def current(self) -> QuerySet[Mailing]:
        """The mailing, unless another worker has taken it over since."""
        return Mailing.objects.filter(pk=self.mailing_id, claim_number=self.number, lease_until__isnull=False)

    def release(self) -> None:
        self.current().update(lease_until=None)


@transaction.atomic
def claim(*, mailing_id: int, now: datetime) -> Held | None:
    """Take a running mailing that nobody works on, or None. Of two who try at once, one gets it."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    running = Mailing.objects.filter(free, pk=mailing_id, state=Mailing.State.RUNNING)
    if running.update(claim_number=F("claim_number") + 1, lease_until=now + LEASE) != 1:
        return None
    return Held(mailing_id, Mailing.objects.values_list("claim_number", flat=True).get(pk=mailing_id))
