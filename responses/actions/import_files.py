"""A file of answers that staff hand to the worker through a page.

The web may not store answers, so the worker writes them. Until it does the file lies in a table of its own, sealed
under a key that is drawn for it and kept nowhere: the page that shows what is in the file carries the key, and the task
does once somebody confirms. Whoever has the database alone has nothing, and the row is gone within a day in any case.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts import audit, permissions
from accounts.models import User
from responses.actions.import_responses import (
    ImportRefused,
    Looked,
    check_can_import,
    check_tolerance,
    import_responses,
    look,
    source_of,
)
from responses.actions.keys import WorkerOutOfReach
from responses.importing.problems import Unusable
from responses.importing.sealed import FileNotOpened, Upload, new_key, seal, unseal
from responses.importing.sentences import in_full
from responses.models import ImportFile
from surveys.models import Wave

IMPORT_FILE = "responses.tasks.import_file"
KEPT_FOR = timedelta(hours=23)
State = ImportFile.State


class FileGone(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("This file is not waiting any more. Look at how the import went, or choose the file again.")
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was looked at, with the key that only whoever looked has, and what is in it."""

    file_id: UUID
    key: str
    looked: Looked


def look_at(
    *, wave: Wave, upload: Upload, tolerated: float, source: str, by: User, now: datetime
) -> Looked | Waiting:
    """What the file would do. One that could be imported waits, sealed, for a confirmation.

    Raises Unusable and ImportRefused.
    """
    permissions.check(by, "response.import")
    check_tolerance(tolerated)
    check_can_import(wave, now)
    looked = look(wave=wave, mapping=upload.mapping, raw=io.BytesIO(upload.data))
    source_of(looked.plan, source)
    if not looked.report.is_tolerated(tolerated):
        return looked
    key = new_key()
    with transaction.atomic():
        file = ImportFile(wave=wave, forget_at=_full_hour(now + KEPT_FOR))
        file.sealed = seal(upload, key, str(file.pk))
        file.save(force_insert=True)
        audit.record("import.looked_at", by=by, now=now, target=wave, rows=looked.report.rows)
    return Waiting(file.pk, key, looked)


def request_import(
    *, wave: Wave, file_id: UUID, key: str, tolerated: float, source: str, by: User, now: datetime
) -> None:
    """Ask the worker to import the file that was looked at. Asking twice asks once."""
    permissions.check(by, "response.import")
    with transaction.atomic():
        waiting = ImportFile.objects.filter(pk=file_id, wave=wave, state=State.LOOKED_AT)
        if waiting.update(state=State.WAITING) != 1:
            raise FileGone
        audit.record("import.requested", by=by, now=now, target=wave, tolerated_per_cent=tolerated)
        language = get_language() or ""
        try:
            # Without a word about the arguments, which workers would otherwise describe in their logs and events.
            current_app.send_task(
                IMPORT_FILE,
                args=[str(file_id), key, by.pk, tolerated, source, language],
                argsrepr="(a file)",
                kwargsrepr="",
            )
        except OperationalError as error:
            raise WorkerOutOfReach from error


@transaction.atomic
def take_up(
    *, file_id: UUID, key: str, asked_by: int, tolerated: float, source: str, language: str, now: datetime
) -> None:
    """The worker's part. The row stays locked until all is written, so that a second delivery finds it done."""
    file = (
        ImportFile.objects.select_for_update(of=("self",))
        .select_related("wave__questionnaire", "wave__edition")
        .filter(pk=file_id, state=State.WAITING)
        .first()
    )
    if file is None:
        return
    by = User.objects.get(pk=asked_by)
    with override(language):
        file.state, file.outcome = _imported(file, key, tolerated, source, by, now)
    file.sealed = b""
    file.save(update_fields=["state", "outcome", "sealed"])
    if file.state == State.REFUSED:
        audit.record("import.refused", by=by, now=now, target=file.wave)


def _imported(
    file: ImportFile, key: str, tolerated: float, source: str, by: User, now: datetime
) -> tuple[str, str]:
    """The state that the file ends in, and a sentence about it."""
    try:
        upload = unseal(bytes(file.sealed), key, str(file.pk))
        with transaction.atomic():
            report = import_responses(
                wave=file.wave,
                mapping=upload.mapping,
                raw=io.BytesIO(upload.data),
                by=by,
                now=now,
                tolerated=tolerated,
                source=source,
            )
    except FileNotOpened:
        return State.REFUSED, _("The file could not be opened any more. Choose it again.")
    except ImportRefused as refused:
        return State.REFUSED, str(refused)
    except Unusable as unusable:
        return State.REFUSED, " ".join(in_full(problem) for problem in unusable.problems[:3])
    return State.IMPORTED, ngettext(
        "%(count)s response was imported.", "%(count)s responses were imported.", report.good
    ) % {"count": report.good}


def forget_files(*, now: datetime) -> int:
    """Delete what is over: nobody confirmed it, no worker took it up, or what became of it was read long ago."""
    count, _by_model = ImportFile.objects.filter(forget_at__lte=now).delete()
    return count


def latest_of(wave: Wave) -> ImportFile | None:
    """The last file that somebody confirmed, without its content, which the web may not read."""
    rows = ImportFile.objects.filter(wave=wave).exclude(state=State.LOOKED_AT)
    return rows.only("id", "wave_id", "state", "outcome", "forget_at").order_by("-forget_at").first()


def _full_hour(moment: datetime) -> datetime:
    """The next one: when exactly somebody uploaded the file says nothing that is needed."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
