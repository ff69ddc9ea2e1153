"""A wave of the small questionnaire with people who answer it, made without the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from responses.actions.send import send
from responses.actions.start import start
from responses.box import Opened, open_box, rewrite
from responses.models import Ballot, Draft, Invitation
from responses.sealing import (
    generate_key_pair,
    new_receipt,
    new_token,
    seal_ballot,
    session_key,
    token_hash,
)
from surveys.actions.load import load
from surveys.answers import Answer
from surveys.models import Edition, Questionnaire, Wave, WaveKey
from tests.box.people import tell_method

NOW = datetime(2019, 6, 3, 9, tzinfo=UTC)
NIGHT = NOW + timedelta(hours=20)
CLOSES = NOW + timedelta(days=10)
IN_GRACE = CLOSES + timedelta(minutes=30)
CLOSED = CLOSES + timedelta(hours=2)
SMALL = Path(__file__).with_name("small.yaml")

COMPLETE = {
    "eligible": Answer(codes=("yes_now",)),
    "region": Answer(codes=("south",)),
    "country": Answer(codes=("AA",)),
    "share": Answer(number=1),
    "habits": Answer(codes=("measure",)),
}


def no_claim() -> None:
    """The check of a caller who works alone."""


def small_questionnaire(unit: str = "person") -> Questionnaire:
    text = SMALL.read_text().replace("unit: person", f"unit: {unit}")
    load(text=text, now=NOW - timedelta(days=2))
    return Questionnaire.objects.get(key="small", version=1)


@dataclass
class Field:
    wave: Wave
    private_key: bytes

    def invite(self, number: int, unit: str = "") -> list[Invitation]:
        known = Invitation.objects.filter(wave=self.wave).count()
        return Invitation.objects.bulk_create(
            Invitation(
                wave=self.wave,
                email=f"person{known + place}@example.org",
                unit=unit,
                token_hash=token_hash(session_key(new_token())),
            )
            for place in range(number)
        )

    def answer(
        self, invitation: Invitation, now: datetime = NOW, receipt: str = "", **answers: Answer
    ) -> str:
        """Begin and send in one go; returns the receipt."""
        receipt = receipt or new_receipt()
        draft = start(invitation=invitation, now=now)
        send(invitation=invitation, draft=draft, answers=COMPLETE | answers, receipt=receipt, now=now)
        return receipt

    def answer_all(self, number: int) -> list[str]:
        """So many new people answer, each with a number of nails of their own. Returns their receipts."""
        first = Invitation.objects.filter(wave=self.wave).count()
        return [
            self.answer(invitation, share=Answer(number=first + place))
            for place, invitation in enumerate(self.invite(number))
        ]

    def put_in(self, payload: dict[str, object]) -> Ballot:
        """A ballot that nobody sent through the pages."""
        questionnaire = self.wave.questionnaire
        sealed = seal_ballot(payload, public_key=self.wave.key.public_key, size=questionnaire.ballot_size)
        return Ballot.objects.create(wave=self.wave, sealed=sealed)

    def open(self, now: datetime = NIGHT, seed: int | None = None) -> Opened:
        rng = None if seed is None else Random(seed)
        return open_box(wave=self.wave, now=now, private_key=self.private_key, check_claim=no_claim, rng=rng)

    def rewrite(self, now: datetime = CLOSED, seed: int | None = None) -> None:
        rng = None if seed is None else Random(seed)
        rewrite(wave=self.wave, now=now, private_key=self.private_key, check_claim=no_claim, rng=rng)


def open_field(unit: str = "person", year: int = 2019) -> Field:
    edition, _made = Edition.objects.get_or_create(year=year, defaults={"title": "A report"})
    tell_method(edition, NOW)
    wave = Wave.objects.create(
        edition=edition,
        questionnaire=small_questionnaire(unit),
        status=Wave.Status.OPEN,
        opens_at=NOW - timedelta(days=1),
        closes_at=CLOSES,
        synthetic=True,
    )
    private, public = generate_key_pair()
    WaveKey.objects.create(wave=wave, public_key=public)
    return Field(wave, private)


def states(wave: Wave) -> list[str]:
    return list(Invitation.objects.filter(wave=wave).order_by("email").values_list("state", flat=True))


def drafts(wave: Wave) -> int:
    return Draft.objects.filter(invitation__wave=wave).count()
