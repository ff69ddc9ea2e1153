"""Pages about tables that analysts ask for."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from reports.models import Policy, Run, Table, TableRequest
from surveys.models import Wave
from tests.reports.stage import wave_of
from tests.services import acting_as
from tests.staff.people import NOW
from tests.staff.stage import make_cell
from tests.staff.visits import LogIn, get
from tests.surveys.build import shipped

GOOD = {
    "question": "ls_frequency",
    "title": "Hardly ever, by area",
    "reason": "For the talk",
    "base_rule": "valid",
    "breakdown": "area3",
    "filter": "",
    "net1_label": "Hardly ever <i>",
    "net1_code": "",
    "net1_members": ["very_uncommon", "not_encountered"],
}


@pytest.fixture
def wave(db: None) -> Wave:
    return wave_of("law_enforcement")


def root(wave: Wave) -> str:
    return f"/staff/waves/{wave.pk}/requests/"


def post(client: Client, path: str, fields: dict[str, object]) -> tuple[int, str]:
    with acting_as("web"):
        response = client.post(path, fields)
    return response.status_code, response.content.decode() or response["Location"]


def counted(request: TableRequest) -> Table:
    """What a night would leave of a request."""
    run = Run.objects.create(
        wave=request.wave, claim_number=1, status="done", started_at=NOW, finished_at=NOW, responses=200
    )
    table = Table.objects.create(
        wave=request.wave,
        run=run,
        policy=Policy.objects.get(version=1),
        question=request.question,
        position=90,
        responses=200,
        request=request,
    )
    make_cell(table, 1, "net", request.nets.get().code, 41.6)
    make_cell(table, 2, "choice", "very_common", 20.0)
    Table.objects.create(
        wave=request.wave,
        run=run,
        policy=table.policy,
        question=request.question,
        position=91,
        responses=200,
        request=request,
        breakdown="area3",
        status="dropped",
    )
    return table


def test_table_is_asked_for_step_by_step_and_shown_once_counted(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client = logged_in(analyst)

    empty = get(client, root(wave))
    choose = get(client, f"{root(wave)}new/")
    form = get(client, f"{root(wave)}new/?question=ls_frequency")
    status, location = post(client, f"{root(wave)}new/", GOOD)
    waits = get(client, location)
    counted(TableRequest.objects.get())
    done = get(client, location)

    assert "Nobody has asked for a table yet" in empty
    assert 'value="ls_frequency"' in choose
    assert 'value="le_region"' not in choose
    assert "How common" in form or "ls_frequency" in form
    assert 'value="area3"' in form
    assert 'name="net4_members"' in form
    assert (status, location) == (302, f"{root(wave)}1/")
    assert TableRequest.objects.get().nets.get().code == "hardly_ever_i"
    assert "waits for the night" in waits
    assert "<strong>42 %</strong>" in done
    assert "Hardly ever &lt;i&gt;" in done
    assert "breakdown dropped" in done
    assert "counted" in get(client, root(wave))


def test_form_refused_says_every_reason_beside_its_field_and_loses_nothing(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    part = shipped("law_enforcement").partitions["role2"][1].parts[0].code
    wrong = GOOD | {
        "filter": f"role2={part}",
        "net1_members": [],
        "net2_label": "Twice",
        "reason": "Kept",
    }

    status, page = post(logged_in(analyst), f"{root(wave)}new/", wrong)

    assert status == 422
    assert "Choose a breakdown or a filter." in page
    assert page.count("Choose the answers that this sum is made of.") == 4  # beside each, and in the summary
    assert "Hardly ever &lt;i&gt;" in page
    assert "Twice" in page
    assert "Kept</textarea>" in page
    assert not TableRequest.objects.exists()


def test_change_adds_a_version_and_two_people_at_once_do_not_overwrite_each_other(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client = logged_in(analyst)
    post(client, f"{root(wave)}new/", GOOD)
    form = get(client, f"{root(wave)}1/change/")
    path = f"{root(wave)}1/change/"

    first = post(client, path, GOOD | {"version": "1", "breakdown": "role2"})
    second = post(client, path, GOOD | {"version": "1", "title": "Other"})
    page = get(client, f"{root(wave)}1/")

    assert 'name="version" value="1"' in form
    assert "checked" in form
    assert first[0] == 302
    assert second[0] == 422
    assert "Somebody else has changed this request meanwhile" in second[1]
    assert TableRequest.objects.count() == 2
    assert "What it asked for" in page


def test_withdrawn_request_shows_no_table_and_cannot_be_changed(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client = logged_in(analyst)
    post(client, f"{root(wave)}new/", GOOD)
    counted(TableRequest.objects.get())

    without = post(client, f"{root(wave)}1/withdraw/", {})
    done = post(client, f"{root(wave)}1/withdraw/", {"reason": "No longer needed"})
    page = get(client, f"{root(wave)}1/")
    again = post(client, f"{root(wave)}1/change/", GOOD | {"version": "2"})

    assert without[0] == 422
    assert done == (302, root(wave))
    assert "<strong>42 %</strong>" not in page
    assert "No longer needed" in page
    assert again[0] == 422
    assert "has been withdrawn" in again[1]


def test_whoever_may_look_at_tables_reads_requests_and_changes_none(
    logged_in: LogIn, analyst: User, publisher: User, wave: Wave
) -> None:
    post(logged_in(analyst), f"{root(wave)}new/", GOOD)
    client = logged_in(publisher)

    assert "Ask for another table" not in get(client, root(wave))
    assert "Withdraw the request" not in get(client, f"{root(wave)}1/")
    assert post(client, f"{root(wave)}1/withdraw/", {"reason": "x"})[0] == 403
    assert post(client, f"{root(wave)}new/", GOOD)[0] == 403


def test_requests_of_a_wave_in_preparation_are_refused_in_words(logged_in: LogIn, analyst: User) -> None:
    wave = wave_of("enterprise", status=Wave.Status.DRAFT)

    status, page = post(logged_in(analyst), f"{root(wave)}new/", {})

    assert status == 422
    assert "has not been opened yet" in page


def test_unknown_question_or_request_is_said_or_not_found(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    client = logged_in(analyst)

    assert post(client, f"{root(wave)}new/", GOOD | {"question": "star_sign"})[0] == 422
    assert client.get(f"{root(wave)}9/").status_code == 404
