"""Each statistic of the schema against one line of plain Python over the answers themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.actions import tables
from reports.statistics import STATISTICS, Counted, blocks_of
from reports.statistics.numbers import bands_of
from surveys.actions.load import load
from surveys.answers import Answer
from surveys.definition import ASKED, AllOf, Analysis, AnyOf, Condition, Figure, Kind, Leaf, Not, Question
from surveys.definition import STATISTICS as KNOWN
from surveys.models import Edition, Questionnaire, Wave
from tests.reports.stage import NOW, answer, marks, wave_of
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


@pytest.mark.parametrize("key", build.KEYS)
def test_asked_base_of_a_routed_question_is_the_count_of_its_condition(db: None, key: str) -> None:
    wave = wave_of(key)
    people = answer(wave, range(120))
    counted = tables.count_wave(wave, marks(wave))
    book, definition = counted.book, counted.definition
    eligible = [one for one in people if not book.is_screened_out(one)]
    compared = 0

    for question in definition.questions:
        if (
            question.show_if is None
            or question.detached
            or question.is_grid
            or question.kind is Kind.OPEN_TEXT
        ):
            continue
        led_here = sum(holds_for(question.show_if, one, definition.by_key) for one in eligible)
        assert counted.of(book.base(question.key, ASKED)) == led_here, question.key
        compared += 1

    assert compared > 2


def holds_for(condition: Condition, answers: dict[str, Answer], question_of: dict[str, Question]) -> bool:
    """The words of the schema, once more: a question that was not asked makes every leaf on it false."""
    if isinstance(condition, AllOf):
        return all(holds_for(inner, answers, question_of) for inner in condition.conditions)
    if isinstance(condition, AnyOf):
        return any(holds_for(inner, answers, question_of) for inner in condition.conditions)
    if isinstance(condition, Not):
        return not holds_for(condition.condition, answers, question_of)
    item = f"{condition.question}:{condition.row}" if condition.row else condition.question
    return item in answers and leaf_holds(condition, answers[item], question_of[condition.question])


def leaf_holds(leaf: Leaf, answer: Answer, question: Question) -> bool:
    said, values = {*answer.codes, answer.number}, set(leaf.values)
    substantive = {c.code for c in question.choices if c.role.value in ("substantive", "other_specify")}
    above = answer.number is not None and any(isinstance(v, int) and answer.number > v for v in values)
    return {
        "in": bool(said & values),
        "eq": bool(said & values),
        "not_in": not said & values,
        "gt": above,
        "answered": answer.number is not None or answer.has_text or bool(said & substantive),
    }[leaf.op.value]
