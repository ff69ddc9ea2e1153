"""Quotations: with permission only, redacted by one person and found safe by another, of themes that several named."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from responses.coding.models import Quotation, Redaction
from responses.coding.quotations import LEAST_BASE, base_of, may_be_asked
from responses.models import Coding, Comment, OpenText
from surveys.models import Wave

QUOTE = "text.quote"
LONGEST = 1000


class NotAllowedToQuote(Exception):
    def __init__(self) -> None:
        super().__init__(_("Whoever wrote this has not said that it may be quoted."))


class WaveGoesOn(Exception):
    def __init__(self) -> None:
        super().__init__(_("Quotations are prepared once the wave has ended."))


class ThemeTooSmall(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("Fewer than %(least)s texts have this code, so that none of them is quoted.")
            % {"least": LEAST_BASE}
        )


class NoWords(Exception):
    def __init__(self) -> None:
        super().__init__(_("Write the words as they shall be printed."))


class SameTwice(Exception):
    def __init__(self) -> None:
        super().__init__(_("You redacted it yourself. Somebody else has to find the words safe."))


class Changed(Exception):
    def __init__(self) -> None:
        super().__init__(_("Somebody has changed the words meanwhile. Read them again."))


REFUSALS = (NotAllowedToQuote, WaveGoesOn, ThemeTooSmall, NoWords, SameTwice, Changed)


@transaction.atomic
def redact(
    *, wave: Wave, source: OpenText | Comment, words: str, by: User, now: datetime, code: str = ""
) -> Quotation:
    """Write down words that are safe to print, in place of an earlier try. A second person has to agree with them."""
    permissions.check(by, QUOTE)
    check_may_quote(wave, source, code)
    if not words.strip():
        raise NoWords
    which = {"text": source} if isinstance(source, OpenText) else {"comment": source}
    fields = {"wave": wave, "code": code, "words": words.strip()[:LONGEST]}
    quotation, _made = Quotation.objects.update_or_create(**which, defaults=fields)
    quotation.redactions.all().delete()
    Redaction.objects.create(quotation=quotation, by=by, step=1)
    audit.record("quotation.redacted", by=by, now=now, target=quotation)
    return quotation


def check_may_quote(wave: Wave, source: OpenText | Comment, code: str) -> None:
    if wave.status != Wave.Status.FINAL:
        raise WaveGoesOn
    if not may_be_asked(wave) or not source.may_quote or source.wave_id != wave.pk:
        raise NotAllowedToQuote
    if isinstance(source, OpenText):
        _check_theme(wave, source, code)


def _check_theme(wave: Wave, text: OpenText, code: str) -> None:
    """Of a text the code that it is an example of has to be one of its own, and not a rare one."""
    if text.forgotten or not Coding.objects.filter(text=text, code=code).exists():
        raise NotAllowedToQuote
    if base_of(wave, text.question, code) < LEAST_BASE:
        raise ThemeTooSmall


@transaction.atomic
def approve(*, quotation: Quotation, words: str, by: User, now: datetime) -> None:
    """Find the words safe as they were read. Whoever redacted them cannot."""
    permissions.check(by, QUOTE)
    locked = Quotation.objects.select_for_update().select_related("wave__questionnaire").get(pk=quotation.pk)
    if locked.words != words:
        raise Changed
    if locked.redactions.filter(by=by).exists():
        raise SameTwice
    source = locked.text or locked.comment
    if source is None:
        raise NotAllowedToQuote
    check_may_quote(locked.wave, source, locked.code)
    Redaction.objects.get_or_create(quotation=locked, step=2, defaults={"by": by})
    audit.record("quotation.approved", by=by, now=now, target=locked)


@transaction.atomic
def withdraw(*, quotation: Quotation, by: User, now: datetime) -> None:
    """Nothing is quoted of it any more; releases that are out stay as they are."""
    permissions.check(by, QUOTE)
    audited = str(quotation.pk)
    quotation.delete()
    audit.record("quotation.withdrawn", by=by, now=now, quotation=audited)
