"""Who gets where: every address of the site, asked for by everybody there is.

An address that is missing from `TABLE` fails the test, so that whoever adds a page decides who may see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Role
from surveys.models import Wave
from tests.staff.people import member
from tests.staff.stage import stage_everything

VISITORS = ("anonymous", "outsider", "fieldwork", "analyst", "publisher", "superuser")
EVERYBODY = frozenset(VISITORS)
LOGGED_IN = EVERYBODY - {"anonymous"}
SUPERUSER = frozenset({"superuser"})
BACK_OFFICE = "admin/"


def holders(*permissions: str) -> frozenset[str]:
    """The roles with one of the permissions, read from the same rows that the pages read."""
    return frozenset(role.key for role in Role.objects.all() if set(permissions) & set(role.permissions))


# Route -> who reaches it: a set of visitors, or the permissions that open it.
TABLE: dict[str, frozenset[str] | tuple[str, ...]] = {
    "healthz": EVERYBODY,
    "language": EVERYBODY,
    # public
    "": EVERYBODY,
    "<int:year>/": EVERYBODY,
    "<int:year>/<int:number>/": EVERYBODY,
    "api/v1/editions/": EVERYBODY,
    "api/v1/editions/<int:year>/": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/content.json": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/figures/": EVERYBODY,
    "api/v1/editions/<int:year>/releases/<release:number>/figures/<str:figure>/": EVERYBODY,
    "api/v1/schema/": EVERYBODY,
    r"api/v1/^[\s\S]*$": EVERYBODY,
    "what-we-store/": EVERYBODY,
    # respondents
    "i/<str:token>": EVERYBODY,
    "answer/": EVERYBODY,
    "answer/begin": EVERYBODY,
    "answer/check": EVERYBODY,
    "answer/decline": EVERYBODY,
    "answer/kept": EVERYBODY,
    "answer/later": EVERYBODY,
    "answer/leave": EVERYBODY,
    "answer/send": EVERYBODY,
    "answer/step/<int:number>": EVERYBODY,
    "answer/stop": EVERYBODY,
    "answer/whole": EVERYBODY,
    "answer/whole.pdf": EVERYBODY,
    "answer/forward": EVERYBODY,
    "genuine/": EVERYBODY,
    "genuine/<uuid:wave_id>/letter": EVERYBODY,
    "withdraw/": EVERYBODY,
    # staff
    "staff/login/": EVERYBODY,
    "staff/logout/": LOGGED_IN,
    "staff/password/": LOGGED_IN,
    "staff/": LOGGED_IN,
    "staff/editions/new/": ("wave.manage",),
    "staff/waves/new/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/": ("wave.view",),
    "staff/waves/<uuid:wave_id>/edit/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/places/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/announcement/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/languages/": ("wave.view",),
    "staff/waves/<uuid:wave_id>/languages/<str:language>/open/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/languages/<str:language>/close/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/open/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/close/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/key/": ("wave.manage",),
    "staff/waves/<uuid:wave_id>/invitations/": ("invitation.upload",),
    "staff/waves/<uuid:wave_id>/fieldwork/": ("invitation.upload",),
    "staff/waves/<uuid:wave_id>/run/": ("run.start",),
    "staff/waves/<uuid:wave_id>/tables/": ("table.view",),
    "staff/waves/<uuid:wave_id>/tables/<slug:question>/": ("table.view",),
    "staff/waves/<uuid:wave_id>/outline/": ("wave.view",),
    "staff/waves/<uuid:wave_id>/try/": ("wave.view",),
    "staff/questionnaires/": ("wave.view",),
    "staff/questionnaires/<int:questionnaire_id>/outline/": ("wave.view",),
    "staff/questionnaires/<int:questionnaire_id>/try/": ("wave.view",),
    "staff/runs/": ("run.view",),
    "staff/runs/<int:run_id>/": ("run.view",),
    "staff/releases/": ("release.request", "release.approve"),
    "staff/editions/<int:year>/release/": ("release.request",),
    "staff/releases/<int:release_id>/": ("release.request", "release.approve"),
    "staff/releases/<int:release_id>/preview/": ("release.request", "release.approve"),
    "staff/releases/<int:release_id>/approve/": ("release.approve",),
    "staff/releases/<int:release_id>/reject/": ("release.approve",),
    "staff/releases/<int:release_id>/take-back/": ("release.request",),
}


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        else:
            yield route


ROUTES = sorted(set(routes(get_resolver().url_patterns)))
STAFF_ROUTES = [route for route in TABLE if route.startswith("staff/") and TABLE[route] != EVERYBODY]


def expected(route: str) -> frozenset[str]:
    if route.startswith(BACK_OFFICE):
        return SUPERUSER
    entry = TABLE[route]
    return entry if isinstance(entry, frozenset) else holders(*entry)


def address(route: str, wave: Wave) -> str:
    """The route with something real in each of its places."""
    values = {
        "wave_id": str(wave.pk),
        "run_id": str(wave.runs.get().pk),
        "questionnaire_id": str(wave.questionnaire_id),
        "release_id": str(wave.edition.releases.get().pk),
        "year": str(wave.edition.year),
        "question": "policy",
        "number": "1",
        "n": "1",
        "token": "A" * 22,
        "object_id": "1",
        "content_type_id": "1",
        "id": "1",
    }
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values.get(found[1], "1"), route)
    return "/" + re.sub(r"\(\?P<\w+>[^)]*\)|\[\\s\\S\]|[\^$?\\]", "", filled)


@pytest.fixture
def visitors(db: None) -> dict[str, Client]:
    clients = {name: Client() for name in VISITORS}
    for name in VISITORS[1:]:
        roles = [name] if name not in {"outsider", "superuser"} else []
        clients[name].force_login(member(*roles, email=f"{name}@example.org", superuser=name == "superuser"))
    return clients


@pytest.fixture
def wave(db: None) -> Wave:
    return stage_everything()


def reached(client: Client, path: str, method: str = "GET") -> str:
    """Whether the visitor came through: `log-in`, `forbidden` or `reached`, whatever the page then says."""
    response = client.generic(method, path)
    if response.status_code == 302 and response.headers["Location"].startswith("/staff/login/"):
        return "log-in"
    return "forbidden" if response.status_code == 403 else "reached"


def outcome(name: str, allowed: frozenset[str]) -> str:
    if name in allowed:
        return "reached"
    return "log-in" if name == "anonymous" else "forbidden"


def test_every_address_is_in_the_table() -> None:
    missing = [route for route in ROUTES if route not in TABLE and not route.startswith(BACK_OFFICE)]
    gone = [route for route in TABLE if route not in ROUTES]

    assert not missing, f"Say in tests/test_urls.py who may reach: {missing}"
    assert not gone, f"No such address any more: {gone}"


def test_address_lets_in_exactly_whom_the_table_names(visitors: dict[str, Client], wave: Wave) -> None:
    wrong = []
    for route in TABLE:
        allowed = expected(route)
        for name, client in visitors.items():
            found = reached(client, address(route, wave))
            if found != outcome(name, allowed):
                wrong.append((route, name, found))

    assert not wrong


def test_post_without_permission_is_refused_like_get(visitors: dict[str, Client], wave: Wave) -> None:
    wrong = []
    for route in STAFF_ROUTES:
        for name, client in visitors.items():
            if name not in (allowed := expected(route)):
                found = reached(client, address(route, wave), "POST")
                if found != outcome(name, allowed):
                    wrong.append((route, name, found))

    assert not wrong


def test_back_office_lets_in_superusers_alone(visitors: dict[str, Client], wave: Wave) -> None:
    """Others are sent to the log-in of the staff, or of the back office, which refuses them."""
    wrong = []
    for path in (address(route, wave) for route in ROUTES if route.startswith(BACK_OFFICE)):
        for name in VISITORS:
            response = visitors[name].get(path)
            sent_away = response.status_code == 302 or response.status_code == 403
            if name != "superuser" and not sent_away:
                wrong.append((path, name, response.status_code))

    assert not wrong
    assert visitors["superuser"].get("/admin/").status_code == 200
    assert visitors["publisher"].get("/admin/login/").status_code == 403


def test_wave_that_does_not_exist_is_not_found(visitors: dict[str, Client]) -> None:
    assert visitors["fieldwork"].get(f"/staff/waves/{UUID(int=0)}/").status_code == 404
