"""A good file becomes the responses of a wave: everything that a response is, and nothing that leads back."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import AuditEvent
from reports.actions import night
from reports.claims import Held
from reports.content import content_of
from reports.models import Run, Table
from responses.actions.import_responses import ImportRefused
from responses.codings import apply_codings
from responses.extracts import codebook_of
from responses.importing.mapping import read_mapping
from responses.management.commands.verify_marks import differing
from responses.models import Coding, Comment, Invitation, Record, Response, Tally, TextLink
from surveys.actions.load import load
from surveys.actions.waves import WaveNotReady, open_wave
from surveys.models import Edition, Questionnaire, Wave, WavePlace
from surveys.queries import definition_of
from tests.importing.stage import CLOSED, MAPPING, NOW, bring_in, csv_of, good_rows, past_wave
from tests.importing.test_bad_input import ROW, assert_untouched, changed
from tests.services import PROJECT, Database, acting_as, wait_until
from tests.staff.people import member
from tests.staff.stage import give_key

CODED = MAPPING.replace("{columns: [T1, T2]}", "{columns: [T1, T2], codes: [C1, C2]}")


@pytest.fixture
def wave(db: None) -> Wave:
    return past_wave()


def numbered(count: int) -> bytes:
    """Rows that a number tells apart, in its order."""
    return csv_of(*[changed(Nails=str(n), Respondent=f"person-{n}-identifier") for n in range(count)])


def numbers_by_place() -> list[int]:
    return in_place(
        "SELECT (answers->>'share')::int FROM responses_response JOIN responses_record ON response_id = id"
        " ORDER BY responses_response.ctid"
    )


# What is stored


def test_good_file_becomes_the_responses_of_an_imported_wave(wave: Wave) -> None:
    with acting_as("worker"):
        report = bring_in(wave, csv_of(*good_rows(12)))

    assert (report.rows, report.good) == (12, 12)
    assert report.ignored == ("Respondent", "Time")
    assert Response.objects.filter(wave=wave, weight=1.5, receipt_hash=None).count() == 12
    wave.refresh_from_db()
    assert (wave.origin, wave.status) == (Wave.Origin.IMPORTED, Wave.Status.FINAL)
    assert wave.source == "The survey of 2018, asked with another tool"
    assert Questionnaire.objects.get(pk=wave.questionnaire_id).frozen_at == NOW
    assert differing(wave) == 0


def test_audit_log_says_how_much_was_imported_left_out_and_tolerated(wave: Wave) -> None:
    bring_in(wave, csv_of(*good_rows(19), changed(Region="west")), tolerated=5.0)

    event = AuditEvent.objects.get(action="responses.imported")
    assert event.details == {
        "rows": 20,
        "imported": 19,
        "left_out": 1,
        "tolerated_per_cent": 5.0,
        "weighted": True,
    }


def test_answers_are_stored_as_those_of_a_ballot_are(wave: Wave) -> None:
    row = changed(T2="saw", Comment="Well asked", Quote="agreed", H_other="1", H_text="sanding")

    bring_in(wave, csv_of(*[row] * 3))

    record = Record.objects.all()[0].answers
    assert record == {
        "eligible": "yes_now",
        "region": "north",
        "share": 7,
        "habits": ["measure", "other"],
        "tools": True,
        "quote": "may_quote",
    }
    links = TextLink.objects.values_list("text__question", "text__choice", "text__text", "entry")
    assert Counter(links) == Counter(
        {
            ("tools", "", "hammer", 0): 3,
            ("tools", "", "saw", 1): 3,
            ("habits", "other", "sanding", 0): 3,
        }
    )
    assert list(Tally.objects.values_list("question", "code", "count")) == [("country", "AA", 3)]
    assert set(Comment.objects.values_list("text", "may_quote")) == {("Well asked", True)}


def test_rows_lie_in_an_order_that_is_not_that_of_the_file(wave: Wave) -> None:
    bring_in(wave, numbered(300), rng=None)

    found = numbers_by_place()
    assert sorted(found) == list(range(300))
    assert sum(place == number for place, number in enumerate(found)) < 15


def test_texts_links_and_comments_lie_in_orders_of_their_own(wave: Wave) -> None:
    rows = [changed(Nails=str(n), T1=f"tool {n}", Comment=f"comment {n}") for n in range(300)]

    bring_in(wave, csv_of(*rows), rng=None)

    number = "substring(text from '[0-9]+')::int"
    orders = {
        "responses": numbers_by_place(),
        "texts": in_place(f"SELECT {number} FROM responses_opentext AS t ORDER BY t.ctid"),
        "comments": in_place(f"SELECT {number} FROM responses_comment AS t ORDER BY t.ctid"),
        "links": in_place(
            f"SELECT {number} FROM responses_textlink JOIN responses_opentext ON id = text_id"
            " ORDER BY responses_textlink.ctid"
        ),
    }
    for one, other in combinations(orders, 2):
        same = sum(a == b for a, b in zip(orders[one], orders[other], strict=True))
        assert same < 15, (one, other)


def in_place(query: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [number for (number,) in cursor.fetchall()]


def test_two_imports_of_one_file_lie_in_two_orders(db: None) -> None:
    orders = []
    for year in (2017, 2018):
        Response.objects.all().delete()
        bring_in(past_wave(year=year), numbered(100), rng=None)
        orders.append(numbers_by_place())

    assert orders[0] != orders[1]


def test_identifiers_times_and_unmapped_columns_are_nowhere_in_the_database(wave: Wave) -> None:
    bring_in(wave, numbered(40))

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(
                f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%-identifier%' OR t::text LIKE '%2018-03-07%'"
            )
            assert cursor.fetchone() == (0,), table


def test_row_that_is_nearly_alone_in_its_profile_keeps_only_the_classes(wave: Wave) -> None:
    bring_in(wave, csv_of(*good_rows(9), *[changed(Region="Far north")] * 2))

    regions = Counter(str(record.answers["region"]) for record in Record.objects.all())
    assert regions == Counter({"north": 9, "{'classes': {'half': 'northern'}}": 2})
    assert differing(wave) == 0


def test_codes_that_come_with_the_file_become_marks(wave: Wave) -> None:
    header = "Respondent,Region,Country,Nails,H_measure,H_cut,H_other,H_none,H_text,T1,T2,Comment,Quote,wt,Time,C1,C2"
    rows = [changed(T2="") + ",Hammer,saw"] * 4

    bring_in(wave, csv_of(*rows, header=header), CODED)
    apply_codings(wave=wave)

    codes = Counter(Coding.objects.values_list("text__text", "code"))
    assert codes == Counter({("hammer", "hammer"): 4, ("saw", "saw"): 4})
    codebook = codebook_of(wave)
    [mark] = codebook.coded("tools", "saw").plus
    assert all(mark in codebook.unpack(bytes(row.marks)) for row in Response.objects.all())


def test_unknown_code_of_a_frame_is_a_problem(wave: Wave) -> None:
    header = "Respondent,Region,Country,Nails,H_measure,H_cut,H_other,H_none,H_text,T1,T2,Comment,Quote,wt,Time,C1,C2"

    with pytest.raises(ImportRefused):
        bring_in(wave, csv_of(*[ROW + ",drill,"] * 4, header=header), CODED)

    assert_untouched(wave)


def test_people_whom_the_screening_ended_keep_their_screening_answers_alone(wave: Wave) -> None:
    mapping = MAPPING.replace("{always: yes_now}", "{column: Respondent, values: {gone: no_never}}")
    ended = "gone," + "NA," * 11 + "NA,1.5,"

    bring_in(wave, csv_of(*[ended] * 3, *[changed(Respondent="yes_now")] * 3), mapping)

    records = [record.answers for record in Record.objects.all()]
    assert records.count({"eligible": "no_never"}) == 3
    assert Tally.objects.get().count == 3


def test_question_without_a_column_was_asked_of_nobody(wave: Wave) -> None:
    mapping = MAPPING.replace("  share: {column: Nails}\n", "")

    report = bring_in(wave, csv_of(*good_rows(6)), mapping)

    assert report.without_column == ("share",)
    assert not any("share" in record.answers for record in Record.objects.all())
    codebook = codebook_of(wave)
    assert codebook.skipped("share").plus[0] not in codebook.unpack(bytes(Response.objects.all()[0].marks))


def test_labels_of_every_language_that_is_loaded_are_understood(db: None) -> None:
    for language in ("sv", "ar"):
        load(text=(PROJECT / f"surveys/questionnaires/enterprise.{language}.yaml").read_text(), now=NOW)
    questionnaire = Questionnaire.objects.get(key="enterprise")
    wave = past_wave(questionnaire)
    WavePlace.objects.create(wave=wave, place="retention years", language="en", text="10")
    sectors = [
        definition_of(questionnaire, tag).by_key["ent_sector"].choices[3].label for tag in ("en", "sv", "ar")
    ]
    mapping = (
        "source: Elsewhere\nquestions:\n  ent_size: {always: s_gt_100000}\n  ent_decision: {always: main}\n"
    )

    bring_in(wave, "\n".join(["S", *sectors]).encode(), mapping + "  ent_sector: S")

    assert len(set(sectors)) == 3
    assert [record.answers["ent_sector"] for record in Record.objects.all()] == ["transport"] * 3


# Which waves take a file


def refused_wave(wave: Wave, sentence: str, **options: object) -> None:
    with pytest.raises(ImportRefused, match=sentence):
        bring_in(wave, csv_of(*good_rows(3)), **options)
    assert not Response.objects.exists()


def test_second_file_is_refused_and_the_first_stays(wave: Wave) -> None:
    bring_in(wave, csv_of(*good_rows(3)))

    with pytest.raises(ImportRefused, match="a wave of its own"):
        bring_in(wave, csv_of(*good_rows(3)))

    assert Response.objects.count() == 3


def invite(wave: Wave) -> None:
    Invitation.objects.create(wave=wave, email="a@example.org", token_hash=bytes(32))


@pytest.mark.parametrize("begin", [invite, give_key], ids=["somebody is invited", "it has a key"])
def test_wave_that_is_prepared_for_people_takes_no_file(wave: Wave, begin: Callable[[Wave], None]) -> None:
    begin(wave)

    refused_wave(wave, "invited to this wave, or it has a key")


def test_wave_that_lies_in_the_future_takes_no_file(wave: Wave) -> None:
    Wave.objects.filter(pk=wave.pk).update(closes_at=NOW + timedelta(days=1))
    wave.refresh_from_db()

    refused_wave(wave, "closing time has not passed")


def test_answers_that_would_have_to_be_deleted_are_not_imported(wave: Wave) -> None:
    WavePlace.objects.create(wave=wave, place="retention years", language="en", text="1")

    refused_wave(wave, "would have to be deleted already")


def test_file_without_a_source_is_refused(wave: Wave) -> None:
    mapping = MAPPING.replace("source: The survey of 2018, asked with another tool", "")

    refused_wave(wave, "Say where the answers were collected", mapping=mapping)
    refused_wave(wave, "longer than 200", mapping=mapping, source="x" * 201)
    bring_in(wave, csv_of(*good_rows(3)), mapping, source="Elsewhere")
    assert Wave.objects.get(pk=wave.pk).source == "Elsewhere"


def test_imported_wave_never_opens(wave: Wave) -> None:
    bring_in(wave, csv_of(*good_rows(3)))

    with pytest.raises(WaveNotReady):
        open_wave(wave=wave, by=member("fieldwork"), now=NOW)


# Whole or not at all


def test_of_two_imports_at_once_one_wins(committed_database: Database) -> None:
    wave = past_wave()

    def work(_number: int) -> str:
        try:
            bring_in(Wave.objects.select_related("questionnaire").get(pk=wave.pk), csv_of(*good_rows(400)))
        except ImportRefused:
            return "refused"
        finally:
            connection.close()
        return "imported"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(work, range(2)))

    assert outcomes == ["imported", "refused"]
    assert Response.objects.count() == Record.objects.count() == 400
    assert AuditEvent.objects.filter(action="responses.imported").count() == 1


def test_command_killed_in_the_middle_leaves_nothing(committed_database: Database, tmp_path: Path) -> None:
    wave = past_wave()
    (tmp_path / "file.csv").write_bytes(csv_of(*good_rows(50)))
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    command = [sys.executable, "manage.py", "import_responses", str(wave.pk), str(tmp_path / "file.csv")]
    with transaction.atomic(), connection.cursor() as cursor:
        # It writes the responses and then has to wait with their records.
        cursor.execute("LOCK TABLE responses_record IN SHARE MODE")
        process = subprocess.Popen(
            [*command, "--mapping", str(tmp_path / "mapping.yaml")],
            cwd=PROJECT,
            env=committed_database.environment("worker"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: waits_for_the_lock(), seconds=40)
        process.kill()
        process.wait()

    wait_until(lambda: not waits_for_the_lock())
    assert_untouched(wave)


def waits_for_the_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'responses_record'::regclass"
        )
        return bool(cursor.fetchone()[0])


# The night, and the commands


def test_night_counts_an_imported_wave_like_any_other(committed_database: Database) -> None:
    wave = past_wave()
    bring_in(wave, csv_of(*good_rows(40)))
    handed_over: list[Held] = []

    def clock() -> datetime:
        return NOW

    assert night.due(NOW) == [wave.pk]
    night.open_and_count(wave_id=wave.pk, clock=clock, hand_over=handed_over.append)
    night.count_wave(wave_id=wave.pk, number=handed_over[0].number, clock=clock)

    run = Run.objects.get()
    assert (run.status, run.responses) == (Run.Status.DONE, 40)
    assert Table.objects.filter(wave=wave, question="region").exists()
    assert night.due(NOW + timedelta(days=1)) == []
    (part,) = content_of(Edition.objects.get())["parts"]
    assert (part["origin"], part["imported_from"]) == ("imported", wave.source)
    found = [figure for section in part["sections"] for figure in section["figures"]]
    assert found
    assert all(figure["imported"] for figure in found)


def files(folder: Path, *rows: str) -> tuple[str, str]:
    (folder / "file.csv").write_bytes(csv_of(*rows))
    (folder / "mapping.yaml").write_text(MAPPING)
    return str(folder / "file.csv"), str(folder / "mapping.yaml")


def test_command_looks_and_then_imports(
    wave: Wave, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Wave.objects.filter(pk=wave.pk).update(opens_at=CLOSED - timedelta(days=9))
    file, mapping = files(tmp_path, *good_rows(10))

    call_command("import_responses", str(wave.pk), file, "--mapping", mapping, "--dry-run")
    looked = capsys.readouterr().out
    assert_untouched(wave)
    with acting_as("worker"):
        call_command("import_responses", str(wave.pk), file, "--mapping", mapping)

    assert "Columns ignored: Respondent, Time" in looked
    assert "region: asked 10, answered 10" in looked
    assert "Weights: 1 different, 0 rows alone with theirs" in looked
    assert "10 responses were imported." in capsys.readouterr().out
    assert Response.objects.count() == 10


def test_command_lists_the_problems_and_fails(
    wave: Wave, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, mapping = files(tmp_path, ROW, ROW, changed(Region="west"))

    with pytest.raises(
        CommandError, match=r"1 of 3 rows have something to correct, which is 33\.33 per cent"
    ):
        call_command("import_responses", str(wave.pk), file, "--mapping", mapping)

    assert "line 4, column Region: “west”. This is no code and no label" in capsys.readouterr().err
    assert_untouched(wave)


@pytest.mark.parametrize("key", ["law_enforcement", "enterprise"])
def test_mapping_that_the_command_prints_can_be_read(
    db: None, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    call_command("import_mapping", key)

    definition = definition_of(Questionnaire.objects.get(key=key))
    plan = read_mapping(capsys.readouterr().out, definition)
    assert plan.without_column == ()
    assert plan.choices_without_column == ()
    assert {item.item for item in plan.items} == {item for q in definition.questions for item in q.items}


def test_mapping_of_a_questionnaire_that_is_not_there_names_those_that_are(db: None) -> None:
    with pytest.raises(CommandError, match="There are: enterprise, law_enforcement"):
        call_command("import_mapping", "nothing")
