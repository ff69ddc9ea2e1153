"""Rows that were found good, written as responses in an order that nobody knows.

Texts, comments and tallies are stored as those of ballots are: by the same rules, each in an order of its own. Of a
whole file they are many, so that they wait as plain tuples and become rows some hundred at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import NamedTuple, TypeVar
from uuid import UUID, uuid4

from django.db.models import Model

from responses.importing.kept import Kept, KeptRow
from responses.models import Coding, Comment, OpenText, Record, Response, TextLink
from responses.rewriting import CROWD
from responses.storing import (
    ROWS_AT_ONCE,
    Written,
    chunks,
    comments,
    count_tally,
    detached,
    insert,
    permits_quoting,
    written_texts,
)
from surveys.codebook import CoarseAnswers, Codebook
from surveys.definition import item_key
from surveys.models import Wave

T = TypeVar("T")


class WaitingText(NamedTuple):
    key: UUID
    response: UUID
    written: Written


def write(*, wave: Wave, codebook: Codebook, kept: Kept, rng: Random) -> int:
    """Inside the caller's transaction. Returns how many responses were written.

    As after the last opening of a box, a row that is nearly alone in its profile keeps only the classes of it.
    """
    order = list(range(len(kept)))
    rng.shuffle(order)
    writer = _Writer(wave, codebook, rng)
    for part in in_parts(kept.rows_in(order, CROWD)):
        writer.add(part)
    writer.finish()
    return len(order)


def in_parts(rows: Iterable[T]) -> Iterator[list[T]]:
    part: list[T] = []
    for row in rows:
        part.append(row)
        if len(part) == ROWS_AT_ONCE:
            yield part
            part = []
    yield part


class _Writer:
    def __init__(self, wave: Wave, codebook: Codebook, rng: Random) -> None:
        self.wave = wave
        self.codebook = codebook
        self.rng = rng
        self.texts: list[WaitingText] = []
        self.codes: list[tuple[UUID, str]] = []
        self.comments: list[tuple[str, str, bool]] = []
        self.tallies: Counter[tuple[str, str]] = Counter()

    def add(self, part: Sequence[KeptRow]) -> None:
        records = [self._record(row) for row in part]
        insert(Response, [record.response for record in records])
        insert(Record, records)
        for row, record in zip(part, records, strict=True):
            self._gather(record.response_id, row)

    def _record(self, row: KeptRow) -> Record:
        answers = CoarseAnswers(row.answers)
        if row.is_lonely:
            answers = self.codebook.coarse(row.answers, self.codebook.profile_questions)
        marks = self.codebook.pack(self.codebook.marks(answers))
        response = Response(wave=self.wave, marks=marks, weight=row.weight)
        return Record(response=response, answers=self.codebook.record(answers))

    def _gather(self, response: UUID, row: KeptRow) -> None:
        definition = self.codebook.definition
        self.tallies.update(detached(definition, row.answers))
        may_quote = permits_quoting(definition, row.answers)
        self.comments.extend((key, words, may_quote) for key, words in comments(definition, row.answers))
        for written in written_texts(definition, row.answers):
            key = uuid4()
            self.texts.append(WaitingText(key, response, written))
            if row.coded and not written.choice:
                item = item_key(written.question, written.row or None)
                self.codes.extend((key, code) for code in row.coded.get((item, written.entry), ()))

    def finish(self) -> None:
        """Codes that entries came with stand beside their texts; the night makes marks of them."""
        self._write(self.texts, self._text)
        self._write(self.texts, self._link)
        self._write(self.comments, self._comment)
        self._write(self.codes, lambda coded: Coding(text_id=coded[0], code=coded[1]))
        for (question, code), count in sorted(self.tallies.items()):
            count_tally(self.wave, question, code, count)

    def _write(self, waiting: list[T], row_of: Callable[[T], Model]) -> None:
        self.rng.shuffle(waiting)
        for part in chunks(waiting):
            rows = [row_of(one) for one in part]
            insert(type(rows[0]), rows)

    def _text(self, one: WaitingText) -> OpenText:
        written = one.written
        return OpenText(
            pk=one.key,
            wave=self.wave,
            question=written.question,
            choice=written.choice,
            text=written.text,
        )

    def _link(self, one: WaitingText) -> TextLink:
        return TextLink(
            text_id=one.key, response_id=one.response, row=one.written.row, entry=one.written.entry
        )

    def _comment(self, one: tuple[str, str, bool]) -> Comment:
        return Comment(wave=self.wave, question=one[0], text=one[1], may_quote=one[2])
