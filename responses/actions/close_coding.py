from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from config import workers
from responses import rewriting
from responses.coding import closing, texts
from responses.coding.models import CodingEnd, CodingRound, Decision, Quotation, WorkingTranslation
from responses.models import Coding, OpenText, Record, Response, TextLink
from surveys import custody
from surveys.models import Wave

CLOSE_CODING = "responses.tasks.close_coding"
TABLES = (TextLink, OpenText, Record, Response, Coding, Decision, WorkingTranslation, Quotation)
"""What the cutting writes: no dead row of these may keep a link on the disk."""


class WaveNotFinal(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("The wave has not ended yet. Texts may still come out of the box, so the coding stays open.")
        )


class TextsUncoded(Exception):
    def __init__(self, count: int) -> None:
        super().__init__(_("Texts without a final code: %(count)s.") % {"count": count})


class AgreementMissing(Exception):
    def __init__(self, questions: str) -> None:
        super().__init__(
            _("The agreement of the two coders has not been written down for: %(questions)s.")
            % {"questions": questions}
        )


class ClosingAsked(Exception):
    def __init__(self) -> None:
        super().__init__(_("Somebody has asked for it already."))


REFUSALS = (WaveNotFinal, TextsUncoded, AgreementMissing, ClosingAsked)
OBSTACLES = (WaveNotFinal, TextsUncoded, AgreementMissing, closing.MarksDiffer)


def obstacles(wave: Wave) -> list[Exception]:
    """Everything that stands in the way of closing, for the page and for both who check it."""
    found: list[Exception] = []
    if wave.status != Wave.Status.FINAL:
        found.append(WaveNotFinal())
    if uncoded := texts.uncoded_of_wave(wave):
        found.append(TextsUncoded(uncoded))
    rounds = CodingRound.objects.filter(wave=wave).order_by("pk")
    if missing := [one.question for one in rounds if texts.reported(one) is None]:
        found.append(AgreementMissing(", ".join(missing)))
    return found


def check_can_close(wave: Wave) -> None:
    for obstacle in obstacles(wave):
        raise obstacle


@transaction.atomic
def ask_to_close(*, wave: Wave, by: User, now: datetime) -> None:
    """From here on nothing is coded any more; the worker cuts the links, and there is no way back."""
    permissions.check(by, "coding.lead")
    # Whoever codes or revises holds the lock on a round, and finds the end when it is free again.
    list(CodingRound.objects.select_for_update(no_key=True).filter(wave=wave).order_by("pk"))
    if texts.is_closed(wave):
        raise ClosingAsked
    wave.refresh_from_db(fields=["status"])
    check_can_close(wave)
    CodingEnd.objects.create(wave=wave, asked_by=by, asked_on=custody.day_in(wave, now))
    audit.record("coding.closing_asked", by=by, now=now, target=wave)
    transaction.on_commit(lambda: tell_worker(wave.pk))


def tell_worker(wave_id: UUID) -> bool:
    """Hand the cutting to a worker. While Redis is down the hourly sweep asks again."""
    return workers.ask(CLOSE_CODING, str(wave_id))


def waiting_for_the_worker() -> list[UUID]:
    return list(CodingEnd.objects.filter(done_on=None).order_by("pk").values_list("pk", flat=True))


def close_coding(*, wave_id: UUID, now: datetime) -> bool:
    """The worker's part: make marks once more, check them, cut the links, vacuum. Safe to be run twice."""
    try:
        _close(wave_id, now)
    except CodingEnd.DoesNotExist:
        return False
    except OBSTACLES as obstacle:
        CodingEnd.objects.filter(pk=wave_id, done_on=None).update(obstacle=str(obstacle)[:400])
        return False
    rewriting.vacuum(TABLES)
    wave = Wave.objects.get(pk=wave_id)
    CodingEnd.objects.filter(pk=wave_id).update(done_on=custody.day_in(wave, now), obstacle="")
    return True


@transaction.atomic
def _close(wave_id: UUID, now: datetime) -> None:
    wave = (
        Wave.objects.select_for_update(no_key=True, of=("self",))
        .select_related("questionnaire", "edition")
        .get(pk=wave_id)
    )
    CodingEnd.objects.get(pk=wave_id, done_on=None)
    check_can_close(wave)
    links = closing.cut_links(wave)
    if links:
        audit.record("coding.links_cut", by=None, now=now, target=wave, cut=links)
