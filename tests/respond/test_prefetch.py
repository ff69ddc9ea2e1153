"""Whoever opens a link without a person behind it, a mail scanner or a browser that looks ahead, changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection

from responses.models import Draft
from responses.urls import urlpatterns
from surveys.models import Wave
from tests.respond.fieldwork import Respondent
from tests.respond.test_journey import at_region, to_check

pytestmark = pytest.mark.django_db

NOT_HERE = {"django_migrations"}


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, with its place in the file: a row written anew has moved, even if it says the same."""
    found = {}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in set(tables) - NOT_HERE:
            cursor.execute(f'SELECT ctid::text, t::text FROM "{table}" t ORDER BY 1')
            found[table] = cursor.fetchall()
    return found


def addresses(wave: Wave, link: str) -> list[str]:
    """Every address of respondents, with something real in its places."""
    filled = {
        "token": link.removeprefix("/i/"),
        "number": "3",
        "wave_id": str(wave.pk),
        "kind": "left",
        "door": "email",
    }
    routes = [str(pattern.pattern) for pattern in urlpatterns]
    return ["/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda place: filled[place[1]], route) for route in routes]


def not_begun(respondent: Respondent) -> Respondent:
    return respondent.open()


def under_way(respondent: Respondent) -> Respondent:
    return at_region(respondent)


def at_the_check(respondent: Respondent) -> Respondent:
    return to_check(respondent)


def sent(respondent: Respondent) -> Respondent:
    return to_check(respondent).press("send")


def declined(respondent: Respondent) -> Respondent:
    return respondent.open().press("decline").post({})


@pytest.mark.parametrize("stage", [not_begun, under_way, at_the_check, sent, declined])
def test_opening_every_address_twice_changes_nothing(
    respondent: Respondent, wave: Wave, stage: Callable[[Respondent], Respondent]
) -> None:
    stage(respondent)
    before = everything()
    paths = addresses(wave, respondent.link)
    looking_ahead = {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}

    for method, path in [(method, path) for method in ("GET", "HEAD", "GET") for path in paths]:
        response = respondent.client.generic(method, path, headers=looking_ahead)
        assert response.status_code in {200, 302, 303, 404}, (method, path, response.status_code)

    assert everything() == before


def test_scanner_that_opens_the_link_first_leaves_it_to_the_person(
    respondent: Respondent, wave: Wave
) -> None:
    scanner = Respondent(respondent.link)
    for path in addresses(wave, respondent.link):
        scanner.get(path)

    respondent.begin()

    assert "/answer/step/" in respondent.path
    assert Draft.objects.count() == 1
