"""The attacker who has the whole database, every night: how often do they know whose answers are whose?

Before the rows are written anew the attacker knows from the ballots that are gone who is in a batch, and must do no
better than one in the batch; afterwards, with the live database, no better than one in the wave. What they have is in
`evidence`, what they try in `strategies`. People answer one after the other, or eight at a time. Two controls show that
every one of the tries succeeds where a design gives it something.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from random import Random

import pytest
from django.db import connection, transaction
from nacl.public import PublicKey, SealedBox

from responses.models import Invitation
from responses.sealing import generate_key_pair
from surveys.answers import Answer
from tests.box.evidence import Eyes, Log, Row, look, statements
from tests.box.field import CLOSED, Field, open_field
from tests.box.strategies import (
    ANEW,
    IN_A_BATCH,
    IN_THE_WAVE,
    Answered,
    Person,
    View,
    judge,
    judge_comments,
    report,
)
from tests.services import Database

DEEP = os.environ.get("DEEP") == "1"
RUNS = 20 if DEEP else 5
BATCH = 100 if DEEP else 20
PEOPLE = 3 * BATCH
WAITING = 10
REFUSED_BELOW = 1e-6
INVITATION, BALLOT, RESPONSE, RECORD, COMMENT = (
    f"responses_{name}" for name in ("invitation", "ballot", "response", "record", "comment")
)
Sent = tuple[Invitation, Mapping[str, Answer]]


@dataclass
class Run:
    """One wave over several nights, watched before and after each opening."""

    field: Field
    rng: Random
    eyes: Eyes
    at_once: int = 1

    def views(self) -> tuple[list[View], View, View]:
        """What the attacker sees in each batch, what is left to see at the end, and what links the two."""
        to_come = self.field.invite(PEOPLE)
        names = {one.pk: number for number, one in enumerate(to_come)}
        self.rng.shuffle(to_come)
        batches = []
        for evening in (BATCH + WAITING, BATCH, BATCH - WAITING):
            tonight = [(one, self.answers(names[one.pk])) for one in to_come[:evening]]
            del to_come[:evening]
            batches.append(self.watch_the_night(tonight, last=not to_come))
        return batches, *self.watch_the_writing_anew()

    def answers(self, name: int) -> dict[str, Answer]:
        """Nobody else gives this number; how much they write differs from person to person."""
        words = self.rng.choice([0, 0, 1, 2, 3])
        return {
            "share": Answer(number=name),
            "region": Answer(codes=(self.rng.choice(["north", "south", "prefer_not"]),)),
            "tools": Answer(texts=tuple("x" * self.rng.randint(1, 60) for _ in range(words))),
            "comment": Answer(texts=(f"{name} " + "y" * self.rng.randint(1, 390),))
            if self.rng.random() < 0.3
            else Answer(),
        }

    def send(self, tonight: Sequence[Sent]) -> None:
        if self.at_once == 1:
            for invitation, answers in tonight:
                self.field.answer(invitation, **answers)
            return
        with ThreadPoolExecutor(self.at_once) as pool:
            list(pool.map(self.send_part, (tonight[start :: self.at_once] for start in range(self.at_once))))

    def send_part(self, part: Sequence[Sent]) -> None:
        try:
            for invitation, answers in part:
                self.field.answer(invitation, **answers)
        finally:
            connection.close()

    def watch_the_night(self, tonight: Sequence[Sent], *, last: bool) -> View:
        """The attacker joins flags and ballots by their transaction, and sees which ballots are gone afterwards."""
        known = {one.response.key for one in self.answered()}
        read = {comment.key for comment in self.comments()}
        # A flag of an earlier evening may still wait, and its transaction is in the log of that evening.
        since = self.eyes.end_of_log() if not known else self.evening
        self.evening = since
        self.send(tonight)
        flags = self.invitations()
        before = {row.xmin: row for row in self.ballots()}
        seed = self.rng.getrandbits(64)
        with statements() as said:
            opened = self.field.open(now=CLOSED, seed=seed) if last else self.field.open(seed=seed)
        assert opened.opened == BATCH
        log = self.eyes.log(since, INVITATION, BALLOT, RESPONSE, RECORD)
        marked = {row.xmin: row for row in log.of_transactions(flags, INVITATION)}
        waiting = {row.xmin for row in self.ballots()}
        gone = [before[xmin] for xmin in before if xmin not in waiting]
        ended = said.of(log.of_places(gone, BALLOT, "DELETE"))
        return View(
            [Person(marked[ballot.xmin], ballot) for ballot in ended],
            [one for one in self.answered(log, said.named) if one.response.key not in known],
            [comment for comment in self.comments() if comment.key not in read],
        )

    def watch_the_writing_anew(self) -> tuple[View, View]:
        since, old = self.eyes.end_of_log(), self.answered()
        with statements() as said:
            self.field.rewrite(now=CLOSED, seed=self.rng.getrandbits(64))
        log = self.eyes.log(since, INVITATION, RESPONSE, RECORD)
        touched = said.of(log.of_places(self.invitations(), INVITATION, "UPDATE"))
        nobody = Row(0, "")
        everybody = [Person(row, nobody) for row in touched]
        new = self.answered(log, said.named)
        before = said.of(log.of_places([one.response for one in old], RESPONSE, "DELETE"))
        self.eyes.forget_log(self.eyes.end_of_log())
        return View(everybody, new, self.comments()), View([Person(row, nobody) for row in before], new)

    @property
    def where(self) -> str:
        return f"wave_id = '{self.field.wave.pk}'"

    def invitations(self) -> list[Row]:
        return look(self.eyes, INVITATION, self.where, "id", "substring(email from '[0-9]+')::int")

    def ballots(self) -> list[Row]:
        """Their transaction is the one that marked the invitation."""
        return look(self.eyes, BALLOT, self.where, "id", "0", "length(sealed)")

    def answered(self, log: Log | None = None, said: Mapping[str, int] | None = None) -> list[Answered]:
        share = "(answers->>'share')::int"
        name = f"(SELECT {share} FROM {RECORD} WHERE response_id = {RESPONSE}.id)"
        mine = f"response_id IN (SELECT id FROM {RESPONSE} WHERE {self.where})"
        responses = look(self.eyes, RESPONSE, self.where, "id", name)
        records = look(self.eyes, RECORD, mine, "response_id", share, "length(answers::text)")
        if log is not None:
            responses = log.of_places(responses, RESPONSE, "INSERT")
            records = log.of_places(records, RECORD, "INSERT")
        by_key = {row.key: replace(row, said=(said or {}).get(row.key, 0)) for row in responses}
        return [Answered(by_key[row.key], row) for row in records]

    def comments(self) -> list[Row]:
        return look(self.eyes, COMMENT, self.where, "id", "substring(text from '^[0-9]+')::int")


@dataclass
class Naive:
    """A design that this project does not have: numbered keys, no padding, everything in the order of sending.

    `together` writes flag, ballot and answer in one transaction; otherwise the box is opened later, from its end.
    """

    eyes: Eyes
    rng: Random
    together: bool
    contents: dict[int, str] = dataclass_field(default_factory=dict)

    def view(self) -> View:
        since = self.eyes.end_of_log()
        self._make_tables()
        # Longer from row to row, so that none finds room on an earlier page than the one before.
        lengths = sorted(self.rng.sample(range(1, 4 * PEOPLE), PEOPLE), reverse=not self.together)
        for name in range(PEOPLE):
            self._send(name, f"{name:04} " + "y" * lengths[name])
        before = look(self.eyes, "naive_ballot", "true", "id", "name", "length(sealed)")
        responses, ended, named = self._opened()
        log = self.eyes.log(since, "naive_invitation", "naive_ballot", "naive_response")
        ballots = log.of_places(before, "naive_ballot", "DELETE")
        by_name = {row.name: replace(row, said=ended[row.name]) for row in ballots}
        flags = log.of_transactions(
            look(self.eyes, "naive_invitation", "true", "id", "name"), "naive_invitation"
        )
        rows = [
            replace(row, said=named[row.name]) for row in log.of_places(responses, "naive_response", "INSERT")
        ]
        people = [Person(replace(row, said=row.name), by_name[row.name]) for row in flags]
        return View(people, [Answered(row, row) for row in rows])

    def _make_tables(self) -> None:
        _private, self.public = generate_key_pair()
        with connection.cursor() as cursor:
            for table, columns in (
                ("naive_invitation", "name int"),
                ("naive_ballot", "name int, sealed bytea"),
                ("naive_response", "answers text"),
            ):
                cursor.execute(f"DROP TABLE IF EXISTS {table}")
                cursor.execute(f"CREATE TABLE {table} (id bigserial PRIMARY KEY, {columns})")
                # Numbers of one length, so that they sort as texts as they do as numbers.
                cursor.execute(f"ALTER SEQUENCE {table}_id_seq RESTART 100000")

    def _send(self, name: int, content: str) -> None:
        sealed = bytes(SealedBox(PublicKey(self.public)).encrypt(content.encode()))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO naive_invitation (name) VALUES (%s)", [name])
            cursor.execute("INSERT INTO naive_ballot (name, sealed) VALUES (%s, %s)", [name, sealed])
            if self.together:
                self._store(name, content)
        self.contents[name] = content

    def _store(self, name: int, content: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO naive_response (answers) VALUES (%s)", [content])

    def _opened(self) -> tuple[list[Row], dict[int, int], dict[int, int]]:
        """The box emptied, ballot by ballot; with the order in which statements named ballots and responses."""
        order = list(range(PEOPLE))
        with transaction.atomic(), connection.cursor() as cursor:
            for name in order if self.together else reversed(order):
                if not self.together:
                    self._store(name, self.contents[name])
            for name in order:
                cursor.execute("DELETE FROM naive_ballot WHERE name = %s", [name])
        responses = look(
            self.eyes, "naive_response", "true", "id", "split_part(answers, ' ', 1)", "length(answers)"
        )
        named = {name: place for place, name in enumerate(order)}
        return responses, named, named


@contextmanager
def looking(database: Database) -> Iterator[Eyes]:
    eyes = Eyes(database)
    try:
        yield eyes
    finally:
        eyes.close()


def controls(eyes: Eyes) -> dict[str, float]:
    """For each try the share of hits in the design that helps it more."""
    together, later = (Naive(eyes, Random(0), how).view() for how in (True, False))
    every = IN_A_BATCH | IN_THE_WAVE | ANEW
    return {
        name: max(view.hits(strategy) for view in (together, later)) / PEOPLE
        for name, strategy in every.items()
    }


@pytest.mark.parametrize("at_once", [1, 8], ids=["one after the other", "eight at a time"])
def test_attacker_with_the_whole_database_does_no_better_than_chance(
    committed_database: Database, capsys: pytest.CaptureFixture[str], at_once: int
) -> None:
    in_batches, in_waves, anew = [], [], []
    with looking(committed_database) as eyes:
        for seed in range(RUNS):
            run = Run(open_field(year=2001 + seed), Random(seed), eyes, at_once)
            batches, wave, between = run.views()
            in_batches += batches
            in_waves.append(wave)
            anew.append(between)

    before = judge(in_batches, IN_A_BATCH, 1 / BATCH)
    after = judge(in_waves, IN_THE_WAVE, 1 / PEOPLE)
    between_ = judge(anew, ANEW, 1 / PEOPLE)
    comments_before, comments_after = judge_comments(in_batches), judge_comments(in_waves)

    with capsys.disabled():
        report(f"{RUNS} waves of {PEOPLE}, {at_once} at a time, in a batch of {BATCH}", 1 / BATCH, before)
        report("written anew", 1 / PEOPLE, after)
        report("from the rows of the batches to those written anew", 1 / PEOPLE, between_)
        report("their comments, in a batch", 0, comments_before)
        report("their comments, written anew", 0, comments_after)
    groups = (before, after, between_, comments_before, comments_after)
    results = [result for group in groups for result in group.values()]
    limit = REFUSED_BELOW / len(results)
    assert all(p > limit for _hits, _guesses, p in results)


def test_every_try_of_the_attacker_succeeds_against_a_naive_design(
    committed_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with looking(committed_database) as eyes:
        found = controls(eyes)

    with capsys.disabled():
        print("\nnaive designs, the better of two")
        for name, share in found.items():
            print(f"  {share:8.2%}  {name}")
    assert {name: share for name, share in found.items() if share < 0.9} == {}
