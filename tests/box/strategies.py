"""What an attacker tries, written down before it is known what works, and how their hits are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scipy.stats import binomtest

from tests.box.evidence import Row

Result = tuple[int, int, float]
"""Hits, guesses, and the probability of so many hits or more by chance alone."""


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
    "page of the ballot in its index, page of the response": Strategy(
        lambda p: (p.ballot.leaf, p.ballot.xmin), lambda a: (a.response.leaf, a.response.place)
    ),
    "page of the invitation in its index, page of the response": Strategy(
        lambda p: (p.invitation.leaf, p.invitation.xmin), lambda a: (a.response.leaf, a.response.place)
    ),
    "log: flags, responses": Strategy(lambda p: p.invitation.logged, lambda a: a.response.logged),
    "log: commits, responses": Strategy(lambda p: p.invitation.committed, lambda a: a.response.logged),
    "log: commits, records": Strategy(lambda p: p.invitation.committed, lambda a: a.record.logged),
    "log: ends of the ballots, responses": Strategy(lambda p: p.ballot.logged, lambda a: a.response.logged),
    "log: ends of the ballots, responses from the last": Strategy(
        lambda p: p.ballot.logged, lambda a: -a.response.logged
    ),
    "log: bytes written while sending, length of the answers": Strategy(
        lambda p: (p.invitation.volume, p.invitation.xmin), lambda a: (a.record.size, a.response.place)
    ),
    "statements: ballots named, responses named": Strategy(
        lambda p: p.ballot.said, lambda a: a.response.said
    ),
    "statements: ballots named, places of the responses": Strategy(
        lambda p: p.ballot.said, lambda a: a.response.place
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
    "pages in the indexes": Strategy(
        lambda p: (p.invitation.leaf, p.invitation.place), lambda a: (a.response.leaf, a.response.place)
    ),
    "log: invitations touched, responses written": Strategy(
        lambda p: p.invitation.logged, lambda a: a.response.logged
    ),
    "statements: invitations touched, responses written": Strategy(
        lambda p: p.invitation.said, lambda a: a.response.said
    ),
}

ANEW: Mapping[str, Strategy] = {
    "log: ends of the old rows, new rows": Strategy(
        lambda p: p.invitation.logged, lambda a: a.response.logged
    ),
    "statements: old rows named, new rows named": Strategy(
        lambda p: p.invitation.said, lambda a: a.response.said
    ),
    "place of the old row, place of the new one": Strategy(
        lambda p: p.invitation.place, lambda a: a.response.place
    ),
    "key of the old row, key of the new one": Strategy(lambda p: p.invitation.key, lambda a: a.response.key),
}
"""From the rows of a batch to the rows that were written anew: here the people are the old rows."""

OF_COMMENTS: Mapping[str, Callable[[Row], Any]] = {
    "comments and responses by place": lambda row: row.place,
    "comments and responses by key": lambda row: row.key,
    "comments and responses by dump": lambda row: row.dumped,
    "comments and responses by page of their index": lambda row: (row.leaf, row.place),
}


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
