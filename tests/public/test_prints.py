"""The report on paper: tagged, in its language, made once by the worker and never changed."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pypdf import PdfReader

from reports.actions.printing import print_release, waiting_for_the_worker
from reports.models import Release, ReleasePrint
from tests.public.content import released
from tests.public.test_pages import with_breakdowns
from tests.services import acting_as

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 13, tzinfo=UTC)


@pytest.fixture
def release(db: None) -> Release:
    made = released(with_breakdowns())
    with acting_as("worker"):
        print_release(release_id=made.pk, clock=lambda: NOW)
    return made


def printed(language: str) -> PdfReader:
    return PdfReader(io.BytesIO(bytes(ReleasePrint.objects.get(language=language).content)))


def test_release_is_printed_once_in_each_language_and_never_changed(release: Release, client: Client) -> None:
    assert set(ReleasePrint.objects.values_list("language", flat=True)) == {"en", "sv", "ar"}
    assert waiting_for_the_worker() == []

    print_release(release_id=release.pk, clock=lambda: NOW)

    assert ReleasePrint.objects.count() == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleasePrint.objects.update(sha256="0" * 64)
    for language in ("en", "ar"):
        reader = printed(language)
        root = reader.trailer["/Root"]
        assert bool(root["/MarkInfo"]["/Marked"])
        assert root["/Lang"] == language
        assert reader.metadata is not None
        assert reader.metadata.title == "Online crimes against children 2019"
        assert 3 < len(reader.pages) < 25

    text = " ".join(page.extract_text() for page in printed("en").pages)
    assert "Contents" in text
    assert "How these numbers were made" in text
    # A withheld line is a word on paper as well.
    assert "withheld" in text

    answer = client.get("/2019/1/report-en.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert "/2019/1/report-ar.pdf" in client.get("/2019/").content.decode()


def test_pdf_that_is_not_made_yet_says_so(client: Client) -> None:
    made = released()

    answer = client.get("/2019/1/report-en.pdf")

    assert answer.status_code == 404
    assert "still being made" in answer.content.decode()
    assert "report-en.pdf" not in client.get("/2019/").content.decode()
    assert waiting_for_the_worker() == [made.pk]


def test_release_that_was_not_approved_is_not_printed() -> None:
    made = released(status=Release.Status.REQUESTED)

    print_release(release_id=made.pk, clock=lambda: NOW)

    assert not ReleasePrint.objects.exists()
    assert waiting_for_the_worker() == []
