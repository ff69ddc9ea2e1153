"""Words from stored tables: they follow the cells that are shown, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports import trending
from reports.lines import naming_of
from reports.models import Table
from reports.sayings import Sayings, clear_differences, sayings
from reports.trending import main_cells
from reports.trends import Link
from surveys import definition as d
from surveys.queries import definition_of
from tests.reports.editions import AREA, POLICY, Counts, definition, edition, table
from tests.reports.stage import answer, code_everything, eligible_seeds, wave_of
from tests.reports.test_release import tabulate

SPACE = "\N{NO-BREAK SPACE}"
NETS = (
    d.Net("increased", "Increased", ("written",)),
    d.Net("decreased", "Decreased", ("spoken",)),
)


def with_nets(*nets: d.Net) -> d.Question:
    return replace(POLICY, analysis=replace(POLICY.analysis, nets=nets))


def said(figures: Counts, question: d.Question = POLICY, language: str = "en") -> Sayings:
    of = definition(1, AREA, question)
    stored = table(edition(2019, of), figures)
    return sayings(stored, question, naming_of(of, question), language, least=80)


def test_phrases_are_said_of_the_shown_cells_with_their_own_figures(db: None) -> None:
    found = said({"written": (405, 450), "spoken": None, ("net", "has_policy"): (440, 450)})

    assert [(one.label, one.sentence) for one in found.phrases] == [
        ("Written policy", f"Nine in ten respondents (90{SPACE}%, base 450)"),
        ("Has a policy", f"Nearly all of the respondents (98{SPACE}%, base 450)"),
    ]
    assert {one.sentence.split(" (")[0] for one in found.claims} == {"A large majority of the respondents"}


@pytest.mark.parametrize(
    ("count", "base", "sentence"),
    [
        (52, 60, f"52 of the 60 who answered (87{SPACE}%, base 60)"),
        (42, 49, ""),
    ],
)
def test_small_base_is_said_in_counts_or_not_at_all(db: None, count: int, base: int, sentence: str) -> None:
    found = said({"written": (count, base)})

    assert found.phrases[0].sentence == sentence
    assert bool(found.claims) is bool(sentence)


@pytest.mark.parametrize(
    ("up", "down", "sentence"),
    [
        (250, 60, "More respondents say that it has increased than that it has decreased"),
        (60, 250, "More respondents say that it has decreased than that it has increased"),
        (150, 140, ""),
    ],
)
def test_development_is_claimed_of_nets_that_say_so(db: None, up: int, down: int, sentence: str) -> None:
    found = said({("net", "increased"): (up, 450), ("net", "decreased"): (down, 450)}, with_nets(*NETS))

    directions = [one for one in found.claims if " / " in one.label]
    assert [one.sentence.split(" (")[0] for one in directions] == ([sentence] if sentence else [])
    if sentence:
        high, low = (round(100 * max(up, down) / 450), round(100 * min(up, down) / 450))
        assert f"({high}{SPACE}% and {low}{SPACE}%, base 450)" in directions[0].sentence


@pytest.mark.parametrize(("first", "second", "is_split"), [(200, 190, True), (300, 100, False)])
def test_split_is_claimed_of_two_nets_without_overlap(
    db: None, first: int, second: int, is_split: bool
) -> None:
    nets = (d.Net("overlap", "Overlap", ("written",)), d.Net("little", "Little", ("spoken",)))
    found = said({("net", "overlap"): (first, 450), ("net", "little"): (second, 450)}, with_nets(*nets))

    assert any("split" in one.sentence for one in found.claims) is is_split


def test_split_of_nets_with_overlap_is_never_claimed(db: None) -> None:
    nets = (d.Net("one", "One", ("written", "neither")), d.Net("two", "Two", ("spoken", "neither")))

    assert not said({("net", "one"): (200, 450), ("net", "two"): (190, 450)}, with_nets(*nets)).claims


SORTED = replace(POLICY, figure=d.Figure("bar", sort="descending"))


def test_ranking_groups_what_cannot_be_told_apart(db: None) -> None:
    found = said({"written": (200, 450), "spoken": (190, 450), "neither": (60, 450)}, SORTED)

    assert found.rankings == ("Among the most common: Written policy and Spoken policy",)


def test_ranking_of_clear_places_goes_on_to_the_second(db: None) -> None:
    found = said({"written": (300, 450), "spoken": (90, 450)}, SORTED)

    assert found.rankings == ("Most common: Written policy", "Followed by: Spoken policy")


def test_ranking_with_a_withheld_line_is_not_said(db: None) -> None:
    assert said({"written": (300, 450), "spoken": None}, SORTED).rankings == ()


def test_ranking_of_a_figure_in_its_own_order_is_not_said(db: None) -> None:
    assert said({"written": (300, 450), "spoken": (90, 450)}).rankings == ()


def test_ranking_of_rows_by_their_net(db: None) -> None:
    rows = (d.Row("usb", "USB sticks"), d.Row("drive", "External drives"), d.Row("cloud", "Cloud"))
    grid = replace(
        with_nets(d.Net("common", "Common", ("written",))),
        kind=d.Kind.GRID_SINGLE,
        rows=rows,
        figure=d.Figure("bar", sort="net_common_descending"),
    )
    of = definition(1, AREA, grid)
    stored = table(edition(2019, of), {})
    for position, (row, count) in enumerate((("usb", 300), ("drive", 295), ("cloud", 90)), start=1):
        other = table(edition(2000 + position, of), {("net", "common"): (count, 440 + position)})
        other.cells.update(table=stored, row=row, position=position)
    fresh = Table.objects.get(pk=stored.pk)

    found = sayings(fresh, grid, naming_of(of, grid), "sv", least=80)

    assert found.rankings == ("Bland de vanligaste: USB sticks och External drives", "Följt av: Cloud")


def test_differences_between_groups_survive_as_one_family(db: None) -> None:
    stored = table(
        edition(2019),
        {
            "us": {"written": (160, 200), "spoken": (20, 200)},
            "else": {"written": (100, 200), "spoken": (28, 200)},
        },
        breakdown="area2",
    )

    found = clear_differences(stored, naming_of(definition(), POLICY))

    assert [(one.label, one.found.first, one.found.second) for one in found] == [
        ("Written policy", "us", "else")
    ]
    assert found[0].found.difference.value == pytest.approx(-0.3)


@pytest.mark.parametrize("key", ["enterprise", pytest.param("law_enforcement", marks=pytest.mark.deep)])
def test_every_table_of_a_shipped_questionnaire_is_said_in_every_language(db: None, key: str) -> None:
    wave = wave_of(key)
    answer(wave, eligible_seeds(wave, 160))
    code_everything(wave)
    tabulate(wave)
    of = definition_of(wave.questionnaire)
    tables = [t for t in Table.objects.filter(wave=wave).prefetch_related("cells") if t.question in of.by_key]

    for stored in tables:
        naming = naming_of(of, of.by_key[stored.question])
        shown = sum(cell.status != "withheld" for cell in main_cells(stored) if not cell.part)
        for language in ("en", "sv", "ar"):
            found = sayings(stored, of.by_key[stored.question], naming, language, least=80)
            assert len(found.phrases) == shown
            assert not any("{" in one.sentence for one in (*found.phrases, *found.claims))
        assert len(clear_differences(stored, naming)) <= len(main_cells(stored)) ** 2

    assert sum(bool(t.breakdown) for t in tables) > 10
    for series in trending.series_of(key, [wave]):
        assert trending.trend_of(series, {}).links in ((Link.FIRST,), (Link.NOT_ASKED,))
