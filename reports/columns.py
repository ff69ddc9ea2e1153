"""Which groups and unions the kernel counts for a questionnaire, and where each is found in the counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.kernel import Completeness, Plan
from reports.requests import Asked, groups_of, unions_of
from surveys.codebook import Codebook, Sum
from surveys.definition import Definition, Kind, Question

AMONG = "percent_among_"
NOT_CODABLE = ("too_vague", "off_topic", "removed")
"""Codes of answers that could not be coded. They are printed as one line, so their people are counted once."""

GroupKey = tuple[str, str]
UnionKey = tuple[str, str]


@dataclass(frozen=True)
class Columns:
    """`plan` for the kernel. Groups are (class, part) or ("net", code); column 0 is everybody."""

    plan: Plan
    groups: dict[GroupKey, int]
    unions: dict[UnionKey, Sum]
    asked: tuple[Asked, ...] = ()
    """Tables that analysts ask for; what they need is in the plan."""


def columns_of(
    definition: Definition,
    book: Codebook,
    asked: tuple[Asked, ...] = (),
    *,
    margins: Sequence[tuple[str, Sequence[str]]] = (),
    completeness: Completeness | None = None,
) -> Columns:
    """`margins`: the classes that weights are made by, each with its parts in the order in which cells count them."""
    groups = dict.fromkeys((*_groups(definition), *groups_of(definition, asked)))
    unions = dict((*_unions(definition, book), *unions_of(definition, book, asked)))
    # Two keys with the same marks share one union: each takes memory of every batch.
    places = {marks: number for number, marks in enumerate(dict.fromkeys(unions.values()))}
    plan = Plan(
        book.size,
        tuple(_group_sum(definition, book, key) for key in groups),
        tuple(places),
        tuple(tuple(book.part(name, part) for part in parts) for name, parts in margins),
        completeness,
    )
    return Columns(
        plan=plan,
        groups={key: number for number, key in enumerate(groups, start=1)},
        unions={key: plan.union(places[marks]) for key, marks in unions.items()},
        asked=asked,
    )


def among(question: Question) -> tuple[str, ...]:
    """Codes of the nets of other questions that this one is also counted among."""
    names = (name for name in question.analysis.also if isinstance(name, str))
    return tuple(name.removeprefix(AMONG) for name in names if name.startswith(AMONG))


def _groups(definition: Definition) -> Iterator[GroupKey]:
    for question in definition.questions:
        for key in question.analysis.breaks:
            yield from ((key, part.code) for part in definition.partitions[key][1].parts)
        yield from (("net", code) for code in among(question))


def _group_sum(definition: Definition, book: Codebook, key: GroupKey) -> Sum:
    name, code = key
    if name == "net":
        owner, _net = definition.nets[code]
        return book.net(owner.key, code)
    return book.part(name, code)


def _unions(definition: Definition, book: Codebook) -> Iterator[tuple[UnionKey, tuple[int, ...]]]:
    for question in definition.questions:
        codes = not_codable(definition, question)
        if codes:
            yield ("not_codable", question.key), _marks(book.coded(question.key, code) for code in codes)
            yield (
                ("not_codable_first", question.key),
                _marks(book.coded_first(question.key, code) for code in codes),
            )
    for derived in definition.derived:
        yield ("derived", derived.key), _marks(_bases(definition, book, derived.over))


def _marks(sums: Iterable[Sum]) -> tuple[int, ...]:
    """Having any of these sums is having any of their marks, as long as none of them takes marks away."""
    total = sum(sums, Sum())
    assert not total.minus
    return total.plus


def _bases(definition: Definition, book: Codebook, keys: Iterable[str]) -> Iterator[Sum]:
    return (book.base(key, definition.by_key[key].analysis.base_rule) for key in keys)


def not_codable(definition: Definition, question: Question) -> tuple[str, ...]:
    frame = definition.frames.get(question.code_frame)
    if frame is None or question.kind not in (Kind.OPEN_LIST, Kind.OPEN_TEXT):
        return ()
    known = {code.code for code in frame.codes}
    return tuple(code for code in NOT_CODABLE if code in known)
