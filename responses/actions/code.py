from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from responses.models import Coding, OpenText
from surveys.definition import Code, CodeFrame, Definition, Kind
from surveys.models import Wave
from surveys.queries import definition_of


class CodeUnknown(Exception):
    def __init__(self, codes: Collection[str]) -> None:
        named = ", ".join(sorted(codes))
        super().__init__(_("This question's texts are not coded into: %(codes)s.") % {"codes": named})


class TooManyCodes(Exception):
    def __init__(self, most: int) -> None:
        super().__init__(
            _("One text takes at most %(most)s codes. Keep those that fit best.") % {"most": most}
        )


@dataclass(frozen=True, slots=True)
class Matched:
    """How many texts were coded because they are a label or an alias, and how many still wait for a person."""

    coded: int
    left: int


@transaction.atomic
def code(*, text: OpenText, codes: Collection[str], by: User, now: datetime) -> None:
    """Give a text its codes, in place of those it had. The night makes marks of them."""
    permissions.check(by, "text.code")
    definition = definition_of(text.wave.questionnaire)
    check_codes(definition, text, codes)
    Coding.objects.filter(text=text).exclude(code__in=codes).delete()
    # Two coders at once both write; a code that both give stands once.
    Coding.objects.bulk_create([Coding(text=text, code=one) for one in codes], ignore_conflicts=True)
    audit.record("text.coded", by=by, now=now, target=text, codes=len(codes))


@transaction.atomic
def code_exact_matches(*, wave: Wave, by: User, now: datetime) -> Matched:
    """Code every uncoded text that is, apart from case and spaces, a label or an alias. Nothing is guessed."""
    permissions.check(by, "text.code")
    definition = definition_of(wave.questionnaire)
    uncoded = list(OpenText.objects.filter(wave=wave, codings__isnull=True, forgotten=False))
    codings = list(exact_matches(definition, uncoded))
    Coding.objects.bulk_create(codings, ignore_conflicts=True)
    audit.record("text.matched", by=by, now=now, target=wave, coded=len(codings), seen=len(uncoded))
    return Matched(coded=len(codings), left=len(uncoded) - len(codings))


def check_codes(definition: Definition, text: OpenText, codes: Collection[str]) -> None:
    unknown = set(codes) - {one.code for one in codes_for(definition, text)}
    if unknown:
        raise CodeUnknown(unknown)
    most = most_codes(definition, text)
    if len(set(codes)) > most:
        raise TooManyCodes(most)


def codes_for(definition: Definition, text: OpenText) -> tuple[Code, ...]:
    """The codes of the question's frame or, for a text beside a choice, the question's own choices."""
    question = definition.by_key[text.question]
    if text.choice:
        return tuple(Code(choice.code, choice.label) for choice in question.choices)
    return frame_of(definition, text).codes


def most_codes(definition: Definition, text: OpenText) -> int:
    question = definition.by_key[text.question]
    if question.kind is Kind.SINGLE:
        return 1
    return len(question.choices) if text.choice else frame_of(definition, text).max_codes_per_mention


def frame_of(definition: Definition, text: OpenText) -> CodeFrame:
    return definition.frames[definition.by_key[text.question].code_frame]


def exact_matches(definition: Definition, texts: Iterable[OpenText]) -> Iterator[Coding]:
    names: dict[tuple[str, str], dict[str, str]] = {}
    for text in texts:
        field = (text.question, text.choice)
        if field not in names:
            names[field] = code_of_name(codes_for(definition, text))
        code = names[field].get(plain(text.text))
        if code is not None:
            yield Coding(text=text, code=code)


def code_of_name(codes: Iterable[Code]) -> dict[str, str]:
    return {plain(name): one.code for one in codes for name in (one.label, *one.aliases)}


def plain(words: str) -> str:
    return " ".join(words.casefold().split())
