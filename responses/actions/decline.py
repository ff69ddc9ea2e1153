from __future__ import annotations

from datetime import datetime

from django.db import transaction

from responses.actions.start import check_can_start, lock
from responses.models import Draft, Invitation


@transaction.atomic
def decline(*, invitation: Invitation, now: datetime) -> None:
    """Do not take part: nothing begun is kept, and no reminder comes. The link stays good until the close."""
    locked = lock(invitation)
    check_can_start(locked, now)
    Draft.objects.filter(invitation=locked).delete()
    locked.state, locked.mailed_token = Invitation.State.DECLINED, b""
    locked.save(update_fields=["state", "mailed_token"])
    invitation.state = locked.state
