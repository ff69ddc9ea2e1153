"""Any request at any address, from anybody: never a fault, the headers always there, and reading changes nothing.

Every pattern of the address table is filled with real and with wild values; methods, headers and bodies are drawn.
Who asks is anonymous, or a respondent with a draft. What a wild form may do is what its page does; what a GET may do
is nothing at all, and that is checked row by row.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from accounts.models import Role
from surveys.models import Wave
from tests.respond.fieldwork import Respondent, new_link, open_wave
from tests.respond.test_journey import at_region
from tests.staff.people import member
from tests.staff.stage import stage_everything
from tests.test_headers import problems
from tests.test_urls import BACK_OFFICE, ROUTES, address

REFUSED = {403, 404, 405}
EXAMPLES = 4000 if os.environ.get("DEEP") == "1" else 80
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
METHODS = (*SAFE, "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "get", "")
FORM = "application/x-www-form-urlencoded"
TYPES = (
    FORM,
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=",
    "multipart/form-data",
    f"{FORM}; charset=utf-16",
    f"{FORM}; charset=klingon",
    "application/json",
    "text/xml",
    "*/*",
    "",
)
FIELDS = (
    "draft",
    "action",
    "saved",
    "receipt",
    "proof",
    "kept",
    "link",
    "consent_given",
    "email",
    "username",
    "password",
    "language",
    "next",
    "q-le_region",
    "q-le_eligible",
    "q-tech_trends-1",
    "csrfmiddlewaretoken",
)
VALUES = (
    "continue",
    "later",
    "decline",
    "language-sv",
    "us",
    "main_task",
    "sv",
    "//x.example",
    "0",
    "-1",
    "\0",
)

wild = st.one_of(
    st.sampled_from(
        ["0", "-1", "99999999999999999999", "\0", "%", "..", "ÿ", "‮", "\ud800", "a" * 300, " ", "'"]
    ),
    st.text(max_size=12),
)
texts = st.one_of(st.sampled_from(VALUES), wild)
fields = st.lists(st.tuples(st.one_of(st.sampled_from(FIELDS), wild), texts), max_size=6)
HEADERS: Mapping[str, tuple[str, ...]] = {
    "HTTP_ACCEPT": ("text/html", "application/json", "*/*;q=x", "text/csv", ";;;", "\xff"),
    "HTTP_ACCEPT_LANGUAGE": ("sv", "ar-xb;q=2", "*", "x" * 5000, "en;q=\xff", ",,,", "../../etc"),
    "HTTP_RANGE": ("bytes=0-", "bytes=-1", "bytes=9-1", "x", "bytes=0-0,1-1"),
    "HTTP_IF_MODIFIED_SINCE": (
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "yesterday",
        "Thu, 99 Foo 99999 99:99:99 GMT",
    ),
    "HTTP_IF_NONE_MATCH": ("*", '"x"', 'W/"', "\xff"),
    "HTTP_COOKIE": (
        "enquiry_answer=AAAA",
        "enquiry_answer=\xff; enquiry_language=sv",
        "enquiry_session=x; enquiry_csrf=y",
        "enquiry_language=" + "a" * 2000,
        ";;=;=;",
    ),
    "HTTP_ORIGIN": ("null", "https://elsewhere.example", "http://testserver", "\xff"),
    "HTTP_REFERER": ("https://elsewhere.example/", "http://testserver/answer/", "http://[", "\xff"),
    "HTTP_SEC_FETCH_SITE": ("same-origin", "cross-site", "none", "x"),
    "HTTP_HOST": ("testserver", "testserver:99999", "elsewhere.example", "[", "testserver\xff"),
    "HTTP_X_FORWARDED_PROTO": ("https", "x"),
    "HTTP_X_FORWARDED_HOST": ("elsewhere.example",),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
}
headers = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in HEADERS.items()}
)
bodies = st.one_of(
    st.just(b""),
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"draft=%ff%fe&action=continue",
            b"draft=%00&action=continue%00",
            b"draft=%ED%A0%80",
            b"&".join(b"q-%d=1" % number for number in range(2001)),
            b"q-le_region=" + b"x" * 300_000,
            b'--x\r\nContent-Disposition: form-data; name="draft"\r\n\r\n',
            b'--x\r\nContent-Disposition: form-data; name="draft"; filename="\x00"\r\n\r\nMZ\r\n--x--\r\n',
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n\xff\r\n--x--",
            b'{"a": [1, {"b": "\\ud800"}]}',
            b"[" * 5000,
        ]
    ),
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A method, a pattern with its places filled, a query, headers, and a form or bytes."""
    made: dict[str, Any] = {
        "method": draw(st.sampled_from(METHODS)),
        "route": draw(st.sampled_from(ROUTES)),
        "place": draw(st.one_of(st.none(), wild)),
        "query": draw(
            st.one_of(st.just(""), st.text(max_size=20), st.sampled_from(["open=%00&next=//x", "%ff=%ff"]))
        ),
        "headers": draw(headers),
    }
    if draw(st.booleans()):
        made["fields"] = draw(fields)
    else:
        made["body"], made["type"] = draw(bodies), draw(st.sampled_from(TYPES))
    return made


def path_of(made: Mapping[str, Any], wave: Wave) -> str:
    """The address as bytes arrive: whatever a text holds, it is quoted or it is not, but it is there."""
    path = address(made["route"], wave)
    if made["place"] is not None:
        parts = path.split("/")
        parts[len(parts) // 2] = quote(made["place"], safe="", errors="surrogatepass")
        path = "/".join(parts)
    return path or "/"


def ask(client: Client, made: Mapping[str, Any], wave: Wave) -> HttpResponse:
    extra = {
        name: value.encode("latin-1", "replace").decode("latin-1") for name, value in made["headers"].items()
    }
    cookie = extra.pop("HTTP_COOKIE", None)
    if cookie is not None and not client.cookies:
        extra["HTTP_COOKIE"] = cookie
    body, kind = made.get("body", b""), made.get("type", FORM)
    if "fields" in made:
        pairs = (
            f"{quote(name, errors='surrogatepass')}={quote(value, errors='surrogatepass')}"
            for name, value in made["fields"]
        )
        body = "&".join(pairs).encode()
    query = quote(made["query"], safe="=&%/", errors="surrogatepass")
    path = path_of(made, wave)
    return client.generic(
        made["method"],
        path,
        body,
        content_type=kind,
        QUERY_STRING=query,
        **extra,
    )


def written() -> int:
    """How many rows were written or deleted since the transaction of the test began, undone ones among them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        [count] = cursor.fetchone() or (0,)
        return int(count or 0)


class Undone(Exception):
    """The end of an example: what its request did is rolled back."""


def check(client: Client, made: Mapping[str, Any], wave: Wave) -> None:
    try:
        with transaction.atomic():
            before = written()
            response = ask(client, made, wave)
            event(f"{response.status_code}")
            assert response.status_code < 500, (made, response.status_code)
            where = response.wsgi_request.path if hasattr(response, "wsgi_request") else "/"
            assert list(problems(response, where)) == [], made
            if made["method"] in SAFE:
                assert written() == before, made
            raise Undone
    except Undone:
        pass


@pytest.fixture
def wave(db: None) -> Wave:
    return stage_everything()


quiet = settings(
    max_examples=EXAMPLES,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@quiet
@given(made=requests())
def test_any_request_of_a_stranger_is_answered_and_reading_changes_nothing(
    wave: Wave, made: dict[str, Any]
) -> None:
    check(Client(), made, wave)


@quiet
@given(made=requests().filter(lambda made: not made["route"].startswith(("staff/", BACK_OFFICE))))
def test_any_request_of_a_respondent_with_a_draft_is_answered_and_reading_changes_nothing(
    wave: Wave, cookies: dict[str, str], made: dict[str, Any]
) -> None:
    check(bringing(cookies), made, wave)


@pytest.fixture
def cookies(wave: Wave) -> dict[str, str]:
    """What the browser of somebody with a draft brings."""
    respondent = at_region(Respondent(new_link(open_wave("law_enforcement", year=2021))))
    return {name: morsel.value for name, morsel in respondent.client.cookies.items()}


def bringing(cookies: Mapping[str, str]) -> Client:
    client = Client()
    client.cookies.load(dict(cookies))
    return client


@pytest.mark.parametrize(
    "method", ["GET", "OPTIONS", *(pytest.param(name, marks=pytest.mark.deep) for name in ("HEAD", "TRACE"))]
)
def test_reading_every_address_as_a_respondent_changes_no_row(
    wave: Wave, cookies: dict[str, str], method: str
) -> None:
    before = written()
    wrong = []
    for route in ROUTES:
        response = bringing(cookies).generic(method, address(route, wave))
        if response.status_code >= 500 or written() != before:
            wrong.append((route, response.status_code))

    assert wrong == []


def test_form_that_is_sent_is_seen_to_change_a_row(wave: Wave) -> None:
    """The counter that the others trust, where something is written: the draft, by the button of its page."""
    respondent = at_region(Respondent(new_link(open_wave("law_enforcement", year=2021))))
    before = written()

    respondent.press(answers={"q-le_region": "us"})

    assert written() > before


TAKES_NO_TOKEN = {"language", "portal/<uuid:wave_id>"}
"""The choice of a language takes the browser's own word that the form is ours in the place of a token; the entry from a
portal comes from another site, and its signed word is what is checked."""


def test_form_of_another_site_writes_no_row_at_any_address(wave: Wave, cookies: dict[str, str]) -> None:
    """Whoever is logged in and has a draft visits a page that posts to us in their name."""
    everything = member(*Role.objects.values_list("key", flat=True), email="all@example.org", superuser=True)
    wrong = []
    for route in ROUTES:
        client = Client(enforce_csrf_checks=True)
        client.force_login(everything)
        client.cookies.load(cookies)
        before = written()
        response = client.post(
            address(route, wave),
            {"action": "continue", "consent_given": "yes", "language": "sv"},
            headers={"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"},
        )
        if written() != before or (response.status_code not in REFUSED and route not in TAKES_NO_TOKEN):
            wrong.append((route, response.status_code))
        if response.cookies.keys() & {"enquiry_language", "enquiry_answer"}:
            wrong.append((route, str(response.cookies)))

    assert wrong == []
