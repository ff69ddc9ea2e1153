from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from unicodedata import normalize

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from responses.invitations import InvitationRow
from responses.mail.keys import public_key, seal_token
from responses.models import Invitation
from responses.sealing import new_token, session_key, token_hash, token_text
from surveys.models import Door, Wave

ROWS_AT_ONCE = 1000


class WaveTakesNoInvitations(Exception):
    def __init__(self) -> None:
        super().__init__(_("This wave has closed. Nobody can be invited to it any more."))


class EmailDoorShut(WaveTakesNoInvitations):
    def __init__(self) -> None:
        Exception.__init__(
            self,
            _(
                "This wave takes nobody by a personal link: that door is not open, so a link would open nothing."
            ),
        )


class AlreadyInvited(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Some of these addresses were invited by somebody else just now. Upload the list again to see which."
            )
        )


@transaction.atomic
def invite(*, wave: Wave, rows: Iterable[InvitationRow], by: User, now: datetime) -> list[tuple[str, str]]:
    """Give each address the right to answer once; returns (address, token of the link), which is stored nowhere."""
    invited = _invite(wave, rows, by, now, mail_key=None)
    return [(row.email, token_text(token)) for row, token in invited]


@transaction.atomic
def invite_by_mail(*, wave: Wave, rows: Iterable[InvitationRow], by: User, now: datetime) -> int:
    """As `invite`, for addresses that a mailing writes to: the links are kept sealed to the mail worker's key."""
    return len(_invite(wave, rows, by, now, mail_key=public_key()))


def _invite(
    wave: Wave, rows: Iterable[InvitationRow], by: User, now: datetime, *, mail_key: bytes | None
) -> list[tuple[InvitationRow, bytes]]:
    permissions.check(by, "invitation.upload")
    if wave.status == Wave.Status.FINAL or now >= wave.closes_at:
        raise WaveTakesNoInvitations
    if Door.EMAIL not in wave.doors:
        raise EmailDoorShut
    invited = [(row, new_token()) for row in _with_one_spelling(wave, rows)]
    try:
        with transaction.atomic():
            invitations = [_invitation(wave, row, token, mail_key) for row, token in invited]
            Invitation.objects.bulk_create(invitations, batch_size=ROWS_AT_ONCE)
    except IntegrityError as error:
        raise AlreadyInvited from error
    audit.record(
        "invitations.added", by=by, now=now, target=wave, count=len(invited), mailed=mail_key is not None
    )
    return invited


def _with_one_spelling(wave: Wave, rows: Iterable[InvitationRow]) -> list[InvitationRow]:
    """An organisation answers once, however its name is typed: the first spelling in the wave stands for all."""
    units = Invitation.objects.filter(wave=wave).exclude(unit="").values_list("unit", flat=True).distinct()
    spelling = {_folded(unit): unit for unit in units.order_by("unit")}
    return [replace(row, unit=spelling.setdefault(_folded(row.unit), row.unit)) for row in rows]


def _folded(unit: str) -> str:
    return " ".join(normalize("NFKC", unit).casefold().split())


def _invitation(wave: Wave, row: InvitationRow, token: bytes, mail_key: bytes | None) -> Invitation:
    return Invitation(
        wave=wave,
        email=row.email,
        unit=row.unit,
        language=row.language,
        time_zone=row.time_zone,
        token_hash=token_hash(session_key(token)),
        mail=Invitation.Mail.MAILED if mail_key else Invitation.Mail.OWN,
        mailed_token=seal_token(token, mail_key) if mail_key else b"",
    )
