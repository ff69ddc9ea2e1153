from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts import throttle
from accounts.actions import anchor

logger = logging.getLogger(__name__)


@shared_task(name="accounts.tasks.forget")
def forget() -> None:
    """Every hour: failed log-ins that are a day old, and sessions that are over."""
    throttle.forget(timezone.now())
    SessionStore.clear_expired()


@shared_task(name="accounts.tasks.mail_audit_head")
def mail_audit_head() -> None:
    """Every Monday. Delivered twice it sends the same twice, which harms nobody."""
    if not settings.MAIL_IS_SET_UP:
        logger.warning("The head of the audit log was mailed to nobody: EMAIL_HOST is not set.")
        return
    anchor.mail_audit_head(now=timezone.now())
