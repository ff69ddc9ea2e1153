from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from surveys.models import Wave


@dataclass(frozen=True)
class Stage:
    """Where a wave stands, in words, with the class of its tag."""

    label: str
    tag: str = ""


def stage(wave: Wave, now: datetime) -> Stage:
    """What its status and the clock say together; a wave closes by the clock alone."""
    if wave.status == Wave.Status.DRAFT:
        return Stage(_("being prepared"), "tag-warning")
    if wave.origin == Wave.Origin.IMPORTED:
        return Stage(_("imported"))
    if wave.status == Wave.Status.FINAL:
        return Stage(_("closed, box emptied"))
    if now < wave.opens_at:
        return Stage(_("released, not open yet"), "tag-warning")
    if now < wave.closes_at:
        return Stage(_("open"), "tag-good")
    return Stage(_("closed, last opening to come"), "tag-warning")
