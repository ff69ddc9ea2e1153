"""The eleven items of method: stored facts in sentences, what an editor wrote, and no release while one is empty."""

from __future__ import annotations

import json
from typing import Any

import lxml.html
import pytest
from django.test import Client

from accounts.models import User
from reports.actions import release as releases
from reports.composing import DISCLOSURE
from reports.models import ReportText
from reports.public.disclosure import items_of
from reports.public.reading import read_report
from surveys.models import Wave
from tests.public import content
from tests.public.content import HOSTILE, released
from tests.reports.test_release import NOW, analyst, wave  # noqa: F401

pytestmark = pytest.mark.django_db

FIELDWORK = {
    "languages": ["en", "sv"],
    "time_zone": "Europe/Stockholm",
    "doors": ["email", "code"],
    "response": [
        {
            "door": "email",
            "complete_from": 80,
            "partial_from": 50,
            "e": 0.912,
            "e_found": "default",
            "cautions": ["estimated"],
            "figures": [
                {"kind": "number", "name": "cases", "value": 1140.0, "status": "shown", "reason": ""},
                {"kind": "rate", "name": "RR2", "value": 0.4826, "status": "shown", "reason": ""},
                {"kind": "rate", "name": "REF1", "value": None, "status": "withheld", "reason": "tells"},
            ],
        }
    ],
    "coding": [{"question": "policy", "units": 180, "alpha": 0.7431, "kappa": None}],
}


def told() -> dict[str, Any]:
    made = content.content()
    made["parts"][0]["fieldwork"] = FIELDWORK
    texts = {
        f"method.{key}": {"en": f"Told of {key}. {HOSTILE}"} for key in ("sponsor", "sample", "limitations")
    }
    return made | {"report": {"texts": texts, "articles": [], "comments": []}}


def method(client: Client) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(client.get("/2019/1/method/").content.decode())


def test_every_item_is_told_in_order_from_facts_and_texts(client: Client) -> None:
    released(told())

    found = method(client).xpath("//ol[@class='disclosure']/li")

    assert [one.get("id") for one in found] == [f"method-{key}" for key in DISCLOSURE]
    words = [" ".join(one.text_content().split()) for one in found]
    assert all("before this was told" not in one for one in words)
    assert "personal link by e-mail, access code" in words[0]
    assert "Told of sponsor" in words[1]
    assert "a list of 1,140 cases" in words[4]
    assert "English, Swedish" in words[5]
    assert "29 April 2019 to 30 August 2019" in words[6]
    assert "complete from 80 per cent" in words[7]
    assert not method(client).xpath("//b[@onclick]")


def test_rates_are_told_with_their_names_or_why_there_is_none(client: Client) -> None:
    released(told())

    words = " ".join(method(client).text_content().split())
    summary = " ".join(lxml.html.fromstring(client.get("/2019/").content.decode()).text_content().split())

    assert "Response rate 2 (RR2)" in words
    assert "48.3 %" in words
    assert "It would tell of fewer than ten people how they stand." in words
    assert "e = 0.912: the share among the cases of which it is known" in words
    coding = method(client).xpath("//h3[@id='coding']/following::tbody[1]/tr/*")
    assert [cell.text_content() for cell in coding] == ["Title of policy", "180", "0.74", "–"]
    assert "48.3 %" in summary


def test_release_from_before_this_was_told_says_so(client: Client) -> None:
    released()

    assert "This release is from before this was told." in method(client).text_content()


def test_release_is_not_asked_for_while_an_item_is_empty(wave: Wave, analyst: User) -> None:  # noqa: F811
    ReportText.objects.create(
        edition=wave.edition, place="method.sponsor", language="en", version=2, text=" ", by=analyst, at=NOW
    )

    with pytest.raises(releases.MethodUntold, match="Who paid for the research and who did it"):
        releases.request(edition=wave.edition, note="", by=analyst, now=NOW)


def test_release_of_a_wave_leaves_no_item_empty(wave: Wave, analyst: User) -> None:  # noqa: F811
    made = releases.request(edition=wave.edition, note="", by=analyst, now=NOW)

    found = items_of(read_report(json.loads(made.content)), "en")

    assert [item.key for item in found] == list(DISCLOSURE)
    assert not any(item.is_empty for item in found)
