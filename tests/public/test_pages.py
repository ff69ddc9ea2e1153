from __future__ import annotations

import itertools
from typing import Any

import lxml.html
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from reports.models import Release
from reports.public.views import KEPT, Pages
from tests.public import content
from tests.public.content import released
from tests.services import acting_as

pytestmark = pytest.mark.django_db
INLINE = "//@style | //style | //script[not(@src)] | //@*[starts-with(name(), 'on')]"


def page(client: Client, path: str, **headers: Any) -> lxml.html.HtmlElement:
    response = client.get(path, **headers)
    assert response.status_code == 200
    return lxml.html.fromstring(response.content.decode())


def test_home_without_a_release_says_that_nothing_is_published(client: Client) -> None:
    released(status=Release.Status.REQUESTED)

    assert "No report has been published yet." in client.get("/").content.decode()


def test_home_with_releases_lists_each_edition_once(client: Client) -> None:
    released(number=1)
    released(number=2)
    released(content.content(year=2020, synthetic=False))

    links = page(client, "/").xpath("//ul[contains(@class, 'editions')]//a/@href")

    assert links == ["/2020/", "/2019/"]


def test_home_tells_which_edition_is_synthetic(client: Client) -> None:
    released()
    released(content.content(year=2020, synthetic=False))

    cards = page(client, "/").xpath("//li[contains(@class, 'card')]")

    assert ["Synthetic" in card.text_content() for card in cards] == [False, True]


def test_report_as_the_web_role_is_readable(client: Client) -> None:
    released()

    with acting_as("web"):
        response = client.get("/2019/1/all/")

    assert response.status_code == 200


def test_report_shows_headline_chart_table_and_anchor_of_each_figure(client: Client) -> None:
    released()

    figures = page(client, "/2019/1/all/").xpath("//figure")

    policy = next(found for found in figures if found.get("id") == "fig-enterprise.policy")
    assert policy.xpath("string(.//*[@class='headline-number'])") == "90\N{NO-BREAK SPACE}%"
    assert policy.xpath(".//svg")
    assert policy.xpath(".//details//table")
    assert len(figures) == 8


def test_report_has_the_profile_before_everything_else(client: Client) -> None:
    released()

    headings = page(client, "/2019/1/all/").xpath("//section[@id='part-enterprise']//h3/text()")

    assert headings == ["Who answered", "Policy"]


def test_contents_links_lead_to_something_on_the_page(client: Client) -> None:
    released()

    found = page(client, "/2019/1/all/")

    targets = {link.removeprefix("#") for link in found.xpath("//main//a/@href") if link.startswith("#")}
    assert targets <= set(found.xpath("//@id"))
    assert "fig-enterprise.policy" in targets


def test_report_ids_are_each_used_once(client: Client) -> None:
    released()

    ids = page(client, "/2019/1/all/").xpath("//@id")

    assert len(ids) == len(set(ids))


def test_report_has_one_h1_and_headings_in_order(client: Client) -> None:
    released()

    levels = [int(found.tag[1]) for found in page(client, "/2019/1/all/").xpath("//h1|//h2|//h3|//h4|//h5")]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_report_has_the_landmarks(client: Client) -> None:
    released()

    found = page(client, "/2019/1/all/")

    assert found.xpath("count(//main)") == 1
    assert found.xpath("//nav/@aria-label") == ["Language"]
    assert found.xpath("//nav/@aria-labelledby") == ["contents-title"]
    assert found.xpath("//body/header")
    assert found.xpath("//body/footer")


def test_every_drawing_begins_with_its_title(client: Client) -> None:
    released()

    drawings = page(client, "/2019/1/all/").xpath("//figure//svg")

    assert drawings
    assert all(drawing[0].tag == "title" and drawing[0].text for drawing in drawings)


@pytest.mark.parametrize("path", ["/", "/2019/1/all/", "/2019/1/", "/2019/7/"])
def test_public_pages_have_nothing_inline(client: Client, path: str) -> None:
    released()

    found = lxml.html.fromstring(client.get(path).content.decode())

    assert found.xpath(INLINE) == []


def test_labels_that_look_like_markup_are_escaped(client: Client) -> None:
    data = content.content(title=content.HOSTILE)
    data["parts"][0]["audience"] = data["parts"][0]["population"] = content.HOSTILE
    released(data, note=content.HOSTILE)

    text = client.get("/2019/1/all/").content.decode()

    assert "<b onclick" not in text
    assert "&lt;b onclick" in text


def test_report_of_synthetic_answers_says_so_and_is_not_indexed(client: Client) -> None:
    released()

    found = page(client, "/2019/1/all/")

    assert found.xpath("string(//meta[@name='robots']/@content)").startswith("noindex")
    assert "respondents are made up" in found.xpath("string(//header)")
    figures = found.xpath("//figure")
    assert figures
    assert all("respondents are made up" in figure.text_content() for figure in figures)


def test_report_of_real_answers_carries_no_banner(client: Client) -> None:
    released(content.content(synthetic=False))

    found = page(client, "/2019/1/all/")

    assert not found.xpath("//meta[@name='robots']")
    assert "made up" not in found.text_content()


def test_withheld_figures_are_marked_and_explained(client: Client) -> None:
    released()

    policy = page(client, "/2019/1/all/").get_element_by_id("fig-enterprise.policy")

    row = next(row for row in policy.xpath(".//tr") if "Another answer" in row.text_content())
    assert [cell.text_content().strip() for cell in row.xpath("./td")] == ["withheld", "–", "100"]
    assert "It may be any number, zero included." in policy.text_content()


def test_range_is_explained_in_each_part_and_beside_a_figure_that_stands_alone(client: Client) -> None:
    released()
    sentence = "nobody was drawn by chance, and the range does not cover that"

    whole, alone = page(client, "/2019/1/all/"), page(client, "/2019/1/figure/enterprise.policy/")

    assert [
        sentence in part.text_content() for part in whole.xpath("//section[starts-with(@id, 'part-')]")
    ] == [True]
    assert all(
        figure.xpath(".//a[contains(@href, '#range')]")
        for figure in whole.xpath("//figure[.//*[contains(@class, 'whisker')]]")
    )
    assert all(sentence in details.text_content() for details in alone.xpath("//figure/details")[:1])


def test_report_without_a_release_is_a_plain_page(client: Client) -> None:
    response = client.get("/2018/")

    assert response.status_code == 404
    assert "No report has been published for 2018." in response.content.decode()


@pytest.mark.parametrize(
    "status", [Release.Status.REQUESTED, Release.Status.REJECTED, Release.Status.CANCELLED]
)
def test_report_of_a_release_that_was_not_approved_is_not_found(client: Client, status: str) -> None:
    released(status=status)

    assert [client.get(path).status_code for path in ("/2019/", "/2019/1/")] == [404, 404]


def test_earlier_release_stays_readable_and_points_to_the_newest(client: Client) -> None:
    released(number=1)
    released(content.content(title="Corrected"), number=2)

    first, second, newest = (page(client, path).text_content() for path in ("/2019/1/", "/2019/2/", "/2019/"))

    assert "Read the newest, release 2" in first
    assert "Read the newest" not in second + newest
    assert "Corrected" in newest


def test_report_of_any_size_takes_the_same_number_of_queries(client: Client) -> None:
    released()
    data = content.content(year=2020)
    data["parts"][0]["sections"] *= 4
    released(data)

    KEPT.bodies.clear()
    counts = []
    for path in ("/2019/1/all/", "/2020/1/all/"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))

    assert counts == [4, 4]


def test_report_in_a_right_to_left_language_is_mirrored(client: Client) -> None:
    released()

    ordinary = page(client, "/2019/1/all/")
    mirrored = page(client, "/2019/1/all/", headers={"accept-language": "ar"})

    first = [
        p.get_element_by_id("fig-enterprise.policy").xpath(".//svg/rect/@x")[0] for p in (ordinary, mirrored)
    ]
    assert (mirrored.get("dir"), first) == ("rtl", ["0%", "10%"])


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_public_pages_answer_to_reading_only(client: Client, method: str) -> None:
    assert getattr(client, method)("/2019/1/all/").status_code == 405


def test_weighted_and_imported_parts_say_so(client: Client) -> None:
    found = content.content()
    found["parts"][0] |= {
        "origin": "imported",
        "imported_from": "A survey of <b>2018</b>",
        "weighting": {"kind": "raked", "margins": ["Area"], "design_effect": 1.25, "effective_base": 360},
    }
    policy = found["parts"][0]["sections"][1]["figures"][0]
    found["parts"][0]["sections"][1]["figures"][0] = policy | {"weighted": True, "imported": True}
    released(found)

    text = " ".join(page(client, "/2019/1/all/").text_content().split())

    assert "Imported: collected under another promise. A survey of <b>2018</b>" in text
    assert "weighted to known shares (Area)" in text
    assert "as much as 360 would without weights (design effect 1.2" in text
    assert text.count("Imported: collected under another promise.") == 2
    assert text.count(" Weighted.") == 1
    assert text.count(" Unweighted.") > 3


def test_parts_without_weights_say_nothing_of_any(client: Client) -> None:
    released()

    text = page(client, "/2019/1/all/").text_content()

    assert "Imported" not in text
    assert "without weights" not in text


BY_SIZE = {
    "class": "size2",
    "title": "Size",
    "status": "shown",
    "reason": "",
    "detail": "nets",
    "parts": [
        {"code": "small", "label": "Small"},
        {"code": "large+not_stated", "label": "Large, not stated"},
    ],
    "lines": [
        content.line("has_policy", "Has a policy", 80, 60, kind="net", part="small"),
        content.line("has_policy", "Has a policy", 95, 140, kind="net", part="large+not_stated"),
        content.line("other", "Other", None, 60, status="withheld", part="small"),
        content.line("other", "Other", None, 140, status="withheld", part="large+not_stated"),
    ],
}
BY_AREA = BY_SIZE | {
    "class": "area3",
    "title": "Area",
    "status": "dropped",
    "reason": "small_base",
    "detail": "",
    "parts": [],
    "lines": [],
}


def with_breakdowns() -> dict[str, Any]:
    data = content.content()
    figures = data["parts"][0]["sections"][1]["figures"]
    data["parts"][0]["sections"][1]["figures"] = [
        figure | {"breakdowns": [BY_SIZE, BY_AREA]} if figure["id"] == "enterprise.policy" else figure
        for figure in figures
    ]
    return data


def test_summary_says_findings_in_one_number_and_leads_to_the_parts(client: Client) -> None:
    released()

    found = page(client, "/2019/")

    policy = found.xpath("//li[@class='finding']/a[contains(@href, '#fig-enterprise.policy')]")[0]
    assert policy.get("href") == "/2019/1/part/enterprise/#fig-enterprise.policy"
    assert "90\N{NO-BREAK SPACE}%" in policy.text_content()
    assert found.xpath("//a[@href='/2019/1/part/enterprise/'][contains(@class, 'button')]")
    assert found.xpath("//link[@rel='canonical']/@href") == ["http://testserver/2019/1/"]


def test_part_page_holds_the_figures_of_the_part_and_leads_to_each_alone(client: Client) -> None:
    released(with_breakdowns())

    found = page(client, "/2019/1/part/enterprise/")

    assert len(found.xpath("//figure")) == 8
    links = found.xpath("//figure[@id='fig-enterprise.policy']//p[@class='by-groups']/a/@href")
    assert links == ["/2019/1/figure/enterprise.policy/#fig-enterprise.policy-by-size2"]
    assert client.get("/2019/1/part/other/").status_code == 404


def test_figure_page_shows_its_breakdowns_with_why_they_look_so(client: Client) -> None:
    released(with_breakdowns())

    found = page(client, "/2019/1/figure/enterprise.policy/")

    by_size = found.get_element_by_id("fig-enterprise.policy-by-size2")
    headings = [" ".join(cell.text_content().split()) for cell in by_size.xpath(".//thead/tr/th")]
    assert headings == ["Answer", "Small", "Large, not stated"]
    rows = [
        [
            " ".join("".join(bdi.itertext()) for bdi in cell.xpath(".//bdi")).replace(
                "\N{NO-BREAK SPACE}", " "
            )
            or cell.text
            for cell in row
        ]
        for row in by_size.xpath(".//tbody/tr")
    ]
    assert rows[0][1:] == ["80 % 72 to 88 %", "95 % 87 to 100 %"]
    assert rows[1][1:] == ["withheld", "withheld"]
    assert rows[2] == ["Base", "60", "140"]
    words = by_size.text_content()
    assert "Answers are taken together here" in words
    assert "Groups are taken together here" in words
    dropped = found.get_element_by_id("fig-enterprise.policy-by-area3").text_content()
    assert "at least one of the groups is too small" in dropped


def test_figure_page_can_be_shared_and_cited(client: Client) -> None:
    made = released()

    found = page(client, "/2019/1/figure/enterprise.policy/")

    cite = " ".join(found.xpath("string(//p[@class='cite'])").split())
    assert "Online crimes against children 2019, release 1" in cite
    assert "http://testserver/2019/1/figure/enterprise.policy/" in cite
    assert made.content_hash[:16] in cite
    assert found.xpath("//meta[@property='og:title']/@content") == [
        "Title of policy – Online crimes against children 2019 – synthetic demonstration"
    ]
    for missing in ("enterprise.nothing", "nothing", "other.policy"):
        assert client.get(f"/2019/1/figure/{missing}/").status_code == 404


def test_method_has_a_page_of_its_own_to_which_every_range_leads(client: Client) -> None:
    released()

    assert page(client, "/2019/1/method/").xpath("//h3[@id='range']")
    links = page(client, "/2019/1/part/enterprise/").xpath("//figure//a[contains(@href, '#range')]/@href")
    assert set(links) == {"/2019/1/method/#range"}


def test_page_is_kept_for_each_language_and_made_anew_for_each_release(client: Client) -> None:
    released()
    KEPT.bodies.clear()
    english, arabic = (
        client.get("/2019/", headers={"accept-language": tag}).content.decode() for tag in ("en", "ar")
    )
    assert ('lang="en"' in english, 'lang="ar"' in arabic) == (True, True)

    with CaptureQueriesContext(connection) as queries:
        again = client.get("/2019/", headers={"accept-language": "en"}).content.decode()

    assert (len(queries), again) == (1, english)
    released(content.content(title="Corrected"), number=2)
    assert "Corrected" in client.get("/2019/", headers={"accept-language": "en"}).content.decode()
    assert "Read the newest, release 2" in client.get("/2019/1/").content.decode()


def test_no_more_pages_are_kept_than_there_is_room_for(settings: Settings) -> None:
    settings.REPORT_KEPT_PAGES = 10
    pages = Pages()
    for number in range(15):
        pages.keep(number, b"page")

    assert (pages.get(0), pages.get(5), len(pages.bodies)) == (None, b"page", 10)


def test_words_of_respondents_stand_in_their_section_and_say_nothing_of_who(client: Client) -> None:
    made = content.content()
    made["parts"][0]["quotations"] = [
        {
            "section": "policy",
            "question": "policy",
            "code": "",
            "words": f"We began <late> {content.HOSTILE}",
        },
        {"section": "screener", "question": "size", "code": "", "words": "Large."},
    ]
    released(made)

    section = page(client, "/2019/1/part/enterprise/").get_element_by_id("section-enterprise-policy")

    (quote,) = section.xpath(".//section[@class='quotes']//blockquote")
    assert quote.text_content() == f"We began <late> {content.HOSTILE}"


def test_help_is_there_by_country_in_the_language_of_the_reader_from_every_page(client: Client) -> None:
    released()

    for path in ("/", "/2019/1/", "/2019/1/part/enterprise/", "/2019/1/figure/enterprise.policy/"):
        assert page(client, path).xpath("//footer//a[@href='/help/']")
    found = page(client, "/help/", headers={"accept-language": "sv"})
    assert "Tyskland" in [heading.text_content() for heading in found.xpath("//h2")]
    for link in found.xpath("//a[starts-with(@href, 'tel:')]"):
        assert link.get("href").removeprefix("tel:").isdigit()
