"""Outside experts: a private link, a comment, the edited text with its changes, and agreement to these very words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from reports.actions import experts as actions
from reports.compositions import report_content
from reports.differing import Change, pieces
from reports.models import ExpertLink, ExpertWord
from surveys.models import Edition
from tests.box.people import member_of_staff
from tests.public.content import HOSTILE
from tests.services import acting_as
from tests.staff.people import log_in

PLACE = "section.enterprise.policy_and_plan"


def invited(edition: Edition, by: User, **more: Any) -> tuple[ExpertLink, str]:
    now = timezone.now()
    values = {
        "place": PLACE,
        "name": "Ada Example",
        "role": "Professor",
        "organisation": "A university",
        "language": "en",
        "expires_at": now + timedelta(days=10),
    }
    with acting_as("web"):
        return actions.invite(edition=edition, by=by, now=now, **(values | more))


def visit(client: Client, token: str, status: int = 200) -> lxml.html.HtmlElement:
    answer = client.get(f"/expert/{token}/")
    assert answer.status_code == status
    assert "no-store" in answer["Cache-Control"]
    return lxml.html.fromstring(answer.content.decode())


def test_comment_goes_from_the_expert_over_the_editor_to_the_report(
    client: Client, edition: Edition, editor: User
) -> None:
    link, token = invited(edition, editor)
    page = visit(client, token)
    figures = page.xpath("//figure")
    assert figures
    assert len(page.xpath("//figure//p[contains(@class, 'watermark')]")) == len(figures)

    with acting_as("web"):
        sent = client.post(
            f"/expert/{token}/", {"text": f"A policy is {HOSTILE} not enough.", "interests": "None."}
        )
        assert sent.status_code == 302
        actions.edit(link=link, text="A policy alone is not enough.", by=editor, now=timezone.now())

    page = visit(client, token)
    assert [found.text_content().strip() for found in page.xpath("//ins")] == ["alone"]
    assert not page.xpath("//b[@onclick]")
    assert "report" not in str(report_content(edition)["report"]["comments"])
    seen = page.get_element_by_id("approval_seen").get("value")
    refused = client.post(f"/expert/{token}/", {"approve": "1", "seen": seen, "interests": ""})
    assert refused.status_code == 422
    assert "Tick the box if you agree" in refused.content.decode()

    with acting_as("web"):
        client.post(
            f"/expert/{token}/", {"approve": "1", "seen": seen, "interests": "Sells one.", "agrees": "on"}
        )

    (comment,) = report_content(edition)["report"]["comments"]
    assert (comment["text"], comment["name"]) == ("A policy alone is not enough.", "Ada Example")
    assert comment["interests"] == "Sells one."
    assert "You have agreed to these words" in visit(client, token).text_content()
    actions_of = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions_of[-3:] == ["expert.invited", "expert_comment.edited", "expert_comment.kept"]


def test_words_that_changed_meanwhile_are_not_agreed_to(edition: Edition, editor: User) -> None:
    link, token = invited(edition, editor)
    now = timezone.now()
    actions.write(token=token, text="First.", interests="", now=now)
    seen = actions.edit(link=link, text="Second.", by=editor, now=now).pk
    actions.edit(link=link, text="Third.", by=editor, now=now)

    with pytest.raises(actions.ChangedMeanwhile):
        actions.approve(token=token, seen=seen, interests="", now=now)

    assert report_content(edition)["report"]["comments"] == []


def test_comment_that_is_edited_again_becomes_a_further_version(edition: Edition, editor: User) -> None:
    link, token = invited(edition, editor)
    now = timezone.now()
    for text in ("First.", "Second."):
        seen = actions.write(token=token, text=text, interests="", now=now).pk
        actions.approve(token=token, seen=seen, interests="", now=now)

    comments = report_content(edition)["report"]["comments"]
    assert [comment["text"] for comment in comments] == ["Second."]
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpertWord.objects.all().delete()
    assert link.words.count() == 4


def test_link_that_ended_was_forged_or_is_over_opens_nothing(
    client: Client, edition: Edition, editor: User
) -> None:
    link, token = invited(edition, editor)
    visit(client, token[:-1] + ("y" if token.endswith("x") else "x"), 404)

    with acting_as("web"):
        actions.end(link=link, by=editor, now=timezone.now())
        with pytest.raises(actions.LinkEnded):
            actions.end(link=link, by=editor, now=timezone.now())

    visit(client, token, 404)
    assert client.post(f"/expert/{token}/", {"text": "Still here?"}).status_code == 404
    _other, late = invited(edition, editor)
    ExpertLink.objects.filter(ended_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    visit(client, late, 404)
    assert not ExpertWord.objects.exists()


def test_what_cannot_be_is_refused(edition: Edition, editor: User) -> None:
    with pytest.raises(actions.NoPlaceForComments):
        invited(edition, editor, place="summary")
    with pytest.raises(actions.BadEnd):
        invited(edition, editor, expires_at=timezone.now() + timedelta(days=61))
    with pytest.raises(NotPermitted):
        invited(edition, member_of_staff("coder"))
    link, token = invited(edition, editor)
    with pytest.raises(actions.NothingWritten):
        actions.edit(link=link, text="Something.", by=editor, now=timezone.now())
    with pytest.raises(actions.NothingWritten):
        actions.approve(token=token, seen=0, interests="", now=timezone.now())


def test_expert_on_an_article_reads_the_article(client: Client, edition: Edition, editor: User) -> None:
    _link, token = invited(edition, editor, place="article.robust_hashing")

    page = visit(client, token)

    assert not page.xpath("//figure")
    assert len(page.xpath("//section[@aria-labelledby='figures-title']//p")) > 1


def test_editors_invite_read_edit_and_end_on_their_pages(
    client: Client, edition: Edition, editor: User
) -> None:
    log_in(client, editor)
    path = f"/staff/editions/{edition.year}/experts/"
    day = (timezone.now() + timedelta(days=5)).date().isoformat()

    made = client.post(
        path,
        {
            "place": PLACE,
            "name": "Ada Example",
            "language": "en",
            "expires_at": f"{day}T12:00",
            "time_zone": "UTC",
        },
    )
    address = lxml.html.fromstring(made.content.decode()).xpath("//code")[0].text_content()
    outside = Client()
    outside.post(address.removeprefix("http://testserver"), {"text": "Something to say."})
    link = ExpertLink.objects.get()

    assert "written by the expert" in client.get(path).content.decode()
    assert client.post(f"{path}{link.pk}/", {"text": "Something said."}).status_code == 302
    page = client.get(f"{path}{link.pk}/").content.decode()
    assert "edited, waits for the expert" in page
    assert client.post(f"{path}{link.pk}/end/").status_code == 302
    assert outside.get(address.removeprefix("http://testserver")).status_code == 404


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_make_both_texts(before: str, after: str) -> None:
    found = pieces(before, after)

    assert "".join(one.text for one in found if one.change is not Change.ADDED) == before
    assert "".join(one.text for one in found if one.change is not Change.REMOVED) == after
