from __future__ import annotations

import pytest

from accounts.models import User
from reports.models import Run, Table
from surveys.models import Wave
from tests.staff.stage import counted, make_table, small_wave
from tests.staff.visits import LogIn, get


@pytest.fixture
def wave(db: None) -> Wave:
    return small_wave(status="open")


def test_tables_before_the_first_run_say_when_they_come(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    assert "There are no tables yet" in get(logged_in(analyst), f"/staff/waves/{wave.pk}/tables/")


def test_tables_list_the_questions_with_their_breakdowns(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    counted(wave)

    page = get(logged_in(analyst), f"/staff/waves/{wave.pk}/tables/")

    assert f'href="/staff/waves/{wave.pk}/tables/policy/"' in page
    assert "5 Is there a policy?" in page
    assert "Counted from 120 responses." in page


def test_question_page_shows_figures_and_marks_with_their_meaning(
    logged_in: LogIn, analyst: User, wave: Wave
) -> None:
    counted(wave)

    page = get(logged_in(analyst), f"/staff/waves/{wave.pk}/tables/policy/")

    assert "<strong>90 %</strong>" in page
    assert "<strong>&lt;1 %</strong>" in page
    assert "By Size" in page
    assert page.count('<td class="number"><span class="tag tag-warning">withheld</span>') == 1
    assert "What the marks mean" in page
    assert "Written &lt;b onclick&gt;policy&lt;/b&gt;" in page


def test_question_page_of_a_dropped_breakdown_says_so(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    run = counted(wave)
    Table.objects.filter(breakdown="size2").delete()
    make_table(wave, Run.objects.get(pk=run.pk), 2, breakdown="size2", status="dropped")

    page = get(logged_in(analyst), f"/staff/waves/{wave.pk}/tables/policy/")

    assert "none of this breakdown is kept" in page


def test_question_without_table_is_not_found(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    assert logged_in(analyst).get(f"/staff/waves/{wave.pk}/tables/policy/").status_code == 404
