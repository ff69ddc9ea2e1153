"""Synthetic people: draws complete answers along the path, to exact quotas, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random

from reports.demo.quotas import (
    SKIPPED,
    Following,
    Mentions,
    Pick,
    Plan,
    Preference,
    Quota,
    Sentences,
    Shares,
    apportion,
    scale,
)
from surveys.answers import Answer
from surveys.definition import CodeFrame, Definition, Kind, Question, Role
from surveys.routing import asked_items

OTHER_NAMED = "other_named"


class PlanDoesNotFit(Exception):
    """A plan asks for something that the questionnaire does not offer."""


@dataclass(slots=True)
class Person:
    """What one person answers, and which codes stand behind what the person writes."""

    answers: dict[str, Answer] = field(default_factory=dict)
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def meets(self, preference: Preference) -> int:
        """The number of the first alternative that holds; the length of the preference when none does."""
        for rank, alternative in enumerate(preference):
            if all(wanted.codes.intersection(self.said.get(wanted.item, ())) for wanted in alternative):
                return rank
        return len(preference)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to answer, with everything that drawing it needs."""

    key: str
    question: Question
    frame: CodeFrame | None
    plan: Plan
    rng: Random
    brands: Iterator[str]


def draw(definition: Definition, plan: Plan, *, size: int, seed: int) -> tuple[Person, ...]:
    """`size` people in random order, whose answers have the plan's shares exactly where these scale exactly."""
    rng = Random(seed)  # noqa: S311  # nosec  # people are made up so that they can be made up again
    people = [Person() for _ in range(size)]
    for question in definition.questions:
        deal_question(definition, question, plan, people, rng)
    rng.shuffle(people)
    return tuple(people)


def deal_question(
    definition: Definition, question: Question, plan: Plan, people: Sequence[Person], rng: Random
) -> None:
    frame = definition.frames.get(question.code_frame)
    # An invented name is written again only when all the others have been.
    brands = cycle(plan.brand_names.get(question.key, ()))
    on_path = [(person, frozenset(asked_items(definition, person.answers))) for person in people]
    for key in question.items:
        asked = [person for person, items in on_path if key in items]
        rng.shuffle(asked)
        deal(Item(key, question, frame, plan, rng, brands), asked)


def deal(item: Item, asked: Sequence[Person]) -> None:
    if not asked:
        return
    quota = item.plan.quotas.get(item.key)
    if quota is None:
        raise PlanDoesNotFit(f"The plan says nothing about {item.key}, which {len(asked)} people are asked.")
    DEALERS[type(quota)](item, quota, asked)


def deal_shares(item: Item, quota: Shares, asked: Sequence[Person]) -> None:
    left = list(asked)
    counts = apportion(quota.counts, len(asked))
    for pick in sorted(counts, key=lambda pick: pick not in quota.first_to):
        preference = quota.first_to.get(pick, ())
        # Python's sort is stable, so people of equal rank stay in their shuffled order.
        left.sort(key=lambda person: person.meets(preference))
        chosen, left = left[: counts[pick]], left[counts[pick] :]
        for person in chosen:
            say(item, person, pick)


def deal_mentions(item: Item, quota: Mentions, asked: Sequence[Person]) -> None:
    named = quota.base - sum(quota.instead.values())
    counts = apportion({**quota.instead, ("named",): named}, len(asked))
    naming = list(asked)
    for code in quota.instead:
        for _ in range(counts[code]):
            say(item, naming.pop(), code)
    for person, codes in zip(naming, names(item, quota, naming), strict=True):
        say(item, person, tuple(codes))


def names(item: Item, quota: Mentions, people: Sequence[Person]) -> list[list[str]]:
    """Who names what: each code goes to people who have named the fewest so far, so that nobody is left out."""
    most = item.question.entries or item.question.max_choices or len(item.question.choices)
    share = quota.base - sum(quota.instead.values())
    named: list[list[str]] = [[] for _ in people]
    for code in sorted(quota.counts, key=lambda code: -quota.counts[code]):
        barred = {other for group in quota.apart if code in group for other in group}
        free = [codes for codes in named if len(codes) < most and not barred.intersection(codes)]
        item.rng.shuffle(free)
        free.sort(key=len)
        for codes in free[: scale(quota.counts[code], len(people), share)]:
            codes.append(code)
    for codes in named:
        item.rng.shuffle(codes)
    return named


def deal_following(item: Item, quota: Following, asked: Sequence[Person]) -> None:
    skipping = scale(quota.skipped, len(asked), quota.base)
    taken = dict.fromkeys(quota.lists, 0)
    # Those skip first whose list is short, because it is used up many times over and no code is lost.
    ranked = sorted(asked, key=lambda person: len(quota.lists[leader(person, quota)]))
    for number, person in enumerate(ranked):
        group = leader(person, quota)
        codes = quota.lists[group]
        say(item, person, SKIPPED if number < skipping else codes[taken[group] % len(codes)])
        taken[group] += number >= skipping


def leader(person: Person, quota: Following) -> str:
    return person.said[quota.question][0]


def deal_sentences(item: Item, quota: Sentences, asked: Sequence[Person]) -> None:
    writing = scale(quota.count, len(asked), quota.base)
    for number, person in enumerate(asked):
        written = number < writing
        text = quota.sentences[number % len(quota.sentences)]
        person.answers[item.key] = Answer(texts=(text,)) if written else Answer()


DEALERS: dict[type[Quota], Callable[..., None]] = {
    Shares: deal_shares,
    Mentions: deal_mentions,
    Following: deal_following,
    Sentences: deal_sentences,
}


def say(item: Item, person: Person, pick: Pick) -> None:
    """Write one pick into a person's answers in the form that the kind of question has."""
    if pick == SKIPPED:
        person.answers[item.key] = Answer()
    elif isinstance(pick, int):
        person.answers[item.key] = Answer(number=pick)
    else:
        codes = (pick,) if isinstance(pick, str) else pick
        person.said[item.key] = codes
        person.answers[item.key] = answer_of(item, codes)


def answer_of(item: Item, codes: tuple[str, ...]) -> Answer:
    offered = [choice.code for choice in item.question.offered]
    if item.question.kind is Kind.OPEN_LIST and not set(codes) <= set(offered):
        return Answer(texts=tuple(text_for(item, code) for code in codes))
    unknown = set(codes) - set(offered)
    if unknown:
        raise PlanDoesNotFit(f"{item.key} does not offer {', '.join(sorted(unknown))}.")
    ordered = codes if item.question.kind is Kind.RANKING else tuple(sorted(codes, key=offered.index))
    return Answer(codes=ordered, others=others_of(item, codes))


def others_of(item: Item, codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    asking = {choice.code for choice in item.question.choices if choice.role is Role.OTHER_SPECIFY}
    texts = item.plan.other_texts.get(item.question.key, ())
    return tuple((code, item.rng.choice(texts)) for code in codes if code in asking and texts)


def text_for(item: Item, code: str) -> str:
    """The label or one of the aliases of a code: what a coder who compares texts finds again."""
    if code == OTHER_NAMED:
        return next(item.brands)
    frame = item.frame
    found = next((c for c in frame.codes if c.code == code), None) if frame else None
    if found is None:
        raise PlanDoesNotFit(f"{item.key} is not coded into {code}.")
    limit = item.question.max_chars or len(found.label)
    fitting = [text for text in (found.label, found.label, *found.aliases) if len(text) <= limit]
    return item.rng.choice(fitting)


def total(people: Sequence[Person], item: str, *codes: str) -> int:
    """How many people said one of these codes: what the report has to find again."""
    return sum(1 for person in people if set(codes).intersection(person.said.get(item, ())))
