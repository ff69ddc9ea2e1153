"""What may be asked for, and asking for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports import queries, requested
from reports.actions import night
from reports.actions import requests as actions
from reports.content import canonical, content_of
from reports.models import Cell, RequestedNet, Run, Table, TableRequest
from reports.requests import MOST_NETS, Draft, Fault, classes_of, may_be_asked, problems
from surveys.definition import Definition, Net
from surveys.models import Wave
from tests.box.field import NOW
from tests.box.people import audited, member_of_staff
from tests.reports.conftest import Nights
from tests.reports.recount import differences
from tests.reports.stage import wave_of
from tests.services import acting_as
from tests.surveys.build import shipped

LAW = shipped("law_enforcement")
COMMON = Net("hardly_ever", "Hardly ever", ("very_uncommon", "not_encountered"))
GOOD = Draft("ls_frequency", "valid", breakdown="area3", nets=(COMMON,))
HABITS = Draft("habits", "answered", nets=(Net("hands_on", "With the hands", ("measure", "cut")),))


def faults(draft: Draft, definition: Definition = LAW) -> list[tuple[str, Fault]]:
    return [(problem.field, problem.fault) for problem in problems(definition, draft)]


def test_good_request_has_no_problems() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("change", "field", "fault"),
    [
        ({"question": "nothing"}, "question", Fault.UNKNOWN_QUESTION),
        ({"question": "le_country"}, "question", Fault.DETACHED),
        ({"question": "le_region", "breakdown": "role2"}, "question", Fault.PROFILE),
        ({"question": "le_region", "breakdown": "area3"}, "question", Fault.OWN_CLASS),
        ({"question": "le_comment"}, "question", Fault.NO_CODES),
        ({"base_rule": "everybody"}, "base_rule", Fault.UNKNOWN_RULE),
        ({"filter_class": "role2", "filter_part": "x"}, "filter", Fault.CROSS),
        ({"filter_class": "area3", "filter_part": "us"}, "filter", Fault.CROSS),
        ({"breakdown": "star_sign"}, "breakdown", Fault.UNKNOWN_CLASS),
        ({"breakdown": "", "filter_class": "area3", "filter_part": "moon"}, "filter", Fault.UNKNOWN_PART),
        ({"question": "le_quote_permission", "nets": ()}, "breakdown", Fault.TOTAL_ONLY),
        ({"nets": (replace(COMMON, members=()),)}, "net1", Fault.NET_WITHOUT_MEMBERS),
        ({"nets": (replace(COMMON, members=("very_common", "blue")),)}, "net1", Fault.UNKNOWN_MEMBER),
        ({"nets": (replace(COMMON, members=("prefer_not",)),)}, "net1", Fault.MEMBER_NOT_COUNTED),
        ({"nets": (replace(COMMON, members=("dont_know",)),)}, "net1", Fault.MEMBER_NOT_COUNTED),
        ({"nets": (replace(COMMON, code="Hardly Ever"),)}, "net1", Fault.NET_CODE),
        ({"nets": (replace(COMMON, code="very_common"),)}, "net1", Fault.NET_CODE_TAKEN),
        ({"nets": (replace(COMMON, label=" "),)}, "net1", Fault.NET_WITHOUT_LABEL),
        ({"nets": (COMMON, replace(COMMON, code="again"))}, "net2", Fault.NET_ALREADY_THERE),
        ({"nets": (COMMON, replace(COMMON, members=("very_common",)))}, "net2", Fault.NET_CODE_TAKEN),
        ({"question": "known_share_typical", "base_rule": "answered"}, "nets", Fault.NET_OF_NUMBERS),
        (
            {"question": "known_share_typical", "base_rule": "answered", "breakdown": "", "nets": ()},
            "breakdown",
            Fault.NUMBER_NEEDS_CLASS,
        ),
        ({"base_rule": "answered", "nets": ()}, "breakdown", Fault.NOTHING_NEW),
    ],
)
def test_request_that_makes_no_sense_says_where_and_why(
    change: dict[str, object], field: str, fault: Fault
) -> None:
    assert (field, fault) in faults(replace(GOOD, **change))  # type: ignore[arg-type]


def test_too_many_nets_are_refused() -> None:
    codes = [choice.code for choice in LAW.by_key["ls_frequency"].choices if choice.code != "prefer_not"]
    nets = tuple(Net(f"own{n}", "Own", (codes[0], codes[n % 4 + 1])) for n in range(MOST_NETS + 1))

    assert ("nets", Fault.TOO_MANY_NETS) in faults(replace(GOOD, nets=nets))


def test_every_shipped_question_is_in_the_list_or_has_a_reason() -> None:
    for definition in (LAW, shipped("enterprise")):
        for question in definition.questions:
            found = problems(definition, Draft(question.key, "asked", nets=()))
            refused = {Fault.DETACHED, Fault.PROFILE, Fault.NO_CODES} & {p.fault for p in found}
            assert bool(refused) != may_be_asked(question), question.key


def test_classes_are_those_that_some_question_is_broken_down_by() -> None:
    assert classes_of(LAW, LAW.by_key["known_share_typical"]) == ("area3", "role2", "years2")
    assert classes_of(LAW, LAW.by_key["le_quote_permission"]) == ()


# Asking.


def ask(wave: Wave, draft: Draft = GOOD, by: User | None = None) -> TableRequest:
    return actions.ask(
        wave=wave,
        title="Hardly ever, by area",
        reason="For the annual talk",
        draft=draft,
        by=by or member_of_staff("analyst"),
        now=NOW,
    )


@pytest.fixture
def law(db: None) -> Wave:
    return wave_of("law_enforcement")


def test_ask_change_and_withdraw_each_add_a_version_and_an_audit_row(law: Wave) -> None:
    first = ask(law)
    by = first.by
    second = actions.change(
        request=first,
        title="By role",
        reason="Area is known",
        draft=replace(GOOD, breakdown="role2"),
        by=by,
        now=NOW,
    )
    last = actions.withdraw(request=second, reason="Not needed", by=by, now=NOW)

    assert [(r.number, r.version, r.withdrawn) for r in TableRequest.objects.order_by("pk")] == [
        (1, 1, False),
        (1, 2, False),
        (1, 3, True),
    ]
    assert [(r.breakdown, r.title) for r in (first, second, last)] == [
        ("area3", "Hardly ever, by area"),
        ("role2", "By role"),
        ("role2", "By role"),
    ]
    assert requested.draft_of(first) == GOOD
    assert audited() == ["table.requested", "table.request_changed", "table.request_withdrawn"]
    assert AuditEvent.objects.latest("id").details["version"] == 3
    assert requested.standing_of(law) == []
    assert [(a.request, a.stands) for a in requested.asked_of(law)] == [(first.pk, False), (second.pk, False)]


def test_rows_of_a_request_can_be_neither_changed_nor_deleted(law: Wave) -> None:
    request = ask(law)

    for act in (
        lambda: TableRequest.objects.filter(pk=request.pk).update(title="x"),
        lambda: RequestedNet.objects.filter(request=request).delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()
    with acting_as("web"), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        TableRequest.objects.filter(pk=request.pk).update(title="x")


def test_ask_without_the_permission_or_for_a_wave_in_preparation_is_refused(law: Wave) -> None:
    with pytest.raises(NotPermitted, match="ask for another table"):
        ask(law, by=member_of_staff("publisher"))
    law.status = Wave.Status.DRAFT
    law.save()
    with pytest.raises(actions.WaveNotOpened, match="has not been opened"):
        ask(law)
    assert not TableRequest.objects.exists()


def refused_problem(wave: Wave, first: TableRequest) -> object:
    return ask(wave, replace(GOOD, breakdown="star_sign"), by=first.by)


def refused_stale(wave: Wave, first: TableRequest) -> object:
    actions.change(request=first, title="Other", reason="r", draft=GOOD, by=first.by, now=NOW)
    return actions.change(request=first, title="Third", reason="r", draft=GOOD, by=first.by, now=NOW)


def refused_same(wave: Wave, first: TableRequest) -> object:
    return actions.change(request=first, title=first.title, reason="r", draft=GOOD, by=first.by, now=NOW)


def refused_withdrawn(wave: Wave, first: TableRequest) -> object:
    actions.withdraw(request=first, reason="r", by=first.by, now=NOW)
    return actions.withdraw(request=first, reason="r", by=first.by, now=NOW)


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (refused_problem, actions.CannotBeAsked),
        (refused_stale, actions.VersionIsOld),
        (refused_same, actions.NothingChanged),
        (refused_withdrawn, actions.AlreadyWithdrawn),
    ],
)
def test_refusals_of_requests(
    law: Wave, act: Callable[[Wave, TableRequest], object], refusal: type[Exception]
) -> None:
    first = ask(law)

    with pytest.raises(refusal):
        act(law, first)


def test_wave_takes_so_many_requests_and_no_more(law: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_STANDING", 1)
    first = ask(law)

    with pytest.raises(actions.TooManyRequests):
        ask(law, by=first.by)
    actions.withdraw(request=first, reason="r", by=first.by, now=NOW)
    ask(law, by=first.by)
    monkeypatch.setattr(actions, "MOST_VERSIONS", 2)
    monkeypatch.setattr(actions, "MOST_STANDING", 9)

    with pytest.raises(actions.TooManyVersions):
        ask(law, by=first.by)


def test_sums_of_overlapping_answers_are_limited(law: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_UNIONS", 1)
    draft = Draft("tech_trends")
    codes = {code.code for code in LAW.frames[LAW.by_key["tech_trends"].code_frame].codes}
    a, b, c = sorted(codes - {"other", "too_vague", "off_topic", "removed"})[:3]
    first = ask(law, replace(draft, nets=(Net("one", "One", (a, b)),)))
    ask(law, replace(draft, nets=(Net("same", "Same", (b, a)),)), by=first.by)

    with pytest.raises(actions.TooMuchToCount):
        ask(law, replace(draft, nets=(Net("two", "Two", (a, c)),)), by=first.by)


# The night.


def own_cells() -> list[tuple[object, ...]]:
    """Those of the questionnaire's own tables."""
    own = Cell.objects.filter(table__request=None).order_by("table__position", "table__breakdown", "position")
    return list(own.values_list("table__question", "count", "base", "status"))


def test_night_counts_a_request_on_an_unchanged_wave_and_no_release_holds_it(nights: Nights) -> None:
    nights.field.answer_all(45)
    nights.close()
    nights.run()
    wave = Wave.objects.select_related("edition").get()
    before, released = own_cells(), canonical(content_of(wave.edition))

    request = ask(wave, HABITS)
    assert queries.has_final_tables(wave), "a release need not wait for it"
    assert night.due(nights.now) == [wave.pk]
    nights.run()

    run = Run.objects.latest("id")
    table = Table.objects.get(request=request)
    assert run.status == Run.Status.DONE
    assert (table.question, table.run_id, table.breakdown) == ("habits", run.pk, "")
    assert table.cells.filter(kind="net", code="hands_on").count() == 1
    assert queries.has_final_tables(wave)
    assert differences(wave) == []
    assert own_cells() == before
    assert canonical(content_of(wave.edition)) == released

    actions.withdraw(request=request, reason="Done", by=request.by, now=NOW)
    assert requested.tables_of_request(requested.newest_of(wave)[0]) == []
    nights.run()
    nights.run()
    statuses = list(Run.objects.order_by("id").values_list("status", flat=True))
    assert statuses == [Run.Status.DONE, Run.Status.DONE, Run.Status.DONE, Run.Status.UNCHANGED]
    assert not Table.objects.exclude(request=None).exists()


def test_request_on_an_open_wave_waits_for_the_step_of_its_tables(nights: Nights) -> None:
    nights.field.answer_all(45)
    nights.run()
    wave = Wave.objects.get()
    request = ask(wave, HABITS)

    nights.run()
    waits = Table.objects.filter(request=request).exists()
    nights.field.answer_all(35)
    nights.run()

    assert not waits
    assert Table.objects.filter(request=request).exists()
