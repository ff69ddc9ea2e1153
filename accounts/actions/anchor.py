from __future__ import annotations

from datetime import datetime

from django.core.mail import EmailMessage, get_connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import AuditEvent, User


def mail_audit_head(*, now: datetime) -> int:
    """Send the head of the audit log to everybody who may read it. Returns to how many.

    A chain that lies in one place proves nothing to whoever can write there; the auditors' mailboxes are another place.
    """
    head, rows = audit.head(), AuditEvent.objects.count()
    day = timezone.localtime(now).date().isoformat()
    subject = _("Audit log of the programme on %(day)s") % {"day": day}
    text = _(
        "On %(day)s the audit log had %(rows)s rows. The hash of the last one:\n\n%(head)s\n\n"
        "Keep this message. Whoever doubts the log later can have it compared with this hash:\n\n"
        "manage.py verify_audit %(head)s\n"
    ) % {"day": day, "rows": rows, "head": head}
    messages = [EmailMessage(subject, text, to=[address]) for address in auditors()]
    return get_connection().send_messages(messages) or 0


def auditors() -> list[str]:
    """One message each, so that nobody learns the addresses of the others."""
    found = User.objects.filter(is_active=True, roles__permissions__contains=["audit.view"])
    return list(found.order_by("email").values_list("email", flat=True).distinct())
