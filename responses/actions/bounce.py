from __future__ import annotations

from django.db import transaction

from responses.actions.deliver import refuse_address
from responses.mail.bounces import Bounce
from responses.mail.models import Message


@transaction.atomic
def note_bounce(bounce: Bounce) -> bool:
    """Mark the message as refused and its address as one that takes none; whether that was news.

    An invitation that was handed on since has another address, which refused nothing.
    """
    message = Message.objects.select_related("invitation").filter(pk=bounce.number).first()
    if message is None or bounce.recipient not in {"", message.invitation.email}:
        return False
    delivered = Message.objects.filter(pk=message.pk, state__in=[Message.State.SENT, Message.State.UNSURE])
    delivered.update(state=Message.State.FAILED)
    return refuse_address(message.pk)
