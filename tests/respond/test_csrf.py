"""Forms of our own pages arrive without a referrer and from a null origin, because the pages ask for that."""

from __future__ import annotations

import pytest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, _unmask_cipher_token, get_token
from django.test import Client, RequestFactory
from lxml import html

from config.csrf import LETTERS, masked, page_token
from tests.respond.fieldwork import Respondent

pytestmark = pytest.mark.django_db

OWN = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
FOREIGN = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
OLD_BROWSER = {"Origin": "null"}


def sent(respondent: Respondent, headers: dict[str, str], *, secure: bool = False, token: str = "") -> int:
    client = Client(enforce_csrf_checks=True, headers=headers)
    page = client.get("/withdraw/", secure=secure)
    field = html.document_fromstring(page.content).forms[0].fields["csrfmiddlewaretoken"]
    return client.post("/withdraw/", {"csrfmiddlewaretoken": token or field}, secure=secure).status_code


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (OWN, 422),
        (OLD_BROWSER, 422),
        ({}, 422),
        (FOREIGN, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
    ],
)
def test_form_of_this_site_is_taken_and_of_another_refused(
    respondent: Respondent, headers: dict[str, str], status: int, secure: bool
) -> None:
    assert sent(respondent, headers, secure=secure) == status


def test_form_with_a_foreign_referrer_is_refused(respondent: Respondent) -> None:
    assert sent(respondent, {"Referer": "https://elsewhere.example/"}, secure=True) == 403


def test_form_with_another_token_is_refused_in_plain_words(respondent: Respondent) -> None:
    assert sent(respondent, OWN, token="x" * 64) == 403


def test_token_of_a_page_is_masked_as_django_masks_it() -> None:
    secret = (LETTERS * 2)[40 : 40 + 32].decode()
    mask = bytes((place * 5) % len(LETTERS) for place in range(32))

    token = masked(secret, mask)

    assert token[:32] == bytes(LETTERS[place] for place in mask).decode()
    assert _unmask_cipher_token(token) == secret
    assert CSRF_ALLOWED_CHARS.encode() == LETTERS


def test_token_of_a_page_is_another_each_time_and_says_the_same(rf: RequestFactory) -> None:
    request = rf.get("/")
    secret = _unmask_cipher_token(get_token(request))

    tokens = [page_token(request) for _time in range(200)]

    assert {_unmask_cipher_token(token) for token in tokens} == {secret}
    assert len(set(tokens)) == 200
    assert set("".join(token[:32] for token in tokens)) == set(CSRF_ALLOWED_CHARS)
