"""Response metrics, renewed by the night, and what replies told staff, which counts from the next run on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports import queries
from reports.dispositions import BY_HAND, PUBLISHED, Code, Sent, Standing, Thresholds, representative
from reports.models import (
    CaseCount,
    KnownByHand,
    KnownByHandCount,
    ResponseFigure,
    ResponseMetrics,
    Run,
)
from reports.response_doors import Door
from reports.response_figures import Caution, Listing, Metrics, of_list, of_open_door
from responses import extracts, fieldwork
from responses.cases import Place
from surveys.models import Door as DoorName
from surveys.models import Wave

LISTS = frozenset({DoorName.EMAIL})
"""Doors whose invitations go to named persons. At the others nobody knows out of how many, so no rate is made."""

MOST_CASES = 1_000_000


class WaveWithoutInvitations(Exception):
    def __init__(self) -> None:
        super().__init__(_("Nobody was invited to this wave here: its responses were collected elsewhere."))


class NumberOutOfRange(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("Each number of cases is a whole number from 0 to 1,000,000, and e a share from 0 to 1.")
        )


class NoteMissing(Exception):
    def __init__(self) -> None:
        super().__init__(_("Say where the numbers come from."))


class NoteNamesSomebody(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("Leave addresses out of the note: it is kept longer than the list of the invited.")
        )


REFUSALS = (NotPermitted, WaveWithoutInvitations, NumberOutOfRange, NoteMissing, NoteNamesSomebody)

Standings = dict[str, dict[Standing, int]]


@transaction.atomic
def keep(
    *,
    wave: Wave,
    run: Run,
    completes: int,
    partials: int,
    fewer: int,
    not_eligible: int,
    unknown_eligibility: int,
    thresholds: Thresholds = PUBLISHED,
) -> None:
    """Put the metrics of this run in the place of the wave's last ones.

    To be called inside the transaction that replaces the tables, after the check of the claim and with the counts of
    the same pass: an open wave's metrics then change as seldom as its tables do.
    """
    sent = Sent(completes, partials, fewer, not_eligible, unknown_eligibility)
    standings, gone = _standings(wave, run)
    ResponseMetrics.objects.filter(wave=wave).delete()
    for door, metrics in _of_doors(wave, sent, standings, gone):
        _write(ResponseMetrics(wave=wave, run=run, door=door), metrics, thresholds)


def _standings(wave: Wave, run: Run) -> tuple[Standings, bool]:
    """Door -> where its invitations stand, and whether what tells organisations apart went before it was counted."""
    if not fieldwork.contacts_are_due(wave, run.started_at):
        counts = extracts.case_counts(wave, _choose)
        _note(wave, counts)
        return _by_door(counts), False
    noted = {
        Place(one.door, one.state, one.mail, one.was_sent, one.stands_for_case): one.count
        for one in CaseCount.objects.filter(wave=wave)
    }
    if noted:
        return _by_door(noted), False
    left = extracts.case_counts(wave, _choose)
    # The messages went as well, so that nothing says any more who got none.
    return _by_door(left, all_sent=True), bool(left)


def _choose(places: list[Place]) -> int:
    return representative(Standing(one.state, one.mail, one.was_sent) for one in places)


def _note(wave: Wave, counts: Mapping[Place, int]) -> None:
    CaseCount.objects.filter(wave=wave).delete()
    CaseCount.objects.bulk_create(
        CaseCount(
            wave=wave,
            door=place.door,
            state=place.state,
            mail=place.mail,
            was_sent=place.was_sent,
            stands_for_case=place.stands_for_case,
            count=count,
        )
        for place, count in sorted(counts.items())
    )


def _by_door(counts: Mapping[Place, int], *, all_sent: bool = False) -> Standings:
    found: Standings = {}
    for place, count in counts.items():
        standing = Standing(place.state, place.mail, place.was_sent or all_sent, place.stands_for_case)
        door = found.setdefault(place.door, {})
        door[standing] = door.get(standing, 0) + count
    return found


def _of_doors(wave: Wave, sent: Sent, standings: Standings, gone: bool) -> Iterator[tuple[str, Metrics]]:
    shown = extracts.fieldwork_counts_by_door(wave)
    doors = {name: Door(found, frozenset(shown.get(name, {})) - {""}) for name, found in standings.items()}
    for name, door in sorted(doors.items()):
        if name in LISTS:
            everywhere = sum(one.finished for one in doors.values())
            yield name, of_list(_listing(wave, door, sent, everywhere, gone))
        else:
            yield name, of_open_door(door, opened_is_counted=name == DoorName.PORTAL)


def _listing(wave: Wave, door: Door, sent: Sent, everywhere: int, gone: bool) -> Listing:
    known = KnownByHand.objects.filter(wave=wave).first()
    counted = sent.completes + sent.partials + sent.fewer
    cautions = [Caution.INTERIM] if wave.status == Wave.Status.OPEN else []
    return Listing(
        door=door,
        sent=sent,
        finished_everywhere=everywhere,
        by_hand=counts_by_hand(known),
        enough=counted >= queries.current_policy().min_base,
        stated_e=known.stated_e if known else None,
        warnings=(*cautions, *([Caution.CONTACTS_GONE] if gone else [])),
    )


def counts_by_hand(known: KnownByHand | None) -> dict[Code, int]:
    return {Code(one.code): one.count for one in known.counts.all()} if known else {}


def _write(row: ResponseMetrics, metrics: Metrics, thresholds: Thresholds) -> None:
    row.complete_from, row.partial_from = thresholds.complete, thresholds.partial
    row.warnings = [str(caution) for caution in metrics.warnings]
    if metrics.e is not None:
        row.e, row.e_found = metrics.e.value, metrics.e.found
    row.save(force_insert=True)
    ResponseFigure.objects.bulk_create(
        ResponseFigure(
            metrics=row,
            position=position,
            kind=figure.kind,
            name=figure.name,
            value=figure.value,
            status=figure.status,
            reason=figure.reason,
        )
        for position, figure in enumerate(metrics.figures, start=1)
    )


def check_can_enter(user: User, wave: Wave) -> None:
    permissions.check(user, "invitation.upload")
    if wave.origin != Wave.Origin.FIELDED:
        raise WaveWithoutInvitations


@transaction.atomic
def enter_by_hand(
    *,
    wave: Wave,
    counts: Mapping[Code, int],
    stated_e: float | None,
    note: str,
    by: User,
    now: datetime,
) -> KnownByHand:
    """Note how many cases of each class are known from replies, in the place of what was noted before."""
    wave = Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
    check_can_enter(by, wave)
    _check_numbers(counts, stated_e)
    _check_note(note)
    known, _made = KnownByHand.objects.update_or_create(
        wave=wave, defaults={"stated_e": stated_e, "note": note, "changed_by": by, "changed_at": now}
    )
    known.counts.all().delete()
    KnownByHandCount.objects.bulk_create(
        KnownByHandCount(known=known, code=code, count=counts[code]) for code in BY_HAND if counts.get(code)
    )
    audit.record(
        "response.known_by_hand",
        by=by,
        now=now,
        target=wave,
        cases={str(code): counts[code] for code in BY_HAND if counts.get(code)},
        stated_e=stated_e,
    )
    return known


def _check_numbers(counts: Mapping[Code, int], stated_e: float | None) -> None:
    fits = all(code in BY_HAND and 0 <= count <= MOST_CASES for code, count in counts.items())
    if not fits or (stated_e is not None and not 0 <= stated_e <= 1):
        raise NumberOutOfRange


def _check_note(note: str) -> None:
    if not note.strip():
        raise NoteMissing
    if audit.ADDRESS.search(note):
        raise NoteNamesSomebody
