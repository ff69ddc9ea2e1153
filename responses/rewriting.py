"""After the last opening: the wave's rows written anew, so that the live database keeps no batches.

New keys, a new random order, no receipt hashes; a response that is nearly alone in its profile keeps only the classes
of it. Nothing is sorted by PostgreSQL's random(), which a seed could repeat.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from responses.ballots import Sent
from responses.codings import codings_of
from responses.models import (
    Ballot,
    Coding,
    Comment,
    Decision,
    Draft,
    Invitation,
    OpenText,
    Quotation,
    Record,
    Response,
    Tally,
    TextLink,
    Withdrawal,
    WorkingTranslation,
)
from responses.storing import Store, chunks, insert
from surveys.codebook import CoarseAnswers, Codebook
from surveys.codebook import Coding as CodedEntry
from surveys.models import Wave

CROWD = 3
"""How many responses must share a combination of profile answers for each of them to keep it."""

VACUUMED: tuple[type[Model], ...] = (
    Invitation,
    Draft,
    Ballot,
    Withdrawal,
    Response,
    Record,
    OpenText,
    TextLink,
    Coding,
    Decision,
    WorkingTranslation,
    Quotation,
    Comment,
    Tally,
)

Source = UUID | int
"""Where a response comes from: a row, or a place in the remainder of the box."""


class MayNotVacuum(Exception):
    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(
            _(
                "The worker may not vacuum %(tables)s, so old rows would stay readable. Grant it MAINTAIN: "
                "run manage.py apply_grants as the owner."
            )
            % {"tables": ", ".join(tables)}
        )


@dataclass
class Anew:
    wave: Wave
    codebook: Codebook
    remainder: Sequence[Sent]
    rng: Random
    response_of: dict[UUID, Response] = field(default_factory=dict)
    text_of: dict[UUID, UUID] = field(default_factory=dict)

    @cached_property
    def codings(self) -> dict[UUID, list[CodedEntry]]:
        return codings_of(self.wave)

    def write(self) -> None:
        old = list(Response.objects.filter(wave=self.wave).values_list("pk", flat=True))
        lonely = self._lonely()
        order: list[Source] = [*old, *range(len(self.remainder))]
        self.rng.shuffle(order)
        store = Store(self.wave, self.codebook, self.rng)
        for part in chunks(order):
            self._write_responses(part, lonely, store)
        self._gather_texts(store)
        self._gather_detached(store)
        store.finish()
        move_codings(self.text_of)
        self._remove_old(old)

    def _lonely(self) -> frozenset[Source]:
        """Rows whose combination of profile answers fewer than CROWD rows have."""
        combinations: dict[Source, str] = dict(self._combinations())
        sizes = Counter(combinations.values())
        return frozenset(source for source, profile in combinations.items() if sizes[profile] < CROWD)

    def _combinations(self) -> Iterator[tuple[Source, str]]:
        kept = Record.objects.filter(response__wave=self.wave).values_list("response_id", "answers")
        for pk, record in kept.iterator(1000):
            yield pk, self._profile(record)
        for place, sent in enumerate(self.remainder):
            yield place, self._profile(self.codebook.record(sent.answers))

    def _profile(self, record: dict[str, Any]) -> str:
        return json.dumps(
            [record.get(key, "not asked") for key in self.codebook.profile_questions], sort_keys=True
        )

    def _write_responses(self, part: Sequence[Source], lonely: frozenset[Source], store: Store) -> None:
        # By their keys: the statement that asks for the old rows must not name them in the order of the new ones.
        rows = sorted(source for source in part if isinstance(source, UUID))
        found = Record.objects.filter(response__in=rows).select_related("response")
        kept = {record.response_id: record for record in found}
        records = [self._record(source, kept, coarse=source in lonely) for source in part]
        insert(Response, [record.response for record in records])
        insert(Record, records)
        for source, record in zip(part, records, strict=True):
            if isinstance(source, UUID):
                self.response_of[source] = record.response
            else:
                sent = self.remainder[source]
                store.gather(record.response, sent.answers, sent.language)

    def _record(self, source: Source, kept: dict[UUID, Record], *, coarse: bool) -> Record:
        """A new response with its record. An old one that stays as it was is copied, not derived again."""
        if isinstance(source, UUID) and not coarse:
            old = kept[source]
            return self._row(bytes(old.response.marks), old.answers, old.codings)
        kept_codings = None
        if isinstance(source, UUID):
            stored = self.codebook.stored_of_record(kept[source].answers)
            codings, kept_codings = self.codings.get(source, []), kept[source].codings
        else:
            stored, codings = CoarseAnswers(self.remainder[source].answers), []
        if coarse:
            stored = self._coarse(stored)
        return self._row(
            self.codebook.pack(self.codebook.marks(stored, codings)),
            self.codebook.record(stored),
            kept_codings,
        )

    def _row(self, marks: bytes, answers: dict[str, Any], codings: Any = None) -> Record:
        response = Response(wave=self.wave, marks=marks, receipt_hash=None)
        return Record(response=response, answers=answers, codings=codings)

    def _coarse(self, stored: CoarseAnswers) -> CoarseAnswers:
        """A row that was made coarse before stays so."""
        coarse = self.codebook.coarse(stored.answers, self.codebook.profile_questions)
        return replace(coarse, classes={**stored.classes, **coarse.classes})

    def _gather_texts(self, store: Store) -> None:
        links = {link.text_id: link for link in TextLink.objects.filter(text__wave=self.wave)}
        for old in OpenText.objects.filter(wave=self.wave):
            new = OpenText(
                wave=self.wave,
                question=old.question,
                choice=old.choice,
                text=old.text,
                language=old.language,
                may_quote=old.may_quote,
                forgotten=old.forgotten,
            )
            self.text_of[old.pk] = new.pk
            store.texts.append(new)
            if link := links.get(old.pk):
                response = self.response_of[link.response_id]
                store.links.append(TextLink(text=new, response=response, row=link.row, entry=link.entry))

    def _gather_detached(self, store: Store) -> None:
        """Comments get new keys and places; a tally that a later batch began stands where its code belongs."""
        old = list(Comment.objects.filter(wave=self.wave))
        Comment.objects.filter(wave=self.wave).delete()
        for comment in old:
            comment.pk = uuid4()
            comment._state.adding = True
        store.comments.extend(old)
        tallies = Tally.objects.filter(wave=self.wave)
        store.tallies.update({(tally.question, tally.code): tally.count for tally in tallies})
        tallies.delete()

    def _remove_old(self, responses: Sequence[UUID]) -> None:
        for part in chunks(list(self.text_of)):
            OpenText.objects.filter(pk__in=part).delete()
        for part in chunks(responses):
            Response.objects.filter(pk__in=part).delete()


def write_anew(wave: Wave, codebook: Codebook, remainder: Sequence[Sent], rng: Random) -> None:
    """Inside the caller's transaction. `remainder` are the ballots too few to be a batch of their own."""
    Anew(wave, codebook, remainder, rng).write()
    Withdrawal.objects.filter(wave=wave).delete()
    Draft.objects.filter(invitation__wave=wave).delete()
    touch_invitations(wave, rng)


def move_codings(text_of: dict[UUID, UUID]) -> None:
    """What coders have done follows the texts to their new keys."""
    with connection.cursor() as cursor:
        for model in (Coding, Decision, WorkingTranslation):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                f"UPDATE {table} SET text_id = moved.new"  # noqa: S608  # nosec  # names of our own tables
                " FROM unnest(%s::uuid[], %s::uuid[]) AS moved (old, new) WHERE text_id = moved.old",
                [list(text_of.keys()), list(text_of.values())],
            )


def touch_invitations(wave: Wave, rng: Random) -> None:
    """Write every invitation anew, one by one in a random order: who finished when, and next to whom, is gone."""
    invited = list(Invitation.objects.filter(wave=wave).values_list("pk", flat=True))
    rng.shuffle(invited)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE responses_invitation SET state = state WHERE id = %s", [(pk,) for pk in invited]
        )


def vacuum(models: Sequence[type[Model]] = VACUUMED) -> None:
    """Outside of any transaction. PostgreSQL only warns where the right is missing, so it is asked for first."""
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE NOT has_table_privilege(name, 'MAINTAIN')",
            [tables],
        )
        if refused := [name for (name,) in cursor.fetchall()]:
            raise MayNotVacuum(refused)
        cursor.execute(f"VACUUM {', '.join(connection.ops.quote_name(name) for name in tables)}")
