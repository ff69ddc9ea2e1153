"""All tables of a wave as a file, for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports import queries
from reports.exports.rows import about, rows
from reports.exports.writers import WRITERS
from surveys.models import Wave
from surveys.queries import languages_of


class NoTables(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "There are no tables of this wave yet. The night makes the first ones when enough responses are there."
            )
        )


class UnknownLanguage(Exception):
    def __init__(self, language: str, known: tuple[str, ...]) -> None:
        super().__init__(
            _("This questionnaire has no texts in “%(language)s”. It has: %(known)s.")
            % {"language": language, "known": ", ".join(known)}
        )


REFUSALS = (NotPermitted, NoTables, UnknownLanguage)


def check_can_export(user: User | None, wave: Wave) -> None:
    """`None` is whoever runs the command on the server."""
    if user is not None:
        permissions.check(user, "table.view")
    if not queries.has_tables(wave):
        raise NoTables


@transaction.atomic
def export_tables(
    *,
    wave: Wave,
    form: str,
    out: BinaryIO,
    by: User | None,
    now: datetime,
    language: str = "",
    **options: Any,
) -> None:
    """Write the tables in the format `form` and note in the audit log that they went out."""
    check_can_export(by, wave)
    known = languages_of(wave.questionnaire)
    language = language or wave.questionnaire.language
    if language not in known:
        raise UnknownLanguage(language, known)
    with translation.override(language):
        found = about(wave, language)
        WRITERS[form](found, rows(found), out, **options)
    audit.record("tables.exported", by=by, now=now, target=wave, format=form, language=language)
