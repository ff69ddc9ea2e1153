"""A wave of the shipped enterprise questionnaire with texts to code, and three people who code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from accounts.models import User
from responses.actions.code import decide
from responses.actions.lead_coding import start_rounds
from responses.ballots import Sent
from responses.coding.models import CodingRound
from responses.models import OpenText
from responses.storing import Store
from surveys.answers import SKIPPED, Answer
from surveys.models import Edition, Questionnaire, Wave
from surveys.queries import codebook_of
from tests.staff.people import member

NOW = datetime(2019, 9, 1, 9, tzinfo=UTC)
QUESTION, BESIDE = "ent_tech_open", "ent_owner"
WORDS = ("Web Filter", "firewall", "a cage", "fire wall", "DLP", "antivirus", "Anna locked it", "usb block")


@dataclass
class Stage:
    wave: Wave
    lead: User
    first: User
    second: User
    third: User

    def begin(self, *questions: str) -> CodingRound:
        rounds = start_rounds(
            wave=self.wave,
            questions=questions or (QUESTION,),
            first=self.first,
            second=self.second,
            third=self.third,
            by=self.lead,
            now=NOW,
        )
        return rounds[0]

    def text(self, words: str) -> OpenText:
        return OpenText.objects.get(wave=self.wave, text=words)

    def both(
        self, coding_round: CodingRound, first: Mapping[str, str], second: Mapping[str, str] = {}
    ) -> None:
        """Both code these words; where nothing is said of the second one, as the first."""
        for words, code in first.items():
            text = self.text(words).pk
            decide(coding_round=coding_round, text=text, codes=code.split(), by=self.first, now=NOW)
            other = second.get(words, code)
            decide(coding_round=coding_round, text=text, codes=other.split(), by=self.second, now=NOW)


def coder(name: str, *languages: str) -> User:
    user = member("coder", email=f"{name}@example.org")
    user.name, user.languages = name.capitalize(), list(languages)
    user.save()
    return user


def enterprise_wave(*, status: str = Wave.Status.FINAL) -> Wave:
    questionnaire = Questionnaire.objects.get(key="enterprise", version=1)
    edition, _made = Edition.objects.get_or_create(year=2019, defaults={"title": "A report"})
    return Wave.objects.create(
        edition=edition,
        questionnaire=questionnaire,
        status=status,
        opens_at=NOW - timedelta(days=90),
        closes_at=NOW - timedelta(days=2),
        synthetic=True,
    )


def answers_with(wave: Wave, texts: Sequence[str], beside: str = "") -> dict[str, Answer]:
    given = {"ent_tech": Answer(codes=("all_parts",)), QUESTION: Answer(texts=tuple(texts))}
    if beside:
        given[BESIDE] = Answer(codes=("other",), others=(("other", beside),))
    return given


def store(wave: Wave, *given: tuple[Sequence[str], str, str]) -> None:
    """Responses of (texts, text beside a choice, language), as an opening of the box leaves them."""
    writer = Store(wave, codebook_of(wave.questionnaire), Random(3))
    writer.add(
        [
            Sent(answers_with(wave, texts, beside), number.to_bytes(32), language)
            for number, (texts, beside, language) in enumerate(given, start=1)
        ]
    )
    writer.finish()


def coding_stage(words: Sequence[str] = WORDS, *, beside: str = "", language: str = "en") -> Stage:
    wave = enterprise_wave()
    pairs = [tuple(words[start : start + 2]) for start in range(0, len(words), 2)]
    store(wave, *((pair, beside if n == 0 else "", language) for n, pair in enumerate(pairs)))
    return Stage(
        wave, member("coding_lead", email="lead@example.org"), coder("ada"), coder("bo"), coder("cy")
    )


__all__ = ["NOW", "QUESTION", "SKIPPED", "Stage"]
