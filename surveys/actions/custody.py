from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, permissions
from accounts.models import User
from config import workers
from surveys import custody
from surveys.models import KeyCustody, Wave

KEEP = "key.keep"
DESTROY_KEY = "responses.tasks.destroy_wave_key"


class KeyNotMade(Exception):
    def __init__(self) -> None:
        super().__init__(_("This wave has no key yet."))


class KeyGone(Exception):
    def __init__(self) -> None:
        super().__init__(_("The key of this wave has been destroyed."))


class CopyRecorded(Exception):
    def __init__(self) -> None:
        super().__init__(_("Two people have said already that they keep the parts of this copy."))


class SamePerson(Exception):
    def __init__(self) -> None:
        super().__init__(_("You did the first half of this. Somebody else has to do the second."))


class BoxNotEmptied(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The box of this wave has not been emptied yet; without the key the answers in it would be lost. The"
                " first night after the close empties it."
            )
        )


class DestructionAsked(Exception):
    def __init__(self) -> None:
        super().__init__(_("Somebody has asked for it already. A second person has to confirm."))


class DestructionConfirmed(Exception):
    def __init__(self) -> None:
        super().__init__(_("Two people have confirmed already."))


class NothingToConfirm(Exception):
    def __init__(self) -> None:
        super().__init__(_("Nobody has asked for the key to be destroyed."))


REFUSALS = (
    KeyNotMade,
    KeyGone,
    CopyRecorded,
    SamePerson,
    BoxNotEmptied,
    DestructionAsked,
    DestructionConfirmed,
    NothingToConfirm,
)


@transaction.atomic
def record_part(*, wave: Wave, by: User, now: datetime) -> int:
    """Note that somebody keeps a part of the key's copy. Returns which: the second makes the copy complete."""
    permissions.check(by, KEEP)
    row = _live(wave)
    today = custody.day_in(wave, now)
    if row.second_holder_id:
        raise CopyRecorded
    if row.first_holder_id == by.pk:
        raise SamePerson
    number = 2 if row.first_holder_id else 1
    fields = {
        1: {"first_holder": by, "first_held_on": today},
        2: {"second_holder": by, "second_held_on": today},
    }
    _still(wave).filter(first_holder=row.first_holder_id, second_holder=None).update(**fields[number])
    audit.record("key.part_kept", by=by, now=now, target=wave, part=number)
    return number


@transaction.atomic
def ask_for_destruction(*, wave: Wave, by: User, now: datetime) -> None:
    """The first of two people: whatever part of the copy was theirs is gone, and the key shall go."""
    permissions.check(by, KEEP)
    row = _live(wave)
    check_can_be_destroyed(wave)
    if row.confirmed_by_id:
        raise DestructionConfirmed
    asked = (
        _still(wave)
        .filter(asked_by=None)
        .update(asked_by=by, asked_on=custody.day_in(wave, now), obstacle="")
    )
    if asked != 1:
        raise DestructionAsked
    audit.record("key.destruction_asked", by=by, now=now, target=wave)


@transaction.atomic
def confirm_destruction(*, wave: Wave, by: User, now: datetime) -> None:
    """The second person. From here on the box worker destroys the file; there is no way back."""
    permissions.check(by, KEEP)
    row = _live(wave)
    check_can_be_destroyed(wave)
    if row.asked_by_id is None:
        raise NothingToConfirm
    if row.asked_by_id == by.pk:
        raise SamePerson
    waiting = Q(asked_by__isnull=False, confirmed_by=None) & ~Q(asked_by=by)
    confirmed = (
        _still(wave)
        .filter(waiting)
        .update(confirmed_by=by, confirmed_on=custody.day_in(wave, now), obstacle="")
    )
    if confirmed != 1:
        raise DestructionConfirmed
    audit.record("key.destruction_confirmed", by=by, now=now, target=wave)
    transaction.on_commit(lambda: tell_worker(wave))


def check_can_be_destroyed(wave: Wave) -> None:
    if wave.status != Wave.Status.FINAL:
        raise BoxNotEmptied


def tell_worker(wave: Wave) -> bool:
    """Hand the destruction to the box worker. While Redis is down the hourly sweep asks again."""
    return workers.ask(DESTROY_KEY, str(wave.pk))


def _live(wave: Wave) -> KeyCustody:
    """The custody of a key that is there, locked."""
    row = KeyCustody.objects.select_for_update().filter(wave=wave).first()
    if row is None:
        raise KeyNotMade
    if row.destroyed_on is not None:
        raise KeyGone
    wave.refresh_from_db(fields=["status", "closes_at"])
    return row


def _still(wave: Wave) -> QuerySet[KeyCustody]:
    return KeyCustody.objects.filter(wave=wave, destroyed_on=None)


def remind_keepers(*, now: datetime) -> int:
    """One e-mail a day about each key whose time runs out, to everybody who may do something about it.

    Returns how many messages went out. The day is claimed first: a task that comes twice sends once.
    """
    if not settings.MAIL_IS_SET_UP:
        return 0
    return sum(_remind(wave, now) for wave in custody.waves_to_remind_of(now))


def _remind(wave: Wave, now: datetime) -> int:
    today = custody.day_in(wave, now)
    due = Q(reminded_on=None) | Q(reminded_on__lt=today)
    if KeyCustody.objects.filter(due, wave=wave).update(reminded_on=today) != 1:
        return 0
    keepers = User.objects.filter(is_active=True, roles__permissions__contains=[KEEP]).distinct()
    with override(settings.LANGUAGE_CODE):
        subject = _late_subject(wave) if custody.is_late(wave, now) else _subject(wave)
        sentence = custody.reminder(wave, now)
        body = (
            sentence
            + "\n\n"
            + _("The page of the wave says who has done what. This reminder comes every day.")
            + "\n"
        )
    messages = [EmailMessage(subject, body, to=[user.email]) for user in keepers.order_by("pk")]
    return get_connection().send_messages(messages) or 0


def _subject(wave: Wave) -> str:
    return _("The key of %(wave)s has to be destroyed") % {"wave": wave}


def _late_subject(wave: Wave) -> str:
    return _("OVERDUE: the key of %(wave)s is still there") % {"wave": wave}
