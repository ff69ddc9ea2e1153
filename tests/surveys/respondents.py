"""Made-up respondents who answer along their path, whatever the questionnaire."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from surveys.answers import SKIPPED, Answer
from surveys.codebook import Coding
from surveys.definition import Choice, Definition, Kind, Question, Role, split_item
from surveys.routing import asked_items, final_answers

SKIPS = 0.1


def answers_of(definition: Definition, seed: int) -> dict[str, Answer]:
    """Final answers of one respondent; the same seed gives the same."""
    chance = Random(seed)
    answers: dict[str, Answer] = {}
    for question in definition.questions:
        for item in asked_items(definition, answers):
            if split_item(item)[0] == question.key:
                answers[item] = (
                    SKIPPED if chance.random() < SKIPS else ANSWERS[question.kind](question, chance)
                )
    return final_answers(definition, answers)


def respondents(definition: Definition) -> st.SearchStrategy[dict[str, Answer]]:
    return st.integers(0, 2**32).map(lambda seed: answers_of(definition, seed))


def codings_of(definition: Definition, answers: dict[str, Answer], chance: Random) -> tuple[Coding, ...]:
    """Codes for every written entry, and for every text beside a choice."""
    found: list[Coding] = []
    for item, answer in answers.items():
        question = definition.by_key[split_item(item)[0]]
        frame = definition.frames.get(question.code_frame)
        if frame:
            codes = [code.code for code in frame.codes]
            for entry, text in enumerate(answer.texts):
                if text.strip():
                    picked = chance.sample(codes, chance.randint(1, frame.max_codes_per_mention))
                    found += [(item, entry, code) for code in picked]
        for code, _text in answer.others:
            listed = [choice.code for choice in question.choices if choice.role is Role.SUBSTANTIVE]
            found.append((item, 0, chance.choice([code, *listed])))
    return tuple(found)


def _one(question: Question, chance: Random) -> Answer:
    choice = chance.choice(question.offered)
    return Answer(codes=(choice.code,), others=_others((choice,), chance))


def _several(question: Question, chance: Random) -> Answer:
    alone = [choice for choice in question.offered if choice.exclusive]
    if alone and chance.random() < 0.3:
        return Answer(codes=(chance.choice(alone).code,))
    together = [choice for choice in question.choices if not choice.exclusive]
    most = question.max_choices or len(together)
    picked = chance.sample(together, chance.randint(1, most))
    stored = tuple(choice for choice in question.choices if choice in picked)
    return Answer(codes=tuple(choice.code for choice in stored), others=_others(stored, chance))


def _ranking(question: Question, chance: Random) -> Answer:
    if chance.random() < 0.3:
        return Answer(codes=(chance.choice(question.special).code,))
    picked = chance.sample(question.choices, chance.randint(1, question.max_choices or 1))
    return Answer(codes=tuple(choice.code for choice in picked))


def _number(question: Question, chance: Random) -> Answer:
    if chance.random() < 0.3:
        return Answer(codes=(chance.choice(question.special).code,))
    return Answer(number=chance.randint(question.minimum or 0, question.maximum or 0))


def _list(question: Question, chance: Random) -> Answer:
    if question.special and chance.random() < 0.3:
        return Answer(codes=(chance.choice(question.special).code,))
    entries = [chance.choice(["", "some words"]) for _ in range(question.entries or 1)]
    entries[chance.randrange(len(entries))] = "one thing"
    return Answer(texts=tuple(entries))


def _text(question: Question, chance: Random) -> Answer:
    return Answer(texts=("a comment",))


def _others(choices: tuple[Choice, ...], chance: Random) -> tuple[tuple[str, str], ...]:
    with_text = (choice for choice in choices if choice.role is Role.OTHER_SPECIFY)
    return tuple((choice.code, "in other words") for choice in with_text if chance.random() < 0.8)


ANSWERS = {
    Kind.SINGLE: _one,
    Kind.MULTIPLE: _several,
    Kind.RANKING: _ranking,
    Kind.GRID_SINGLE: _one,
    Kind.GRID_MULTIPLE: _several,
    Kind.NUMBER: _number,
    Kind.OPEN_LIST: _list,
    Kind.OPEN_TEXT: _text,
}
