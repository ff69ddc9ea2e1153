from __future__ import annotations

import pytest

from accounts.models import AuditEvent, User
from reports import queries
from reports.models import DesignChoice, Run, Table, WithheldCount
from surveys.models import Wave
from tests.staff.stage import counted, small_wave
from tests.staff.visits import LogIn, get

FINE, JOINED = "full small|large", "nets small+not_stated|large"


@pytest.fixture
def wave(db: None) -> Wave:
    wave = small_wave(status="open")
    counted(wave)
    Table.objects.filter(breakdown="size2").update(design=FINE, tried=[f"{FINE}: gaps", f"{JOINED}: clear"])
    return wave


def address(wave: Wave, question: str = "policy", breakdown: str = "size2") -> str:
    return f"/staff/waves/{wave.pk}/tables/{question}/{breakdown}/layout/"


def test_question_page_says_how_a_breakdown_is_laid_out(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    page = get(logged_in(analyst), f"/staff/waves/{wave.pk}/tables/policy/")

    assert "every answer, by: Small; Large" in page
    assert address(wave) in page


def test_layouts_are_listed_with_what_came_of_them(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    page = get(logged_in(analyst), address(wave))

    assert "every answer, by: Small; Large – some numbers would be withheld" in page
    assert "answers taken together, by: Small + not stated; Large – nothing need be withheld" in page


def test_preferred_layout_is_kept_recorded_and_changes_the_fingerprint(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    policy = queries.current_policy()
    before = queries.fingerprint(wave, policy)
    client = logged_in(analyst)

    answer = client.post(address(wave), {"design": JOINED, "note": "Easier to read"})

    assert answer.status_code == 302
    assert queries.design_choices(wave) == {("policy", "size2"): JOINED}
    assert queries.fingerprint(wave, policy) != before
    assert AuditEvent.objects.filter(action="design.preferred").exists()

    client.post(address(wave), {"design": "", "note": "As before"})

    assert queries.design_choices(wave) == {}
    assert queries.fingerprint(wave, policy) == before
    assert DesignChoice.objects.count() == 2


def test_layout_that_nobody_looked_at_is_refused_and_nothing_is_lost(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    answer = logged_in(analyst).post(address(wave), {"design": "full large", "note": "My reasons"})

    assert answer.status_code == 422
    assert "My reasons" in answer.content.decode()
    assert not DesignChoice.objects.exists()


def test_layout_without_a_reason_is_asked_for_one(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    answer = logged_in(analyst).post(address(wave), {"design": JOINED, "note": " "})

    assert answer.status_code == 422
    assert "Say why, for whoever looks at the table later." in answer.content.decode()


def test_breakdown_without_a_table_has_no_layout(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    assert logged_in(analyst).get(address(wave, breakdown="area3")).status_code == 404


def test_run_page_says_in_numbers_why_cells_are_withheld(
    logged_in: LogIn, fieldworker: User, wave: Wave
) -> None:
    run = Run.objects.get()
    WithheldCount.objects.create(run=run, reason="zero_in_break", of_breakdowns=True, cells=7)
    Run.objects.filter(pk=run.pk).update(tied_groups=4, best_groups=3, largest_gap=0.25)

    page = get(logged_in(fieldworker), f"/staff/runs/{run.pk}/")

    assert "Withheld: nobody in a group (breakdowns)" in page
    assert "4, of which 3 are proven to withhold as little as can be" in page
    assert "(largest gap: 0.25)" in page
