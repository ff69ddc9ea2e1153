"""The demo from an empty database to a published report, step by step, through the doors that people use."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.actions.second_factor import enrol, has_second_factor, renew_recovery_codes, usable_code
from accounts.actions.staff import change_password, create_staff
from accounts.codes import code_at, new_secret, step_of
from accounts.models import User
from reports.actions.composing import keep_comment, write
from reports.actions.night import request_run
from reports.actions.weights import choose_method, set_targets
from reports.compositions import places
from reports.demo.casts import ANNOUNCED, Cast, text_of_place
from reports.demo.client import Ending
from reports.demo.coding import code_wave
from reports.demo.fieldwork import Journey, walk
from reports.demo.programs import Programs
from reports.demo.progress import Progress
from reports.demo.staff import StaffBrowser
from reports.demo.texts import COMMENTS, TEXTS
from reports.demo.translated import TRANSLATED
from reports.models import Release, Run, WeightChoice
from responses.actions.batches import make_batch
from responses.actions.close_coding import ask_to_close, waiting_for_the_worker
from responses.actions.invite import invite
from responses.actions.keys import request_key
from responses.invitations import InvitationRow
from surveys.actions.editions import create_edition
from surveys.actions.languages import open_language
from surveys.actions.load import load
from surveys.actions.waves import close_wave_now, create_wave, has_key, open_wave, set_places
from surveys.definition import Unit
from surveys.models import Door, Edition, Questionnaire, Wave
from surveys.places import free_places
from surveys.queries import states_of

YEAR = 2019
STAFF = {
    "fieldwork": "fieldwork@example.org",
    "analyst": "analyst@example.org",
    "publisher": "publisher@example.org",
    "auditor": "auditor@example.org",
    "coding_lead": "coding.lead@example.org",
    "coder": "coder@example.org",
    "second_coder": "second.coder@example.org",
    "administrator": "administrator@example.org",
}
ROLES = {"second_coder": "coder"}
"""Of those who are not called by their role."""
TASK_SECONDS = 600.0
AREA = "area3"


class NightFailed(Exception):
    """A run of the night did not end well; says what the run log says."""


@dataclass
class Stage:
    """Everything that the steps share: where the pages are, who acts, and what has come of it."""

    base_url: str
    programs: Programs
    progress: Progress
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    staff: dict[str, User] = field(default_factory=dict)
    recovery_codes: dict[str, list[str]] = field(default_factory=dict)

    def hire(self) -> None:
        """The members of staff, with a new password and new recovery codes each time the demo starts."""
        for role, email in STAFF.items():
            user = User.objects.filter(email=email).first()
            if user is None:
                user = create_staff(
                    email=email,
                    password=self.password,
                    roles=[ROLES.get(role, role)],
                    by=None,
                    now=now(),
                )
            else:
                change_password(user=user, password=self.password, by=user, now=now())
            self.staff[role] = user
            self.recovery_codes[role] = give_second_step(user)

    def load_questionnaires(self, files: Iterable[Path]) -> None:
        for path in files:
            load(text=path.read_text(encoding="utf-8"), now=now())

    def prepare(self, casts: Sequence[Cast], *, year: int, days: int) -> list[Wave]:
        """An edition with a wave for each questionnaire, places filled, keys made by the worker, released."""
        manager = self.staff["fieldwork"]
        edition = create_edition(year=year, title="The Enquiry demonstration", by=manager, now=now())
        waves = [self.create(edition, cast, days) for cast in casts]
        for wave in waves:
            request_key(wave=wave, by=manager, now=now())
        for wave in waves:
            self.wait(partial(has_key, wave))
            open_wave(wave=wave, by=manager, now=now())
        return [Wave.objects.select_related("questionnaire", "edition").get(pk=wave.pk) for wave in waves]

    def create(self, edition: Edition, cast: Cast, days: int) -> Wave:
        manager = self.staff["fieldwork"]
        questionnaire = Questionnaire.objects.filter(key=cast.questionnaire).latest("version")
        wave = create_wave(
            edition=edition,
            questionnaire=questionnaire,
            opens_at=now() - timedelta(seconds=1),
            closes_at=now() + timedelta(days=days),
            # The demo closes its waves while nobody is on a page, so that the last opening need not wait.
            grace_minutes=0,
            synthetic=True,
            doors=[Door.EMAIL, Door.CODE],
            by=manager,
            now=now(),
        )
        places = {place: text_of_place(place) for place in (*free_places(wave), *ANNOUNCED)}
        set_places(wave=wave, places=places, by=manager, now=now())
        self.weigh(wave, cast)
        for state in states_of(questionnaire):
            open_language(wave=wave, language=state.language, by=manager, now=now())
        return wave

    def weigh(self, wave: Wave, cast: Cast) -> None:
        """Targets by area. Response is even enough for the report to carry the figures without weights."""
        manager = self.staff["fieldwork"]
        percents = {part: Decimal(percent) for part, percent in cast.targets.items()}
        source = "The made-up list of the demonstration"
        set_targets(wave=wave, partition=AREA, percents=percents, source=source, by=manager, now=now())
        choose_method(wave=wave, method=WeightChoice.Method.IF_UNEVEN, margins=[AREA], by=manager, now=now())

    def invite(self, wave: Wave, addresses: Sequence[str]) -> list[str]:
        """The personal links, in the order of the addresses."""
        rows = [row_for(wave, address) for address in addresses]
        invited = invite(wave=wave, rows=rows, by=self.staff["fieldwork"], now=now())
        tokens = dict(invited)
        return [f"/i/{tokens[address]}" for address in addresses]

    def access_code(self, wave: Wave) -> str:
        """One code, as a contact point would hand it out."""
        _batch, codes = make_batch(
            wave=wave,
            contact_point="Visitors of the demonstration",
            size=1,
            language=wave.questionnaire.language,
            by=self.staff["fieldwork"],
            now=now(),
        )
        return codes[0]

    def answer(self, found: Sequence[Journey]) -> Counter[Ending]:
        return walk(found, self.base_url, self.progress.counter(len(found), "people"))

    def run_nights(self, waves: Sequence[Wave]) -> None:
        """Ask for the night of each wave as the fieldwork manager does, and wait for the worker."""
        before = {wave.pk: last_run(wave) for wave in waves}
        for wave in waves:
            request_run(wave=wave, by=self.staff["fieldwork"], now=now())
        for wave in waves:
            self.wait(partial(has_ended, wave, before[wave.pk]))
            run = Run.objects.filter(wave=wave).latest("pk")
            if run.status not in {Run.Status.DONE, Run.Status.UNCHANGED}:
                raise NightFailed(f"The night of {wave} ended as {run.get_status_display()}: {run.message}")

    def close(self, waves: Sequence[Wave]) -> None:
        for wave in waves:
            close_wave_now(wave=wave, by=self.staff["fieldwork"], now=now())

    def code_texts(self, waves: Sequence[Wave]) -> None:
        """Two coders and the lead as the third; then the lead closes the first wave, and the worker cuts its links.

        The coding of the others stays open, for visitors to look at.
        """
        staff = self.staff
        lead = staff["coding_lead"]
        for wave in waves:
            code_wave(
                wave, first=staff["coder"], second=staff["second_coder"], third=lead, lead=lead, now=now()
            )
        closed = Wave.objects.get(pk=waves[0].pk)
        ask_to_close(wave=closed, by=lead, now=now())
        self.wait(lambda: closed.pk not in waiting_for_the_worker())

    def compose(self, year: int) -> None:
        """Texts around the figures, and comments that say that they are examples."""
        edition, analyst = Edition.objects.get(year=year), self.staff["analyst"]
        there = {place.key: place for place in places(edition)}
        for language, texts in {"en": TEXTS, **TRANSLATED}.items():
            for place, text in texts.items():
                if place in there:
                    at: dict[str, Any] = {"edition": edition, "place": place, "language": language}
                    write(**at, text=text, seen=0, by=analyst, now=now())
        for values in COMMENTS:
            if values["place"] in there:
                keep_comment(edition=edition, number=None, values=values, by=analyst, now=now())

    def release(self) -> Release:
        """Asked for by the analyst and approved by the publisher, each at a browser of their own."""
        analyst, publisher = StaffBrowser(self.base_url), StaffBrowser(self.base_url)
        analyst.log_in(STAFF["analyst"], self.password, self.code("analyst"))
        analyst.submit(f"/staff/editions/{YEAR}/release/", {"note": "First release of the demonstration"})
        asked = Release.objects.filter(edition__year=YEAR).latest("pk")
        publisher.log_in(STAFF["publisher"], self.password, self.code("publisher"))
        publisher.submit(f"/staff/releases/{asked.pk}/approve/", {"note": "Checked against the plan"})
        return Release.objects.get(pk=asked.pk, status=Release.Status.APPROVED)

    def code(self, role: str) -> str:
        """What the device of this member of staff shows, once its last code is used up."""
        user = self.staff[role]
        self.wait(lambda: usable_code(user, now()) is not None)
        return usable_code(user, now()) or ""

    def wait(self, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + TASK_SECONDS
        while not is_done():
            self.programs.check()
            if time.monotonic() > deadline:
                raise NightFailed(f"The worker has not finished after {TASK_SECONDS:.0f} s.")
            time.sleep(0.2)


def give_second_step(user: User) -> list[str]:
    """A second step as a person would set it up. Returns recovery codes, for a visitor to log in with."""
    if has_second_factor(user):
        return renew_recovery_codes(user=user, by=user, now=now())
    secret = new_secret()
    code = code_at(secret, step_of(now()) - 1)
    return enrol(user=user, secret=secret, code=code, by=user, now=now())


def now() -> datetime:
    return timezone.now()


def row_for(wave: Wave, address: str) -> InvitationRow:
    """Each made-up organisation has one made-up person."""
    of_organisation = wave.questionnaire.unit == Unit.ORGANISATION
    unit = f"Organisation of {address.partition('@')[0]}" if of_organisation else ""
    return InvitationRow(email=address, unit=unit, language=wave.questionnaire.language)


def last_run(wave: Wave) -> int:
    return Run.objects.filter(wave=wave).order_by("-pk").values_list("pk", flat=True).first() or 0


def has_ended(wave: Wave, after: int) -> bool:
    runs = Run.objects.filter(wave=wave, pk__gt=after)
    return runs.exists() and not runs.filter(status=Run.Status.RUNNING).exists()
