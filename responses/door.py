"""The one query of a respondent's page: invitation, wave, questionnaire and draft, found by the hash of the link.

Every page asks it, and having the database layer write forty columns and build four rows anew costs more than
answering it. So the statement is written once for the process, planned once a connection, and brings what is the
respondent's own. Of the wave and its questionnaire, which are everybody's, it brings the versions of their rows; the
rows themselves are kept in the process under these. What a page wants beside that, it gets by a query of its own, as
with any deferred field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from config.postgresql.base import DatabaseWrapper, Row
from responses.models import Draft, Invitation
from surveys.models import Questionnaire, Wave

VERSION = "row_version"
"""Attribute of a draft found here: the transaction that wrote its row (xmin), which every write changes."""

WAVES_KEPT = 64


class SavedMeanwhile(Exception):
    """Somebody else has written this draft, or taken it away, since it was read."""


def find(token_hash: bytes) -> Invitation | None:
    """The invitation of a link, with its wave, its questionnaire and its draft if it has one."""
    return _found(_statement("LEFT JOIN"), token_hash)


def find_and_lock(token_hash: bytes) -> Invitation | None:
    """As `find`, with the draft locked; None without a draft. Needs a transaction."""
    return _found(f"{_statement('JOIN')} FOR UPDATE OF {_table(Draft)}", token_hash)


def save_sealed(draft: Draft) -> None:
    """Write what is sealed in a draft, which the caller has locked, or which nobody has written since it was read.

    Raises SavedMeanwhile otherwise: nothing is written then.
    """
    with _cursor() as cursor:
        cursor.execute(_update(), [bytes(draft.sealed), draft.pk.bytes, vars(draft).get(VERSION)])
        if cursor.rowcount != 1:
            raise SavedMeanwhile


def _cursor() -> CursorWrapper:
    wrapper = connections[DEFAULT_DB_ALIAS]
    assert isinstance(wrapper, DatabaseWrapper)
    return wrapper.prepared_cursor()


def _found(statement: str, token_hash: bytes) -> Invitation | None:
    with _cursor() as cursor:
        cursor.execute(statement, [token_hash])
        row = cursor.fetchone()
    return _invitation(row) if row else None


def _uuid(value: bytes) -> UUID:
    return UUID(bytes=value)


def _flag(value: bytes) -> bool:
    return value == b"\1"


# Columns, in the order of the model -> how their bytes are read.
INVITATION: Mapping[str, Callable[[bytes], Any]] = {
    "id": _uuid,
    "wave_id": _uuid,
    "unit": bytes.decode,
    "language": bytes.decode,
    "time_zone": bytes.decode,
    "token_hash": bytes,
    "state": bytes.decode,
    "forwarded": _flag,
    "door": bytes.decode,
}
OF_DRAFT = ("id", "invitation_id", "sealed")
DRAFT = Invitation._meta.get_field("draft")
READERS = tuple(INVITATION.values())
WAVE_VERSION = slice(len(INVITATION), len(INVITATION) + 4)


def _invitation(row: Row) -> Invitation:
    own = [read(value or b"") for read, value in zip(READERS, row, strict=False)]
    invitation = Invitation.from_db(DEFAULT_DB_ALIAS, INVITATION, own)
    invitation.wave = _wave(invitation.wave_id, row[WAVE_VERSION])
    draft_id, sealed, version = row[WAVE_VERSION.stop :]
    draft = None
    if draft_id is not None:
        draft = Draft.from_db(DEFAULT_DB_ALIAS, OF_DRAFT, [_uuid(draft_id), invitation.pk, sealed])
        setattr(draft, VERSION, version)
    # The way in which Django remembers a draft, or that there is none. Were it assigned, the two would hold each
    # other, and what is sealed would stay in memory after the request until somebody looks for such rings.
    DRAFT.set_cached_value(invitation, draft)
    return invitation


_waves: dict[tuple[UUID, Row], Wave] = {}


def _wave(wave_id: UUID, version: Row) -> Wave:
    """The wave with its questionnaire, both as they are in these versions of their rows.

    Many requests read the same kept one, and none changes it: an action reads the wave anew, and locks it.
    """
    wave = _waves.get((wave_id, version))
    if wave is None:
        if len(_waves) >= WAVES_KEPT:
            _waves.clear()
        wave = Wave.objects.select_related("questionnaire").get(pk=wave_id)
        _waves[wave_id, version] = wave
    return wave


def _table(model: type[Model]) -> str:
    return str(model._meta.db_table)


@cache
def _statement(to_draft: str) -> str:
    """A version is the transaction that wrote the row with its place, which is another for each write in it."""
    invitation, wave, questionnaire, draft = map(_table, (Invitation, Wave, Questionnaire, Draft))
    columns = [f"{invitation}.{column}" for column in INVITATION]
    columns += [f"{shared}.{system}" for shared in (wave, questionnaire) for system in ("xmin", "ctid")]
    columns += [f"{draft}.{column}" for column in ("id", "sealed", "xmin")]
    return (
        f"SELECT {', '.join(columns)} FROM {invitation} "  # noqa: S608  # nosec  # the models' own names
        f"JOIN {wave} ON {wave}.id = {invitation}.wave_id "
        f"JOIN {questionnaire} ON {questionnaire}.id = {wave}.questionnaire_id "
        f"{to_draft} {draft} ON {draft}.invitation_id = {invitation}.id "
        f"WHERE {invitation}.token_hash = $1"
    )


@cache
def _update() -> str:
    return (
        f"UPDATE {_table(Draft)} SET sealed = $1 "  # noqa: S608  # nosec  # its own name
        "WHERE id = $2 AND ($3::xid IS NULL OR xmin = $3::xid)"
    )
