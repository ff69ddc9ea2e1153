from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import rfc8785
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports import queries
from reports.actions import release as releases
from reports.actions import tables
from reports.claims import claim
from reports.content import content_of
from reports.models import Cell, Policy, Release, Run, WordingJudgement
from reports.release_states import MOVES, WHO, diagram
from surveys import storage
from surveys.models import Wave
from surveys.queries import definition_of
from tests.box.people import member_of_staff
from tests.reports.stage import NOW, answer, code_everything, eligible_seeds, marks, wave_of
from tests.services import Database, acting_as

Status = Release.Status


def tabulate(wave: Wave) -> None:
    """The counting half of a night, from this connection."""
    held = claim(wave_id=wave.pk, now=NOW)
    assert held is not None
    policy = queries.current_policy()
    run = Run.objects.create(
        wave=wave,
        claim_number=held.number,
        started_at=NOW,
        status=Run.Status.DONE,
        fingerprint=queries.fingerprint(wave, policy),
        code_version="test",
    )
    counted = tables.count_wave(wave, marks(wave))
    eligible = counted.counts.responses - counted.counts.of(counted.book.screened_out())
    tables.replace(
        wave=wave,
        run=run,
        policy=policy,
        decisions=tables.decided(counted, policy),
        eligible=eligible,
        held=held,
    )
    held.release()


def final_wave() -> Wave:
    wave = wave_of("enterprise")
    answer(wave, eligible_seeds(wave, 90))
    code_everything(wave)
    tabulate(wave)
    return wave


@pytest.fixture
def wave(db: None) -> Wave:
    return final_wave()


@pytest.fixture
def analyst(db: None) -> User:
    return member_of_staff("analyst")


@pytest.fixture
def publisher(db: None) -> User:
    return member_of_staff("publisher")


@pytest.fixture
def requested(wave: Wave, analyst: User) -> Release:
    return releases.request(edition=wave.edition, note="", by=analyst, now=NOW)


def test_release_asked_for_by_one_and_approved_by_another_is_numbered(
    requested: Release, analyst: User, publisher: User
) -> None:
    with acting_as("web"):
        first = releases.approve(release=requested, by=publisher, now=NOW)
        again = releases.request(edition=first.edition, note="A correction", by=analyst, now=NOW)
        second = releases.approve(release=again, by=publisher, now=NOW)

    assert [(r.number, r.status) for r in (first, second)] == [(1, Status.APPROVED), (2, Status.APPROVED)]
    actions = AuditEvent.objects.order_by("id").values_list("action", "actor")
    assert list(actions)[-4:] == [
        ("release.requested", analyst.pk),
        ("release.approved", publisher.pk),
        ("release.requested", analyst.pk),
        ("release.approved", publisher.pk),
    ]


def test_content_is_canonical_and_its_hash_is_of_its_bytes(requested: Release) -> None:
    content = requested.content.encode()

    assert rfc8785.dumps(json.loads(content)) == content
    assert hashlib.sha256(content).hexdigest() == requested.content_hash


def test_requester_cannot_approve_in_the_action_nor_in_the_database(wave: Wave, publisher: User) -> None:
    requested = releases.request(edition=wave.edition, note="", by=publisher, now=NOW)

    with pytest.raises(releases.SamePerson, match="somebody else"):
        releases.approve(release=requested, by=publisher, now=NOW)
    with pytest.raises(IntegrityError, match="approver_is_not_requester"), transaction.atomic():
        Release.objects.filter(pk=requested.pk).update(
            status=Status.APPROVED, number=1, decided_by=publisher, decided_at=NOW
        )
    assert not releases.can_approve(publisher, requested)


def test_release_approved_is_frozen_in_the_database(requested: Release, publisher: User) -> None:
    releases.approve(release=requested, by=publisher, now=NOW)

    for change in ({"content": "{}"}, {"status": Status.REJECTED}, {"note": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.filter(pk=requested.pk).update(**change)


def test_people_without_the_permission_are_refused(requested: Release, analyst: User) -> None:
    outsider = member_of_staff()

    for refused, act in (
        (outsider, lambda by: releases.request(edition=requested.edition, note="", by=by, now=NOW)),
        (analyst, lambda by: releases.approve(release=requested, by=by, now=NOW)),
        (analyst, lambda by: releases.reject(release=requested, by=by, now=NOW)),
        (outsider, lambda by: releases.cancel(release=requested, by=by, now=NOW)),
    ):
        with pytest.raises(NotPermitted):
            act(refused)


def test_second_request_waits_for_the_first(requested: Release, analyst: User) -> None:
    with pytest.raises(releases.RequestOpen, match="waits for its decision"):
        releases.request(edition=requested.edition, note="", by=analyst, now=NOW)


@pytest.mark.parametrize("way", ["rejected", "cancelled"])
def test_request_that_was_turned_down_stays_so_and_another_can_follow(
    way: str, requested: Release, analyst: User, publisher: User
) -> None:
    if way == "rejected":
        releases.reject(release=requested, note="Look again", by=publisher, now=NOW)
    else:
        releases.cancel(release=requested, by=analyst, now=NOW)

    with pytest.raises(releases.AlreadyDecided, match="ask again"):
        releases.approve(release=requested, by=publisher, now=NOW)
    assert releases.can_request(analyst, requested.edition)


def test_only_the_requester_takes_a_request_back(requested: Release, publisher: User) -> None:
    with pytest.raises(releases.NotTheRequester):
        releases.cancel(release=requested, by=publisher, now=NOW)


def test_request_before_the_wave_is_final_is_refused(wave: Wave, analyst: User) -> None:
    Wave.objects.filter(pk=wave.pk).update(status=Wave.Status.OPEN)

    with pytest.raises(releases.WaveNotFinal, match="Not finished yet: enterprise 2019"):
        releases.request(edition=wave.edition, note="", by=analyst, now=NOW)


def test_request_on_tables_of_an_older_policy_is_refused(wave: Wave, analyst: User) -> None:
    Policy.objects.create(version=2)

    with pytest.raises(releases.TablesMissing, match="no final tables"):
        releases.request(edition=wave.edition, note="", by=analyst, now=NOW)


def test_approval_after_the_tables_changed_is_refused(requested: Release, publisher: User) -> None:
    assert Cell.objects.filter(table__breakdown="", kind="class").exclude(status="withheld").update(value=1.0)

    with pytest.raises(releases.TablesChanged, match="asked for again"):
        releases.approve(release=requested, by=publisher, now=NOW)


def test_approval_of_damaged_content_is_refused(requested: Release, publisher: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE reports_release DISABLE TRIGGER reports_release_frozen")
        cursor.execute("UPDATE reports_release SET content = content || ' '")
        cursor.execute("ALTER TABLE reports_release ENABLE TRIGGER reports_release_frozen")

    with pytest.raises(releases.ContentDamaged):
        releases.approve(release=requested, by=publisher, now=NOW)
    with pytest.raises(CommandError, match="does not have its hash"):
        call_command("verify_release")


def test_two_approvers_at_once_publish_one_release(committed_database: Database) -> None:
    wave = final_wave()
    requested = releases.request(edition=wave.edition, note="", by=member_of_staff("analyst"), now=NOW)
    approvers = [member_of_staff("publisher"), member_of_staff("publisher", "fieldwork")]
    barrier, outcomes = Barrier(2), []

    def approve(by: User) -> None:
        barrier.wait()
        try:
            outcomes.append(str(releases.approve(release=requested, by=by, now=NOW + timedelta(1)).number))
        except releases.AlreadyDecided:
            outcomes.append("refused")
        connection.close()

    threads = [Thread(target=approve, args=[by]) for by in approvers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["1", "refused"]


def judged_minor(wave: Wave, by: User) -> None:
    """Somebody finds that the wave asks for a policy in words that differ little from another version's."""
    definition = definition_of(wave.questionnaire)
    question = definition.by_key["ent_policy"]
    other = storage.write(replace(definition, version=definition.version + 1))
    WordingJudgement.objects.create(
        concept=question.analysis.concept,
        before=other,
        after=wave.questionnaire,
        verdict=WordingJudgement.Verdict.MINOR,
        note="A comma.",
        by=by,
        at=NOW,
    )


def test_request_is_not_approved_after_a_judgement_that_it_does_not_hold(
    requested: Release, publisher: User
) -> None:
    judged_minor(requested.edition.waves.get(), requested.requested_by)

    with pytest.raises(releases.TablesChanged, match="asked for again"):
        releases.approve(release=requested, by=publisher, now=NOW)


def test_every_move_of_a_release_is_in_the_table_of_moves() -> None:
    assert set(MOVES) == set(WHO) == set(Status)
    assert set(releases.DECIDED) == set(Status) - {Status.REQUESTED}


def test_diagram_of_the_guide_is_the_one_of_the_table() -> None:
    guide = (settings.BASE_DIR / "docs" / "releases.md").read_text()

    assert f"```mermaid\n{diagram()}\n```" in guide, (
        "Put what reports.release_states.diagram() gives into the guide."
    )


@pytest.mark.parametrize("key", ["law_enforcement", "enterprise"])
def test_answers_at_random_contradict_nothing_that_the_auditor_reads(
    key: str, db: None, analyst: User
) -> None:
    """People here name one thing in two texts, so that a code has more mentions than people."""
    wave = wave_of(key)
    answer(wave, eligible_seeds(wave, 200))
    code_everything(wave)
    tabulate(wave)

    made = releases.request(edition=wave.edition, note="", by=analyst, now=NOW)

    assert made.audit.contradiction == ""


def test_content_is_the_same_in_whatever_order_the_database_keeps_its_rows(wave: Wave) -> None:
    before = content_of(wave.edition)
    questions = list(dict.fromkeys(wave.tables.values_list("question", flat=True)))
    with connection.cursor() as cursor:
        # Breakdowns of a question share its position: they are written anew one by one, the last of them first.
        for question in questions:
            for pk in wave.tables.filter(question=question).order_by("-pk").values_list("pk", flat=True):
                cursor.execute("UPDATE reports_table SET reason = reason WHERE id = %s", [pk])
        cursor.execute("ANALYZE reports_table")

    assert wave.tables.filter(question="ent_policy").count() > 2
    for way in ("enable_seqscan", "enable_indexscan", "enable_bitmapscan"):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL {way} = off")
        assert content_of(wave.edition) == before
