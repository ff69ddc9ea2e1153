"""Figures as pictures for links that are shared: drawn once by the worker, never more than is published."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import override
from lxml import html
from PIL import Image
from pypdf import PdfReader

from reports.actions.picturing import SHEETS, document, page_of, picture_release, waiting_for_the_worker
from reports.actions.printing import sheets
from reports.models import Release, ReleasePicture
from reports.public.cards import Card, cards_of, shortened, views_of
from reports.public.figures import figure_view
from reports.public.reading import read_figure
from responses.pdf import laid_out
from tests.public import content
from tests.public.content import released
from tests.services import acting_as

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
FIGURE = "/2019/1/figure/enterprise.policy/"


def meta(client: Client, path: str) -> dict[str, str]:
    page = html.document_fromstring(client.get(path).content)
    return {str(one.get("property")): str(one.get("content")) for one in page.xpath("//meta[@property]")}


def cards(release: Release, language: str = "en") -> dict[str, list[Card]]:
    with override(language):
        return {view.figure.id: list(cards_of(part, view)) for part, view in views_of(page_of(release))}


def test_pictures_are_drawn_once_in_each_language_and_never_changed() -> None:
    release = released()
    with acting_as("worker"):
        picture_release(release_id=release.pk, clock=lambda: NOW)
    made = ReleasePicture.objects.filter(release=release)
    figures = set(made.filter(language="en").values_list("figure", flat=True))

    assert set(made.values_list("language", flat=True)) == {"en", "sv", "ar"}
    assert {"", "enterprise.policy"} <= figures
    assert waiting_for_the_worker() == []
    # Of a figure that shows nothing there is nothing to draw.
    assert content.SMALL["id"] not in figures

    picture_release(release_id=release.pk, clock=lambda: NOW)

    assert made.count() == 3 * len(figures)
    with pytest.raises(IntegrityError), transaction.atomic():
        made.update(sha256="0" * 64)
    for one in made:
        picture = Image.open(io.BytesIO(bytes(one.content)))
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
        colours = picture.convert("RGB").getcolors(1200 * 630)
        assert colours is not None
        assert len(colours) > 8, one.figure


def test_pages_name_their_picture_in_the_language_of_the_reader_once_it_is_drawn(client: Client) -> None:
    made = released()
    before, missing, waiting = (
        meta(client, FIGURE),
        client.get(f"{FIGURE}picture-en.png"),
        waiting_for_the_worker(),
    )

    picture_release(release_id=made.pk, clock=lambda: NOW)

    assert "og:image" not in before
    assert missing.status_code == 404
    assert "still being drawn" in missing.content.decode()
    assert waiting == [made.pk]
    english = meta(client, FIGURE)
    whole = [meta(client, path) for path in ("/2019/", "/2019/1/part/enterprise/", "/2019/1/method/")]
    client.cookies["enquiry_language"] = "ar"
    assert english["og:image"] == f"http://testserver{FIGURE}picture-en.png"
    assert english["og:title"].startswith("Title of policy")
    assert "90" in english["og:image:alt"]
    assert {found["og:image"] for found in whole} == {"http://testserver/2019/1/picture-en.png"}
    assert meta(client, FIGURE)["og:image"].endswith("picture-ar.png")
    for address in (english["og:image"], whole[0]["og:image"]):
        path = address.removeprefix("http://testserver")
        answer = client.get(path)
        again = client.get(path, headers={"if-none-match": answer["ETag"]})
        assert (answer.status_code, answer["Content-Type"], again.status_code) == (200, "image/png", 304)
        assert "immutable" in answer["Cache-Control"]
        assert answer["Content-Disposition"].startswith("inline")


def test_release_that_was_not_approved_is_not_drawn() -> None:
    made = released(status=Release.Status.REQUESTED)

    picture_release(release_id=made.pk, clock=lambda: NOW)

    assert not ReleasePicture.objects.exists()
    assert waiting_for_the_worker() == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_figure_has_a_card_that_fits_and_says_what_it_rests_on(language: str) -> None:
    made = released()
    style = sheets(SHEETS)

    for figure, found in cards(made, language).items():
        with override(language):
            page = page_of(made)
            tried = ((card, laid_out(document(page, card, language), style)) for card in found)
            card, laid = next((card, laid) for card, laid in tried if laid.pages == 1)
        assert card.has_chart, figure
        assert card.view is not None
        words = " ".join(PdfReader(io.BytesIO(laid.pdf)).pages[0].extract_text().split())
        if language == "en":
            assert f"Base: {card.view.base}" in words
            assert "Release 1" in words
            assert "Synthetic demonstration" in words


def test_card_holds_no_withheld_value_and_no_markup_of_a_label() -> None:
    made = released()
    page = page_of(made)

    for found in cards(made).values():
        drawn = html.document_fromstring(document(page, found[0], "en"))
        assert not drawn.xpath("//b[@onclick]")
        for bar in drawn.xpath("//*[contains(@class, 'is-withheld')]"):
            assert not bar.xpath(".//rect")


@pytest.mark.parametrize("most", [6, 3, 1])
def test_answers_given_most_often_stay_and_a_scale_is_never_cut(most: int) -> None:
    ranked = figure_view(read_figure(content.RANKING), {}, False)
    scale = figure_view(read_figure(content.FREQUENCY), {}, False)

    kept = shortened(ranked.figure, ranked.drawn, most)
    points = shortened(scale.figure, scale.drawn, most)

    left_out = [line for line in ranked.drawn if line not in kept and line.is_shown]
    smallest = min(line.value or 0 for line in kept if line.is_shown)
    assert len({line.code for line in kept}) <= most
    assert all((line.value or 0) <= smallest for line in left_out)
    rows = {line.row for line in points}
    for row in rows:
        assert [x for x in points if x.row == row] == [x for x in scale.drawn if x.row == row]
    assert len(rows) <= most


def test_sum_is_drawn_where_hardly_an_answer_is_shown_and_marks_are_told_only_if_drawn() -> None:
    answers = [content.withheld(code, code) for code in ("one", "two", "three")]
    net = content.line("any", "Any", 82, kind="net", role="")
    hidden = figure_view(read_figure(content.POLICY | {"lines": [net, *answers]}), {}, False)
    policy = figure_view(read_figure(content.POLICY), {}, False)

    few = shortened(hidden.figure, hidden.drawn, 6)
    cards_of_policy = list(cards_of(None, policy))

    assert [line.code for line in few] == ["any"]
    whole, shortest = (
        next(c for c in found if c.has_chart) for found in (cards_of_policy, cards_of_policy[::-1])
    )
    assert whole.view is not None
    assert shortest.view is not None
    assert any("Withheld" in sentence for sentence in whole.view.legend)
    assert not any("Withheld" in sentence for sentence in shortest.view.legend)


def test_nothing_is_left_when_nothing_fits() -> None:
    view = figure_view(read_figure(content.POLICY), {}, False)

    assert shortened(view.figure, view.drawn, 0) == ()
