"""The whole demo: built, or found as it was left, and then shown."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reports.demo import premises, summary
from reports.demo.casts import FULL, Cast
from reports.demo.client import Ending
from reports.demo.fieldwork import Journey, journeys
from reports.demo.persons import Person
from reports.demo.stage import STAFF, YEAR, Stage
from surveys.actions.waves import is_open
from surveys.models import Wave
from surveys.queries import definition_of

NEXT_YEAR = YEAR + 1
FIELDWORK_DAYS, OPEN_DAYS = 1, 365
# So many of a hundred make their journey before the night in the middle of the fieldwork.
BEFORE_THE_NIGHT = 60


@dataclass(frozen=True)
class Played:
    """What a finished demo leaves behind: its summary, and the people whose answers it sent."""

    content: dict[str, Any]
    people: dict[str, tuple[Person, ...]]


def play(stage: Stage, casts: Sequence[Cast] = FULL) -> Played:
    """From a migrated, empty database to the release; web, worker and beat run, and the staff is hired."""
    step = stage.progress.step
    with step("Load the questionnaires"):
        stage.load_questionnaires(premises.questionnaire_files())
    with step(f"Create the edition {YEAR} with its waves, their keys made by the worker"):
        waves = stage.prepare(casts, year=YEAR, days=FIELDWORK_DAYS)
    with step("Invite people"):
        found = {wave.pk: invited(stage, wave, cast) for wave, cast in zip(waves, casts, strict=True)}
    early, late = split([found[wave.pk][0] for wave in waves])
    with step("People answer through the pages"):
        stage.answer(early)
    with step("A night in the middle of the fieldwork"):
        stage.run_nights(waves)
    with step("More people answer"):
        stage.answer(late)
    with step("Close the waves; the last opening and the first count"):
        stage.close(waves)
        stage.run_nights(waves)
    with step("Code the open answers: two coders, a third between them, links cut"):
        stage.code_texts(waves)
    with step("The final night"):
        stage.run_nights(waves)
    with step("Texts around the figures"):
        stage.compose(YEAR)
    with step("Release: asked for by one, approved by another"):
        release = stage.release()
    summaries = [
        summary.summary_of_wave(wave, cast.invited, endings_of(found[wave.pk][0]))
        for wave, cast in zip(waves, casts, strict=True)
    ]
    content = summary.summary(summaries, release, stage.progress.seconds)
    return Played(content, {wave.questionnaire.key: found[wave.pk][1] for wave in waves})


def invited(stage: Stage, wave: Wave, cast: Cast) -> tuple[list[Journey], tuple[Person, ...]]:
    links = stage.invite(wave, cast.addresses())
    return journeys(definition_of(wave.questionnaire), cast, links)


def split(found: Sequence[Sequence[Journey]]) -> tuple[list[Journey], list[Journey]]:
    """Both waves take turns, so that each has ballots in its box on the night in the middle."""
    early = [journey for ones in found for journey in ones[: len(ones) * BEFORE_THE_NIGHT // 100]]
    late = [journey for ones in found for journey in ones[len(ones) * BEFORE_THE_NIGHT // 100 :]]
    return early, late


def endings_of(found: Sequence[Journey]) -> Counter[Ending]:
    """`walk` ends the demo unless every journey ends as planned."""
    return Counter(journey.ending for journey in found)


def waves_to_try(stage: Stage) -> list[Wave]:
    """Open waves of the year after, in which a visitor can answer."""
    found = Wave.objects.filter(edition__year=NEXT_YEAR).select_related("questionnaire", "edition")
    if not found:
        with stage.progress.step(f"Open the waves of {NEXT_YEAR} for visitors"):
            return stage.prepare(FULL, year=NEXT_YEAR, days=OPEN_DAYS)
    return [wave for wave in found if is_open(wave, timezone.now())]


def addresses(stage: Stage) -> str:
    """What a visitor can try, with a fresh personal link for each questionnaire."""
    lines = [f"The report:      {stage.base_url}/{YEAR}/"]
    for wave in waves_to_try(stage):
        # Each start invites one more visitor, because a link answers once.
        address = f"visitor.{secrets.token_hex(4)}@example.org"
        link = stage.invite(wave, [address])[0]
        lines.append(f"Answer yourself: {stage.base_url}{link}  ({wave.questionnaire.key})")
        lines.append(f"    or by code:  {stage.base_url}/code/  {stage.access_code(wave)}")
    lines.append(f"Staff:           {stage.base_url}/staff/  password {stage.password}")
    lines += [
        f"                 {email:28} second step: {stage.recovery_codes[role][0]}"
        for role, email in STAFF.items()
    ]
    lines += [
        "                 The code for the second step works once;",
        "                 manage.py staff_code ADDRESS prints another.",
    ]
    return "\n".join(lines)
