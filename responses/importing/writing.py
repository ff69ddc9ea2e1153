"""Rows that were found good, written as responses in an order that nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from responses.importing.kept import Kept, KeptRow
from responses.models import Coding, Record, Response
from responses.rewriting import CROWD
from responses.storing import ROWS_AT_ONCE, Store, insert
from surveys.codebook import CoarseAnswers, Codebook
from surveys.definition import item_key
from surveys.models import Wave


def write(*, wave: Wave, codebook: Codebook, kept: Kept, rng: Random) -> int:
    """Inside the caller's transaction. Returns how many responses were written.

    As after the last opening of a box, a row that is nearly alone in its profile keeps only the classes of it.
    """
    order = list(range(len(kept)))
    rng.shuffle(order)
    writer = _Writer(wave, codebook, rng)
    part: list[KeptRow] = []
    for row in kept.rows_in(order, CROWD):
        part.append(row)
        if len(part) == ROWS_AT_ONCE:
            writer.add(part)
            part = []
    writer.add(part)
    writer.finish()
    return len(order)


class _Writer:
    def __init__(self, wave: Wave, codebook: Codebook, rng: Random) -> None:
        self.wave = wave
        self.codebook = codebook
        self.rng = rng
        self.store = Store(wave, codebook, rng)
        self.codings: list[Coding] = []

    def add(self, part: Sequence[KeptRow]) -> None:
        records = [self._record(row) for row in part]
        insert(Response, [record.response for record in records])
        insert(Record, records)
        for row, record in zip(part, records, strict=True):
            before = len(self.store.links)
            self.store.gather(record.response, row.answers)
            self._code(row, before)

    def _record(self, row: KeptRow) -> Record:
        answers: CoarseAnswers = CoarseAnswers(row.answers)
        if row.is_lonely:
            answers = self.codebook.coarse(row.answers, self.codebook.profile_questions)
        marks = self.codebook.pack(self.codebook.marks(answers))
        response = Response(wave=self.wave, marks=marks, weight=row.weight)
        return Record(response=response, answers=self.codebook.record(answers))

    def _code(self, row: KeptRow, first_link: int) -> None:
        """The codes that an entry came with; the night makes marks of them."""
        for link in self.store.links[first_link:] if row.coded else ():
            item = item_key(link.text.question, link.row or None)
            if not link.text.choice:
                codes = row.coded.get((item, link.entry), ())
                self.codings.extend(Coding(text=link.text, code=code) for code in codes)

    def finish(self) -> None:
        self.store.finish()
        self.rng.shuffle(self.codings)
        insert(Coding, self.codings)
