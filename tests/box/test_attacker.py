"""The attacker who has the whole database, every night: how often do they know whose answers are whose?

Before the rows are written anew the attacker knows from the ballots that are gone who is in a batch, and must do no
better than one in the batch; afterwards, with the live database, no better than one in the wave. What they try is
written down here, before it is known what works; a control shows that the same tries succeed where flag and answer
are written in one transaction.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from nacl.public import PublicKey, SealedBox
from scipy.stats import binomtest

from responses.sealing import generate_key_pair
from surveys.answers import Answer
from tests.box.field import CLOSED, Field, open_field
from tests.services import Database

RUNS = 20
BATCH = 100 if os.environ.get("DEEP") == "1" else 20
PEOPLE = 3 * BATCH
WAITING = 10
REFUSED_BELOW = 1e-6

Result = tuple[int, int, float]
"""Hits, guesses, and the probability of so many hits or more by chance alone."""


@dataclass(frozen=True)
class Row:
    """A row of any table as the attacker sees it; `name` is the truth, which only the judge looks at."""

    name: int
    key: str
    xmin: int
    place: int
    dumped: int
    size: int = 0


@dataclass(frozen=True)
class Person:
    invitation: Row
    ballot: Row


@dataclass(frozen=True)
class Answered:
    response: Row
    record: Row


@dataclass(frozen=True)
class View:
    """What the attacker has before them: some people, and as many responses that must be theirs."""

    people: list[Person]
    answered: list[Answered]
    comments: list[Row] = field(default_factory=list)

    def hits(self, strategy: Strategy) -> int:
        people = sorted(self.people, key=strategy.of_person)
        answered = sorted(self.answered, key=strategy.of_answer)
        assert len(people) == len(answered)
        return sum(p.invitation.name == a.response.name for p, a in zip(people, answered, strict=True))

    def comment_hits(self, key: Callable[[Row], Any]) -> int:
        """How many comments are put to the response they came with, told which responses had one."""
        names = {comment.name for comment in self.comments}
        wrote = sorted((a.response for a in self.answered if a.response.name in names), key=key)
        comments = sorted(self.comments, key=key)
        return sum(c.name == a.name for c, a in zip(comments, wrote, strict=True))


@dataclass(frozen=True)
class Strategy:
    """Put the people in one order and the responses in another, and say that they go together."""

    of_person: Callable[[Person], Any]
    of_answer: Callable[[Answered], Any]


IN_A_BATCH: Mapping[str, Strategy] = {
    "transaction of the flag, transaction of the answer": Strategy(
        lambda p: p.invitation.xmin, lambda a: (a.response.xmin, a.response.place)
    ),
    "time of sending, place of the response": Strategy(
        lambda p: p.invitation.xmin, lambda a: a.response.place
    ),
    "time of sending, place from the end": Strategy(lambda p: p.invitation.xmin, lambda a: -a.response.place),
    "time of sending, key of the response": Strategy(lambda p: p.invitation.xmin, lambda a: a.response.key),
    "time of sending, place of the record": Strategy(lambda p: p.invitation.xmin, lambda a: a.record.place),
    "order of the dump": Strategy(lambda p: p.invitation.dumped, lambda a: a.response.dumped),
    "place of the ballot, place of the response": Strategy(
        lambda p: p.ballot.place, lambda a: a.response.place
    ),
    "key of the ballot, key of the response": Strategy(lambda p: p.ballot.key, lambda a: a.response.key),
    "key of the ballot, place of the response": Strategy(lambda p: p.ballot.key, lambda a: a.response.place),
    "length of the ballot, length of the answers": Strategy(
        lambda p: (p.ballot.size, p.ballot.xmin), lambda a: (a.record.size, a.response.place)
    ),
}

IN_THE_WAVE: Mapping[str, Strategy] = {
    "transactions": Strategy(
        lambda p: (p.invitation.xmin, p.invitation.place), lambda a: (a.response.xmin, a.response.place)
    ),
    "places": Strategy(lambda p: p.invitation.place, lambda a: a.response.place),
    "places from the end": Strategy(lambda p: p.invitation.place, lambda a: -a.response.place),
    "place of the record": Strategy(lambda p: p.invitation.place, lambda a: a.record.place),
    "keys": Strategy(lambda p: p.invitation.key, lambda a: a.response.key),
    "key and place": Strategy(lambda p: p.invitation.key, lambda a: a.response.place),
    "order of the dump": Strategy(lambda p: p.invitation.dumped, lambda a: a.response.dumped),
    "order of inviting": Strategy(lambda p: p.invitation.name, lambda a: a.response.place),
    "order of inviting, keys": Strategy(lambda p: p.invitation.name, lambda a: a.response.key),
}

OF_COMMENTS: Mapping[str, Callable[[Row], Any]] = {
    "comments and responses by place": lambda row: row.place,
    "comments and responses by key": lambda row: row.key,
    "comments and responses by dump": lambda row: row.dumped,
}


def look(table: str, wave: Field | None, key: str, name: str, size: str = "0") -> list[Row]:
    """Everything about the rows of a table that PostgreSQL tells: transaction, place, order of a dump."""
    where = f"WHERE wave_id = '{wave.wave.pk}'" if wave else ""
    place = "(ctid::text::point)[0] * 10000 + (ctid::text::point)[1]"
    query = f"SELECT {key}::text, xmin::text::bigint, ({place})::bigint, {name}, {size} FROM {table} {where}"
    dumped = {found: order for order, found in enumerate(dump(table, key))}
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    return [Row(int(n), found, xmin, at, dumped[found], int(s)) for found, xmin, at, n, s in rows]


def dump(table: str, key: str) -> list[str]:
    """The keys in the order in which pg_dump would write them: it copies the table just so."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({key}) TO STDOUT") as copied:
        return b"".join(bytes(block) for block in copied).decode().split()


def invitations(field: Field) -> list[Row]:
    return look("responses_invitation", field, "id", "substring(email from '[0-9]+')::int")


def answered(field: Field) -> list[Answered]:
    join = "(SELECT (answers->>'share')::int FROM responses_record WHERE response_id = responses_response.id)"
    responses = {row.key: row for row in look("responses_response", field, "id", join)}
    records = look(
        "responses_record", None, "response_id", "(answers->>'share')::int", "length(answers::text)"
    )
    return [Answered(responses[row.key], row) for row in records if row.key in responses]


def comments(field: Field) -> list[Row]:
    return look("responses_comment", field, "id", "substring(text from '^[0-9]+')::int")


def ballots(field: Field) -> dict[int, Row]:
    """Ballots by the transaction that wrote them, which is the one that marked the invitation."""
    return {row.xmin: row for row in look("responses_ballot", field, "id", "0", "length(sealed)")}


@dataclass
class Run:
    """One wave over several nights, watched before and after each opening."""

    field: Field
    rng: Random

    def views(self) -> tuple[list[View], View]:
        """What the attacker sees in each batch, and what is left to see at the end."""
        to_come = self.field.invite(PEOPLE)
        names = {one.pk: number for number, one in enumerate(to_come)}
        self.rng.shuffle(to_come)
        batches = []
        for evening in (BATCH + WAITING, BATCH, BATCH - WAITING):
            for invitation in to_come[:evening]:
                self.field.answer(invitation, **self.answers(names[invitation.pk]))
            del to_come[:evening]
            batches.append(self.watch_the_night(last=not to_come))
        self.field.rewrite(now=CLOSED, seed=self.rng.getrandbits(64))
        nobody = Row(0, "", 0, 0, 0)
        everybody = [Person(row, nobody) for row in invitations(self.field)]
        return batches, View(everybody, answered(self.field), comments(self.field))

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

    def watch_the_night(self, *, last: bool) -> View:
        """The attacker joins flags and ballots by their transaction, and sees which ballots are gone afterwards."""
        flags = {row.xmin: row for row in invitations(self.field)}
        before, known = ballots(self.field), {one.response.key for one in answered(self.field)}
        read = {comment.key for comment in comments(self.field)}
        seed = self.rng.getrandbits(64)
        opened = self.field.open(now=CLOSED, seed=seed) if last else self.field.open(seed=seed)
        assert opened.opened == BATCH
        waiting = ballots(self.field)
        gone = [Person(flags[xmin], ballot) for xmin, ballot in before.items() if xmin not in waiting]
        return View(
            gone,
            [one for one in answered(self.field) if one.response.key not in known],
            [comment for comment in comments(self.field) if comment.key not in read],
        )


def naive_view(rng: Random) -> View:
    """The design that this project does not have: the flag and the unpadded answer written together."""
    _private, public = generate_key_pair()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_invitation (id int, sealed bytea)")
        cursor.execute("CREATE TABLE naive_response (id uuid DEFAULT gen_random_uuid(), answers text)")
        cursor.executemany("INSERT INTO naive_invitation VALUES (%s)", [(n,) for n in range(PEOPLE)])
    order = list(range(PEOPLE))
    rng.shuffle(order)
    for name in order:
        content = f"{name} " + "y" * rng.randint(1, 2000)
        sealed = SealedBox(PublicKey(public)).encrypt(content.encode())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE naive_invitation SET sealed = %s WHERE id = %s", [bytes(sealed), name])
            cursor.execute("INSERT INTO naive_response (answers) VALUES (%s)", [content])
    people = look("naive_invitation", None, "id", "id", "length(sealed)")
    responses = look("naive_response", None, "id", "split_part(answers, ' ', 1)", "length(answers)")
    return View([Person(row, row) for row in people], [Answered(row, row) for row in responses])


def judge(views: Sequence[View], strategies: Mapping[str, Strategy], chance: float) -> dict[str, Result]:
    guesses = sum(len(view.people) for view in views)
    return {
        name: chances(sum(view.hits(strategy) for view in views), guesses, chance)
        for name, strategy in strategies.items()
    }


def judge_comments(views: Sequence[View]) -> dict[str, Result]:
    """One in as many as wrote a comment, which differs from view to view: on average one hit in each."""
    guesses = sum(len(view.comments) for view in views)
    chance = sum(1 for view in views if view.comments) / guesses
    return {
        name: chances(sum(view.comment_hits(key) for view in views), guesses, chance)
        for name, key in OF_COMMENTS.items()
    }


def chances(hits: int, guesses: int, chance: float) -> Result:
    return hits, guesses, float(binomtest(hits, guesses, chance, alternative="greater").pvalue)


def report(title: str, chance: float, results: Mapping[str, Result]) -> None:
    print(f"\n{title}" + (f": by chance {chance:.2%}" if chance else ""))
    for name, (hits, guesses, p) in results.items():
        print(f"  {hits / guesses:8.2%}  {hits} of {guesses}, p = {p:.3g}  {name}")


def test_attacker_with_the_whole_database_does_no_better_than_chance(
    committed_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    in_batches, in_waves = [], []
    for seed in range(RUNS):
        batches, wave = Run(open_field(year=2001 + seed), Random(seed)).views()
        in_batches += batches
        in_waves.append(wave)

    before = judge(in_batches, IN_A_BATCH, 1 / BATCH)
    after = judge(in_waves, IN_THE_WAVE, 1 / PEOPLE)
    comments_before, comments_after = judge_comments(in_batches), judge_comments(in_waves)
    control = judge([naive_view(Random(0))], IN_A_BATCH, 1 / PEOPLE)

    with capsys.disabled():
        report(f"{RUNS} waves of {PEOPLE}, in a batch of {BATCH}", 1 / BATCH, before)
        report(f"{RUNS} waves of {PEOPLE}, written anew", 1 / PEOPLE, after)
        report("their comments, in a batch", 0, comments_before)
        report("their comments, written anew", 0, comments_after)
        report(f"naive design, {PEOPLE} people", 1 / PEOPLE, control)
    results = [*before.values(), *after.values(), *comments_before.values(), *comments_after.values()]
    limit = REFUSED_BELOW / len(results)
    assert all(p > limit for _hits, _guesses, p in results)
    hits, guesses, p = control["transaction of the flag, transaction of the answer"]
    assert hits / guesses > 0.9
    assert p < limit
