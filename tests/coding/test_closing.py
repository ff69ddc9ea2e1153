"""Closing cuts the links between texts and responses, and nothing that was counted changes by it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import AuditEvent
from accounts.permissions import NotPermitted
from reports.actions.tables import count_wave
from responses.actions import close_coding as closing
from responses.actions import code as coding
from responses.actions.lead_coding import report_agreement
from responses.coding.closing import MarksDiffer
from responses.coding.models import CodingEnd
from responses.codings import apply_codings
from responses.extracts import codebook_of, names_coded
from responses.models import Coding, OpenText, Record, Response, TextLink
from surveys.models import Wave
from tests.coding.stage import NOW, QUESTION, Stage, coding_stage, store
from tests.reports.stage import marks as marks_of_wave
from tests.services import Database, Worker, acting_as, wait_until

CODES = {"firewall": "firewall", "web filter": "filter", "DLP": "dlp organisational", "the lawyers": "legal"}


def coded_stage() -> Stage:
    """Six responses of two texts each, one with a text beside a choice; everything is coded."""
    words = ["firewall", "web filter"] * 5 + ["DLP", "firewall"]
    stage = coding_stage(words, beside="the lawyers")
    rounds = [stage.begin(QUESTION), stage.begin("ent_owner")]
    for coding_round in rounds:
        texts = OpenText.objects.filter(question=coding_round.question)
        codes_of = {text.pk: CODES[text.text].split() for text in texts}
        for person in (stage.first, stage.second):
            coding.decide_many(coding_round=coding_round, codes_of=codes_of, by=person, now=NOW)
        report_agreement(coding_round=coding_round, by=stage.lead, now=NOW)
    apply_codings(wave=stage.wave)
    return stage


@pytest.fixture
def stage(db: None) -> Stage:
    return coded_stage()


def cut(stage: Stage) -> None:
    """Everything of the closing but the vacuum, which no transaction of a test takes."""
    closing.ask_to_close(wave=stage.wave, by=stage.lead, now=NOW)
    with acting_as("worker"):
        closing._close(stage.wave.pk, NOW)


def marks(stage: Stage) -> dict[object, bytes]:
    rows = Response.objects.filter(wave=stage.wave).values_list("pk", "marks")
    return {pk: bytes(found) for pk, found in rows}


def figures(stage: Stage) -> dict[str, object]:
    counted = count_wave(stage.wave, marks_of_wave(stage.wave))
    book = codebook_of(stage.wave)
    frame = counted.definition.frames["protection_technology"]
    return {code.code: counted.of(book.coded(QUESTION, code.code)) for code in frame.codes} | {
        "first": counted.of(book.coded_first(QUESTION, "firewall")),
        "apart": asdict(counted.apart),
    }


def test_closing_cuts_every_link_and_changes_no_mark_and_no_figure(stage: Stage) -> None:
    before = marks(stage), figures(stage)

    cut(stage)

    assert not TextLink.objects.exists()
    assert (marks(stage), figures(stage)) == before
    assert apply_codings(wave=stage.wave) == 0
    assert (marks(stage), figures(stage)) == before
    assert before[1]["firewall"] == 6
    out = StringIO()
    call_command("verify_marks", stdout=out)
    assert "0 differing" in out.getvalue()


def test_marks_can_be_rebuilt_from_records_after_closing(stage: Stage) -> None:
    before = marks(stage)
    cut(stage)
    Response.objects.update(marks=b"")

    rebuilt = apply_codings(wave=stage.wave)

    assert rebuilt == len(before) == 6
    assert marks(stage) == before


def test_text_leads_to_no_response_any_more(stage: Stage) -> None:
    """Neither by a link nor by codes that hardly anybody else has."""
    cut(stage)

    codings = [entry for record in Record.objects.all() for entry in record.codings or ()]
    assert ["ent_tech_open", 0, "dlp"] in codings
    kept = OpenText.objects.filter(forgotten=False).values_list("text", flat=True)
    assert set(kept) == {"firewall", "web filter"}
    assert not OpenText.objects.filter(text__in=["DLP", "the lawyers"]).exists()
    referring = [field.name for field in OpenText._meta.get_fields() if field.is_relation]
    assert set(referring) == {"wave", "link", "codings", "decisions", "translations", "quotations"}


def test_crowd_is_of_responses_and_not_of_texts(db: None) -> None:
    """Three texts of one response with the same code, and one of a common code that alone may be quoted."""
    stage = coding_stage(["firewall", "web filter"] * 4)
    store(stage.wave, (["usb block", "usb stick", "usb port"], "", "en"))
    OpenText.objects.filter(pk=OpenText.objects.filter(text="firewall")[0].pk).update(may_quote=True)
    coding_round = stage.begin()
    words = {"firewall": "firewall", "web filter": "filter"}
    texts = OpenText.objects.filter(wave=stage.wave)
    codes_of = {text.pk: [words.get(text.text, "device_control")] for text in texts}
    for person in (stage.first, stage.second):
        coding.decide_many(coding_round=coding_round, codes_of=codes_of, by=person, now=NOW)
    report_agreement(coding_round=coding_round, by=stage.lead, now=NOW)

    cut(stage)

    kept = Counter(OpenText.objects.filter(forgotten=False).values_list("text", flat=True))
    assert kept == {"firewall": 3, "web filter": 4}


def test_nothing_is_coded_after_closing_and_different_names_stay_different(stage: Stage) -> None:
    names = names_coded(stage.wave, "firewall")
    coding_round = stage.wave.coding_rounds.get(question=QUESTION)
    cut(stage)

    with pytest.raises(coding.CodingClosed):
        coding.undo(
            coding_round=coding_round,
            text=OpenText.objects.filter(text="firewall")[0].pk,
            by=stage.first,
            now=NOW,
        )
    assert names_coded(stage.wave, "firewall") == names


def test_closing_waits_for_every_code_and_every_agreement(db: None) -> None:
    stage = coding_stage(["firewall", "DLP"])
    coding_round = stage.begin()
    stage.both(coding_round, {"firewall": "firewall"})

    with pytest.raises(closing.TextsUncoded, match="1"):
        closing.ask_to_close(wave=stage.wave, by=stage.lead, now=NOW)
    stage.both(coding_round, {"DLP": "dlp"})
    with pytest.raises(closing.AgreementMissing, match=QUESTION):
        closing.ask_to_close(wave=stage.wave, by=stage.lead, now=NOW)
    report_agreement(coding_round=coding_round, by=stage.lead, now=NOW)
    Wave.objects.filter(pk=stage.wave.pk).update(status=Wave.Status.OPEN)
    with pytest.raises(closing.WaveNotFinal):
        closing.ask_to_close(wave=stage.wave, by=stage.lead, now=NOW)

    assert not CodingEnd.objects.exists()


def test_closing_is_the_leads_and_is_asked_once(stage: Stage) -> None:
    with pytest.raises(NotPermitted):
        closing.ask_to_close(wave=stage.wave, by=stage.first, now=NOW)
    with acting_as("web"):
        closing.ask_to_close(wave=stage.wave, by=stage.lead, now=NOW)

    with pytest.raises(closing.ClosingAsked):
        closing.ask_to_close(wave=stage.wave, by=stage.lead, now=NOW)

    assert AuditEvent.objects.filter(action="coding.closing_asked").count() == 1


def test_worker_that_finds_other_marks_cuts_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program that loses a code on the way is the only way to other marks."""
    from responses.coding import closing as parts

    closing.ask_to_close(wave=stage.wave, by=stage.lead, now=NOW)
    monkeypatch.setattr(parts, "keep_codings", lambda wave: None)

    done = closing.close_coding(wave_id=stage.wave.pk, now=NOW)

    assert not done
    assert TextLink.objects.exists()
    end = CodingEnd.objects.get()
    assert (end.done_on, end.obstacle) == (None, str(MarksDiffer()))


def test_task_without_a_request_does_nothing(stage: Stage) -> None:
    assert not closing.close_coding(wave_id=stage.wave.pk, now=NOW)
    assert TextLink.objects.exists()


def test_real_worker_cuts_the_links_and_leaves_no_dead_row(
    committed_database: Database, worker: Worker
) -> None:
    stage = coded_stage()
    before = marks(stage)

    closing.ask_to_close(wave=stage.wave, by=stage.lead, now=NOW)
    wait_until(lambda: CodingEnd.objects.get().done_on is not None)

    assert not TextLink.objects.exists()
    assert marks(stage) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('responses_textlink')")
        assert cursor.fetchone() == (0,)
    assert Coding.objects.count() == 14
