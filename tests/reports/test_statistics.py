"""Each statistic of the schema against one line of plain Python over the answers themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.actions import tables
from reports.statistics import STATISTICS, Counted, blocks_of
from reports.statistics.numbers import bands_of
from surveys.actions.load import load
from surveys.answers import Answer
from surveys.definition import STATISTICS as KNOWN
from surveys.definition import Analysis, Figure, Kind, Question
from surveys.models import Edition, Questionnaire, Wave
from tests.reports.stage import NOW, answer, marks
from tests.surveys import build

SMALL = Path(build.__file__).with_name("small.yaml").read_text(encoding="utf-8")
MORE = SMALL.replace(
    "also: [borda_3_2_1, percent_ranked_first]",
    "also: [borda_3_2_1, percent_ranked_first, percent_ranked_top_3, mean_rank]",
).replace("also: [histogram_10_points]", "also: [histogram_10_points, bands]")
MORE = MORE.replace("also: [percent_among_any_tool]", "also: [percent_among_any_tool, percent_of_mentions]")
MORE = MORE.replace(
    "max_choices: 3\n        text: Which places?", "max_choices: 2\n        text: Which places?"
)
MORE = MORE.replace("borda_3_2_1, ", "")


@pytest.fixture
def given(db: None) -> tuple[Counted, list[dict[str, Answer]]]:
    """A wave of a questionnaire of every kind, counted, and what its eligible people said."""
    loaded = load(text=MORE, now=NOW)
    del loaded
    questionnaire = Questionnaire.objects.order_by("-pk")[0]
    edition = Edition.objects.create(year=2031, title="Every kind")
    wave = Wave.objects.create(
        edition=edition,
        questionnaire=questionnaire,
        status=Wave.Status.FINAL,
        opens_at=NOW.replace(year=2018),
        closes_at=NOW,
    )
    people = answer(wave, range(250))
    counted = tables.count_wave(wave, marks(wave))
    return counted, [one for one in people if not counted.book.is_screened_out(one)]


def found(counted: Counted, question: str, statistic: str) -> dict[str, tuple[float, int]]:
    blocks = blocks_of(counted, counted.definition.by_key[question])
    return {
        m.code: (m.value if m.count is None else m.count, b.base)  # type: ignore[misc]
        for b in blocks
        if b.statistic == statistic
        for m in b.measures
        if m.kind != "special"
    }


def test_every_statistic_of_the_schema_has_a_formula() -> None:
    assert set(STATISTICS) == set(KNOWN)


def test_mentions_of_choices_are_out_of_all_substantive_choices_made(
    given: tuple[Counted, list[dict[str, Answer]]],
) -> None:
    counted, people = given
    question = counted.definition.by_key["steps"]
    names = [c.code for c in question.choices if c.role.value in ("substantive", "other_specify")]
    times = {code: sum(code in one["steps"].codes for one in people if "steps" in one) for code in names}

    mentions = found(counted, "steps", "percent_of_mentions")

    assert sum(times.values()) > 10
    assert mentions == {code: (count, sum(times.values())) for code, count in times.items()}


def test_ranks_count_places(given: tuple[Counted, list[dict[str, Answer]]]) -> None:
    counted, people = given
    ranked = [one["places"].codes for one in people if "places" in one and one["places"].codes]
    codes = [choice.code for choice in counted.definition.by_key["places"].choices]

    top = found(counted, "places", "percent_ranked_top_3")
    mean = found(counted, "places", "mean_rank")

    for code in codes:
        places = [list(one).index(code) + 1 for one in ranked if code in one]
        assert places
        assert top[code] == (len(places), len(ranked))
        assert mean[code] == (pytest.approx(sum(places) / len(places)), len(places))


def test_bands_hold_the_numbers_given(given: tuple[Counted, list[dict[str, Answer]]]) -> None:
    counted, people = given
    numbers = [one["percent"].number for one in people if "percent" in one]
    told = [number for number in numbers if number is not None]

    shares = found(counted, "percent", "bands")

    assert list(shares)[:2] == ["0-10", "11-21"]
    assert shares["0-10"] == (sum(number <= 10 for number in told), len(told))
    assert sum(count for count, _base in shares.values()) == len(told)


@pytest.mark.parametrize(
    ("low", "high", "codes"),
    [
        (0, 4, ["0", "1", "2", "3", "4"]),
        (1, 10, [str(n) for n in range(1, 11)]),
        (0, 10, ["0-1", "2-3", "4-5", "6-7", "8-9", "10"]),
        (5, 1004, [f"{n}-{n + 99}" for n in range(5, 1005, 100)]),
    ],
)
def test_bands_have_one_width_and_miss_no_number(low: int, high: int, codes: list[str]) -> None:
    question = Question(
        "n", "1", Kind.NUMBER, "", Analysis("c", ""), Figure("none"), minimum=low, maximum=high
    )

    bands = bands_of(question)

    assert [code for code, _low, _high in bands] == codes
    assert [n for _code, a, b in bands for n in range(a, b + 1)] == list(range(low, high + 1))
