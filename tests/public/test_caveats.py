"""What a figure does not say stands beside every figure that is by area or by lopsided groups, and beside no other."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest
from django.test import Client

from reports.public.caveats import caveats_of
from reports.public.reading import read_report
from tests.public import content
from tests.public.content import HOSTILE, figure, line, released

pytestmark = pytest.mark.django_db
PART = "/2019/1/part/enterprise/"


def region(*shares: int, **more: Any) -> dict[str, Any]:
    names = (("na", "North America"), ("eu", "Europe"), ("other", HOSTILE))
    lines = [
        line(code, label, share, kind="class") for (code, label), share in zip(names, shares, strict=False)
    ]
    return figure("region", "bar", lines, title="Head office", caveats=["enterprise.region"], **more)


def by_region(*groups: str) -> dict[str, Any]:
    return {
        "class": "area3",
        "title": "By head office",
        "status": "shown",
        "reason": "",
        "detail": "",
        "parts": [{"code": code, "label": code} for code in groups],
        "lines": [line("has_policy", "Has a policy", 90, kind="net", part=code) for code in groups],
    }


def edition(*shares: int, groups: tuple[str, ...] = ("na", "eu", "other")) -> dict[str, Any]:
    data = content.content()
    asked = content.AREAS | {"caveats": ["enterprise.region", "enterprise.policy", "enterprise.gone"]}
    policy = content.POLICY | {"breakdowns": [by_region(*groups)], "headline": headline(90)}
    data["parts"][0]["sections"][1]["figures"] = [region(*shares), policy, asked, content.FREQUENCY]
    return data


def headline(percent: int) -> dict[str, Any]:
    return {"label": "Has a policy", "percent": percent, "base": 100}


def caveats(client: Client, path: str) -> dict[str, str]:
    """Id of a figure -> what stands beside it."""
    page = lxml.html.document_fromstring(client.get(path).content)
    return {
        found.get("id"): " ".join(found.xpath("string(./p[@class='caveat'])").split())
        for found in page.xpath("//figure")
    }


def test_caveat_stands_beside_the_figures_whose_definition_asks_for_it_and_no_others(client: Client) -> None:
    released(edition(52, 34, 14))

    said = caveats(client, PART)

    share = "Head office: 52 % North America"
    assert share in said["fig-enterprise.region"]
    # Of a figure that is not in this release nothing is said.
    assert f"{share}; Title of policy: 90 % Has a policy." in said["fig-enterprise.areas"]
    assert said["fig-enterprise.areas"].startswith("What this does not say:")
    assert said["fig-enterprise.policy"] == ""
    assert said["fig-enterprise.frequency"] == ""


@pytest.mark.parametrize(
    ("shares", "said"), [((52, 34, 14), True), ((39, 31, 30), False), ((55, 45), False), ((80, 20), True)]
)
def test_head_of_the_part_says_when_one_group_makes_up_much(
    client: Client, shares: tuple[int, ...], said: bool
) -> None:
    groups = ("na", "eu", "other")[: len(shares)]
    released(edition(*shares, groups=groups))

    for path in (PART, "/2019/1/", "/2019/1/figure/enterprise.frequency/"):
        words = client.get(path).content.decode()
        assert ("does not necessarily hold for the world" in words) == said
    by_group = client.get("/2019/1/figure/enterprise.policy/").content.decode()
    assert ("the smaller groups rest on fewer answers" in by_group) == said


@pytest.mark.parametrize("groups", [("na", "eu", "other"), ("na", "eu+other")])
def test_groups_that_were_taken_together_have_the_caveat_of_their_class(
    client: Client, groups: tuple[str, ...]
) -> None:
    released(edition(52, 34, 14, groups=groups))

    page = lxml.html.document_fromstring(client.get("/2019/1/figure/enterprise.policy/").content)

    beside = page.get_element_by_id("fig-enterprise.policy-by-area3").xpath(
        "string(.//p[@class='caveat small'])"
    )
    assert "52\N{NO-BREAK SPACE}% of those who answered are in the group “North America”" in beside


@pytest.mark.parametrize(("shares", "leads"), [((52, 34, 14), True), ((39, 31, 30), False)])
def test_links_to_lopsided_groups_stand_with_one_to_the_head_of_the_part(
    client: Client, shares: tuple[int, ...], leads: bool
) -> None:
    released(edition(*shares))

    page = lxml.html.document_fromstring(client.get(PART).content)

    places = page.xpath("//p[@class='by-groups']/a[text()='What groups do not say']/@href")
    assert places == (["#part-enterprise-caveat"] if leads else [])
    for place in places:
        head = page.get_element_by_id(place[1:]).text_content()
        assert "What this does not say: Of those who answered, 52\N{NO-BREAK SPACE}%" in head
    alone = client.get("/2019/1/figure/enterprise.policy/").content.decode()
    assert "-caveat" not in alone


@pytest.mark.parametrize(("large", "said"), [(70, True), (60, False)])
def test_lopsided_groups_are_told_beside_their_own_figure_and_each_at_the_head(
    client: Client, large: int, said: bool
) -> None:
    data = edition(52, 34, 14)
    sizes = [line("l", "Large", large, kind="class"), line("s", "Small", 100 - large, kind="class")]
    data["parts"][0]["sections"][1]["figures"].append(figure("head", "bar", sizes))
    released(data)

    beside = caveats(client, PART)["fig-enterprise.head"]

    words = "70\N{NO-BREAK SPACE}% of those who answered are in the group “Large”"
    assert (" ".join(words.split()) in beside, bool(beside)) == (said, said)
    head = lxml.html.document_fromstring(client.get(PART).content).get_element_by_id("part-enterprise-caveat")
    assert (words in head.text_content()) == said
    assert "“North America”" in head.text_content()
    # Its own page says it too, and still what the part does not say.
    alone = client.get("/2019/1/figure/enterprise.head/").content.decode()
    assert "does not necessarily hold for the world" in alone


def test_other_groups_have_no_caveat(client: Client) -> None:
    released(edition(52, 34, 14, groups=("small", "large")))

    assert "the smaller groups rest" not in client.get("/2019/1/figure/enterprise.policy/").content.decode()


def test_share_that_is_withheld_is_in_no_caveat() -> None:
    data = edition(52, 34, 14)
    figures = data["parts"][0]["sections"][1]["figures"]
    figures[0] = region() | {"lines": [content.withheld("na", "North America", kind="class")]}
    figures[1] = figures[1] | {"headline": None}

    found = caveats_of(read_report(data).parts[0])

    assert (found.of_figures, found.of_groups, found.of_all) == ({}, {}, "")
