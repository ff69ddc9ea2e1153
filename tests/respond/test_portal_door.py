"""Coming in from a partner's portal: the honest token first, then everything that is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from responses.actions.portal import NotAnEd25519Key, forget_spent, read_public_key, retire_portal_key
from responses.entry import cookie_name
from responses.models import Ballot, Draft, Invitation, Portal, PortalKey, SpentToken
from responses.portals import SigningKey, WordRefused, key_id, read_word
from surveys.models import Door, Wave
from tests.respond.doors import (
    AUDIENCE,
    ISSUER,
    SigningPortal,
    agree,
    come_back_code,
    enter,
    go_on,
    type_come_back,
    with_doors,
)
from tests.respond.fieldwork import Respondent, first_answers, new_link, open_wave
from tests.services import WebServer, acting_as
from tests.staff.people import member

REFUSAL = "This entry could not be opened"


@pytest.fixture
def portal(wave: Wave) -> SigningPortal:
    return SigningPortal.of(wave)


def test_whole_way_from_a_portal_ends_in_a_ballot(wave: Wave, portal: SigningPortal) -> None:
    with acting_as("web"):
        respondent = enter(wave, portal.token())
        begun = respondent.path
        agree(respondent)
        code = come_back_code(respondent)
        go_on(respondent).to("q-le_region").press("later", {"q-le_region": "us"})
        said = respondent.text()
        other = enter(wave, portal.token())
        asked = other.heading
        type_come_back(other, code)
        go_on(other).walk(first_answers).press()

    assert begun == "/answer/"
    assert "Enter through your portal again" in said
    assert asked == "Type your come-back code"
    assert other.heading == "Your answers are sent"
    assert Ballot.objects.count() == Invitation.objects.count() == 1
    assert Invitation.objects.get().state == Invitation.State.FINISHED


def test_entry_answers_with_a_redirect_and_a_cookie_and_needs_no_token_of_ours(
    wave: Wave, portal: SigningPortal
) -> None:
    """Another site's form brings neither a cookie of ours nor a token against forged forms."""
    client = Client(enforce_csrf_checks=True)

    response = client.post(f"/portal/{wave.pk}", {"token": portal.token()})

    assert (response.status_code, response["Location"]) == (303, "/answer/")
    cookie = response.cookies[cookie_name()]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)
    assert response["Cache-Control"] == "no-store"


def test_subject_has_one_response_in_a_wave_and_another_subject_their_own(
    wave: Wave, portal: SigningPortal
) -> None:
    first = enter(wave, portal.token(sub="anna"))
    go_on(agree(first)).walk(first_answers).press()

    again = enter(wave, portal.token(sub="anna"))
    other = enter(wave, portal.token(sub="bertil"))

    assert (again.response.status_code, again.heading) == (400, REFUSAL)
    assert other.path == "/answer/"
    assert Ballot.objects.count() == 1


def test_subject_is_kept_as_a_keyed_hash_bound_to_issuer_and_wave(wave: Wave, portal: SigningPortal) -> None:
    other_wave = open_wave("enterprise")
    other_portal = SigningPortal.of(wave, issuer="https://other.example.org")
    portal.portal.waves.add(with_doors(other_wave))

    enter(wave, portal.token(sub="anna"))
    enter(other_wave, portal.token(sub="anna"))
    enter(wave, other_portal.token(sub="anna"))

    assert Invitation.objects.count() == 3
    assert len({bytes(one.entry_hash or b"") for one in Invitation.objects.all()}) == 3
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(i::text, '') FROM responses_invitation i "
            "UNION ALL SELECT string_agg(s::text, '') FROM responses_spenttoken s"
        )
        assert not [text for (text,) in cursor.fetchall() if "anna" in text]


Claims = dict[str, Any]


def forged(portal: SigningPortal) -> str:
    stranger = Ed25519PrivateKey.generate()
    return jwt.encode(portal.claims(), stranger, algorithm="EdDSA", headers={"kid": portal.kid})


def changed(portal: SigningPortal) -> str:
    head, _body, signature = portal.token().split(".")
    claims = {**portal.claims(sub="somebody else"), "iat": 1, "exp": 2_000_000_000}
    return ".".join(
        (head, base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode(), signature)
    )


def with_algorithm_none(portal: SigningPortal) -> str:
    return jwt.encode(portal.claims(), None, algorithm="none", headers={"kid": portal.kid})


def with_the_public_key_as_secret(portal: SigningPortal) -> str:
    public = portal.private.public_key()
    # By hand: the library refuses to sign so itself.
    return hs256(portal, public.public_bytes_raw())


def with_the_pem_as_secret(portal: SigningPortal) -> str:
    public = portal.private.public_key()
    return hs256(portal, public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def hs256(portal: SigningPortal, secret: bytes) -> str:
    claims = jwt.decode(portal.token(), options={"verify_signature": False})
    parts = [{"alg": "HS256", "typ": "JWT", "kid": portal.kid}, claims]
    text = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )
    signature = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def minutes(number: float) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=number)


BAD: dict[str, Callable[[SigningPortal], str]] = {
    "forged": forged,
    "changed": changed,
    "algorithm none": with_algorithm_none,
    "public key as secret": with_the_public_key_as_secret,
    "pem as secret": with_the_pem_as_secret,
    "expired": lambda portal: portal.token(exp=minutes(-1)),
    "good for too long": lambda portal: portal.token(exp=minutes(11)),
    "for ever": lambda portal: portal.token(exp=None),
    "expiry that is no number": lambda portal: portal.token(exp=float("nan")),
    "endless": lambda portal: portal.token(exp=float("inf")),
    "issued in the future": lambda portal: portal.token(iat=minutes(2)),
    "issued at no time": lambda portal: portal.token(iat=None),
    "not good yet": lambda portal: portal.token(nbf=minutes(2)),
    "wrong audience": lambda portal: portal.token(aud="https://elsewhere.example.org"),
    "no audience": lambda portal: portal.token(aud=None),
    "wrong issuer": lambda portal: portal.token(iss="https://elsewhere.example.org"),
    "no issuer": lambda portal: portal.token(iss=None),
    "no subject": lambda portal: portal.token(sub=None),
    "empty subject": lambda portal: portal.token(sub=" "),
    "long subject": lambda portal: portal.token(sub="x" * 256),
    "no number": lambda portal: portal.token(jti=None),
    "unknown key": lambda portal: jwt.encode(
        portal.claims(), portal.private, algorithm="EdDSA", headers={"kid": "second"}
    ),
    "no key named": lambda portal: jwt.encode(portal.claims(), portal.private, algorithm="EdDSA"),
    "nothing": lambda portal: "",
    "no token": lambda portal: "a.b.c",
    "far too long": lambda portal: portal.token(pad="x" * 5000),
}


@pytest.mark.parametrize("bad", BAD)
def test_token_that_is_not_good_is_refused_where_an_honest_one_comes_in(
    wave: Wave, portal: SigningPortal, bad: str
) -> None:
    token = BAD[bad](portal)

    refused = enter(wave, token)
    honest = enter(wave, portal.token())

    assert (refused.response.status_code, refused.heading) == (400, REFUSAL)
    assert cookie_name() not in refused.response.cookies
    assert (honest.response.status_code, honest.path) == (200, "/answer/")
    assert Invitation.objects.count() == SpentToken.objects.count() == 1


def test_token_lets_in_once(wave: Wave, portal: SigningPortal) -> None:
    token = portal.token()

    honest, replayed = enter(wave, token), enter(wave, token)

    assert honest.path == "/answer/"
    assert (replayed.response.status_code, replayed.heading) == (400, REFUSAL)


def test_clock_that_is_a_little_off_is_borne(wave: Wave, portal: SigningPortal) -> None:
    late = enter(wave, portal.token(exp=minutes(-0.25)))
    early = enter(wave, portal.token(iat=minutes(0.25)))

    assert (late.path, early.path) == ("/answer/", "/answer/")


def test_retired_key_lets_nobody_in_and_its_successor_does(wave: Wave, portal: SigningPortal) -> None:
    successor = SigningPortal(portal.portal, kid="second").with_key()
    both = [enter(wave, one.token(sub=one.kid)).path for one in (portal, successor)]

    retire_portal_key(key=PortalKey.objects.get(kid="first"), by=member("fieldwork"), now=datetime.now(UTC))

    assert both == ["/answer/", "/answer/"]
    assert enter(wave, portal.token()).heading == REFUSAL
    assert enter(wave, successor.token(sub="new")).path == "/answer/"


def test_portals_may_share_the_id_of_a_key(wave: Wave, portal: SigningPortal) -> None:
    other = SigningPortal.of(wave, issuer="https://other.example.org")

    assert enter(wave, portal.token()).path == enter(wave, other.token()).path == "/answer/"


def not_its_wave(wave: Wave) -> None:
    Portal.objects.get().waves.clear()


def door_shut(wave: Wave) -> None:
    with_doors(wave, Door.EMAIL, Door.CODE)


def closed(wave: Wave) -> None:
    Wave.objects.update(opens_at=minutes(-9999), closes_at=minutes(-60))


@pytest.mark.parametrize("why", [not_its_wave, door_shut, closed], ids=lambda why: why.__name__)
def test_wave_that_the_portal_cannot_enter_refuses_alike(
    wave: Wave, portal: SigningPortal, why: Callable[[Wave], None]
) -> None:
    honest = enter(wave, portal.token(sub="before")).path
    why(wave)

    refused = enter(wave, portal.token(sub="after"))

    assert honest == "/answer/"
    assert refused.response.status_code == 400
    assert refused.response.content == enter(wave, "a.b.c").response.content
    assert Invitation.objects.count() == 1


def test_wave_that_does_not_exist_refuses_like_a_wrong_token(wave: Wave, portal: SigningPortal) -> None:
    wrong = enter(wave, "a.b.c")
    nowhere = Respondent("").post({"token": [portal.token()]}, f"/portal/{UUID(int=0)}")

    assert nowhere.response.content == wrong.response.content


def test_portal_cannot_open_a_draft(wave: Wave, portal: SigningPortal) -> None:
    """It can sign for any of its people, and sees the page that asks for what it does not have."""
    respondent = enter(wave, portal.token())
    go_on(agree(respondent)).to("q-le_region").press(answers={"q-le_region": "us"})

    intruder = enter(wave, portal.token())

    assert intruder.heading == "Type your come-back code"
    assert {intruder.client.get(path).status_code for path in ("/answer/step/1", "/answer/check")} == {404}
    assert Draft.objects.count() == 1


def test_portal_that_signs_again_does_not_close_what_is_open_in_the_browser(
    wave: Wave, portal: SigningPortal
) -> None:
    respondent = enter(wave, portal.token())
    go_on(agree(respondent)).to("q-le_region")

    enter(wave, portal.token(), respondent)

    assert respondent.heading == "Welcome back"


def test_what_is_spent_is_forgotten_once_it_has_expired_and_never_before(
    wave: Wave, portal: SigningPortal
) -> None:
    enter(wave, portal.token(exp=minutes(10)))

    with acting_as("worker"):
        kept = forget_spent(minutes(10.5))
        gone = forget_spent(minutes(71))

    assert (kept, gone) == (0, 1)


def test_link_of_an_invitation_by_e_mail_works_beside_it(wave: Wave, portal: SigningPortal) -> None:
    assert Respondent(new_link(wave)).begin().path.startswith("/answer/step/")


KEY = Ed25519PrivateKey.generate().public_key()
SIGNING = SigningKey(ISSUER, AUDIENCE, KEY.public_bytes_raw())
JUNK = st.one_of(
    st.text(max_size=300), st.from_regex(r"[A-Za-z0-9_=-]{0,99}\.[A-Za-z0-9_=-]{0,99}\.[A-Za-z0-9_-]{0,99}")
)
HEADERS = st.dictionaries(
    st.sampled_from(["alg", "kid", "crit", "b64", "typ"]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=9),
        st.lists(st.text(max_size=5), max_size=2),
    ),
)


@given(JUNK)
def test_junk_is_refused_and_never_an_error(token: str) -> None:
    with pytest.raises(WordRefused):
        read_word(token, [SIGNING], datetime.now(UTC))
    with pytest.raises(WordRefused):
        key_id(token)


@given(
    HEADERS,
    st.dictionaries(st.sampled_from(["iss", "aud", "exp", "sub"]), st.integers() | st.text(max_size=9)),
)
def test_unsigned_token_with_any_header_is_refused_and_never_an_error(
    header: dict[str, Any], claims: dict[str, Any]
) -> None:
    parts = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)
    )
    token = ".".join((*parts, "AAAA"))

    with suppress(WordRefused):
        # A key may be named without anything being signed.
        key_id(token)
    with pytest.raises(WordRefused):
        read_word(token, [SIGNING], datetime.now(UTC))


def test_public_key_is_read_as_pem_and_as_jwk() -> None:
    pem = KEY.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    x = base64.urlsafe_b64encode(KEY.public_bytes_raw()).rstrip(b"=").decode()

    assert read_public_key(pem) == read_public_key(f" {x} ") == KEY.public_bytes_raw()


NO_PEM = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"


@pytest.mark.parametrize("text", ["", "short", "A" * 44, NO_PEM, "é"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(NotAnEd25519Key):
        read_public_key(text)


def test_of_two_uses_of_one_token_at_once_one_wins(web_server: WebServer) -> None:
    wave = open_wave("law_enforcement")
    portal = SigningPortal.of(wave)
    tokens = [portal.token(sub=f"person {number}") for number in range(10)]
    barrier = Barrier(2)

    def use(token: str) -> int:
        barrier.wait()
        return httpx.post(f"{web_server.url}/portal/{wave.pk}", data={"token": token}, timeout=30).status_code

    with ThreadPoolExecutor(2) as pool:
        found = [sorted(pool.map(use, (token, token))) for token in tokens]

    assert found == [[303, 400]] * len(tokens)
    assert Invitation.objects.count() == SpentToken.objects.count() == len(tokens)


def test_log_of_the_web_server_holds_neither_token_nor_subject(web_server: WebServer) -> None:
    wave = open_wave("law_enforcement")
    portal = SigningPortal.of(wave)
    token = portal.token(sub="anna the person")

    httpx.post(f"{web_server.url}/portal/{wave.pk}", data={"token": token}, timeout=30)
    httpx.post(f"{web_server.url}/portal/{wave.pk}", data={"token": token[:-4]}, timeout=30)

    log = web_server.text()
    assert not re.search("anna the person|" + re.escape(token[:40]), log)
