"""Whom a mailing is for, and the numbers that staff see of it.

A reminder is made for everybody who got the invitation by e-mail. Who has answered, or left the list, is left out only
at the moment of sending, by the worker, and counted like everybody else: no number and no row of a mailing tells how
many these are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet

from responses.mail.models import Mailing, Message
from responses.mail.pacing import domain_of, duration
from responses.models import Invitation
from surveys.models import Wave

DOMAINS_SHOWN = 20
GOT_ONE = (Message.State.SENT, Message.State.UNSURE)


def of(mailing: Mailing) -> QuerySet[Invitation]:
    known = Invitation.objects.filter(wave=mailing.wave).exclude(email="")
    invited = Message.objects.filter(
        invitation=OuterRef("pk"), mailing__kind=Mailing.Kind.INVITATION, mailing__wave=mailing.wave
    )
    if mailing.kind == Mailing.Kind.INVITATION:
        return known.filter(mail=Invitation.Mail.MAILED).exclude(Exists(invited))
    return known.filter(Exists(invited.filter(state__in=GOT_ONE)))


@dataclass(frozen=True, slots=True)
class DryRun:
    total: int
    languages: list[tuple[str, int]]
    domains: list[tuple[str, int]]
    """The largest; how many others there are is `other_domains`."""
    other_domains: int
    takes: timedelta


def dry_run(mailing: Mailing) -> DryRun:
    found = of(mailing)
    languages = Counter(dict(found.values_list("language").annotate(Count("pk"))))
    domains = Counter(domain_of(email) for email in found.values_list("email", flat=True))
    return DryRun(
        total=languages.total(),
        languages=languages.most_common(),
        domains=domains.most_common(DOMAINS_SHOWN),
        other_domains=max(0, len(domains) - DOMAINS_SHOWN),
        takes=duration(domains, mailing.pace),
    )


def progress(mailing: Mailing) -> list[tuple[str, str, int]]:
    """(state, its words, how many messages), in the order of their way."""
    counts = dict(mailing.messages.values_list("state").annotate(Count("pk")))
    return [(state.value, str(state.label), counts.get(state.value, 0)) for state in Message.State]


def not_taking(wave: Wave) -> list[tuple[str, int]]:
    """(words, how many) of the addresses that no mailing writes to; the page shows them from ten up."""
    found = Invitation.objects.filter(wave=wave).values_list("mail").annotate(Count("pk"))
    counts = dict(found)
    return [
        (str(state.label), counts.get(state.value, 0))
        for state in (Invitation.Mail.OWN, Invitation.Mail.BOUNCED, Invitation.Mail.OPTED_OUT)
        if counts.get(state.value)
    ]
