"""E-mail to those invited: what is sent, by which rules, and how far it has got. No message has a time."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class MailKey(models.Model):
    """The public half of the installation's mail key. The mail worker writes it; the web tier seals links with it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    public_key = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="mail_key_is_one")]

    def __str__(self) -> str:
        return "mail key"


class Mailing(models.Model):
    """One round of messages to those invited to a wave: the invitation, or a reminder."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        RUNNING = "running", _("being sent")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")

    class Note(models.TextChoices):
        """Why it does not go on, or not as fast as it should."""

        NONE = "", ""
        SOFT_LAUNCH = "soft_launch", _("The soft launch is sent. Look at it, then go on.")
        KEY = "key", _("The mail worker cannot read its key, so it cannot write links. Look at its folder.")
        SENDER = "sender", _("The mail server refuses the sender or the log-in. Look at the mail settings.")
        SERVER = "server", _("The mail server cannot be reached. It is tried again every few minutes.")
        REFUSALS = "refusals", _("Many addresses in a row were refused. Ask whoever runs the mail server.")

    wave = models.ForeignKey("surveys.Wave", on_delete=models.PROTECT, related_name="mailings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    note = models.CharField(max_length=12, choices=Note.choices, default=Note.NONE, blank=True)
    soft_launch = models.PositiveIntegerField(null=True, help_text=_("Pause after so many messages."))
    pace = models.PositiveSmallIntegerField(
        default=30, help_text=_("Messages a minute to one receiving domain.")
    )
    window_from = models.PositiveSmallIntegerField(
        default=0, help_text=_("First hour, where the invited are.")
    )
    window_until = models.PositiveSmallIntegerField(default=24, help_text=_("The hour in which it stops."))
    site = models.CharField(max_length=200, blank=True, help_text=_("How the links begin."))
    claim_number = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["wave"],
                condition=Q(state__in=["running", "paused"]),
                name="mailing_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(window_until__gt=F("window_from"), window_until__lte=24),
                name="mailing_window_has_hours",
            ),
            models.CheckConstraint(condition=Q(pace__gte=1), name="mailing_has_a_pace"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class MailingText(models.Model):
    """Subject and body in one language, where staff wrote their own. Places stand in braces."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "language"], name="mailing_text_once")]

    def __str__(self) -> str:
        return f"{self.mailing_id} [{self.language}]"


class Message(models.Model):
    """One person's message of a mailing. `sent` stands for whoever needs none any more as well.

    So its rows do not tell who had answered when a reminder went out, and no column tells when that was.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being handed over")
        SENT = "sent", _("handed over, or not needed any more")
        FAILED = "failed", _("refused by the mail server")
        UNSURE = "unsure", _("perhaps sent: the worker ended in the middle")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="messages")
    invitation = models.ForeignKey("responses.Invitation", on_delete=models.CASCADE, related_name="messages")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "invitation"], name="message_once")]
        indexes = [models.Index(fields=["mailing", "state"], name="message_of_state")]

    def __str__(self) -> str:
        return f"message {self.pk}"
