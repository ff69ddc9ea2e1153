from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from reports.models import WordingJudgement
from surveys.models import Wave
from tests.reports.editions import AREA, definition, edition, reworded, table
from tests.services import acting_as
from tests.staff.people import log_in, member
from tests.staff.visits import LogIn, get

SERIES = "/staff/trends/small/test.policy/"
JUDGE = f"{SERIES}judge/1/2/"
ISOLATES = str.maketrans("", "", "\u2066\u2069")


def page(client: Client, path: str = SERIES) -> str:
    return get(client, path).translate(ISOLATES)


@pytest.fixture
def reworded_in_2019(db: None) -> tuple[Wave, Wave]:
    first = edition(2018, origin=Wave.Origin.IMPORTED, source="A report of 2018")
    second = edition(2019, definition(2, AREA, reworded()))
    table(first, {"written": (270, 450), "spoken": None})
    table(second, {"written": (180, 450), "spoken": (3, 450)})
    return first, second


def test_trends_before_any_wave_has_closed_say_so(logged_in: LogIn, analyst: User) -> None:
    assert "No wave has been closed and counted yet." in page(logged_in(analyst), "/staff/trends/")


def test_trends_of_one_edition_say_that_a_second_is_needed(logged_in: LogIn, analyst: User) -> None:
    table(edition(2019), {"written": (180, 450)})

    shown = page(logged_in(analyst), "/staff/trends/")

    assert "One edition is counted so far, 2019." in shown
    assert f'href="{SERIES}"' in shown


def test_trends_list_series_with_their_breaks(
    logged_in: LogIn, analyst: User, reworded_in_2019: object
) -> None:
    shown = page(logged_in(analyst), "/staff/trends/")

    assert "2018 · 2019" in shown
    assert shown.count("2019: wording changed") == 1
    assert shown.count("runs through") == 1
    assert "Does your office have a policy?" in shown


def test_series_shows_each_edition_with_base_range_and_change(logged_in: LogIn, analyst: User) -> None:
    table(edition(2018), {"written": (270, 450), "spoken": (90, 450)})
    table(edition(2019), {"written": (180, 450), "spoken": (92, 450)})

    shown = page(logged_in(analyst))

    assert "<strong>60\N{NO-BREAK SPACE}%</strong>" in shown
    assert "55\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}64\N{NO-BREAK SPACE}%" in shown
    assert "<strong>−20</strong> (−26 to −14)" in shown
    assert shown.count('<span class="tag tag-good">clear change</span>') == 1
    assert shown.count("no clear change") == 1
    assert "<caption><bdi>Written policy</bdi></caption>" in shown


def test_series_with_a_break_shows_both_wordings_and_where_it_was_collected(
    logged_in: LogIn, analyst: User, reworded_in_2019: object
) -> None:
    shown = page(logged_in(analyst))

    assert "collected under another promise (<bdi>A report of 2018</bdi>)" in shown
    assert shown.count('<span class="tag tag-warning">imported</span>') == 3
    assert "Is there a policy?" in shown
    assert "Does your office have a policy?" in shown
    assert shown.count("Not compared: the wording changed.") == 2
    assert "clear change</span>" not in shown
    assert f'href="{JUDGE}"' in shown


def test_series_is_shown_to_an_editor_without_the_judging(logged_in: LogIn, reworded_in_2019: object) -> None:
    assert JUDGE not in page(logged_in(member("editor")))


def test_series_that_does_not_exist_is_not_found(
    logged_in: LogIn, analyst: User, reworded_in_2019: object
) -> None:
    client = logged_in(analyst)

    assert client.get("/staff/trends/small/test.other/").status_code == 404
    assert client.get("/staff/trends/other/test.policy/").status_code == 404
    assert client.get(f"{SERIES}judge/1/3/").status_code == 404
    assert client.get("/staff/trends/small/test.other/judge/1/2/").status_code == 404


def test_judging_minor_lets_the_editions_be_compared(
    logged_in: LogIn, analyst: User, reworded_in_2019: object
) -> None:
    client = logged_in(analyst)
    assert "Is there a policy?" in page(client, JUDGE)

    with acting_as("web"):
        response = client.post(JUDGE, {"verdict": "minor", "note": "The same <b onclick>asked</b> politely."})

    assert (response.status_code, response.headers["Location"]) == (302, SERIES)
    shown = page(client)
    assert "The same &lt;b onclick&gt;asked&lt;/b&gt; politely." in shown
    assert "<strong>−20</strong>" in shown
    assert AuditEvent.objects.filter(action="wording.judged", actor=analyst).count() == 1


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"note": "Because"}, "Say whether the difference is minor."),
        ({"verdict": "minor"}, "Say why: the sentence stands beside the series."),
        ({"verdict": "other", "note": "Because"}, "Say whether the difference is minor."),
    ],
)
def test_judging_without_everything_keeps_what_was_typed(
    logged_in: LogIn, analyst: User, reworded_in_2019: object, sent: dict[str, str], reason: str
) -> None:
    response = logged_in(analyst).post(JUDGE, sent)

    shown = response.content.decode()
    assert response.status_code == 422
    assert reason in shown
    assert sent.get("note", "") in shown
    assert not WordingJudgement.objects.exists()


def test_judging_the_same_wording_is_refused(db: None) -> None:
    first, second = edition(2018), edition(2019, definition(2))
    table(first, {"written": (270, 450)})
    table(second, {"written": (180, 450)})
    client = log_in(Client(), member("analyst"))

    response = client.post(JUDGE, {"verdict": "changed", "note": "Because"})

    assert response.status_code == 422
    assert "there is nothing to judge" in response.content.decode()
