"""Which codes a text can be given, and by what names they are suggested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from responses.models import Coding, FrameRevision, OpenText
from responses.suggesting import Name, Suggestion, plain, suggest
from surveys.definition import Code, CodeFrame, Definition, Kind, Question
from surveys.models import Questionnaire, Wave
from surveys.queries import definition_of, languages_of

REMOVED = "removed"
EVERYWHERE = ("other", "too_vague", "off_topic", REMOVED)
"""Codes that every frame has; they stand last, in this order."""
OPEN_NAMES = frozenset({"other", "other_named"})
NAMED_OFTEN = 3
"""By so many persons a theme has to be named to become a code of its own."""
FIRST_LOOK, FIRST_SHARE = 50, 0.15
"""A frame is looked at again after so many answers, or this share of all, whichever is more."""


def frame_of(definition: Definition, question: Question) -> CodeFrame | None:
    return definition.frames.get(question.code_frame) if question.code_frame else None


def codes_for(definition: Definition, text: OpenText) -> tuple[Code, ...]:
    """Every code of the question's frame or, for a text beside a choice, the question's own choices."""
    return all_codes(definition, definition.by_key[text.question])


def all_codes(definition: Definition, question: Question) -> tuple[Code, ...]:
    frame = frame_of(definition, question)
    if frame is None:
        return tuple(Code(choice.code, choice.label) for choice in question.choices)
    return frame.codes


def most_codes(definition: Definition, text: OpenText) -> int:
    return most_codes_of(definition, definition.by_key[text.question])


def most_codes_of(definition: Definition, question: Question) -> int:
    if question.kind is Kind.SINGLE:
        return 1
    frame = frame_of(definition, question)
    return frame.max_codes_per_mention if frame else len(question.choices)


def retired_codes(questionnaire: Questionnaire, frame: str) -> frozenset[str]:
    revisions = FrameRevision.objects.filter(questionnaire=questionnaire, frame=frame)
    return frozenset(code for retired in revisions.values_list("retired", flat=True) for code in retired)


def offered_codes(questionnaire: Questionnaire, key: str, language: str | None = None) -> tuple[Code, ...]:
    """What a coder can choose now: without retired codes, those that every frame has at the end."""
    definition = definition_of(questionnaire, language)
    question = definition.by_key[key]
    retired = retired_codes(questionnaire, question.code_frame) if question.code_frame else frozenset()
    offered = [code for code in all_codes(definition, question) if code.code not in retired]
    return tuple(sorted(offered, key=lambda code: code.code in EVERYWHERE))


def suggestions_for(
    questionnaire: Questionnaire, text: OpenText, words: Collection[str]
) -> tuple[Suggestion, ...]:
    """Of the original and its working translations; each code once, the surest first. For a person to look at."""
    offered = {code.code for code in offered_codes(questionnaire, text.question)}
    names = names_of(questionnaire, text.question)
    known = [name for name in names if name.code in offered]
    found = [one for said in words for one in suggest(said, known)]
    best: dict[str, Suggestion] = {}
    for one in sorted(found, key=lambda one: -one.likeness):
        best.setdefault(one.code, one)
    return tuple(best.values())


def names_of(questionnaire: Questionnaire, key: str) -> tuple[Name, ...]:
    return _names(questionnaire.pk, questionnaire.definition_hash, questionnaire.texts_version, key)


@lru_cache(maxsize=256)
def _names(pk: int, definition_hash: str, texts_version: int, key: str) -> tuple[Name, ...]:
    """Labels in every language that there are texts in, and aliases, which have no language."""
    questionnaire = Questionnaire.objects.get(pk=pk)
    names: dict[Name, None] = {}
    for language in languages_of(questionnaire):
        definition = definition_of(questionnaire, language)
        for code in all_codes(definition, definition.by_key[key]):
            if code.code not in EVERYWHERE:
                names[Name(code.code, code.label)] = None
                names.update(dict.fromkeys(Name(code.code, alias, is_alias=True) for alias in code.aliases))
    return tuple(names)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code as the page of its frame shows it. `texts`: how many of the wave have it."""

    code: Code
    texts: int
    is_retired: bool


def frame_lines(wave: Wave, key: str, language: str | None = None) -> tuple[CodeLine, ...]:
    definition = definition_of(wave.questionnaire, language)
    frame = definition.frames[key]
    questions = questions_with(definition, key)
    rows = Coding.objects.filter(text__wave=wave, text__question__in=questions, text__choice="")
    counts = Counter(rows.values_list("code", flat=True))
    retired = retired_codes(wave.questionnaire, key)
    return tuple(CodeLine(code, counts[code.code], code.code in retired) for code in frame.codes)


def questions_with(definition: Definition, frame: str) -> list[str]:
    return [question.key for question in definition.questions if question.code_frame == frame]


def often_named(wave: Wave, frame: str) -> tuple[tuple[str, int], ...]:
    """Names without a code of their own that stand in three texts or more, with how many; the most named first."""
    questions = questions_with(definition_of(wave.questionnaire), frame)
    texts = OpenText.objects.filter(wave=wave, question__in=questions, choice="", forgotten=False)
    rows = texts.filter(codings__code__in=OPEN_NAMES).values_list("text", flat=True)
    names = Counter(plain(words) for words in rows)
    often = [(name, count) for name, count in names.items() if name and count >= NAMED_OFTEN]
    return tuple(sorted(often, key=lambda pair: (-pair[1], pair[0])))


def earlier_codes(questionnaire: Questionnaire, frame: str) -> tuple[Code, ...]:
    """Codes that other versions of this questionnaire had in the frame, and this one has not: a draft to take from."""
    known = {code.code for code in definition_of(questionnaire).frames[frame].codes}
    others = Questionnaire.objects.filter(key=questionnaire.key).exclude(pk=questionnaire.pk)
    found: dict[str, Code] = {}
    for other in others.order_by("-version"):
        earlier = definition_of(other).frames.get(frame)
        for code in earlier.codes if earlier else ():
            if code.code not in known:
                found.setdefault(code.code, code)
    return tuple(found.values())
