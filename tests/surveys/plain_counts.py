"""Every figure counted straight from answers, without a codebook: what its sums must equal.

Rules that only one question has are written out by hand for that question, not read from its definition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from surveys.answers import Answer
from surveys.codebook import Coding
from surveys.definition import Definition, Kind, Question, Role, split_item

Answers = Mapping[str, Answer]
STATES = ("code", "dont_know", "leaves")


def roles(question: Question, answer: Answer) -> set[Role]:
    return {choice.role for choice in question.offered if choice.code in answer.codes}


def standing(definition: Definition, answers: Answers, item: str) -> str:
    """not asked | skipped | withheld | dont_know | answered."""
    if item not in answers:
        return "not asked"
    answer = answers[item]
    if not answer.codes and answer.number is None and not any(text.strip() for text in answer.texts):
        return "skipped"
    found = roles(definition.by_key[split_item(item)[0]], answer)
    if found == {Role.PREFER_NOT}:
        return "withheld"
    return "dont_know" if found == {Role.DONT_KNOW} else "answered"


def in_base(definition: Definition, answers: Answers, item: str, rule: str) -> bool:
    bases = {
        "asked": {"skipped", "withheld", "dont_know", "answered"},
        "answered": {"dont_know", "answered"},
        "valid": {"answered"},
    }
    return standing(definition, answers, item) in bases[rule]


def past_technology(definition: Definition, answers: Answers) -> str:
    """How somebody counts whom question 10, technology in place, routed past questions 11 and 12."""
    found = standing(definition, answers, "ent_tech")
    if found == "not asked" or answers["ent_tech"].codes in (("all_parts",), ("some_parts",)):
        return ""
    return {"skipped": "leaves", "withheld": "leaves", "dont_know": "dont_know", "answered": "code"}[found]


def past_filter(definition: Definition, answers: Answers) -> str:
    """The same for question 13, to which row `filter` of question 12 routes."""
    row = standing(definition, answers, "ent_tech_types:filter")
    if row == "not asked":
        return past_technology(definition, answers)
    if answers["ent_tech_types:filter"].codes == ("in_use",):
        return ""
    return {"skipped": "leaves", "withheld": "leaves", "dont_know": "dont_know", "answered": "code"}[row]


PAST: dict[str, Callable[[Definition, Answers], str]] = {
    "ent_tech_open": past_technology,
    "ent_tech_types": past_technology,
    "ent_filter_monitoring": past_filter,
}


def detection_any(definition: Definition, answers: Answers, *, everyone: bool) -> str:
    """in | dont_know | other | out | "" for the net over two rows of question 12."""
    items = ("ent_tech_types:detection_known", "ent_tech_types:detection_unknown")
    if items[0] not in answers:
        past = past_technology(definition, answers) if everyone else ""
        return {"code": "other", "dont_know": "dont_know", "leaves": "out", "": ""}[past]
    if any(answers[item].codes == ("in_use",) for item in items):
        return "in"
    found = {standing(definition, answers, item) for item in items}
    return "out" if found & {"skipped", "withheld"} else "dont_know" if "dont_know" in found else "other"


def codes_given(question: Question, answers: Answers, codings: tuple[Coding, ...], item: str) -> set[str]:
    """Chosen codes, and those that texts were coded into."""
    answer = answers.get(item, Answer())
    coded = [code for coded_item, _entry, code in codings if coded_item == item]
    texts_beside = {choice.code for choice in question.choices if choice.role is Role.OTHER_SPECIFY}
    if not coded:
        return set(answer.codes)
    if question.kind is Kind.SINGLE:
        return {coded[0]}
    return (set(answer.codes) - texts_beside) | set(coded)


def times_coded(codings: tuple[Coding, ...], item: str, code: str) -> int:
    return len({coding for coding in codings if coding[0] == item and coding[2] == code})


def is_coded_first(answers: Answers, codings: tuple[Coding, ...], item: str, code: str) -> bool:
    texts = answers[item].texts if item in answers else ()
    filled = [n for n, text in enumerate(texts) if text.strip()]
    return bool(filled) and (item, filled[0], code) in codings
