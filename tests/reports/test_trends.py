"""Series over editions: first as pure data, then from stored tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.permissions import NotPermitted
from reports import trending
from reports.actions import wording as actions
from reports.comparisons import Share
from reports.content import content_of
from reports.estimates import newcombe
from reports.models import WordingJudgement
from reports.public.over_time import over_time
from reports.public.reading import read_report
from reports.trends import (
    Asked,
    Figure,
    Groups,
    Link,
    Point,
    Reason,
    Verdict,
    differing,
    links,
    ranks,
    trend,
    wording_of,
)
from surveys.answers import Answer
from surveys.definition import BaseRule, Kind, Leaf, Op
from surveys.models import Wave
from tests.box.people import audited, member_of_staff
from tests.reports.editions import AREA, POLICY, definition, edition, reworded, table
from tests.reports.stage import answer, eligible_seeds, wave_of
from tests.reports.test_release import tabulate
from tests.services import acting_as

NOW = datetime(2020, 2, 3, 9, tzinfo=UTC)
WRITTEN = ("", "choice", "written")
HAS_POLICY = ("", "net", "has_policy")


def asked(version: int = 1, **changes: object) -> Asked:
    question = POLICY if not changes else reworded(**changes)
    of = definition(version, AREA, question)
    return Asked(version, question.wording_version, wording_of(of, question))


def nobody_judged(_before: Asked, _after: Asked) -> None:
    return None


def figure(count: int, base: int, **more: object) -> Figure:
    return Figure("shown", Share(count / base, base), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (asked(), asked(), Link.IDENTICAL),
        (asked(1), asked(2), Link.IDENTICAL),
        (asked(1), asked(2, bumped=True), Link.CHANGED),
        (asked(1), asked(2, bumped=True, text=POLICY.text), Link.CHANGED),
        (asked(1), asked(2, bumped=False, text="Is there any policy?"), Link.UNJUDGED),
        (None, asked(2), Link.NEW),
        (asked(1), None, Link.DROPPED),
        (None, None, Link.NOT_ASKED),
    ],
)
def test_link_of_two_editions(before: Asked | None, after: Asked | None, expected: Link) -> None:
    assert links([before, after], nobody_judged)[1] is expected


def test_links_begin_with_the_first_edition() -> None:
    assert links([asked()], nobody_judged) == (Link.FIRST,)
    assert links([None, asked()], nobody_judged) == (Link.NOT_ASKED, Link.NEW)
    assert links([], nobody_judged) == ()


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("bumped", [True, False])
def test_link_follows_a_judgement(verdict: Verdict, bumped: bool) -> None:
    found = links([asked(1), asked(2, bumped=bumped, text="Other")], lambda _before, _after: verdict)

    assert found[1] is Link(verdict.value)


def test_judgement_cannot_make_an_identical_wording_change() -> None:
    assert links([asked(1), asked(2)], lambda _before, _after: Verdict.CHANGED)[1] is Link.IDENTICAL


@pytest.mark.parametrize(
    ("aspect", "changes"),
    [
        ("text", {"text": "Other"}),
        ("help", {"help": "Other"}),
        ("kind", {"kind": Kind.MULTIPLE}),
        ("answers", {"choices": POLICY.choices[:2]}),
        ("answers", {"choices": POLICY.choices[::-1]}),
        ("limits", {"max_choices": 2}),
        ("base", {"analysis": replace(POLICY.analysis, base="Others")}),
        ("base", {"analysis": replace(POLICY.analysis, base_rule=BaseRule("valid"))}),
        ("base", {"analysis": replace(POLICY.analysis, statistic="percent_named_first")}),
        ("routing", {"show_if": Leaf("area", Op.IN, ("u",))}),
    ],
)
def test_difference_is_found_by_comparing(aspect: str, changes: dict[str, object]) -> None:
    assert differing(asked().wording, asked(2, **changes).wording) == (aspect,)


def test_difference_of_place_and_mode_is_found_by_comparing() -> None:
    before = wording_of(definition(1, AREA, POLICY), POLICY)

    alone = wording_of(definition(2, POLICY), POLICY)
    by_telephone = wording_of(replace(definition(2, AREA, POLICY), mode="Telephone"), POLICY)

    assert differing(before, alone) == ("asked_before",)
    assert differing(before, by_telephone) == ("mode",)


def two(old: Figure | None, new: Figure | None, after: Asked | None = None) -> tuple[object, object]:
    """Why the second edition is not compared, and its change."""
    points = [
        Point(asked(), {WRITTEN: old} if old else {}),
        Point(after or asked(), {WRITTEN: new} if new else {}),
    ]
    step = trend(points, nobody_judged).lines[WRITTEN][1]
    return step.reason, step.change


@pytest.mark.parametrize(
    ("old", "new", "after", "reason"),
    [
        (figure(50, 100), figure(50, 100), asked(2, bumped=True), Reason.WORDING),
        (figure(50, 100), figure(50, 100), asked(2, bumped=False, text="Other"), Reason.UNJUDGED),
        (figure(50, 99), figure(50, 100), None, Reason.SMALL_BASE),
        (figure(50, 100), figure(50, 99), None, Reason.SMALL_BASE),
        (Figure("withheld"), figure(50, 100), None, Reason.WITHHELD),
        (figure(50, 100), Figure("withheld"), None, Reason.WITHHELD),
        (figure(50, 100, rank=4), figure(50, 100, rank=1), None, Reason.RANK),
        (figure(50, 100, rank=1), figure(50, 100, rank=4), None, Reason.RANK),
        (figure(50, 100), figure(50, 100, members=frozenset("a")), None, Reason.MEMBERS),
        (None, figure(50, 100), None, Reason.ABSENT),
        (figure(50, 100), None, None, Reason.ABSENT),
    ],
)
def test_line_that_is_not_compared_says_why(
    old: Figure | None, new: Figure | None, after: Asked | None, reason: Reason
) -> None:
    assert two(old, new, after) == (reason, None)


def test_line_within_every_limit_is_compared() -> None:
    reason, change = two(figure(80, 100, rank=3), figure(60, 100, rank=3))

    assert reason is None
    assert change is not None
    assert change.range == newcombe(0.6, 100, 0.8, 100)  # type: ignore[attr-defined]


def test_changes_of_a_figure_are_one_family() -> None:
    """.9 to .8 of a hundred is a change when it is alone, and none beside another one that is none."""
    key, other = WRITTEN, ("", "choice", "spoken")
    before, after = (
        {key: figure(90, 100), other: figure(5, 100)},
        {key: figure(80, 100), other: figure(6, 100)},
    )

    alone = trend([Point(asked(), {key: before[key]}), Point(asked(), {key: after[key]})], nobody_judged)
    family = trend([Point(asked(), before), Point(asked(), after)], nobody_judged)

    assert alone.lines[key][1].change.is_clear  # type: ignore[union-attr]
    assert not family.lines[key][1].change.is_clear  # type: ignore[union-attr]


def test_series_runs_on_after_a_break() -> None:
    points = [
        Point(asked(1), {WRITTEN: figure(300, 450)}),
        Point(asked(2, bumped=True), {WRITTEN: figure(200, 450)}),
        Point(asked(2, bumped=True), {WRITTEN: figure(300, 450)}),
        Point(None),
        Point(asked(2, bumped=True), {WRITTEN: figure(300, 450)}),
    ]

    found = trend(points, nobody_judged)

    assert found.links == (Link.FIRST, Link.CHANGED, Link.IDENTICAL, Link.DROPPED, Link.NEW)
    steps = found.lines[WRITTEN]
    assert [step.reason for step in steps] == [
        None,
        Reason.WORDING,
        None,
        Reason.NOT_ASKED,
        Reason.NOT_ASKED,
    ]
    assert [step.change is not None for step in steps] == [False, False, True, False, False]
    assert steps[2].change.is_clear  # type: ignore[union-attr]


AREAS = {"us": frozenset("u"), "else": frozenset("e")}


def by_area(
    us: tuple[int, int], elsewhere: tuple[int, int], parts: dict[str, frozenset[str]] = AREAS
) -> Point:
    shares = {"us": Share(us[0] / us[1], us[1]), "else": Share(elsewhere[0] / elsewhere[1], elsewhere[1])}
    everybody = figure(us[0] + elsewhere[0], us[1] + elsewhere[1])
    return Point(asked(), {WRITTEN: everybody}, {"area2": Groups(parts, {WRITTEN: shares})})


def test_change_stands_beside_the_same_in_one_mix() -> None:
    found = trend([by_area((432, 540), (184, 460)), by_area((368, 460), (216, 540))], nobody_judged)

    step = found.lines[WRITTEN][1]
    assert step.change is not None
    assert step.standardised is not None
    assert step.change.value == pytest.approx(-0.032)
    assert step.standardised.value == pytest.approx(0)
    assert step.breakdown == "area2"


def test_groups_that_were_made_otherwise_are_not_mixed() -> None:
    others = {"us": frozenset("uc"), "else": frozenset("e")}

    found = trend([by_area((40, 50), (40, 60)), by_area((40, 50), (40, 60), others)], nobody_judged)

    assert found.lines[WRITTEN][1].standardised is None
    assert found.lines[WRITTEN][1].change is not None


def test_ranks_of_equal_counts_are_the_same() -> None:
    a, b, c = (("", "code", code) for code in "abc")

    assert ranks({a: 5, b: 9, c: 5}) == {b: 1, a: 2, c: 2}


# From stored tables


def trend_of(concept: str = "test.policy") -> trending.Trend:
    series = trending.find("small", concept)
    assert series is not None
    return trending.trend_of(series, trending.judgements_of("small"))


def two_editions(after: object = None) -> tuple[Wave, Wave]:
    first = edition(2018, origin=Wave.Origin.IMPORTED, source="The report of 2018")
    second = edition(2019, after)  # type: ignore[arg-type]
    table(first, {"written": (270, 450), "spoken": None, ("net", "has_policy"): (360, 450)})
    table(second, {"written": (180, 450), "spoken": (90, 450), ("net", "has_policy"): (270, 450)})
    return first, second


def test_series_of_two_editions_is_read_from_stored_tables(db: None) -> None:
    two_editions()

    found = trend_of()

    assert found.links == (Link.FIRST, Link.IDENTICAL)
    assert list(found.lines) == [HAS_POLICY, WRITTEN, ("", "choice", "spoken")]
    change = found.lines[WRITTEN][1].change
    assert change is not None
    assert (change.value, change.is_clear) == (pytest.approx(-0.2), True)
    assert change.range == newcombe(0.4, 450, 0.6, 450)
    assert found.lines["", "choice", "spoken"][1].reason is Reason.WITHHELD


def test_series_with_stored_breakdowns_has_one_mix(db: None) -> None:
    first, second = two_editions()
    table(first, {"us": {"written": (180, 240)}, "else": {"written": (90, 210)}}, breakdown="area2")
    table(second, {"us": {"written": (90, 200)}, "else": {"written": (90, 250)}}, breakdown="area2")

    mixed = trend_of().lines[WRITTEN][1].standardised

    assert mixed is not None
    us = (240 / 450 + 200 / 450) / 2
    assert mixed.mix["us"] == pytest.approx(us)
    assert mixed.value == pytest.approx(us * (0.45 - 0.75) + (1 - us) * (90 / 250 - 90 / 210))


def test_open_wave_and_wave_without_tables_have_no_place_in_a_series(db: None) -> None:
    two_editions()
    edition(2020)
    table(edition(2021, status=Wave.Status.OPEN), {"written": (1, 450)})

    assert [wave.edition.year for wave in trending.waves_by_instrument()["small"]] == [2018, 2019]


def test_judgement_of_a_bumped_wording_closes_the_break(db: None) -> None:
    two_editions(definition(2, AREA, reworded()))
    analyst = member_of_staff("analyst")
    before, after = (wave.questionnaire for wave in trending.waves_by_instrument()["small"])
    assert trend_of().links[1] is Link.CHANGED

    with acting_as("web"):
        actions.judge_wording(
            concept="test.policy",
            before=before,
            after=after,
            verdict="minor",
            note="A typing error.",
            by=analyst,
            now=NOW,
        )
        assert trend_of().links[1] is Link.MINOR
        assert trend_of().lines[WRITTEN][1].change is not None
        actions.judge_wording(
            concept="test.policy",
            before=before,
            after=after,
            verdict="changed",
            note="It is more than that.",
            by=analyst,
            now=NOW,
        )

    assert trend_of().links[1] is Link.CHANGED
    assert audited() == ["wording.judged", "wording.judged"]


def judge(first: Wave, second: Wave, *verdicts: str) -> None:
    analyst = member_of_staff("analyst")
    for verdict in verdicts:
        actions.judge_wording(
            concept="test.policy",
            before=first.questionnaire,
            after=second.questionnaire,
            verdict=verdict,
            note="Known to staff alone",
            by=analyst,
            now=NOW,
        )


def judged(wave: Wave) -> list[dict[str, list[int]]]:
    """What each figure of the content says of earlier versions."""
    content = content_of(wave.edition)
    assert "Known to staff alone" not in str(content)
    figures = [
        figure for part in content["parts"] for section in part["sections"] for figure in section["figures"]
    ]
    assert figures
    return [{name: figure[name] for name in figure if name.endswith("_since")} for figure in figures]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["minor"], {"minor_since": [1]}),
        (["changed"], {"changed_since": [1]}),
        (["minor", "changed"], {"changed_since": [1]}),
        (["changed", "minor"], {"minor_since": [1]}),
        ([], {}),
    ],
)
def test_release_that_is_asked_for_holds_the_judgement_of_its_words_that_holds(
    db: None, verdicts: list[str], expected: dict[str, list[int]]
) -> None:
    first, second = two_editions(definition(2, AREA, reworded()))

    judge(first, second, *verdicts)

    assert (judged(first), judged(second)) == ([{}], [expected])


def test_release_does_not_call_words_minor_when_its_nets_sum_other_answers(db: None) -> None:
    """Staff do not compare such a net either, and a release does not say what a net sums."""
    nets = (replace(POLICY.analysis.nets[0], members=("written",)),)
    other = reworded(text="Other", analysis=replace(POLICY.analysis, nets=nets))
    first, second = two_editions(definition(2, AREA, other))

    judge(first, second, "minor")

    assert judged(second) == [{}]
    assert trend_of().lines[HAS_POLICY][1].reason is Reason.MEMBERS


@pytest.mark.parametrize(
    ("verdicts", "joints", "change"),
    [
        (["minor"], 1, "lower"),
        (["changed"], 0, "asked in another way"),
        ([], 1, "lower"),
    ],
)
def test_public_comparison_follows_a_judgement_of_what_a_release_does_not_show(
    db: None, verdicts: list[str], joints: int, change: str
) -> None:
    first, second = two_editions(definition(2, AREA, reworded(bumped=False, help="Count drafts.")))

    judge(first, second, *verdicts)

    (part,) = over_time([read_report(content_of(wave.edition)) for wave in (first, second)], False)
    (row,) = part.figures[0].rows
    assert (len(row.joints), row.change) == (joints, change)


@pytest.mark.parametrize(
    ("role", "concept", "note", "refusal"),
    [
        ("editor", "test.policy", "Why", NotPermitted),
        ("analyst", "test.area", "Why", actions.NothingToJudge),
        ("analyst", "test.other", "Why", actions.NotInBoth),
        ("analyst", "test.policy", "  ", actions.NoReason),
        ("analyst", "test.policy", "Why", None),
    ],
)
def test_judgement_is_refused_with_its_reason(
    db: None, role: str, concept: str, note: str, refusal: type[Exception] | None
) -> None:
    first, second = two_editions(definition(2, AREA, reworded()))
    wanted = {
        "concept": concept,
        "before": first.questionnaire,
        "after": second.questionnaire,
        "verdict": "minor",
        "note": note,
        "by": member_of_staff(role),
        "now": NOW,
    }

    if refusal is None:
        assert actions.judge_wording(**wanted).verdict == "minor"  # type: ignore[arg-type]
        return
    with pytest.raises(refusal):
        actions.judge_wording(**wanted)  # type: ignore[arg-type]
    assert not WordingJudgement.objects.exists()


def test_database_keeps_judgements_of_two_versions_with_a_reason(db: None) -> None:
    first, second = two_editions(definition(2, AREA, reworded()))
    person = member_of_staff("analyst")
    whole = {"concept": "c", "verdict": "minor", "by": person, "at": NOW, "note": "Why"}
    good = whole | {"before": first.questionnaire, "after": second.questionnaire}

    WordingJudgement.objects.create(**good)
    for wrong in (good | {"note": ""}, good | {"after": first.questionnaire}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WordingJudgement.objects.create(**wrong)


def said_of(answers: dict[str, Answer]) -> str:
    """The one code that was chosen, if the question was answered."""
    found = answers.get("ent_policy")
    return found.codes[0] if found is not None and found.codes else ""


def test_judgement_is_never_changed_through_the_web(db: None) -> None:
    first, second = two_editions(definition(2, AREA, reworded()))
    made = WordingJudgement.objects.create(
        concept="test.policy",
        before=first.questionnaire,
        after=second.questionnaire,
        verdict="changed",
        note="Why",
        by=member_of_staff("analyst"),
        at=NOW,
    )

    for change in (
        lambda: WordingJudgement.objects.update(verdict="minor"),
        lambda: WordingJudgement.objects.filter(pk=made.pk).delete(),
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            acting_as("web"),
        ):
            change()


def test_series_of_a_shipped_questionnaire_says_what_its_respondents_said(db: None) -> None:
    """From answers through the night's counting to the change, against a count in plain Python."""
    shares = {}
    for year, people in ((2018, slice(0, 190)), (2019, slice(190, 380))):
        wave = wave_of("enterprise", year=year)
        given = answer(wave, eligible_seeds(wave, 380)[people])
        tabulate(wave)
        said = [code for answers in given if (code := said_of(answers)) not in ("", "prefer_not")]
        shares[year] = said.count("explicit") / len(said)
    series = trending.find("enterprise", "en.policy")
    assert series is not None

    found = trending.trend_of(series, trending.judgements_of("enterprise"))

    assert found.links == (Link.FIRST, Link.IDENTICAL)
    step = found.lines["", "choice", "explicit"][1]
    assert step.change is not None
    assert step.change.value == pytest.approx(shares[2019] - shares[2018])
