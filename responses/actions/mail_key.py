from __future__ import annotations

from datetime import datetime

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts import audit, permissions
from accounts.models import User
from responses.actions.keys import WorkerOutOfReach
from responses.keys import make_key_in
from responses.mail import keys
from responses.mail.models import MailKey

MAKE_MAIL_KEY = "responses.tasks.make_mail_key"


def request_mail_key(*, by: User, now: datetime) -> None:
    """Ask the mail worker for the installation's mail key. Asking twice makes one."""
    permissions.check(by, "mail.send")
    with transaction.atomic():
        audit.record("mail_key.requested", by=by, now=now)
        try:
            current_app.send_task(MAKE_MAIL_KEY)
        except OperationalError as error:
            raise WorkerOutOfReach from error


@transaction.atomic
def make_mail_key(*, now: datetime) -> None:
    """The worker's part: the file first, so that a crash in between leaves a key to finish with."""
    if keys.has_key():
        return
    MailKey.objects.bulk_create([MailKey(public_key=make_key_in(keys.path()))], ignore_conflicts=True)
    audit.record("mail_key.made", by=None, now=now)
