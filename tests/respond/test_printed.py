"""The PDF of the whole questionnaire: tagged, in its language, with every glyph, and made by the worker alone."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from accounts.models import User
from config.celery import app
from responses.actions.printing import print_wave, waves_to_print
from responses.models import PrintedQuestionnaire
from responses.pdf import NothingIsFetched, pdf_of, style
from responses.printing import document
from surveys.actions.printing import PRINT, request_print
from surveys.models import Wave
from surveys.places import free_places
from surveys.storage import write_wordings
from tests.respond.fieldwork import open_wave
from tests.services import PROJECT, Database, Worker, acting_as, wait_until
from tests.staff.conftest import logged_in, no_redis
from tests.staff.people import member
from tests.staff.stage import give_key, small_wave

__all__ = ["logged_in", "no_redis"]

MOST_PAGES = 20
ARABIC = {
    "questionnaire.title": "استبيان المنظمات الكبيرة",
    "section.screener.title": "أنت ومنظمتك",
    "question.ent_size.text": "كم عدد العاملين في منظمتك تقريبًا؟",
}


def in_arabic(wave: Wave) -> Wave:
    write_wordings(wave.questionnaire, "ar", ARABIC)
    wave.questionnaire.texts_version += 1
    wave.questionnaire.save()
    wave.languages = ["ar"]
    wave.save()
    return wave


def printed(wave: Wave, language: str) -> PdfReader:
    kept = PrintedQuestionnaire.objects.get(wave=wave, language=language)
    return PdfReader(io.BytesIO(bytes(kept.content)))


@pytest.fixture
def wave(db: None) -> Wave:
    return in_arabic(open_wave("enterprise"))


@pytest.fixture
def small(db: None) -> Wave:
    """A wave whose PDF is made quickly."""
    wave = small_wave(status=Wave.Status.OPEN, languages=["sv"])
    write_wordings(wave.questionnaire, "sv", {"section.about.title": "Om dig"})
    return wave


@pytest.mark.parametrize(
    ("language", "title", "section"),
    [
        (
            "en",
            "Survey of large organisations on protecting their IT environment (2019)",
            "You and your organisation",
        ),
        ("ar", "استبيان المنظمات الكبيرة (2019)", "أنت ومنظمتك"),
    ],
)
def test_pdf_is_tagged_in_its_language_and_has_every_glyph(
    wave: Wave, language: str, title: str, section: str, caplog: pytest.LogCaptureFixture
) -> None:
    with acting_as("worker"):
        written = document(wave, language)

    reader = PdfReader(io.BytesIO(pdf_of(written, style())))
    root = reader.root_object
    assert root["/MarkInfo"] == {"/Marked": True}
    assert root["/StructTreeRoot"]["/K"]  # type: ignore[index]
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"] == {"/DisplayDocTitle": True}
    assert reader.metadata
    assert reader.metadata.title == title
    assert 'pdfuaid:part="1"' in root["/Metadata"].get_data().decode()  # type: ignore[attr-defined]
    assert section in [entry.title for entry in outlines(reader)]
    assert {"Arabic" in name for name in fonts(reader)} == ({True, False} if language == "ar" else {False})
    assert all("Noto" in name for name in fonts(reader))
    assert len(reader.pages) <= MOST_PAGES
    # A character without a glyph, a rule that is not known or a link that leads nowhere is warned of.
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def fonts(reader: PdfReader) -> set[str]:
    every = (font for page in reader.pages for font in page["/Resources"]["/Font"].values())
    return {font.get_object()["/BaseFont"] for font in every}


def outlines(reader: PdfReader) -> list[Any]:
    """The bookmarks of all levels."""

    def flat(entries: list[Any]) -> list[Any]:
        return [one for entry in entries for one in (flat(entry) if isinstance(entry, list) else [entry])]

    return flat(reader.outline)


def test_character_that_no_font_has_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    pdf_of("<html lang=en><title>t</title><p>\U0010fffd</p></html>", style())

    assert ".notdef" in caplog.text


@pytest.mark.parametrize(
    "address", ["https://example.org/x.png", "file:///etc/hostname", "data:image/png;base64,"]
)
def test_printing_asks_nobody_for_anything(address: str) -> None:
    with pytest.raises(NothingIsFetched):
        pdf_of(f"<html lang=en><title>t</title><img src='{address}' alt=x></html>", style())


def test_printing_twice_makes_it_once(small: Wave) -> None:
    print_wave(wave_id=small.pk)
    before = list(PrintedQuestionnaire.objects.order_by("pk").values_list())

    with CaptureQueriesContext(connection) as queries:
        print_wave(wave_id=small.pk)

    assert list(PrintedQuestionnaire.objects.order_by("pk").values_list()) == before
    assert [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))] == []


def test_changed_text_replaces_the_pdf_in_one_statement(small: Wave) -> None:
    print_wave(wave_id=small.pk)
    was_due = waves_to_print()
    small.questionnaire.wordings.filter(path="section.about.title", language="sv").update(text="Annat")
    small.questionnaire.texts_version += 1
    small.questionnaire.save()
    is_due = waves_to_print()

    with CaptureQueriesContext(connection) as queries:
        print_wave(wave_id=small.pk)

    inserts = [q["sql"] for q in queries if q["sql"].startswith("INSERT")]
    assert (was_due, is_due) == ([], [small.pk])
    assert len(inserts) == 1
    assert "ON CONFLICT" in inserts[0]
    assert "Annat" in [entry.title for entry in outlines(printed(small, "sv"))]
    assert PrintedQuestionnaire.objects.count() == 2


def test_language_that_is_closed_again_loses_its_pdf(small: Wave) -> None:
    print_wave(wave_id=small.pk)
    small.languages = []
    small.save()

    print_wave(wave_id=small.pk)

    assert [one.language for one in PrintedQuestionnaire.objects.all()] == ["en"]


def test_wave_that_is_being_prepared_is_not_printed(small: Wave) -> None:
    small.status = Wave.Status.DRAFT
    small.save()

    print_wave(wave_id=small.pk)

    assert not PrintedQuestionnaire.objects.exists()
    assert waves_to_print() == []


def test_web_reads_the_pdf_and_cannot_write_it(small: Wave) -> None:
    with acting_as("web"):
        assert not PrintedQuestionnaire.objects.exists()
        with pytest.raises(ProgrammingError, match="permission denied"):
            print_wave(wave_id=small.pk)


def test_worker_prints_what_was_asked_for(committed_database: Database, worker: Worker) -> None:
    wave = in_arabic(open_wave("enterprise"))

    request_print(wave)

    wait_until(lambda: PrintedQuestionnaire.objects.filter(wave=wave).count() == 2, seconds=40)
    assert printed(wave, "ar").root_object["/Lang"] == "ar"
    assert str(wave.pk) not in worker.text()


def test_sweep_has_printed_what_nobody_asked_for(committed_database: Database, worker: Worker) -> None:
    wave = open_wave("enterprise")

    app.send_task("reports.tasks.sweep")

    wait_until(lambda: PrintedQuestionnaire.objects.filter(wave=wave).exists(), seconds=40)


def test_asking_while_redis_is_down_is_no_error(
    small: Wave, no_redis: None, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        request_print(small)

    assert "Redis does not answer" in caplog.text


def test_printing_is_for_any_worker_and_not_for_the_box() -> None:
    assert app.amqp.router.route({}, PRINT)["queue"].name == "celery"
    assert app.amqp.router.route({}, "responses.tasks.make_wave_key")["queue"].name == "box"


def test_web_starts_without_what_printing_needs() -> None:
    code = (
        "import sys, django; django.setup(); import config.urls, responses.tasks; "
        "print(sorted({'weasyprint', 'fontTools', 'PIL'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "[]", done.stderr


def test_missing_library_is_named_with_the_way_to_install_it() -> None:
    code = (
        "import cffi\n"
        "def missing(self, name, flags=0): raise OSError(name)\n"
        "cffi.FFI.dlopen = missing\n"
        "import django; django.setup()\n"
        "from responses.pdf import PrinterMissing, pdf_of\n"
        "try: pdf_of('<p>x', '')\n"
        "except PrinterMissing as missing: print(missing)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )

    assert "apt-get install libpango-1.0-0" in done.stdout, done.stderr


def test_opening_a_wave_has_it_printed(
    small: Wave, logged_in: Callable[[User], Client], django_capture_on_commit_callbacks: Any
) -> None:
    Wave.objects.filter(pk=small.pk).update(
        status=Wave.Status.DRAFT, languages=[], closes_at=datetime.now(UTC) + timedelta(1)
    )
    give_key(small)
    for place in free_places(small):
        small.places.create(place=place, text="somebody")

    with django_capture_on_commit_callbacks() as waiting:
        response = logged_in(member("fieldwork")).post(f"/staff/waves/{small.pk}/open/")

    assert response.status_code == 302
    assert [callback.__qualname__.split(".")[0] for callback in waiting] == ["request_print"]
