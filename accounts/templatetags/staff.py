from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import User

register = template.Library()


@register.filter
def may(user: User) -> frozenset[str]:
    """`{% with may=user|may %}{% if "wave.manage" in may %}`: one query for a whole page."""
    return permissions.granted(user)


@register.filter
def at(moment: datetime | None, zone: str = "") -> str:
    """A moment with the name of its time zone: `3 June 2019, 09:00 (Europe/Berlin)`."""
    if moment is None:
        return ""
    name = zone or timezone.get_default_timezone_name()
    local = moment.astimezone(ZoneInfo(name))
    day = formats.date_format(local, "j F Y")
    return _("%(day)s, %(time)s (%(zone)s)") % {"day": day, "time": f"{local:%H:%M}", "zone": name}


@register.filter
def from_ten_up(count: int | None) -> str:
    """A count of people as staff may see it."""
    return str(count) if count is not None and count >= 10 else _("fewer than 10")


@register.filter
def duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.1f}"}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": int(seconds // 60), "seconds": int(seconds % 60)}
