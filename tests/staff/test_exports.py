"""The tables of a wave as a file, from the staff pages."""

from __future__ import annotations

import csv
import io

import pytest

from accounts.models import AuditEvent, User
from surveys.models import Wave
from tests.services import acting_as
from tests.staff.stage import counted, small_wave
from tests.staff.visits import LogIn, get


@pytest.fixture
def wave(db: None) -> Wave:
    return small_wave(status="open")


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_tables_are_saved_as_a_file_and_that_is_noted(
    logged_in: LogIn, analyst: User, wave: Wave, form: str
) -> None:
    counted(wave)
    client = logged_in(analyst)

    page = get(client, f"/staff/waves/{wave.pk}/export/")
    with acting_as("web"):
        response = client.post(f"/staff/waves/{wave.pk}/export/", {"form": form, "language": "en"})
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]

    assert "Language of the texts" in page
    assert response.headers["Content-Disposition"] == f'attachment; filename="tables-small-2019.{form}"'
    assert response.headers["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(action="tables.exported")
    assert (event.actor, event.details) == (analyst, {"format": form, "language": "en"})
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert [row["marks"] for row in rows] == ["", "", "[w]", "", "[s]"]


def test_export_without_tables_or_with_an_unknown_format_is_refused_in_words(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client, path = logged_in(analyst), f"/staff/waves/{wave.pk}/export/"

    without = client.post(path, {"form": "csv", "language": "en"})
    unknown = client.post(path, {"form": "exe", "language": "tlh"})

    assert without.status_code == unknown.status_code == 422
    assert "There are no tables of this wave yet" in without.content.decode()
    assert "Choose a format." in unknown.content.decode()
    assert "Choose a language that this questionnaire has." in unknown.content.decode()
