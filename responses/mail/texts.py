"""The words of a mailing: what is shipped, what may stand in them, and how their places are filled."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from responses.mail.models import Mailing

PLACES = ("link", "title", "until", "asker", "genuine", "opt_out")
NEEDED = ("link", "opt_out")
"""Without these a message would be of no use, or could not be stopped by its reader."""

ONE_PERSONS = ("link", "genuine", "opt_out")
"""Addresses have no place in a subject, which mail servers log."""

LONGEST_SUBJECT = 200
LONGEST_BODY = 10_000
_PLACE = re.compile(r"\{(\w*)\}")


class TextNotUsable(Exception):
    """`field` is where the sentence belongs."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def default_subject(kind: str) -> str:
    """In the language that is active."""
    if kind == Mailing.Kind.REMINDER:
        return _("A reminder: {title}")
    return _("You are invited: {title}")


def default_body(kind: str) -> str:
    """In the language that is active. A paragraph whose place has nothing to say is left out."""
    opening = _("You are invited to take part in this survey:")
    if kind == Mailing.Kind.REMINDER:
        opening = _("We wrote to you about this survey before. You can still take part:")
    paragraphs = [
        opening,
        "{title}",
        _("The survey is run by: {asker}"),
        _("This is your personal link. Whoever has it can answer in your place, so do not pass it on:"),
        "{link}",
        _("You can answer until {until}. Taking part is voluntary, and nobody is told whether you do."),
        _("How to check that this e-mail is genuine:"),
        "{genuine}",
        _("If you want no more e-mail about this survey:"),
        "{opt_out}",
    ]
    return "\n\n".join(paragraphs) + "\n"


def link_of_before() -> str:
    """For a reminder to somebody whose link is not kept any more."""
    return _("(the link in the first e-mail that we sent to you; for your protection we do not keep it)")


def check(subject: str, body: str) -> None:
    """Refuse what could not be sent."""
    if "\n" in subject or "\r" in subject:
        raise TextNotUsable("subject", _("The subject is one line."))
    for field, text in {"subject": subject, "body": body}.items():
        if unknown := sorted(set(_PLACE.findall(text)) - set(PLACES)):
            named = ", ".join(f"{{{name}}}" for name in unknown)
            raise TextNotUsable(field, _("There is no place %(places)s.") % {"places": named})
    if set(_PLACE.findall(subject)) & set(ONE_PERSONS):
        raise TextNotUsable("subject", _("An address cannot stand in the subject: mail servers log it."))
    for name in NEEDED:
        if f"{{{name}}}" not in body:
            raise TextNotUsable("body", _("The text needs the place {%(name)s}.") % {"name": name})


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled. A paragraph with a place that is empty is left out."""
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    kept = [paragraph for paragraph in paragraphs if all(map(values.get, _PLACE.findall(paragraph)))]
    return "\n\n".join(_PLACE.sub(lambda place: values[place[1]], paragraph) for paragraph in kept)
