"""Batches of access codes: made once, shown once, and withdrawn as a whole."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from responses.codes import new_code
from responses.models import CodeBatch, Draft, Invitation
from responses.peppers import entry_of_code
from responses.sealing import session_key, token_hash
from surveys.models import Door, Wave

LARGEST_BATCH = 1000
STILL_OPEN = (Invitation.State.INVITED, Invitation.State.STARTED, Invitation.State.DECLINED)


class WaveTakesNoCodes(Exception):
    def __init__(self) -> None:
        super().__init__(_("This wave takes no access codes: it has closed, or this door is not open in it."))


class BatchSizeOutOfRange(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("A batch has between 1 and %(most)s codes. Make several for more.") % {"most": LARGEST_BATCH}
        )


@transaction.atomic
def make_batch(
    *, wave: Wave, contact_point: str, size: int, language: str, by: User, now: datetime
) -> tuple[CodeBatch, list[str]]:
    """A batch and its codes, which are stored nowhere."""
    permissions.check(by, "invitation.upload")
    if Door.CODE not in wave.doors or wave.status == Wave.Status.FINAL or now >= wave.closes_at:
        raise WaveTakesNoCodes
    if not 1 <= size <= LARGEST_BATCH:
        raise BatchSizeOutOfRange
    batch = CodeBatch.objects.create(wave=wave, contact_point=contact_point, size=size, language=language)
    codes = [new_code() for _place in range(size)]
    invitations = [_invitation(batch, code) for code in codes]
    # In another order than the sheet's, so that a row does not say which slip it belongs to.
    secrets.SystemRandom().shuffle(invitations)
    Invitation.objects.bulk_create(invitations)
    audit.record("codes.made", by=by, now=now, target=wave, batch=str(batch.pk), count=size)
    return batch, codes


def _invitation(batch: CodeBatch, code: str) -> Invitation:
    entry = token_hash(session_key(entry_of_code(code)))
    return Invitation(
        wave=batch.wave,
        batch=batch,
        door=Door.CODE,
        language=batch.language,
        token_hash=entry,
        entry_hash=entry,
    )


@transaction.atomic
def revoke_batch(*, batch: CodeBatch, by: User, now: datetime) -> None:
    """Withdraw all codes of a batch that have not sent anything; what was begun with them is deleted.

    What was sent stays sent: nobody can tell any more which answers those are.
    """
    permissions.check(by, "invitation.upload")
    locked = CodeBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.revoked:
        return
    # Locked in the order in which sending locks them.
    invited = Invitation.objects.filter(batch=locked).order_by("pk").select_for_update()
    withdrawn = [one.pk for one in invited if one.state in STILL_OPEN]
    Draft.objects.filter(invitation__in=withdrawn).delete()
    Invitation.objects.filter(pk__in=withdrawn).update(state=Invitation.State.REVOKED)
    locked.revoked, locked.used, locked.unused = True, None, None
    locked.save(update_fields=["revoked", "used", "unused"])
    # How many there were stays out: it would say how many had not answered.
    audit.record("codes.revoked", by=by, now=now, target=locked.wave, batch=str(locked.pk))
