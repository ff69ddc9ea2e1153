from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from surveys.models import Edition


class EditionExists(Exception):
    def __init__(self, year: int) -> None:
        super().__init__(_("There is already an edition %(year)s.") % {"year": year})


@transaction.atomic
def create_edition(*, year: int, title: str, by: User, now: datetime) -> Edition:
    """Begin a year of the programme. Two people who begin the same one at once make it once."""
    try:
        with transaction.atomic():
            edition = Edition.objects.create(year=year, title=title)
    except IntegrityError as error:
        raise EditionExists(year) from error
    audit.record("edition.created", by=by, now=now, target=edition, year=year)
    return edition
