"""The headers of every answer there is: pages, errors, redirects, files, the read API, and what production adds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from playwright.sync_api import Browser

from config.headers import CONTENT_SECURITY_POLICY, HEADERS, PERMISSIONS_POLICY, PRIVATE
from surveys.models import Wave
from tests.browsing import follow
from tests.public.content import released
from tests.respond.browsing import watched
from tests.respond.fieldwork import new_link, open_wave
from tests.services import PROJECT, WebServer
from tests.staff.people import log_in, member
from tests.staff.stage import stage_everything
from tests.test_house import GOOD_PRODUCTION
from tests.test_urls import ROUTES, TABLE, address

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "DELETE", "TRACE")


@pytest.fixture
def wave(db: None) -> Wave:
    return stage_everything()


def problems(response: HttpResponse, where: str) -> Iterator[str]:
    """What is missing from the headers of an answer."""
    for name, value in HEADERS.items():
        if response.headers.get(name) != value:
            yield f"{where}: {name} is {response.headers.get(name)}"
    policy = "cross-origin" if where.startswith("/api/") else "same-origin"
    if response.headers.get("Cross-Origin-Resource-Policy") != policy:
        yield f"{where}: Cross-Origin-Resource-Policy"
    kept = response.headers.get("Cache-Control", "")
    if "no-store" not in kept and (where.startswith(PRIVATE) or "public" not in kept):
        yield f"{where}: Cache-Control is {kept!r}"
    for cookie in response.cookies.values():
        if cookie["max-age"] == 0:
            continue
        if not cookie["httponly"] or cookie["samesite"] != "Lax" or cookie["domain"] or cookie["path"] != "/":
            yield f"{where}: the cookie {cookie.key}"


def test_every_address_answers_anybody_with_the_headers(wave: Wave) -> None:
    client, found = Client(raise_request_exception=False), []
    for route in ROUTES:
        where = address(route, wave)
        for method in METHODS:
            found += problems(client.generic(method, where), where)

    assert found == []
    assert set(TABLE) <= set(ROUTES)


@login_not_required
def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


urlpatterns = [path("answer/broken", break_down), path("", include("config.urls"))]


@pytest.mark.parametrize(
    ("where", "status", "more"),
    [
        ("/nowhere/at/all", 404, {}),
        ("/answer/", 404, {}),
        ("/i/too-short", 404, {}),
        ("/i/a/token/in/an/address/that/is/none", 404, {}),
        ("/api/v1/nothing/", 404, {}),
        ("/", 400, {"headers": {"host": "elsewhere.example"}}),
        ("/answer/", 400, {"headers": {"host": "elsewhere.example"}}),
        ("/admin", 301, {}),
        ("/staff/", 302, {}),
        ("/answer/broken", 500, {}),
    ],
)
@override_settings(ROOT_URLCONF="tests.test_headers")
def test_error_and_redirect_carry_the_headers(
    db: None, where: str, status: int, more: dict[str, dict[str, str]]
) -> None:
    response = Client(raise_request_exception=False).get(where, **more)

    assert response.status_code == status
    assert list(problems(response, where)) == []


@pytest.mark.parametrize(
    ("where", "status", "more"),
    [
        ("/answer/begin", 403, {}),
        ("/answer/send", 405, {"method": "PUT"}),
        ("/answer/begin", 400, {"data": b"a=" + b"x" * 300_000}),
        ("/staff/login/", 403, {}),
        ("/staff/login/", 405, {"method": "TRACE"}),
        ("/language", 405, {"method": "GET"}),
        ("/api/v1/editions/", 405, {}),
    ],
)
def test_refusal_carries_the_headers(db: None, where: str, status: int, more: dict[str, object]) -> None:
    """Forms are checked to be ours here, as they are for a browser."""
    client = Client(enforce_csrf_checks=status == 403, raise_request_exception=False)
    sent = {"method": "POST", "data": b"", "content_type": "application/x-www-form-urlencoded", **more}

    response = client.generic(path=where, headers={"sec-fetch-site": "cross-site"}, **sent)

    assert response.status_code == status
    assert list(problems(response, where)) == []


def test_forbidden_page_of_staff_carries_the_headers(wave: Wave) -> None:
    client = Client()
    log_in(client, member())

    response = client.get(f"/staff/waves/{wave.pk}/")

    assert response.status_code == 403
    assert list(problems(response, f"/staff/waves/{wave.pk}/")) == []


def test_file_carries_the_headers_and_may_be_kept(db: None) -> None:
    with closing(Client().get("/static/enquiry.css")) as response:
        assert response.status_code == 200
        missing = [name for name, value in HEADERS.items() if response.headers.get(name) != value]
        assert missing == []
        assert "max-age" in response.headers["Cache-Control"]


def test_report_may_be_kept_and_shown_to_everybody(db: None) -> None:
    released()

    page, api = (Client().get(where) for where in ("/2019/1/", "/api/v1/editions/2019/releases/1/"))

    assert ("public" in page["Cache-Control"], "public" in api["Cache-Control"]) == (True, True)
    assert api["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_policies_are_strict() -> None:
    assert not re.search(r"unsafe|\*|https?:|data:", CONTENT_SECURITY_POLICY)
    assert all(part.endswith("=()") for part in PERMISSIONS_POLICY.split(", "))


SETTINGS = """
import json, django
django.setup()
from django.conf import settings
# The files of the pages are not collected here.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
from django.test import Client
from responses.entry import cookie_name
names = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, cookie_name()]
secure = [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE]
domains = [settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN, settings.LANGUAGE_COOKIE_DOMAIN]
paths = [settings.SESSION_COOKIE_PATH, settings.CSRF_COOKIE_PATH, settings.LANGUAGE_COOKIE_PATH]
host = {"host": "survey.example.org"}
plain = Client().get("/what-we-store/", headers=host)
behind = {**host, "x-forwarded-proto": "https"}
wrong = Client(raise_request_exception=False).get("/", headers={**behind, "host": "elsewhere.example"})
form = Client().get("/staff/login/", headers=behind)
print(json.dumps({
    "names": names, "secure": secure, "domains": domains, "paths": paths,
    "plain": [plain.status_code, plain["Location"], dict(plain.headers)],
    "https": dict(form.headers), "cookies": {m.key: [m["secure"], m["httponly"], m["path"], m["domain"]]
        for m in form.cookies.values()},
    "wrong": [wrong.status_code, dict(wrong.headers)],
}))
"""


def test_production_answers_over_https_alone_with_hsts_and_host_cookies() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SETTINGS],
        cwd=PROJECT,
        env=os.environ | GOOD_PRODUCTION | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)

    assert all(name.startswith("__Host-") for name in said["names"])
    assert (set(said["secure"]), set(said["domains"]), set(said["paths"])) == ({True}, {None}, {"/"})
    status, location, headers = said["plain"]
    assert (status, location) == (301, "https://survey.example.org/what-we-store/")
    assert set(HEADERS) <= set(headers)
    age = said["https"]["Strict-Transport-Security"]
    assert age == "max-age=31536000; includeSubDomains; preload"
    assert said["cookies"] == {"__Host-enquiry_csrf": [True, True, "/", ""]}
    assert said["wrong"][0] == 400
    assert set(HEADERS) <= set(said["wrong"][1])


@pytest.mark.browser
def test_browser_finds_no_fault_with_the_headers_and_names_nobody_as_referrer(
    web_server: WebServer, browser: Browser
) -> None:
    link = new_link(open_wave("enterprise"))
    context = browser.new_context()
    page, said = watched(context)
    referrers: list[str] = []
    shown: list[str] = []
    context.on("request", lambda request: referrers.append(request.headers.get("referer", "")))

    for where in ("/", "/genuine/", "/staff/login/", "/withdraw/", link):
        page.goto(web_server.url + where)
        shown += [page.title(), page.url]
    page.check("#consent_given")
    follow(page.locator("button[value=continue]"))
    shown += [page.title(), page.url]
    with context.expect_page() as opened:
        page.locator("footer a[href='/what-we-store/']").click()
    tab = opened.value
    tab.wait_for_load_state()
    shown += [tab.title(), tab.url, tab.evaluate("document.referrer")]
    context.close()

    assert said == []
    assert shown[-2].endswith("/what-we-store/")
    assert set(referrers) == {""}
    token = link.removeprefix("/i/")
    assert not [text for text in shown if token in text]
