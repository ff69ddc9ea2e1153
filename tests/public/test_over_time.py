"""Editions side by side: what is compared, what is not and why, and when a change is called clear."""

from __future__ import annotations

import copy
from typing import Any

import lxml.html
import pytest
from django.test import Client

from reports.public.breaks import Break
from reports.public.over_time import over_time
from reports.public.reading import read_report
from tests.public import content
from tests.public.content import HOSTILE, released

POLICY = "enterprise.policy"


def edition(year: int, percent: Any = 90, base: int = 400, **figure: Any) -> dict[str, Any]:
    made = copy.deepcopy(content.content(year=year))
    for one in made["parts"][0]["sections"][1]["figures"]:
        if one["id"] == POLICY:
            one.update(figure)
            one["lines"][0] |= {"percent": percent, "base": base, "status": "shown"}
            if percent is None:
                one["lines"][0]["status"] = "withheld"
    return made


def policy(*editions: dict[str, Any], rtl: bool = False) -> Any:
    (part,) = over_time([read_report(one) for one in editions], rtl)
    return next(figure for figure in part.figures if figure.id == POLICY)


@pytest.mark.parametrize(
    ("before", "after", "base", "expected"),
    [
        (90, 80, 400, "lower"),
        (80, 90, 400, "higher"),
        (90, 89, 400, "no clear change"),
        (90, 80, 99, "too few answers to compare"),
        # Nine in ten and eight in ten of a hundred are no change.
        (90, 80, 100, "no clear change"),
        (None, 80, 400, "withheld"),
        (100, 100, 400, "no clear change"),
        (0, 0, 400, "no clear change"),
    ],
)
def test_change_is_told_only_if_it_is_clear(before: Any, after: int, base: int, expected: str) -> None:
    (row,) = policy(edition(2019, before, base), edition(2020, after, base)).rows

    assert (row.change, row.is_clear) == (expected, expected in ("lower", "higher"))


def test_rounding_alone_makes_no_change_clear() -> None:
    """Two points of ten thousand are clear in themselves; one of them may be rounding."""
    near = policy(edition(2019, 50, 10_000), edition(2020, 52, 10_000)).rows[0]
    far = policy(edition(2019, 50, 10_000), edition(2020, 53, 10_000)).rows[0]

    assert (near.is_clear, far.is_clear) == (False, True)


def test_other_words_break_the_series_and_both_wordings_are_told() -> None:
    found = policy(edition(2019, 90, question="Is there <b>any</b> policy?"), edition(2020, 50))

    assert found.rows[0].change == "asked in other words"
    assert found.rows[0].joints == ()
    assert found.breaks == (Break(2019, "Is there <b>any</b> policy?", is_minor=False),)


@pytest.mark.parametrize(
    ("minor_since", "change", "joints", "is_minor"),
    [
        ([1], "lower", 1, True),
        ([], "asked in other words", 0, False),
        ([7], "asked in other words", 0, False),
    ],
    ids=["judged minor", "not judged", "another version judged"],
)
def test_words_that_were_judged_to_differ_little_are_compared_and_told(
    minor_since: list[int], change: str, joints: int, is_minor: bool
) -> None:
    before = edition(2019, 90, question="Is there any policy?")
    after = edition(2020, 50, wording_version=2, minor_since=minor_since)

    found = policy(before, after)

    assert found.rows[0].change == change
    assert len(found.rows[0].joints) == joints
    assert found.breaks == (Break(2019, "Is there any policy?", is_minor),)


def test_difference_that_no_reader_sees_breaks_the_series_if_it_was_judged_to_matter() -> None:
    """Help, routing and the question before are not in a release; who judges sees them."""
    before, after = edition(2019, 90), edition(2020, 50, changed_since=[1])

    found = policy(before, after)

    assert (found.rows[0].change, found.rows[0].joints) == ("asked in another way", ())
    assert found.breaks == (Break(2019, "How is policy?", is_minor=False, is_seen=False),)
    unjudged = policy(before, edition(2020, 50, changed_since=[7]))
    assert (unjudged.rows[0].change, unjudged.breaks) == ("lower", ())


@pytest.mark.parametrize(
    ("judged", "told", "untold"),
    [
        ({"minor_since": [1]}, "judged to be comparable", "not compared"),
        ({"changed_since": [1]}, "not compared with it", "comparable"),
        ({}, "not compared with it", "comparable"),
    ],
    ids=["minor", "changed", "not judged"],
)
def test_description_of_a_drawing_says_what_became_of_other_words(
    judged: dict[str, list[int]], told: str, untold: str
) -> None:
    before = edition(2019, 90, question="Is there any policy?")

    description = policy(before, edition(2020, 50, wording_version=2, **judged)).rows[0].description

    assert f"In 2019 {'the words' if judged.get('minor_since') else 'it was asked'}" in description
    assert told in description
    assert untold not in description
    assert "In 2019" not in policy(edition(2019, 90), edition(2020, 50)).rows[0].description


def test_answer_that_words_judged_minor_did_not_have_is_not_called_withheld() -> None:
    before = edition(2019, 90, question="Is there any policy?")
    for one in before["parts"][0]["sections"][1]["figures"]:
        if one["id"] == POLICY:
            one["lines"][0]["code"] = "other_net"

    found = policy(before, edition(2020, 50, wording_version=2, minor_since=[1]))

    assert (found.rows[0].change, found.rows[0].joints) == ("not asked the year before", ())


def test_year_in_between_that_did_not_ask_breaks_the_series() -> None:
    without = edition(2020)
    figures = without["parts"][0]["sections"][1]["figures"]
    without["parts"][0]["sections"][1]["figures"] = [one for one in figures if one["id"] != POLICY]

    row = policy(edition(2019), without, edition(2021, 50)).rows[0]

    assert [dot.value for dot in row.dots] == ["90\N{NO-BREAK SPACE}%", "–", "50\N{NO-BREAK SPACE}%"]
    assert (row.joints, row.change) == ((), "not asked the year before")


def test_weights_make_a_base_worth_less() -> None:
    weighting = {"kind": "raked", "margins": [], "design_effect": 3.0, "effective_base": 133}
    editions = [edition(2019, 90, weighted=True), edition(2020, 83, weighted=True)]
    assert policy(*editions).rows[0].is_clear
    for one in editions:
        one["parts"][0]["weighting"] = weighting

    assert not policy(*editions).rows[0].is_clear


def test_drawing_begins_at_the_right_in_a_right_to_left_page() -> None:
    pages = [policy(edition(2019), edition(2020), rtl=rtl).rows[0] for rtl in (False, True)]

    assert [[dot.x for dot in row.dots] for row in pages] == [["25%", "75%"], ["75%", "25%"]]


def test_who_answered_is_no_trend() -> None:
    (part,) = over_time([read_report(edition(2019)), read_report(edition(2020))], right_to_left=False)

    assert not {"enterprise.size", "enterprise.country"} & {figure.id for figure in part.figures}


@pytest.mark.django_db
def test_page_says_that_a_difference_was_judged_to_be_minor(client: Client) -> None:
    released(edition(2019, 90, question=f"{HOSTILE} any policy?"))
    released(edition(2020, 50, wording_version=2, minor_since=[1]))

    body = client.get("/compare/").content.decode()

    assert "The difference was judged to be minor" in body
    assert "<b onclick" not in body


@pytest.mark.django_db
def test_page_says_that_a_difference_that_is_not_seen_was_judged_to_matter(client: Client) -> None:
    released(edition(2019, 90))
    released(edition(2020, 50, changed_since=[1]))

    body = client.get("/compare/").content.decode()

    assert "that was judged to be a change" in body
    assert "In 2019 it was asked so" not in body


@pytest.mark.django_db
def test_page_compares_the_newest_releases_and_says_what_it_rests_on(client: Client) -> None:
    released(edition(2019, 90))
    assert "Only one edition has been published so far." in client.get("/compare/").content.decode()
    released(edition(2020, 70), number=1)
    released(edition(2020, 60), number=2)

    body = client.get("/compare/").content.decode()
    page = lxml.html.fromstring(body)

    figure = page.get_element_by_id(f"fig-{POLICY}")
    cells = [" ".join(cell.text_content().split()) for cell in figure.xpath(".//tbody/tr[1]/*")]
    assert cells[0] == "Has a policy"
    assert cells[1].startswith("90 %")
    assert cells[2].startswith("60 %")
    assert cells[3] == "lower"
    assert figure.xpath(".//svg/*[1]")[0].tag.endswith("title")
    assert HOSTILE not in body
    assert "/compare/" in client.get("/").content.decode()
