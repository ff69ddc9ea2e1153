"""Two releases of an edition held against each other, alone and through the product."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports.actions import release as releases
from reports.actions import withdrawal
from reports.changes import changes_of
from reports.differencing import LEAST, Entry, Series, changes, too_few_changed
from reports.ledger import published, standing
from reports.models import FigureWithdrawal, LedgerEntry, Release
from responses.models import Response
from surveys.models import Wave
from tests.box.people import member_of_staff
from tests.reports.stage import NOW
from tests.reports.test_release import final_wave, tabulate
from tests.services import acting_as
from tests.staff.people import log_in
from tests.staff.visits import get

ONE = Series("q", "", "percent_of_respondents", "answered", of_one=True)
SEVERAL = Series("q", "", "percent_of_respondents", "answered")


def entries(
    series: Series, counts: dict[str, int], base: int, nets: dict[str, int] | None = None
) -> list[Entry]:
    found = [Entry(series, "choice", code, count, base, None) for code, count in counts.items()]
    return found + [Entry(series, "net", code, count, base, None) for code, count in (nets or {}).items()]


@pytest.mark.parametrize(
    ("series", "before", "after", "bases", "expected"),
    [
        (ONE, {"a": 30, "b": 70}, {"a": 30, "b": 70}, (100, 100), 0),
        # Six left a and b, and went to c and d.
        (ONE, {"a": 30, "b": 30, "c": 20, "d": 20}, {"a": 27, "b": 27, "c": 22, "d": 24}, (100, 100), 6),
        # Of several answers the same six may be one group of three that changed two answers each.
        (SEVERAL, {"a": 30, "b": 30, "c": 20, "d": 20}, {"a": 27, "b": 27, "c": 22, "d": 24}, (100, 100), 4),
        # Only new people.
        (ONE, {"a": 30, "b": 70}, {"a": 31, "b": 70}, (100, 101), 1),
        (ONE, {"a": 30, "b": 70}, {"a": 36, "b": 75}, (100, 111), 11),
        # A code that only one of the two shows has nothing to subtract, but the base has.
        (ONE, {"a": 30}, {"a": 30, "b": 73}, (100, 103), 3),
    ],
)
def test_changed_people_are_bounded_from_below(
    series: Series, before: dict[str, int], after: dict[str, int], bases: tuple[int, int], expected: int
) -> None:
    found = changes(entries(series, before, bases[0]), entries(series, after, bases[1]))

    assert found == {"q": expected}


def test_net_counts_like_a_code_and_is_not_added_to_its_parts() -> None:
    before = entries(ONE, {"a": 30, "b": 30}, 100, {"net": 60})
    after = entries(ONE, {"a": 35, "b": 25}, 100, {"net": 60})

    assert changes(before, after) == {"q": 5}


def test_value_that_is_no_count_stands_for_one_person() -> None:
    mean = Series("q", "", "mean_rank", "answered")
    before, after = ([Entry(mean, "choice", "a", None, 100, value)] for value in (1.5, 1.6))

    assert changes(before, after) == {"q": 1}
    assert changes(before, before) == {"q": 0}


@pytest.mark.parametrize(("moved", "refused"), [(0, ()), (1, ("q",)), (LEAST - 1, ("q",)), (LEAST, ())])
def test_change_of_few_people_is_refused_and_of_many_or_none_is_not(
    moved: int, refused: tuple[str, ...]
) -> None:
    before = entries(ONE, {"a": 50, "b": 50}, 100)
    after = entries(ONE, {"a": 50 + moved, "b": 50 - moved}, 100)

    assert too_few_changed(before, after) == refused


@given(
    answers=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60),
    left=st.integers(0, 5),
)
def test_bound_is_never_above_the_number_who_really_changed(
    answers: list[tuple[int, int]], left: int
) -> None:
    old = [before for before, _after in answers] + [0] * left
    new = [after for _before, after in answers]
    really = sum(before != after for before, after in answers) + left

    def counted(given: list[int]) -> list[Entry]:
        return entries(ONE, {str(code): given.count(code) for code in range(4)}, len(given))

    assert changes(counted(old), counted(new))["q"] <= really


@pytest.fixture
def analyst(db: None) -> User:
    return member_of_staff("analyst")


@pytest.fixture
def publisher(db: None) -> User:
    return member_of_staff("publisher")


@pytest.fixture
def wave(db: None) -> Wave:
    return final_wave()


@pytest.fixture
def first(wave: Wave, analyst: User, publisher: User) -> Release:
    return release(wave, analyst, publisher, note="")


def release(wave: Wave, analyst: User, publisher: User, note: str) -> Release:
    asked = releases.request(edition=wave.edition, note=note, by=analyst, now=NOW)
    with acting_as("web"):
        return releases.approve(release=asked, by=publisher, now=NOW)


def lose(wave: Wave, number: int) -> None:
    """A second release without so many of those who answered."""
    gone = Response.objects.filter(wave=wave, marks__isnull=False).order_by("pk")[:number]
    Response.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).delete()
    tabulate(wave)


def test_ledger_holds_every_published_number_and_nothing_withheld(first: Release) -> None:
    content = json.loads(first.content)
    lines = [
        (figure["id"], line["row"], line["kind"], line["code"], line["statistic"], line["base_rule"])
        for part in content["parts"]
        for section in part["sections"]
        for figure in section["figures"]
        for line in figure["lines"]
        if line["percent"] is not None
    ]

    fields = ("figure", "row", "kind", "code", "statistic", "base_rule")
    assert sorted(LedgerEntry.objects.filter(release=first).values_list(*fields)) == sorted(lines)
    assert len(lines) > 50


def test_ledger_and_withdrawals_never_change(first: Release, analyst: User) -> None:
    figure = LedgerEntry.objects.values_list("figure", flat=True)[0]
    withdrawal.withdraw(edition=first.edition, figure=figure, note="Wrong", by=analyst, now=NOW)

    for change in (
        lambda: LedgerEntry.objects.update(count=1),
        lambda: LedgerEntry.objects.all().delete(),
        lambda: FigureWithdrawal.objects.update(note="Right"),
        lambda: FigureWithdrawal.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_same_numbers_may_be_released_again_with_other_words(
    first: Release, wave: Wave, analyst: User, publisher: User
) -> None:
    assert release(wave, analyst, publisher, "A word was misspelled.").number == 2


def test_correction_without_a_note_is_refused(first: Release, wave: Wave, analyst: User) -> None:
    with pytest.raises(releases.CorrectionWithoutNote, match="what is different"):
        releases.request(edition=wave.edition, note=" ", by=analyst, now=NOW)


def test_releases_that_differ_by_one_respondent_are_refused(
    first: Release, wave: Wave, analyst: User
) -> None:
    lose(wave, 1)

    with pytest.raises(releases.TooFewChanged, match=r"enterprise\.ent_"):
        releases.request(edition=wave.edition, note="One person less", by=analyst, now=NOW)


def test_figures_that_changed_too_little_may_be_withdrawn_and_the_rest_released(
    first: Release, wave: Wave, analyst: User, publisher: User, client: Client
) -> None:
    lose(wave, 1)
    for figure in withdrawal.figures_to_withdraw(wave.edition):
        withdrawal.withdraw(
            edition=wave.edition, figure=figure, note="One answer too many.", by=analyst, now=NOW
        )

    second = release(wave, analyst, publisher, "One person had answered twice.")

    assert not LedgerEntry.objects.filter(release=second).exists()
    figures = [
        figure
        for part in json.loads(second.content)["parts"]
        for section in part["sections"]
        for figure in section["figures"]
    ]
    gone = [figure for figure in figures if "withdrawn" in figure]
    assert gone
    assert all(figure["lines"] == [] and figure["headline"] is None for figure in gone)
    page = client.get(f"/{wave.edition.year}/{second.number}/all/").content.decode()
    assert "One answer too many." in page
    assert "published no more in this edition" in page
    assert client.get(f"/{wave.edition.year}/1/").status_code == 200


def test_approver_sees_what_is_different_from_the_last_release(
    first: Release, wave: Wave, analyst: User, publisher: User, client: Client
) -> None:
    log_in(client, publisher)
    assert "different from release" not in get(client, f"/staff/releases/{first.pk}/")
    lose(wave, 20)
    changed = changes(published(wave.edition), standing(wave.edition))
    for figure, number in changed.items():
        if 0 < number < LEAST:
            withdrawal.withdraw(edition=wave.edition, figure=figure, note="Too few.", by=analyst, now=NOW)

    asked = releases.request(edition=wave.edition, note="Twenty went", by=analyst, now=NOW)
    page = get(client, f"/staff/releases/{asked.pk}/")

    found = changes_of(json.loads(first.content), json.loads(asked.content))
    kinds = {change.figure: change.kind for change in found}
    assert "numbers" in kinds.values()
    assert {figure for figure, kind in kinds.items() if kind == "withdrawn"} == {
        figure for figure, number in changed.items() if 0 < number < LEAST
    }
    assert "What is different from release 1" in page
    assert "other numbers" in page
    base = next(
        line for change in found for line in change.lines if line.after and line.after["percent"] is not None
    )
    assert f"of {base.after['base']}" in page  # type: ignore[index]


def test_contents_that_are_the_same_have_no_changes(first: Release) -> None:
    content = json.loads(first.content)
    reworded = json.loads(first.content)
    figure = reworded["parts"][0]["sections"][0]["figures"][0]
    figure["question"] += "!"

    assert changes_of(content, content) == ()
    assert [(change.figure, change.kind) for change in changes_of(content, reworded)] == [
        (figure["id"], "words")
    ]


def test_figure_that_was_never_published_cannot_be_withdrawn(first: Release, analyst: User) -> None:
    with pytest.raises(withdrawal.NeverPublished):
        withdrawal.withdraw(
            edition=first.edition, figure="enterprise.nothing", note="Wrong", by=analyst, now=NOW
        )


def test_figure_is_withdrawn_once_with_a_note_by_who_may(first: Release, analyst: User) -> None:
    figure = LedgerEntry.objects.values_list("figure", flat=True)[0]
    with pytest.raises(withdrawal.NoteMissing):
        withdrawal.withdraw(edition=first.edition, figure=figure, note=" ", by=analyst, now=NOW)
    with pytest.raises(NotPermitted):
        withdrawal.withdraw(
            edition=first.edition, figure=figure, note="Wrong", by=member_of_staff("coder"), now=NOW
        )
    withdrawal.withdraw(edition=first.edition, figure=figure, note="Wrong", by=analyst, now=NOW)

    with pytest.raises(withdrawal.AlreadyWithdrawn):
        withdrawal.withdraw(edition=first.edition, figure=figure, note="Wrong", by=analyst, now=NOW)
    assert AuditEvent.objects.filter(action="figure.withdrawn").count() == 1


def test_figure_is_withdrawn_on_its_page(first: Release, client: Client, analyst: User) -> None:
    log_in(client, analyst)
    figure = LedgerEntry.objects.values_list("figure", flat=True)[0]
    path = f"/staff/editions/{first.edition.year}/withdraw/"
    assert path in get(client, "/staff/releases/")

    with acting_as("web"):
        refused = client.post(path, {"figure": figure, "note": ""})
        done = client.post(path, {"figure": figure, "note": "<b onclick>wrong</b>"}, follow=True)

    assert "printed in the place of the figure" in refused.content.decode()
    assert "withdrawn from the next release on" in done.content.decode()
    assert FigureWithdrawal.objects.get().note == "<b onclick>wrong</b>"
