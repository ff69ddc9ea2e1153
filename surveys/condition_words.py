"""Routing conditions as sentences for people, in the active language.

A leaf becomes one whole sentence, a group of conditions a sentence with a list below it. There are three voices: what
staff read (`ASKED_IF`), what a respondent reads (`ONLY_IF`), and what stands in a list below either (`LISTED`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from surveys.definition import AllOf, AnyOf, Condition, Definition, Kind, Leaf, Not, Op, Question, item_key

LONGEST_NAME = 80
SEVERAL_ANSWERS = frozenset({Kind.MULTIPLE, Kind.GRID_MULTIPLE, Kind.RANKING})


class Voice(Enum):
    ASKED_IF = auto()
    ONLY_IF = auto()
    LISTED = auto()


class Claim(Enum):
    """What a leaf says about an answer."""

    IS = auto()
    INCLUDES = auto()
    IS_NOT = auto()
    INCLUDES_NOT = auto()
    MORE = auto()
    ANSWERED = auto()


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence; `item` is the question or row that it names, `clauses` what stands in a list below it."""

    words: str
    item: str = ""
    clauses: tuple[Clause, ...] = ()


def in_words(condition: Condition, definition: Definition, voice: Voice) -> Clause:
    match condition:
        case Leaf():
            return _leaf(condition, definition, voice)
        case AllOf((only,)) | AnyOf((only,)):
            return in_words(only, definition, voice)
        case AllOf(conditions) | AnyOf(conditions):
            return _group(type(condition), conditions, definition, voice)
        case Not(inner):
            return _group(Not, (inner,), definition, voice)


def name_of(definition: Definition, question: str, row: str | None = None) -> str:
    """How a sentence names a question, or a row of it: by its number and the words that ask."""
    found = definition.by_key[question]
    label = next((r.label for r in found.rows if r.code == row), "")
    parts = {
        "number": found.number,
        "text": isolated(short(found.text)),
        "row": isolated(short(label)),
    }
    return (
        _("question %(number)s, “%(text)s”, row “%(row)s”") if label else _("question %(number)s, “%(text)s”")
    ) % parts


def short(text: str, most: int = LONGEST_NAME) -> str:
    """Of several sentences the last one, which asks, and of that so much that a person knows it again."""
    return shortened(_EARLIER_SENTENCES.sub("", text), most)


def shortened(text: str, most: int = LONGEST_NAME) -> str:
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(",;:") + "…"


_EARLIER_SENTENCES = re.compile(r"^.*[.!?؟]\s+(?=\S)", re.DOTALL)


def quoted(text: str) -> str:
    return _("“%(text)s”") % {"text": isolated(text)}


def isolated(text: str) -> str:
    """The text, held together where it runs the other way than the sentence that it stands in."""
    strong = next((d for d in map(unicodedata.bidirectional, text) if d in {"L", "R", "AL"}), None)
    runs_against = strong is not None and (strong != "L") != get_language_bidi()
    return f"\u2068{text}\u2069" if runs_against else text


def one_of(words: list[str]) -> str:
    """ "A, B or C" in the active language."""
    return format_list(words, style="or", locale=_locale())


def _locale() -> Locale:
    language = get_language() or "en"
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def _leaf(leaf: Leaf, definition: Definition, voice: Voice) -> Clause:
    question = definition.by_key[leaf.question]
    parts = {
        "question": name_of(definition, leaf.question, leaf.row),
        "answers": one_of(_answers(leaf, question)) if leaf.values else "",
    }
    sentence = SENTENCES[_claim(leaf.op, question)][voice]()
    return Clause(sentence % parts, item=item_key(leaf.question, leaf.row))


def _answers(leaf: Leaf, question: Question) -> list[str]:
    labels: Mapping[str | int, str] = {choice.code: quoted(choice.label) for choice in question.offered}
    return [labels.get(value, str(value)) for value in leaf.values]


def _claim(op: Op, question: Question) -> Claim:
    several = question.kind in SEVERAL_ANSWERS
    claims = {
        Op.IN: Claim.INCLUDES if several else Claim.IS,
        Op.EQ: Claim.INCLUDES if several else Claim.IS,
        Op.NOT_IN: Claim.INCLUDES_NOT if several else Claim.IS_NOT,
        Op.GT: Claim.MORE,
        Op.ANSWERED: Claim.ANSWERED,
    }
    return claims[op]


def _group(
    kind: type[AllOf | AnyOf | Not], conditions: tuple[Condition, ...], definition: Definition, voice: Voice
) -> Clause:
    inner = tuple(in_words(condition, definition, Voice.LISTED) for condition in conditions)
    return Clause(GROUPS[kind][voice](), clauses=inner)


Sentence = Callable[[], str]

# On a question that was not asked every leaf is false; on one that was asked and left empty only the negative ones
# are true. The sentences say so, because routing is checked with them.
SENTENCES: dict[Claim, dict[Voice, Sentence]] = {
    Claim.IS: {
        Voice.ASKED_IF: lambda: _("Asked if the answer to %(question)s is %(answers)s."),
        Voice.ONLY_IF: lambda: _("Only if your answer to %(question)s is %(answers)s."),
        Voice.LISTED: lambda: _("The answer to %(question)s is %(answers)s."),
    },
    Claim.INCLUDES: {
        Voice.ASKED_IF: lambda: _("Asked if the answers to %(question)s include %(answers)s."),
        Voice.ONLY_IF: lambda: _("Only if your answers to %(question)s include %(answers)s."),
        Voice.LISTED: lambda: _("The answers to %(question)s include %(answers)s."),
    },
    Claim.IS_NOT: {
        Voice.ASKED_IF: lambda: _(
            "Asked of everybody who was asked %(question)s, unless the answer is %(answers)s. Leaving it empty "
            "leads here too."
        ),
        Voice.ONLY_IF: lambda: _("Only if you were asked %(question)s and did not answer %(answers)s."),
        Voice.LISTED: lambda: _(
            "An answer to %(question)s was asked for, and it is not %(answers)s; it may be empty."
        ),
    },
    Claim.INCLUDES_NOT: {
        Voice.ASKED_IF: lambda: _(
            "Asked of everybody who was asked %(question)s, unless the answers include %(answers)s. Leaving it "
            "empty leads here too."
        ),
        Voice.ONLY_IF: lambda: _("Only if you were asked %(question)s and did not choose %(answers)s."),
        Voice.LISTED: lambda: _(
            "Answers to %(question)s were asked for, and they do not include %(answers)s; there may be none."
        ),
    },
    Claim.MORE: {
        Voice.ASKED_IF: lambda: _("Asked if the number given to %(question)s is greater than %(answers)s."),
        Voice.ONLY_IF: lambda: _("Only if the number you gave to %(question)s is greater than %(answers)s."),
        Voice.LISTED: lambda: _("The number given to %(question)s is greater than %(answers)s."),
    },
    Claim.ANSWERED: {
        Voice.ASKED_IF: lambda: _(
            "Asked if there is an answer to %(question)s. Special answers such as “I cannot judge” are none."
        ),
        Voice.ONLY_IF: lambda: _("Only if you gave an answer to %(question)s."),
        Voice.LISTED: lambda: _("There is an answer to %(question)s."),
    },
}

GROUPS: dict[type[AllOf | AnyOf | Not], dict[Voice, Sentence]] = {
    AllOf: {
        Voice.ASKED_IF: lambda: _("Asked if all of these are true:"),
        Voice.ONLY_IF: lambda: _("Only if all of these are true:"),
        Voice.LISTED: lambda: _("All of these are true:"),
    },
    AnyOf: {
        Voice.ASKED_IF: lambda: _("Asked if at least one of these is true:"),
        Voice.ONLY_IF: lambda: _("Only if at least one of these is true:"),
        Voice.LISTED: lambda: _("At least one of these is true:"),
    },
    Not: {
        Voice.ASKED_IF: lambda: _("Asked unless this is true:"),
        Voice.ONLY_IF: lambda: _("Not if this is true:"),
        Voice.LISTED: lambda: _("This is not true:"),
    },
}
