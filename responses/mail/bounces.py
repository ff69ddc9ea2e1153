"""Delivery status notifications (RFC 3464): which message was refused after it had been accepted. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from uuid import UUID

ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_IN_ADDRESS = re.compile(r"\+([0-9a-f]{32})@")
_IN_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@")


@dataclass(frozen=True, slots=True)
class Bounce:
    number: UUID
    """Of the message that came back."""
    recipient: str
    """The address that refused it, in small letters; empty where the notification does not say."""


def bounce_of(notification: Message) -> Bounce | None:
    """What a notification says was refused for good; None for any other message, a delay included."""
    recipients = [
        str(block.get("Final-Recipient", "")) for block in _statuses(notification) if _failed(block)
    ]
    number = _number(notification)
    if not recipients or number is None:
        return None
    return Bounce(number, recipients[0].rpartition(";")[2].strip().strip("<>").lower())


def _statuses(notification: Message) -> Iterator[Message]:
    for part in notification.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (block for block in part.get_payload() if isinstance(block, Message))


def _failed(block: Message) -> bool:
    return str(block.get("Action", "")).strip().lower() == "failed"


def _number(notification: Message) -> UUID | None:
    """From the address that the notification was sent to, else from the original that it encloses."""
    addressed = " ".join(str(value) for name in ADDRESSED for value in notification.get_all(name, []))
    if found := _IN_ADDRESS.search(addressed):
        return UUID(found[1])
    for part in notification.walk():
        found = _IN_MESSAGE_ID.search(_original_id(part))
        if found:
            return UUID(found[1])
    return None


def _original_id(part: Message) -> str:
    if part.get_content_type() == "text/rfc822-headers":
        named = re.search(r"^message-id:\s*(\S+)", str(part.get_payload()), re.I | re.M)
        return named[1] if named else ""
    # The notification has a Message-ID too, but none of ours.
    return str(part.get("Message-ID", ""))
