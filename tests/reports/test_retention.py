"""Each column has an end or a reason to stay, and the night ends what is due."""

from __future__ import annotations

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection

from accounts.models import AuditEvent, User
from config.celery import app
from config.columns import About, classified
from config.retention import KEPT, RULES, Lifetime, ending, ruled
from reports.actions import retention
from reports.actions.night import due
from reports.models import Release
from responses.extracts import names_coded
from responses.models import Ballot, Coding, Comment, Draft, Invitation, OpenText, Response, TextLink
from responses.retention import WORDS_KEPT, responses_end_at
from surveys.actions.custody import DESTROY_KEY
from surveys.models import KeyCustody, Wave, WavePlace
from surveys.places import years_in
from tests.box.field import CLOSED, CLOSES, NOW, Field, open_field
from tests.services import Database, Worker, acting_as, wait_until
from tests.staff.stage import counted

LATE = CLOSES + timedelta(days=30)
RELEASED = CLOSES + timedelta(days=60)
TEN_YEARS = CLOSES.replace(year=CLOSES.year + 10)


@pytest.fixture
def field(db: None) -> Field:
    return open_field()


def forget(now: datetime) -> dict[Lifetime, int]:
    with acting_as("worker"):
        return retention.forget(now=now)


# The rules


def test_every_column_has_an_end_or_a_reason_to_stay() -> None:
    covered = {(table, column) for table, column, _rule in ruled()}
    open_ended = {place for place, about in classified().items() if about not in KEPT} - covered

    assert open_ended == set(), "say in config/retention.py what ends these, or why they stay"
    assert covered - set(classified()) == set(), "these are gone: remove them from config/retention.py"


def test_class_is_either_kept_or_has_rules_and_no_column_has_two() -> None:
    places = [(table, column) for table, column, _rule in ruled()]

    assert len(places) == len(set(places))
    assert {classified()[place] for place in places} == set(About) - set(KEPT)


def test_rule_says_what_ends_a_column_or_why_it_stays_and_never_both() -> None:
    assert all((rule.ends is None) == bool(rule.because) for rules in RULES.values() for rule in rules)


def test_every_lifetime_has_somebody_who_ends_it() -> None:
    # Those that belong to no wave: the night deletes sessions and what editors left unsaved, hourly tasks what was
    # noted at the doors and files of answers from elsewhere that nobody took up.
    of_no_wave = {Lifetime.SESSION, Lifetime.UNSAVED, Lifetime.ENTRY, Lifetime.IMPORT}
    assert set(retention.OF_A_WAVE) | of_no_wave == set(Lifetime)
    assert all(ending(lifetime) for lifetime in Lifetime)


# What the night does


def test_contacts_and_drafts_go_thirty_days_after_the_close_and_not_before(field: Field) -> None:
    invited = field.invite(12)
    Draft.objects.create(invitation=invited[0], sealed=b"x")
    before = {bytes(one.token_hash) for one in invited}

    early = forget(LATE - timedelta(seconds=1))
    late, again = forget(LATE), forget(LATE)

    assert (early, late, again) == ({}, {Lifetime.DRAFT: 1, Lifetime.CONTACT: 12}, {})
    of_invitation = {column for table, column in ending(Lifetime.CONTACT) if table == "responses_invitation"}
    for column in of_invitation - {"token_hash"}:
        left = {
            bytes(v) if isinstance(v, memoryview) else v
            for v in Invitation.objects.values_list(column, flat=True)
        }
        assert left <= {"", b"", None}, column
    assert not before & {bytes(one.token_hash) for one in Invitation.objects.all()}


def test_log_holds_counts_alone_and_few_are_not_counted(field: Field) -> None:
    Draft.objects.create(invitation=field.invite(12)[0], sealed=b"x")

    forget(LATE)

    row = AuditEvent.objects.get(action="retention.applied")
    assert row.actor is None
    assert row.target == f"surveys.wave:{field.wave.pk}"
    assert row.details == {"draft": "fewer than ten", "contact": 12}


@pytest.fixture
def spoken(field: Field) -> Field:
    """Thirty people whose answers are stored, with a text and a comment each; one text in two is coded."""
    field.answer_all(30)
    field.open(now=CLOSED)
    Wave.objects.update(status=Wave.Status.FINAL)
    field.wave.refresh_from_db()
    response = list(Response.objects.all())
    for place in range(20):
        text = OpenText.objects.create(wave=field.wave, question="tools", text=f" Tool {place % 4}  ")
        TextLink.objects.create(text=text, response=response[place])
        Coding.objects.create(text=text, code="named")
    Comment.objects.create(wave=field.wave, question="wish", text="Thank you", may_quote=True)
    return field


def released(wave: Wave, at: datetime) -> None:
    asker, other = (User.objects.create_user(f"{name}@example.org") for name in ("asker", "other"))
    Release.objects.create(
        edition=wave.edition,
        number=1,
        status=Release.Status.APPROVED,
        content="{}",
        content_hash="0" * 64,
        requested_by=asker,
        requested_at=at,
        decided_by=other,
        decided_at=at,
    )


def test_words_go_twelve_months_after_the_first_release_and_their_codes_stay(spoken: Field) -> None:
    forget(LATE)
    released(spoken.wave, RELEASED)
    names = names_coded(spoken.wave, "named")
    end = RELEASED + WORDS_KEPT

    early = forget(end - timedelta(seconds=1))
    gone, again = forget(end), forget(end)

    assert (early, gone, again) == ({}, {Lifetime.WORDS: 21}, {})
    assert not OpenText.objects.filter(text__icontains="tool").exists()
    assert not Comment.objects.exists()
    assert Coding.objects.count() == TextLink.objects.count() == 20
    assert len(names_coded(spoken.wave, "named")["tools"]) == len(names["tools"]) == 4
    assert Response.objects.count() == 30


def test_words_without_a_release_wait(spoken: Field) -> None:
    forget(LATE)

    assert forget(RELEASED + 3 * WORDS_KEPT) == {}


def promise(wave: Wave, years: str) -> None:
    WavePlace.objects.create(wave=wave, place="retention years", text=years)


def test_responses_go_after_the_years_that_were_promised_with_all_that_hangs_on_them(spoken: Field) -> None:
    promise(spoken.wave, "10")
    forget(LATE)

    early, gone = forget(TEN_YEARS - timedelta(seconds=1)), forget(TEN_YEARS)

    assert (early, gone) == ({}, {Lifetime.RESPONSE: 30})
    for model in (Response, OpenText, TextLink, Coding, Comment):
        assert not model.objects.exists()
    assert Invitation.objects.count() == 30


def test_night_leaves_the_tables_of_answers_that_have_gone(spoken: Field) -> None:
    promise(spoken.wave, "10")
    forget(LATE)
    run = counted(spoken.wave)
    run.fingerprint = "of before"
    run.started_at = LATE + timedelta(days=1)
    run.finished_at = run.started_at + timedelta(seconds=5)
    run.save()
    before = due(TEN_YEARS)

    forget(TEN_YEARS)

    assert (before, due(TEN_YEARS)) == ([spoken.wave.pk], [])


@pytest.mark.parametrize("years", ["the retention years", "", "ten", "0", "-3", "1000"])
def test_years_that_are_no_number_delete_nothing(spoken: Field, years: str) -> None:
    promise(spoken.wave, years)

    assert responses_end_at(spoken.wave) is None
    assert Lifetime.RESPONSE not in forget(TEN_YEARS.replace(year=2190))


def test_years_are_read_in_any_script() -> None:
    assert [years_in(text) for text in ("10", " 7 ", "١٠", "۵")] == [10, 7, 10, 5]


def test_receipts_and_ballots_that_came_back_after_the_end_go_too(spoken: Field) -> None:
    forget(LATE)
    Response.objects.update(receipt_hash=b"r" * 32)
    Ballot.objects.create(wave=spoken.wave, sealed=b"x")
    first = forget(LATE)
    people = [User.objects.create_user(f"{name}@example.org") for name in ("one", "two")]
    days = dict.fromkeys(("asked_on", "confirmed_on", "destroyed_on"), NOW.date())
    KeyCustody.objects.create(wave=spoken.wave, asked_by=people[0], confirmed_by=people[1], **days)

    second = forget(LATE)

    assert (first, second) == ({Lifetime.RECEIPT: 30}, {Lifetime.BALLOT: 1})


def test_ended_sessions_of_staff_go_and_live_ones_stay(db: None) -> None:
    for name, days in (("over", -1), ("live", 1)):
        Session.objects.create(session_key=name, session_data="", expire_date=NOW + timedelta(days=days))

    gone = forget(NOW)

    assert gone == {Lifetime.SESSION: 1}
    assert [one.session_key for one in Session.objects.all()] == ["live"]


def test_wave_that_fails_in_the_middle_stays_as_it_was_and_the_next_night_does_it(field: Field) -> None:
    field.invite(12)
    Draft.objects.create(invitation=Invitation.objects.first(), sealed=b"x")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
            "CREATE TRIGGER refuse BEFORE UPDATE ON responses_invitation EXECUTE FUNCTION refuse()"
        )

    with pytest.raises(DatabaseError, match="no"):
        retention.forget(now=LATE)
    left = Draft.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refuse ON responses_invitation")

    assert left == 1
    assert not AuditEvent.objects.filter(action="retention.applied").exists()
    assert forget(LATE) == {Lifetime.DRAFT: 1, Lifetime.CONTACT: 12}


def test_worker_forgets_and_vacuums_with_its_own_rights(committed_database: Database) -> None:
    field = open_field()
    field.invite(12)

    with acting_as("worker"):
        gone = retention.forget_what_is_due(now=LATE)
        again = retention.forget_what_is_due(now=LATE)

    assert (gone, again) == ({Lifetime.CONTACT: 12}, {})


def test_two_workers_at_once_forget_once(committed_database: Database) -> None:
    open_field().invite(300)
    start = threading.Barrier(2)

    def work(_number: int) -> dict[Lifetime, int]:
        try:
            start.wait(10)
            return retention.forget(now=LATE)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(work, range(2)))

    assert sorted(outcomes, key=len) == [{}, {Lifetime.CONTACT: 300}]
    assert AuditEvent.objects.filter(action="retention.applied").count() == 1


def test_task_of_the_night_forgets_in_a_real_worker(worker: Worker, committed_database: Database) -> None:
    open_field().invite(12)

    app.send_task("reports.tasks.forget_what_is_due")

    wait_until(lambda: not Invitation.objects.exclude(email="").exists(), 30)
    assert "@example.org" not in worker.text()


def test_beat_starts_tasks_that_exist_and_the_key_is_for_its_own_worker() -> None:
    queues = {
        entry["task"]: app.amqp.router.route({}, entry["task"])["queue"].name
        for entry in app.conf.beat_schedule.values()
    }

    app.loader.import_default_modules()
    assert set(queues) <= set(app.tasks)
    assert (
        queues["reports.tasks.forget_what_is_due"] == queues["responses.tasks.remind_key_keepers"] == "celery"
    )
    assert app.amqp.router.route({}, DESTROY_KEY)["queue"].name == "box"


@pytest.mark.deep
def test_hundred_thousand_rows_of_each_kind_go_in_little_memory(committed_database: Database) -> None:
    field = open_field()
    fill(field.wave, 100_000)
    promise(field.wave, "10")
    Wave.objects.update(status=Wave.Status.FINAL)
    tracemalloc.start()

    gone = retention.forget_what_is_due(now=TEN_YEARS)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert gone == {Lifetime.DRAFT: 100_000, Lifetime.CONTACT: 100_000, Lifetime.RESPONSE: 100_000}
    assert peak < 16 * 1024 * 1024
    assert not OpenText.objects.exists()


def fill(wave: Wave, rows: int) -> None:
    statements = (
        "INSERT INTO responses_invitation"
        " (id, wave_id, email, unit, language, time_zone, token_hash, mailed_token, state, forwarded, mail, door)"
        " SELECT gen_random_uuid(), %s, n || '@example.org', '', 'en', '', sha256(n::text::bytea), '', 'started',"
        " false, 'own', 'email' FROM generate_series(1, %s) n",
        "INSERT INTO responses_response (id, wave_id, marks)"
        " SELECT gen_random_uuid(), %s, '' FROM generate_series(1, %s)",
        "INSERT INTO responses_opentext (id, wave_id, question, choice, text, language, may_quote, forgotten)"
        " SELECT gen_random_uuid(), %s, 'tools', '', 'a text ' || n, 'en', false, false FROM generate_series(1, %s) n",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, [wave.pk, rows])
        cursor.execute(
            "INSERT INTO responses_draft (id, invitation_id, sealed)"
            " SELECT gen_random_uuid(), id, 'x' FROM responses_invitation"
        )
        cursor.execute(
            "INSERT INTO responses_record (response_id, answers) SELECT id, '{}' FROM responses_response"
        )
