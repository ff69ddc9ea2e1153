"""How a wave is weighted: fixed before its box is opened, with targets that add up; what a run did, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports.actions import weights
from reports.models import Run, WeightChoice, Weighting, WeightTarget
from reports.staff.weight_words import WARNINGS
from reports.weighting import Imported, Limits, Margin, Problem, Raked, Reason, imported, rake
from surveys import definition as d
from surveys import storage
from surveys.models import Wave
from surveys.queries import definition_of
from tests.services import Database, acting_as, wait_until
from tests.staff.people import NOW, member
from tests.staff.stage import SIZE, counted, small_definition, small_wave
from tests.staff.visits import LogIn, get

Method = WeightChoice.Method
LIST = "List of those invited"

AREA = d.Question(
    key="area",
    number="2",
    kind=d.Kind.SINGLE,
    text="Where is it?",
    analysis=d.Analysis(
        concept="area",
        base="All who took part",
        partitions=(
            d.Partition(
                "area3",
                "Area",
                (
                    d.Part("no", "North", ("n",)),
                    d.Part("so", "South", ("s",)),
                    d.Part("ea", "East <b>", ("e",)),
                ),
            ),
        ),
    ),
    figure=d.Figure("bars"),
    choices=(d.Choice("n", "North"), d.Choice("s", "South"), d.Choice("e", "East")),
)
COUNTRY = replace(
    AREA,
    key="country",
    number="3",
    detached=True,
    analysis=replace(
        AREA.analysis,
        partitions=(
            d.Partition("country2", "Country", (d.Part("x", "X", ("n", "s")), d.Part("y", "Y", ("e",)))),
        ),
    ),
)


@pytest.fixture
def wave(db: None) -> Wave:
    """Open, with a class of two parts, one of three, and one of a detached question."""
    found = small_wave(status=Wave.Status.OPEN)
    section = d.Section("about", "About you", "", (SIZE, AREA, COUNTRY))
    found.questionnaire = storage.write(
        replace(small_definition(), key="other", title="Another questionnaire", sections=(section,))
    )
    found.save()
    return found


def set_targets(wave: Wave, by: User, partition: str = "size2", source: str = LIST, **percents: Any) -> None:
    given = {part: Decimal(str(percent)) for part, percent in percents.items()}
    with acting_as("web"):
        weights.set_targets(wave=wave, partition=partition, percents=given, source=source, by=by, now=NOW)


def choose(wave: Wave, by: User, *margins: str, method: str = Method.IF_UNEVEN) -> WeightChoice:
    with acting_as("web"):
        return weights.choose_method(wave=wave, method=method, margins=margins, by=by, now=NOW)


def margins_of(wave: Wave) -> tuple[Margin, ...]:
    with acting_as("worker"):
        return weights.margins_of(wave, definition_of(wave.questionnaire))


def run_of(wave: Wave, **fields: Any) -> Run:
    number = Run.objects.filter(wave=wave).count() + 1
    return Run.objects.create(
        wave=wave, claim_number=number, started_at=NOW, **{"status": Run.Status.DONE, **fields}
    )


def test_targets_and_method_become_margins(wave: Wave, fieldworker: User) -> None:
    set_targets(wave, fieldworker, small="40.5", large="59.5")
    set_targets(wave, fieldworker, "area3", no=20, so=30, ea=50)
    choose(wave, fieldworker, "area3", "size2")

    assert margins_of(wave) == (
        Margin("area3", ("no", "so", "ea"), (0.2, 0.3, 0.5)),
        Margin("size2", ("small", "large"), (0.405, 0.595)),
    )


def test_wave_that_nobody_fixed_anything_for_is_unweighted(wave: Wave, fieldworker: User) -> None:
    set_targets(wave, fieldworker, small=40, large=60)

    assert margins_of(wave) == ()
    assert weights.choice_of(wave).method == Method.UNWEIGHTED


def test_going_back_to_unweighted_forgets_the_margins(wave: Wave, fieldworker: User) -> None:
    set_targets(wave, fieldworker, small=40, large=60)
    choose(wave, fieldworker, "size2")

    choose(wave, fieldworker, "size2", method=Method.UNWEIGHTED)

    assert margins_of(wave) == ()


def test_rounded_shares_are_brought_to_one(wave: Wave, fieldworker: User) -> None:
    set_targets(wave, fieldworker, "area3", no=33, so=33, ea=33)
    choose(wave, fieldworker, "area3")

    assert margins_of(wave)[0].shares == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert sum(margins_of(wave)[0].shares) == pytest.approx(1)


def test_who_fixed_it_is_in_the_audit_log(wave: Wave, fieldworker: User) -> None:
    set_targets(wave, fieldworker, small="40.5", large="59.5", source="Ask registry@example.org")
    choose(wave, fieldworker, "size2")

    targets, method = AuditEvent.objects.order_by("id")
    assert (targets.action, targets.actor) == ("wave.weight_targets", fieldworker)
    assert targets.details == {"partition": "size2", "percents": [["small", "40.5"], ["large", "59.5"]]}
    assert (method.action, method.actor) == ("wave.weight_method", fieldworker)
    assert method.details == {"method": "if_uneven", "margins": ["size2"]}


def test_targets_given_again_replace_the_earlier_ones(wave: Wave, fieldworker: User) -> None:
    set_targets(wave, fieldworker, small=40, large=60)

    set_targets(wave, fieldworker, small=10, large=90, source="  A better list ")

    stored = WeightTarget.objects.filter(wave=wave).values_list("part", "percent", "source")
    assert list(stored) == [("small", 10, "A better list"), ("large", 90, "A better list")]


@pytest.mark.parametrize(
    ("percents", "problems"),
    [
        ({"small": 40}, [("large", "“Large” has no share.")]),
        ({"small": 40, "large": 50}, [("", "The shares add to 90 per cent; they should add to 100.")]),
        ({"small": 50, "large": "51.1"}, [("", "The shares add to 101.1 per cent; they should add to 100.")]),
        ({"small": -1, "large": 101}, [("small", "“Small” lies between"), ("large", "“Large” lies between")]),
        ({"small": 40, "large": 50, "huge": 10}, [("", "no part “huge”")]),
    ],
)
def test_targets_that_do_not_add_up_are_told_by_line(
    wave: Wave, fieldworker: User, percents: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(weights.TargetsWrong) as refused:
        set_targets(wave, fieldworker, **percents)

    found = refused.value.problems
    assert [part for part, _sentence in found] == [part for part, _sentence in problems]
    assert all(words in sentence for (_p, sentence), (_q, words) in zip(found, problems, strict=True))
    assert not WeightTarget.objects.exists()


def test_targets_without_a_source_are_refused(wave: Wave, fieldworker: User) -> None:
    with pytest.raises(weights.TargetsWrong, match="where the shares are from"):
        set_targets(wave, fieldworker, small=40, large=60, source="  ")


def test_class_that_cannot_be_weighted_to_is_refused(wave: Wave, fieldworker: User) -> None:
    with pytest.raises(weights.NoSuchClass, match="no class called “colour”"):
        set_targets(wave, fieldworker, "colour", red=100)
    with pytest.raises(
        weights.ClassDetached, match="“Country” is a class of a question whose answers are kept apart"
    ):
        set_targets(wave, fieldworker, "country2", x=40, y=60)


@pytest.mark.parametrize(
    ("margins", "sentence"),
    [
        ((), "at least one class"),
        (("size2", "size2"), "at most 4 different classes"),
        (("size2", "area3"), "Give the shares in the population first: Area."),
    ],
)
def test_method_without_what_it_needs_is_refused(
    wave: Wave, fieldworker: User, margins: tuple[str, ...], sentence: str
) -> None:
    set_targets(wave, fieldworker, small=40, large=60)

    with pytest.raises(weights.MarginsWrong, match=sentence):
        choose(wave, fieldworker, *margins)

    assert not WeightChoice.objects.exists()


@pytest.mark.parametrize("who", ["coder", "analyst", "publisher", "administrator"])
def test_only_who_prepares_the_wave_fixes_its_weights(wave: Wave, who: str) -> None:
    with pytest.raises(NotPermitted):
        set_targets(wave, member(who), small=40, large=60)
    with pytest.raises(NotPermitted):
        choose(wave, member(who, email="other@example.org"), method=Method.UNWEIGHTED)


@pytest.mark.parametrize("fields", [{"opened": 20}, {"responses": 20}])
def test_nothing_changes_once_the_box_was_opened(
    wave: Wave, fieldworker: User, fields: dict[str, int]
) -> None:
    set_targets(wave, fieldworker, small=40, large=60)
    run_of(wave, **fields)

    with pytest.raises(weights.WeightsFixed, match="has been opened"):
        set_targets(wave, fieldworker, small=50, large=50)
    with pytest.raises(weights.WeightsFixed):
        choose(wave, fieldworker, "size2")

    assert WeightTarget.objects.get(part="small").percent == 40


def test_a_run_that_opened_nothing_fixes_nothing(wave: Wave, fieldworker: User) -> None:
    run_of(wave, status=Run.Status.UNCHANGED, responses=0)

    set_targets(wave, fieldworker, small=40, large=60)

    assert WeightTarget.objects.count() == 2


@pytest.mark.parametrize("status", [Run.Status.RUNNING, Run.Status.LOST, Run.Status.FAILED])
def test_a_run_that_may_have_opened_the_box_fixes_them_until_the_next(
    wave: Wave, fieldworker: User, status: str
) -> None:
    run_of(wave, status=status)
    with pytest.raises(weights.RunNotEnded, match="nobody can say"):
        set_targets(wave, fieldworker, small=40, large=60)

    run_of(wave, status=Run.Status.UNCHANGED, responses=0)

    set_targets(wave, fieldworker, small=40, large=60)
    assert WeightTarget.objects.count() == 2


def test_targets_wait_for_an_opening_and_are_then_refused(committed_database: Database) -> None:
    """The opening holds the lock of the wave: whoever saves meanwhile must see what it did."""
    wave, by = small_wave(status=Wave.Status.OPEN), member("fieldwork")
    outcomes: list[str] = []

    def save() -> None:
        try:
            weights.set_targets(
                wave=wave, partition="size2", percents={"small": 40, "large": 60}, source=LIST, by=by, now=NOW
            )
            outcomes.append("saved")
        except weights.WeightsFixed:
            outcomes.append("refused")
        connection.close()

    thread = Thread(target=save)
    with transaction.atomic():
        Wave.objects.select_for_update(no_key=True).get(pk=wave.pk)
        thread.start()
        wait_until(someone_waits_for_us)
        run_of(wave, opened=20)
    thread.join()

    assert outcomes == ["refused"]
    assert not WeightTarget.objects.exists()


def someone_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def test_final_wave_without_a_run_is_fixed_too(wave: Wave, fieldworker: User) -> None:
    """An imported one for example, whose responses came without a box."""
    Wave.objects.update(status=Wave.Status.FINAL)

    with pytest.raises(weights.WeightsFixed):
        set_targets(wave, fieldworker, small=40, large=60)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_weighttarget SET percent = 1 WHERE part = 'small'",
        "DELETE FROM reports_weighttarget",
        "INSERT INTO reports_weighttarget (wave_id, partition, part, percent, source)"
        " SELECT wave_id, 'area3', part, percent, source FROM reports_weighttarget",
        "UPDATE reports_weightchoice SET method = 'unweighted'",
        "DELETE FROM reports_weightchoice",
    ],
)
def test_database_keeps_what_was_fixed(wave: Wave, fieldworker: User, statement: str) -> None:
    set_targets(wave, fieldworker, small=40, large=60)
    choose(wave, fieldworker, "size2")
    run_of(wave, opened=20)

    with pytest.raises(IntegrityError, match="has been opened"), transaction.atomic():
        execute(statement)


def test_web_does_not_write_what_a_run_did(wave: Wave) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        execute("SET LOCAL ROLE enquiry_web; DELETE FROM reports_weighting")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_shares_of_a_questionnaire_that_changed_are_left_out_and_told(wave: Wave, fieldworker: User) -> None:
    set_targets(wave, fieldworker, small=40, large=60)
    set_targets(wave, fieldworker, "area3", no=20, so=30, ea=50)
    choose(wave, fieldworker, "size2", "area3")
    wave.questionnaire = storage.write(replace(small_definition(), version=2))
    wave.save()
    definition = definition_of(wave.questionnaire)

    assert [margin.name for margin in margins_of(wave)] == ["size2"]
    assert weights.lacking(wave, definition) == (Problem(Reason.NO_TARGETS, "area3"),)

    choice = WeightChoice.objects.get()
    choice.margins = ["area3", "size2"]
    choice.save()
    assert margins_of(wave) == ()


def raked(counts: Iterable[int] = (60, 540), shares: tuple[float, float] = (0.52, 0.48)) -> Raked:
    return rake(list(counts), [[0], [1]], [Margin("size2", ("small", "large"), shares)])


def keep(wave: Wave, result: Raked | Imported | None, *, published: bool = True) -> Weighting:
    run = run_of(wave)
    with acting_as("worker"):
        return weights.keep(wave=wave, run=run, result=result, published=published)


def test_result_of_raking_is_kept(wave: Wave) -> None:
    kept = keep(wave, raked())

    kept.refresh_from_db()
    assert (kept.kind, kept.published, kept.converged, kept.trimmed) == ("raked", True, True, 60)
    assert (kept.smallest, kept.largest, kept.cap, kept.floor) == pytest.approx((300 / 540, 5, 5, 0.3))
    assert kept.gap == pytest.approx(0.02)
    assert kept.margins == ["size2"]
    assert [problem["reason"] for problem in kept.problems] == ["margins_inexact", "design_effect"]


def test_result_of_a_later_run_takes_the_place_of_the_earlier(wave: Wave) -> None:
    keep(wave, raked())

    keep(wave, None)

    kept = Weighting.objects.get()
    assert (kept.kind, kept.published, kept.deff, kept.problems) == ("none", False, None, [])


def test_raking_that_failed_is_never_published(wave: Wave) -> None:
    kept = keep(wave, raked(shares=(0.9, 0.1)))

    assert (kept.converged, kept.published, kept.deff) == (False, False, 1)
    with pytest.raises(IntegrityError, match="weighting_that_failed"), transaction.atomic():
        Weighting.objects.update(published=True)


def test_few_who_were_trimmed_are_not_told_as_a_number(wave: Wave) -> None:
    limits = Limits(fewest=1, smallest_target=0.001)
    few = rake([2, 598], [[0], [1]], [Margin("size2", ("small", "large"), (0.02, 0.98))], limits)
    assert few.trimmed == 2

    assert keep(wave, few).trimmed is None


def test_imported_weights_are_kept(wave: Wave) -> None:
    kept = keep(wave, imported([0.5, 0.5, 1, 2]))

    assert (kept.kind, kept.converged, kept.largest) == ("imported", None, 2)


def page_of(wave: Wave) -> str:
    return f"/staff/waves/{wave.pk}/weights/"


def post(client: Client, path: str, **typed: Any) -> tuple[int, str]:
    with acting_as("web"):
        response = client.post(path, typed)
    return response.status_code, response.headers.get("Location") or response.content.decode()


def test_weights_are_fixed_through_the_pages(logged_in: LogIn, fieldworker: User, wave: Wave) -> None:
    client, page = logged_in(fieldworker), page_of(wave)
    assert "Unweighted: every respondent counts the same." in get(client, page)
    shares = {"part-small": "40,5 %", "part-large": "٥٩٫٥", "source": LIST}

    assert post(client, f"{page}targets/size2/", **shares) == (302, page)
    method = {"method": "if_uneven", "compared_by": "size2", "others": ["size2"]}
    assert post(client, f"{page}method/", **method) == (302, page)

    assert margins_of(wave) == (Margin("size2", ("small", "large"), (0.405, 0.595)),)
    shown = get(client, page)
    assert "groups of “Size” by more than a factor 1.5" in shown
    assert "40.5" in shown
    assert LIST in shown
    assert 'value="40.5"' in get(client, f"{page}targets/size2/")
    assert "checked" in get(client, f"{page}method/")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"part-small": "many"}, "Small, in per cent: type a number from 0 to 100"),
        ({"part-small": "NaN"}, "Small, in per cent: type a number from 0 to 100"),
        ({"part-small": "-3"}, "Small, in per cent: type a number from 0 to 100"),
        ({"part-large": ""}, "Large: type its share in per cent."),
        ({"part-large": "50"}, "The shares add to 90 per cent; they should add to 100."),
        ({"source": ""}, "Say where the shares are from."),
    ],
)
def test_shares_that_cannot_be_taken_are_told_at_their_line_and_nothing_is_lost(
    logged_in: LogIn, fieldworker: User, wave: Wave, typed: dict[str, str], sentence: str
) -> None:
    shares = {"part-small": "40", "part-large": "60", "source": LIST} | typed

    status, page = post(logged_in(fieldworker), f"{page_of(wave)}targets/size2/", **shares)

    assert status == 422
    assert sentence in page
    assert all(f'value="{value}"' in page for value in shares.values() if value)
    assert not WeightTarget.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose one of the two."),
        ({"method": "if_uneven"}, "Choose the class by which response is compared."),
        ({"method": "if_uneven", "compared_by": "size2"}, "Give the shares in the population first: Size."),
    ],
)
def test_method_that_cannot_be_taken_says_why(
    logged_in: LogIn, fieldworker: User, wave: Wave, typed: dict[str, str], sentence: str
) -> None:
    status, page = post(logged_in(fieldworker), f"{page_of(wave)}method/", **typed)

    assert status == 422
    assert sentence in page


def test_page_of_a_detached_or_unknown_class_is_not_found(
    logged_in: LogIn, fieldworker: User, wave: Wave
) -> None:
    client = logged_in(fieldworker)

    assert client.get(f"{page_of(wave)}targets/country2/").status_code == 404
    assert client.get(f"{page_of(wave)}targets/colour/").status_code == 404
    assert "Country" not in get(client, page_of(wave))


def test_page_after_the_opening_is_locked_and_says_why(
    logged_in: LogIn, fieldworker: User, wave: Wave
) -> None:
    client, page = logged_in(fieldworker), page_of(wave)
    assert "Change the method" in get(client, page)
    run_of(wave, opened=20)

    shown = get(client, page)

    assert "nobody can choose the weights by the results" in shown
    assert "Change the method" not in shown
    status, refused = post(client, f"{page}method/", method="unweighted")
    assert (status, "has been opened" in refused) == (422, True)
    shares = {"part-small": "40", "part-large": "60", "source": LIST}
    assert post(client, f"{page}targets/size2/", **shares)[0] == 422


def test_page_shows_those_without_the_right_no_buttons(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    shown = get(logged_in(analyst), page_of(wave))

    assert "Change the method" not in shown
    assert "Give the shares" not in shown


def test_page_tells_the_result_in_plain_words(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    keep(wave, raked())

    shown = get(logged_in(analyst), page_of(wave))

    assert "Response was uneven, so releases carry weighted figures." in shown
    assert "2.78" in shown
    assert "216 of 600" in shown
    assert "0.56 to 5.00" in shown
    assert "2.00 percentage points" in shown
    assert "Look at that run" in shown


def test_result_is_shown_to_who_may_see_runs_or_tables(logged_in: LogIn, wave: Wave) -> None:
    keep(wave, raked(), published=False)

    assert "Response was even enough" in get(logged_in(member("editor")), page_of(wave))
    assert "Response was even enough" not in get(logged_in(member("coder")), page_of(wave))


def test_page_tells_what_was_merged_and_what_failed(logged_in: LogIn, analyst: User, wave: Wave) -> None:
    client = logged_in(analyst)
    area = Margin("area3", ("no", "so", "ea"), (0.4, 0.2, 0.4))

    keep(wave, rake([100, 0, 100], [[0], [1], [2]], [area]))
    shown = get(client, page_of(wave))
    assert "Area: “North”, “South” were weighted as one" in shown
    assert "Nobody of “South” answered (Area), which is 20.0 per cent" in shown

    keep(wave, raked(shares=(0.9, 0.1)))
    shown = get(client, page_of(wave))
    assert "Weighting failed." in shown
    assert "too different from the population" in shown


def test_labels_of_authors_are_text(logged_in: LogIn, fieldworker: User, wave: Wave) -> None:
    client = logged_in(fieldworker)

    for path in (page_of(wave), f"{page_of(wave)}targets/area3/"):
        shown = get(client, path)
        assert "East &lt;b&gt;" in shown
        assert "East <b>" not in shown


def test_every_reason_has_its_sentence(wave: Wave, logged_in: LogIn, analyst: User) -> None:
    assert set(WARNINGS) == set(Reason)
    told = tuple(Problem(reason, "size2", "small", 0.123) for reason in Reason)

    keep(wave, replace(raked(), problems=told))

    assert get(logged_in(analyst), page_of(wave)).count("<li>") >= len(Reason)


def test_wave_leads_to_its_weights(logged_in: LogIn, analyst: User) -> None:
    wave = small_wave()
    counted(wave)

    assert page_of(wave) in get(logged_in(analyst), f"/staff/waves/{wave.pk}/")
