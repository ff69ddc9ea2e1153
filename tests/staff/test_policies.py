"""What may be shown, made stricter by one person and looser by two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports import queries
from reports.actions.policy import (
    AlreadyDecided,
    BelowFloor,
    NothingChanged,
    OutOfOrder,
    ProposalOpen,
    SamePerson,
    approve_policy,
    propose_policy,
    reject_policy,
    values_of,
)
from reports.models import Policy
from surveys.models import Edition, Wave
from tests.services import acting_as
from tests.staff.people import NOW
from tests.staff.stage import small_wave
from tests.staff.visits import LogIn, get


def propose(by: User, **changed: int) -> Policy:
    values = values_of(queries.current_policy()) | changed
    with acting_as("web"):
        return propose_policy(values=values, note="Because.", by=by, now=NOW)


def test_stricter_policy_is_in_force_at_once(analyst: User) -> None:
    made = propose(analyst, min_base=40)

    assert queries.current_policy() == made
    assert (made.version, made.loosens, made.decided_by) == (2, False, None)
    assert AuditEvent.objects.get().action == "policy.tightened"


def test_looser_policy_waits_for_a_second_person(analyst: User, publisher: User) -> None:
    made = propose(analyst, min_base=20, min_base_high=60)
    assert queries.current_policy().version == 1

    with acting_as("web"):
        approve_policy(policy=made, by=publisher, now=NOW)

    assert queries.current_policy() == made
    assert AuditEvent.objects.get(action="policy.proposed").details["loosened"] == ["min_base"]
    assert AuditEvent.objects.get(action="policy.approved").actor == publisher


def test_looser_policy_is_not_approved_by_who_proposed_it(analyst: User) -> None:
    made = propose(analyst, min_base=20)

    with pytest.raises(SamePerson):
        approve_policy(policy=made, by=analyst, now=NOW)

    assert queries.current_policy().version == 1


@pytest.mark.parametrize("decided_by", ["nobody", "proposer"])
def test_looser_policy_by_one_person_is_refused_by_the_database(analyst: User, decided_by: str) -> None:
    propose(analyst, min_base=20)
    decision: dict[str, Any] = {"decided_by": analyst, "decided_at": NOW} if decided_by == "proposer" else {}

    with pytest.raises(IntegrityError, match="policy_looser_by_two_people"), transaction.atomic():
        Policy.objects.filter(version=2).update(status="in_force", **decision)


def test_looser_policy_is_rejected_and_is_then_decided(analyst: User, publisher: User) -> None:
    made = propose(analyst, min_base=20)

    with acting_as("web"):
        reject_policy(policy=made, by=publisher, now=NOW)

    assert queries.current_policy().version == 1
    with pytest.raises(AlreadyDecided):
        approve_policy(policy=made, by=publisher, now=NOW)


def test_stricter_policy_ends_a_looser_proposal(analyst: User, publisher: User) -> None:
    looser = propose(analyst, min_base=20)

    stricter = propose(publisher, min_base=40)

    looser.refresh_from_db()
    assert (looser.status, queries.current_policy()) == (Policy.Status.REJECTED, stricter)
    with pytest.raises(AlreadyDecided):
        approve_policy(policy=looser, by=publisher, now=NOW)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({}, NothingChanged),
        ({"min_cell_total": 2}, BelowFloor),
        ({"min_base": 90}, OutOfOrder),
    ],
)
def test_policy_that_makes_no_sense_is_refused(
    analyst: User, changed: dict[str, int], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        propose(analyst, **changed)

    assert Policy.objects.count() == 1


def test_second_looser_proposal_is_refused(analyst: User, publisher: User) -> None:
    propose(analyst, min_base=20)

    with pytest.raises(ProposalOpen):
        propose_policy(
            values=values_of(queries.current_policy()) | {"min_base": 25}, note="", by=publisher, now=NOW
        )


@pytest.mark.parametrize("act", [approve_policy, reject_policy])
def test_decision_without_permission_is_refused(
    analyst: User, fieldworker: User, act: Callable[..., Policy]
) -> None:
    made = propose(analyst, min_base=20)

    with pytest.raises(NotPermitted):
        act(policy=made, by=fieldworker, now=NOW)
    with pytest.raises(NotPermitted):
        propose(fieldworker, min_base=40)


def test_values_of_a_policy_are_changed_by_nobody(analyst: User) -> None:
    propose(analyst, min_base=20)

    for statement, sentence in (
        ("UPDATE reports_policy SET min_base = 1 WHERE version = 2", "values of a policy never change"),
        ("UPDATE reports_policy SET status = 'rejected' WHERE version = 1", "decided never changes"),
        ("DELETE FROM reports_policy WHERE version = 2", "never deleted"),
    ):
        assert sentence in refusal_of(statement)
    assert "permission denied" in refusal_of(
        "SET LOCAL ROLE enquiry_web; UPDATE reports_policy SET min_base = 1"
    )


def refusal_of(statement: str) -> str:
    with (
        pytest.raises(DatabaseError) as refused,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(refused.value)


def post(client: Client, path: str, **typed: Any) -> tuple[int, str]:
    with acting_as("web"):
        response = client.post(path, typed)
    return response.status_code, response.headers.get("Location") or response.content.decode()


def typed(**changed: int) -> dict[str, Any]:
    return values_of(queries.current_policy()) | {"note": "For small forces"} | changed


def test_rules_are_loosened_by_two_people_through_the_pages(
    logged_in: LogIn, analyst: User, publisher: User
) -> None:
    one, other = logged_in(analyst), logged_in(publisher)
    wanted = typed(min_base=20)
    assert "Rules in force (version 1)" in get(one, "/staff/policy/")

    status, page = post(one, "/staff/policy/change/", **wanted)
    assert status == 200
    assert "a second person has to approve" in page
    assert Policy.objects.count() == 1
    assert post(one, "/staff/policy/change/", **wanted, confirmed="yes")[0] == 302
    assert "looser" in get(one, "/staff/policy/")
    assert post(one, "/staff/policy/2/approve/")[0] == 422
    assert queries.current_policy().version == 1

    assert "For small forces" in get(other, "/staff/policy/")
    assert "more is shown" in get(other, "/staff/policy/2/approve/")
    assert post(other, "/staff/policy/2/approve/")[0] == 302
    assert "Rules in force (version 2)" in get(other, "/staff/policy/")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"min_base": "many"}, "Smallest base with a number: type a whole number"),
        ({"min_base": 5}, "cannot be below 10"),
        ({"note": ""}, "Say why the rules should change."),
    ],
)
def test_rules_that_cannot_be_taken_say_why(
    logged_in: LogIn, analyst: User, changed: dict[str, Any], sentence: str
) -> None:
    status, page = post(logged_in(analyst), "/staff/policy/change/", **(typed() | changed))

    assert status == 422
    assert sentence in page


@pytest.fixture
def wave(db: None) -> Wave:
    return small_wave(status="open")


def propose_for(wave: Wave, by: User, **changed: int) -> Policy:
    values = values_of(queries.policy_of(wave)) | changed
    with acting_as("web"):
        return propose_policy(values=values, note="Few of them.", by=by, now=NOW, wave=wave)


def test_wave_with_stricter_rules_of_its_own_follows_them_alone(analyst: User, wave: Wave) -> None:
    other = small_wave_of_another_year()

    made = propose_for(wave, analyst, min_base=45)

    assert queries.policy_of(wave) == made
    assert queries.policy_of(other) == queries.current_policy()
    assert queries.current_policy().version == 1
    assert AuditEvent.objects.get().details["wave"] == str(wave)


def test_looser_rules_of_a_wave_need_a_second_person(analyst: User, publisher: User, wave: Wave) -> None:
    made = propose_for(wave, analyst, min_base=20)
    assert queries.policy_of(wave) == queries.current_policy()

    with acting_as("web"):
        approve_policy(policy=made, by=publisher, now=NOW)

    assert queries.policy_of(wave) == made
    assert queries.current_policy().version == 1


def test_rules_of_all_waves_that_become_stricter_hold_for_a_wave_with_its_own(
    analyst: User, wave: Wave
) -> None:
    propose_for(wave, analyst, min_base=45)

    general = propose(analyst, min_base=49)

    assert queries.policy_of(wave) == general


def test_rules_of_a_wave_are_changed_on_its_page(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    client = logged_in(analyst)
    address = f"/staff/waves/{wave.pk}/policy/"
    assert "This wave follows the rules of all waves." in get(client, address)
    values = values_of(queries.policy_of(wave)) | {"min_base": 40, "note": "Few of them.", "confirmed": "1"}

    answer = client.post(f"{address}change/", values)

    assert (answer.status_code, answer["Location"]) == (302, address)
    assert "This wave follows rules of its own." in get(client, address)
    assert f'href="{address}"' in get(client, "/staff/policy/")


def small_wave_of_another_year() -> Wave:
    first = Wave.objects.get()
    return Wave.objects.create(
        edition=Edition.objects.create(year=2020, title="Another"),
        questionnaire=first.questionnaire,
        opens_at=first.opens_at,
        closes_at=first.closes_at,
        synthetic=True,
    )
