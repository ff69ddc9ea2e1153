"""Editors arrange figures and write headlines, which are checked against the stored numbers."""

from __future__ import annotations

import lxml.html
import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports import arranging
from reports.actions import arranging as actions
from reports.actions import composing
from reports.compositions import report_content
from reports.headlines import Kind
from reports.models import FigureArrangement
from surveys.models import Edition, Wave
from tests.public.content import content, released
from tests.services import acting_as
from tests.staff.people import NOW, member
from tests.staff.stage import counted, small_wave
from tests.staff.visits import LogIn, get

AS_IT_IS = {"hidden": False, "position": None, "chart": "", "nets_only": False, "breakdown": ""}


@pytest.fixture
def wave(db: None) -> Wave:
    found = small_wave(status="final")
    counted(found)
    return found


@pytest.fixture
def edition(wave: Wave) -> Edition:
    return wave.edition


def first_figure(edition: Edition) -> str:
    return next(arranging.figures_of(edition)).id


def test_figure_is_arranged_on_its_page_and_stands_so_in_the_content(
    logged_in: LogIn, analyst: User, edition: Edition
) -> None:
    figure = first_figure(edition)
    client = logged_in(analyst)

    answer = client.post(f"/staff/editions/{edition.year}/figures/{figure}/", {"seen": 0, "position": 2})

    assert answer.status_code == 302
    assert report_content(edition)["report"]["figures"] == {figure: {"hidden": True, "position": 2}}
    page = get(client, f"/staff/editions/{edition.year}/figures/")
    assert "left out" in page
    assert AuditEvent.objects.filter(action="figure.arranged").count() == 1


def test_second_editor_is_told_of_the_first(analyst: User, edition: Edition) -> None:
    figure = first_figure(edition)
    values = {"edition": edition, "figure": figure, "by": analyst, "now": NOW}
    with acting_as("web"):
        actions.arrange(seen=0, values=AS_IT_IS | {"position": 1}, **values)
        with pytest.raises(actions.ArrangedMeanwhile, match="has arranged this figure"):
            actions.arrange(seen=0, values=AS_IT_IS, **values)
        actions.arrange(seen=1, values=AS_IT_IS, **values)

    assert "figures" not in report_content(edition)["report"]
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureArrangement.objects.all().delete()


def test_what_does_not_fit_a_figure_is_refused(analyst: User, edition: Edition) -> None:
    figure = first_figure(edition)
    common = {"edition": edition, "seen": 0, "now": NOW}

    with pytest.raises(actions.NotForThisFigure):
        actions.arrange(figure=figure, values=AS_IT_IS | {"chart": "pie"}, by=analyst, **common)
    with pytest.raises(actions.NotForThisFigure):
        actions.arrange(figure=figure, values=AS_IT_IS | {"breakdown": "none_such"}, by=analyst, **common)
    with pytest.raises(actions.NoSuchFigure):
        actions.arrange(figure="small.nowhere", values=AS_IT_IS, by=analyst, **common)
    with pytest.raises(NotPermitted):
        actions.arrange(figure=figure, values=AS_IT_IS, by=member(email="o@example.org"), **common)


def test_headline_that_says_too_much_is_marked_for_editors_and_for_whoever_approves(
    logged_in: LogIn, analyst: User, edition: Edition
) -> None:
    figure = first_figure(edition)
    place = f"headline.{figure}"
    composing.write(
        edition=edition,
        place=place,
        language="en",
        text="Everybody, 101 % of them, because of the law",
        seen=0,
        by=analyst,
        now=NOW,
    )

    (found,) = arranging.overstated(edition)
    page = get(logged_in(analyst), f"/staff/editions/{edition.year}/figures/{figure}/")

    assert {excess.kind for excess in found.excesses} >= {Kind.NUMBER, Kind.CAUSE}
    assert "“101 %” stands nowhere in this figure." in page
    assert "says too much" in get(logged_in(analyst), f"/staff/editions/{edition.year}/figures/")


def arranged(**figures: dict[str, object]) -> None:
    made = content()
    texts = {
        "headline.enterprise.policy": {"en": "Nine in ten have <b>a policy</b>"},
        "note.enterprise.policy": {"en": "A *note* beneath."},
    }
    named = {f"enterprise.{key}": value for key, value in figures.items()}
    released(made | {"report": {"texts": texts, "articles": [], "comments": [], "figures": named}})


def test_report_follows_the_arrangement(client: Client, db: None) -> None:
    arranged(
        share={"position": 1},
        ranking={"position": 2, "chart": "bar"},
        areas={"hidden": True},
        policy={"nets_only": True},
    )

    page = lxml.html.fromstring(client.get("/2019/1/part/enterprise/").content.decode())

    section = page.get_element_by_id("section-enterprise-policy")
    ids = [figure.get("id").removeprefix("fig-enterprise.") for figure in section.xpath(".//figure")]
    assert ids == ["share", "ranking", "policy", "frequency", "found_how"]
    policy = page.get_element_by_id("fig-enterprise.policy")
    assert (
        policy.xpath(".//p[@class='headline-sentence']")[0].text_content()
        == "Nine in ten have <b>a policy</b>"
    )
    assert "A note beneath." in policy.text_content()
    assert [label.text_content() for label in policy.xpath(".//span[@class='bar-label']")] == ["Has a policy"]
    assert client.get("/2019/1/figure/enterprise.areas/").status_code == 200
    assert "enterprise.areas" in client.get("/2019/1/data/tables.csv").content.decode()
