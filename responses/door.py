"""The one query of a respondent's page: invitation, wave, questionnaire and draft, found by the hash of the link.

Every page asks it, and having the database layer write its forty columns anew costs more than answering it. So the
statement is written once for the process and planned once a connection. Columns that need more than the driver's own
conversion are left out; whoever asks for them gets them by a query of their own, as with any deferred field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, Model

from config.postgresql.base import DatabaseWrapper
from responses.models import Draft, Invitation
from surveys.models import Questionnaire, Wave

VERSION = "row_version"
"""Attribute of a draft found here: the transaction that wrote its row (xmin), which every write changes."""

JOINED: tuple[type[Model], ...] = (Invitation, Wave, Questionnaire, Draft)

M = TypeVar("M", bound=Model)


def find(token_hash: bytes) -> Invitation | None:
    """The invitation of a link, with its wave, its questionnaire and its draft if it has one."""
    return _found(_statement("LEFT JOIN"), token_hash)


class SavedMeanwhile(Exception):
    """Somebody else has written this draft, or taken it away, since it was read."""


def find_and_lock(token_hash: bytes) -> Invitation | None:
    """As `find`, with the draft locked; None without a draft. Needs a transaction."""
    return _found(f"{_statement('JOIN')} FOR UPDATE OF {_table(Draft)}", token_hash)


def save_sealed(draft: Draft) -> None:
    """Write what is sealed in a draft, which the caller has locked, or which nobody has written since it was read.

    Raises SavedMeanwhile otherwise: nothing is written then.
    """
    with _cursor() as cursor:
        cursor.execute(_update(), [bytes(draft.sealed), draft.pk, vars(draft).get(VERSION)])
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


def _invitation(row: Sequence[Any]) -> Invitation:
    values = iter(row)
    invitation, wave = _read(Invitation, values), _read(Wave, values)
    wave.questionnaire = _read(Questionnaire, values)
    invitation.wave = wave
    left = list(values)
    if left[0] is None:
        # The way in which Django remembers that there is no draft, so that nobody asks again.
        Invitation._meta.get_field("draft").set_cached_value(invitation, None)
    else:
        invitation.draft = _read(Draft, iter(left))
        setattr(invitation.draft, VERSION, left[-1])
    return invitation


def _read(model: type[M], values: Iterator[Any]) -> M:
    names = _names(model)
    return model.from_db(DEFAULT_DB_ALIAS, names, list(islice(values, len(names))))


@cache
def _fields(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if not hasattr(field, "from_db_value"))


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in _fields(model)]


def _table(model: type[Model]) -> str:
    return str(model._meta.db_table)


@cache
def _statement(to_draft: str) -> str:
    columns = ", ".join(f"{_table(model)}.{field.column}" for model in JOINED for field in _fields(model))
    invitation, wave, questionnaire, draft = map(_table, JOINED)
    columns += f", {draft}.xmin::text"
    return (
        f"SELECT {columns} FROM {invitation} "  # noqa: S608  # nosec  # the models' own names
        f"JOIN {wave} ON {wave}.id = {invitation}.wave_id "
        f"JOIN {questionnaire} ON {questionnaire}.id = {wave}.questionnaire_id "
        f"{to_draft} {draft} ON {draft}.invitation_id = {invitation}.id "
        f"WHERE {invitation}.token_hash = %s"
    )


@cache
def _update() -> str:
    return (
        f"UPDATE {_table(Draft)} SET sealed = %s "  # noqa: S608  # nosec  # its own name
        "WHERE id = %s AND xmin::text = COALESCE(%s, xmin::text)"
    )
