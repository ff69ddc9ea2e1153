"""The metrics of a wave as the worker stores them and the web reads them."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports import kernel, queries
from reports.actions.response_rates import (
    NoteMissing,
    NoteNamesSomebody,
    NumberOutOfRange,
    WaveWithoutInvitations,
    enter_by_hand,
    keep,
)
from reports.dispositions import Code, Thresholds, completeness_sums
from reports.models import CaseCount, KnownByHand, ResponseFigure, ResponseMetrics, Run
from responses import extracts, fieldwork
from responses.models import Invitation, Mailing, Message
from surveys.models import Wave
from tests.box.field import CLOSES, NOW, Field, open_field
from tests.reports.stage import answer, marks, wave_of
from tests.reports.test_dispositions import asked_and_answered
from tests.services import acting_as
from tests.staff.people import member
from tests.staff.responses import invite

AFTER_FORGETTING = CLOSES + timedelta(days=31)


@pytest.fixture
def field(db: None) -> Field:
    return open_field()


@pytest.fixture
def fieldworker(db: None) -> User:
    return member("fieldwork")


def keep_run(wave: Wave, at: datetime = NOW, **counts: Any) -> Run:
    """As the night does it: the fieldwork first, then the metrics."""
    numbers = {"completes": 0, "partials": 0, "fewer": 0, "not_eligible": 0, "unknown_eligibility": 0}
    number = Run.objects.filter(wave=wave).count() + 1
    with acting_as("worker"):
        fieldwork.count(wave)
        run = Run.objects.create(wave=wave, claim_number=number, started_at=at)
        keep(wave=wave, run=run, **{**numbers, **counts})
    return run


def shown(wave: Wave, door: str = "email") -> dict[str, float | None]:
    with acting_as("web"):
        found = ResponseFigure.objects.filter(metrics__wave=wave, metrics__door=door)
        return dict(found.values_list("name", "value"))


LIST = {
    ("email", "finished", "mailed"): 40,
    ("email", "declined", "mailed"): 12,
    ("email", "started", "mailed"): 15,
    ("email", "invited", "own"): 20,
    ("email", "invited", "bounced"): 11,
    ("email", "invited", "opted_out"): 10,
}
PORTAL = {
    ("portal", "finished", "own"): 60,
    ("portal", "started", "own"): 15,
    ("portal", "declined", "own"): 12,
    ("portal", "invited", "own"): 13,
}


@pytest.fixture
def listed(field: Field) -> Field:
    invite(field.wave, LIST)
    return field


def test_metrics_of_a_list_are_stored_and_read_by_the_web(listed: Field) -> None:

    run = keep_run(listed.wave, completes=25, partials=6, fewer=2, not_eligible=4, unknown_eligibility=1)

    found = shown(listed.wave)
    # 25 I and 6 P; R 12 + 10 + 15 + 2; O two that are not counted; UO 20 + 11 + 1; NE 4.
    assert (found["i"], found["p"], found["r"], found["uo"], found["ne"]) == (25, None, 39, 32, None)
    assert found["RR2"] == pytest.approx(31 / 104)
    assert found["RR4"] == pytest.approx(31 / (72 + 72 / 76 * 32))
    metrics = ResponseMetrics.objects.get()
    assert (metrics.run, metrics.door, metrics.complete_from, metrics.partial_from) == (run, "email", 80, 50)
    assert metrics.e == pytest.approx(72 / 76)
    assert (metrics.e_found, metrics.warnings) == ("default", ["interim", "not_counted", "own_links"])


def test_metrics_of_the_next_run_take_the_place_of_the_last(listed: Field) -> None:
    keep_run(listed.wave, completes=30)
    Wave.objects.update(status="final")
    listed.wave.refresh_from_db()

    second = keep_run(listed.wave, completes=40)

    assert ResponseMetrics.objects.get().run == second
    assert shown(listed.wave)["i"] == 40
    assert ResponseMetrics.objects.get().warnings == ["own_links", "e_highest"]


def test_metrics_kept_twice_are_the_same(listed: Field) -> None:
    keep_run(listed.wave, completes=30, partials=10)
    first, counts = shown(listed.wave), CaseCount.objects.count()

    keep_run(listed.wave, completes=30, partials=10)

    assert (shown(listed.wave), CaseCount.objects.count()) == (first, counts)


def test_metrics_stay_when_contacts_are_forgotten(listed: Field) -> None:
    silent = Invitation.objects.filter(mail="own", state="invited")
    mailing = Mailing.objects.create(wave=listed.wave, kind="invitation")
    Message.objects.bulk_create(
        Message(mailing=mailing, invitation=one, state="sent" if number < 13 else "waiting")
        for number, one in enumerate(silent)
    )
    silent.update(mail="mailed")
    keep_run(listed.wave, completes=40)
    before = shown(listed.wave)
    with acting_as("worker"):
        fieldwork.forget_contacts(listed.wave, AFTER_FORGETTING)

    keep_run(listed.wave, at=AFTER_FORGETTING, completes=40)

    assert not Message.objects.exists()
    assert shown(listed.wave) == before
    assert CaseCount.objects.get(state="invited", mail="mailed", was_sent=False).count == 7


def test_metrics_first_made_after_contacts_are_forgotten_say_so(listed: Field) -> None:
    with acting_as("worker"):
        fieldwork.forget_contacts(listed.wave, AFTER_FORGETTING)

    keep_run(listed.wave, at=AFTER_FORGETTING, completes=40)

    assert "contacts_gone" in ResponseMetrics.objects.get().warnings
    assert not CaseCount.objects.exists()


def test_organisation_with_several_invitations_is_one_case(db: None) -> None:
    field = open_field(unit="organisation")
    # Sixty offices with two invitations each: forty answer, and the second invitation of these is closed.
    invited = [one.pk for number in range(60) for one in field.invite(2, unit=f"office {number}")]
    for keys, state in (
        (invited[:80:2], "finished"),
        (invited[1:80:2], "closed"),
        (invited[81:100:2], "started"),
    ):
        Invitation.objects.filter(pk__in=keys).update(state=state)

    keep_run(field.wave, completes=40)
    before = shown(field.wave)
    fieldwork.forget_contacts(field.wave, AFTER_FORGETTING)
    keep_run(field.wave, at=AFTER_FORGETTING, completes=40)

    assert before["cases"] == 60
    assert before["RR2"] == pytest.approx(40 / 60)
    assert shown(field.wave) == before


def test_doors_are_kept_apart_and_only_the_list_has_response_rates(listed: Field) -> None:
    invite(listed.wave, PORTAL)

    keep_run(listed.wave, completes=80, partials=20)

    mail, portal = shown(listed.wave), shown(listed.wave, "portal")
    assert (mail["i"], mail["cases"]) == (32, 108)
    assert mail["RR2"] == pytest.approx(40 / 108)
    assert "estimated" in ResponseMetrics.objects.get(door="email").warnings
    assert portal == {
        "opened": 100, "started": 75, "finished": 60, "COMPLETION": 0.8, "PARTICIPATION": 0.6
    }  # fmt: skip


def test_metrics_below_the_minimum_base_are_not_stored(listed: Field) -> None:

    keep_run(listed.wave, completes=20, partials=9, not_eligible=11)

    assert shown(listed.wave) == {}
    assert ResponseMetrics.objects.get().warnings == ["interim", "few_responses"]


def test_thresholds_are_stored_with_the_metrics(listed: Field) -> None:

    keep_run(listed.wave, completes=40, thresholds=Thresholds(complete=90, partial=40))

    assert ResponseMetrics.objects.values_list("complete_from", "partial_from").get() == (90, 40)


def test_completes_of_stored_responses_as_the_kernel_counts_them(db: None) -> None:
    wave = wave_of("enterprise")
    given = answer(wave, range(90))
    book = extracts.codebook_of(wave)
    sums = completeness_sums(book.definition, book)
    rule = kernel.Completeness(*sums, complete=90, partial=85)
    found = kernel.count(marks(wave), kernel.Plan(book.size, completeness=rule)).done.tolist()

    shares = [
        Fraction(done, of) for of, done in (asked_and_answered(book.definition, one) for one in given) if of
    ]
    assert found == [
        sum(share >= Fraction(90, 100) for share in shares),
        sum(Fraction(85, 100) <= share < Fraction(90, 100) for share in shares),
        sum(share < Fraction(85, 100) for share in shares),
    ]
    assert min(found) > 0


def test_web_reads_no_exact_counts(listed: Field) -> None:
    keep_run(listed.wave, completes=40)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        acting_as("web"),
    ):
        list(CaseCount.objects.all())


# By hand.


def enter(wave: Wave, by: User, **values: Any) -> KnownByHand:
    given: dict[str, Any] = {"counts": {}, "stated_e": None, "note": "Replies to the office."}
    with acting_as("web"):
        return enter_by_hand(wave=wave, by=by, now=NOW, **{**given, **values})


def test_what_is_known_by_hand_counts_from_the_next_run(listed: Field, fieldworker: User) -> None:
    enter(listed.wave, fieldworker, counts={Code.AWAY: 5, Code.LANGUAGE: 0})
    enter(listed.wave, fieldworker, counts={Code.AWAY: 11, Code.NOT_ELIGIBLE: 2}, stated_e=0.9)

    keep_run(listed.wave, completes=40)

    found = shown(listed.wave)
    assert (found["nc"], found["uo"]) == (11, 20 - 11 + 11 - 2)
    assert (ResponseMetrics.objects.get().e, ResponseMetrics.objects.get().e_found) == (0.9, "stated")
    event = AuditEvent.objects.order_by("-id")[0]
    assert (event.action, event.actor) == ("response.known_by_hand", fieldworker)
    assert event.details == {"cases": {"2.26": 11, "4.1": 2}, "stated_e": 0.9}


def test_what_is_known_by_hand_makes_an_ended_wave_be_counted_again(field: Field, fieldworker: User) -> None:
    policy = queries.current_policy()
    before = queries.fingerprint(field.wave, policy)

    enter(field.wave, fieldworker)

    with acting_as("worker"):
        assert queries.fingerprint(field.wave, policy) != before
        assert queries.fingerprint(field.wave, policy) == queries.fingerprint(field.wave, policy)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"note": "  "}, NoteMissing),
        ({"note": "somebody@example.org has left"}, NoteNamesSomebody),
        ({"counts": {Code.AWAY: -1}}, NumberOutOfRange),
        ({"counts": {Code.AWAY: 1_000_001}}, NumberOutOfRange),
        ({"counts": {Code.COMPLETE: 4}}, NumberOutOfRange),
        ({"stated_e": 1.5}, NumberOutOfRange),
    ],
)
def test_what_makes_no_sense_by_hand_is_refused(
    field: Field, fieldworker: User, values: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        enter(field.wave, fieldworker, **values)

    assert not KnownByHand.objects.exists()
    assert not AuditEvent.objects.filter(action="response.known_by_hand").exists()


def test_only_those_who_see_the_fieldwork_enter_by_hand(field: Field) -> None:
    with pytest.raises(NotPermitted):
        enter(field.wave, member("analyst"))


def test_imported_wave_has_nothing_to_enter(field: Field, fieldworker: User) -> None:
    Wave.objects.update(status="final", origin="imported")

    with pytest.raises(WaveWithoutInvitations):
        enter(field.wave, fieldworker)
