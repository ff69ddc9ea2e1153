"""What a ballot holds, and whether answers fit the questionnaire they were given to.

The same check stands at both ends of the box: who sends is told what does not fit, and a ballot that somebody put into
the database past the pages is not stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from responses.actions.refusals import AnswersNotValid
from responses.sealing import BallotUnreadable, receipt_hash
from surveys.answers import Answer, Answers, from_json, to_json
from surveys.definition import Definition, Kind, Question, Required, Role, split_item
from surveys.routing import final_answers

VERSION = 1
OTHER_TEXT_LIMIT = 80
LINE_BREAKS = frozenset("\n\r\t")
LANGUAGE = re.compile(r"([a-z]{2,3}(-[a-z0-9]{1,8}){0,2})?", re.IGNORECASE)
LONGEST_TAG = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """A ballot's content once it is opened and found to fit.

    `language`: of the pages, for the texts alone; the response itself keeps none.
    """

    answers: Mapping[str, Answer]
    receipt_hash: bytes
    language: str = ""


def payload(definition: Definition, answers: Answers, receipt: str, language: str = "") -> dict[str, Any]:
    return {
        "v": VERSION,
        "questionnaire": [definition.key, definition.version],
        "answers": to_json(answers),
        "receipt": receipt_hash(receipt).hex(),
        "language": language,
    }


def read(content: Mapping[str, Any], definition: Definition) -> Sent:
    """The answers of an opened ballot; what this questionnaire could not have sent raises BallotUnreadable."""
    try:
        answers = from_json(content["answers"])
        hashed = bytes.fromhex(content["receipt"])
        language = content.get("language", "")
        envelope = content["v"], content["questionnaire"], len(hashed), _is_tag(language)
        sound = envelope == (VERSION, [definition.key, definition.version], 32, True) and _is_final(
            definition, answers
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BallotUnreadable from error
    if not sound:
        raise BallotUnreadable
    return Sent(answers, hashed, language)


def _is_tag(language: str) -> bool:
    return len(language) <= LONGEST_TAG and LANGUAGE.fullmatch(language) is not None


def _is_final(definition: Definition, answers: Answers) -> bool:
    return not problems(definition, answers) and final_answers(definition, answers) == answers


def check(definition: Definition, answers: Answers) -> None:
    if found := problems(definition, answers):
        raise AnswersNotValid(found)


def problems(definition: Definition, answers: Answers) -> dict[str, str]:
    """Item -> the first thing that does not fit, in words. Answers are the final ones."""
    found: dict[str, str] = {}
    for item, answer in answers.items():
        question = definition.by_key.get(split_item(item)[0])
        if question is None or item not in question.items:
            found[item] = _("This questionnaire has no such question.")
        elif problem := next(_problems_of(question, answer), None):
            found[item] = problem
    return found


def _problems_of(question: Question, answer: Answer) -> Iterator[str]:
    if not _is_plain(answer):
        yield _("This is not an answer that the page could have sent.")
        return
    if question.required is Required.HARD and answer.is_empty:
        yield _("This question needs an answer before the others make sense.")
    yield from _code_problems(question, answer)
    yield from _other_problems(question, answer)
    yield from CHECKS[question.kind](question, answer)


def _is_plain(answer: Answer) -> bool:
    """Types and characters only: JSON can hold anything in these places, and PostgreSQL takes no NUL in a text."""
    texts = (*answer.codes, *answer.texts, *(part for pair in answer.others for part in pair))
    number = answer.number is None or type(answer.number) is int
    return (
        number and not answer.written and all(isinstance(text, str) and _is_printable(text) for text in texts)
    )


def _is_printable(text: str) -> bool:
    return all(unicodedata.category(c) not in {"Cc", "Cs"} or c in LINE_BREAKS for c in text)


def _code_problems(question: Question, answer: Answer) -> Iterator[str]:
    offered = {choice.code: choice for choice in question.offered}
    if any(code not in offered for code in answer.codes):
        yield _("One of the choices is not on the list of this question.")
        return
    if len(set(answer.codes)) != len(answer.codes):
        yield _("A choice stands here twice.")
    special = {choice.code for choice in question.special}
    alone = [code for code in answer.codes if offered[code].exclusive or code in special]
    if alone and (len(answer.codes) > 1 or answer.number is not None or answer.has_text):
        yield _("“%(label)s” cannot go with another answer.") % {"label": offered[alone[0]].label}


def _other_problems(question: Question, answer: Answer) -> Iterator[str]:
    takes_text = {c.code for c in question.choices if c.role is Role.OTHER_SPECIFY} & set(answer.codes)
    named = [code for code, _text in answer.others]
    if not set(named) <= takes_text or len(set(named)) != len(named):
        yield _("A text stands beside a choice that takes none.")
    if any(len(text) > OTHER_TEXT_LIMIT for _code, text in answer.others):
        yield _too_long(OTHER_TEXT_LIMIT)


def _too_long(limit: int) -> str:
    return _("The text is longer than %(limit)s characters.") % {"limit": limit}


def _one_code(question: Question, answer: Answer) -> Iterator[str]:
    yield from _only_codes(question, answer)
    if len(answer.codes) > 1:
        yield _("One answer can be chosen here.")


def _several_codes(question: Question, answer: Answer) -> Iterator[str]:
    yield from _only_codes(question, answer)
    if question.max_choices is not None and len(answer.codes) > question.max_choices:
        yield _("At most %(count)s answers can be chosen here.") % {"count": question.max_choices}


def _only_codes(question: Question, answer: Answer) -> Iterator[str]:
    if answer.number is not None or answer.texts:
        yield _("This question is answered by choosing.")


def _whole_number(question: Question, answer: Answer) -> Iterator[str]:
    low, high = question.minimum, question.maximum
    if answer.texts or len(answer.codes) > 1:
        yield _("This question is answered by one number.")
    elif answer.number is not None and not (low is None or high is None or low <= answer.number <= high):
        yield _("The number lies between %(low)s and %(high)s.") % {"low": low, "high": high}


def _short_texts(question: Question, answer: Answer) -> Iterator[str]:
    yield from _texts(question, answer, question.entries or 1)


def _one_text(question: Question, answer: Answer) -> Iterator[str]:
    yield from _texts(question, answer, 1)


def _texts(question: Question, answer: Answer, entries: int) -> Iterator[str]:
    if answer.number is not None or len(answer.texts) > entries or len(answer.codes) > 1:
        yield _("This question takes at most %(count)s texts.") % {"count": entries}
    elif question.max_chars is not None and any(len(text) > question.max_chars for text in answer.texts):
        yield _too_long(question.max_chars)


CHECKS: dict[Kind, Callable[[Question, Answer], Iterator[str]]] = {
    Kind.SINGLE: _one_code,
    Kind.MULTIPLE: _several_codes,
    Kind.RANKING: _several_codes,
    Kind.GRID_SINGLE: _one_code,
    Kind.GRID_MULTIPLE: _several_codes,
    Kind.NUMBER: _whole_number,
    Kind.OPEN_LIST: _short_texts,
    Kind.OPEN_TEXT: _one_text,
}
