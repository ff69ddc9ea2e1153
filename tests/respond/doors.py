"""Access codes and a portal for tests: people who come by them, and a portal that signs as a real one does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from responses.actions.batches import make_batch
from responses.models import CodeBatch, Portal, PortalKey
from surveys.models import Door, Wave
from tests.respond.fieldwork import Respondent
from tests.staff.people import member

ISSUER, AUDIENCE = "https://portal.example.org", "https://survey.example.org"


def with_doors(wave: Wave, *doors: Door) -> Wave:
    wave.doors = [str(door) for door in doors or Door]
    wave.save(update_fields=["doors"])
    return wave


def new_codes(wave: Wave, size: int = 1, **fields: Any) -> tuple[CodeBatch, list[str]]:
    with_doors(wave)
    batch = {"contact_point": "Front desk", "language": "en", **fields}
    by = member("fieldwork", email=f"{uuid4()}@example.org")
    return make_batch(wave=wave, size=size, **batch, by=by, now=datetime.now(UTC))


def type_code(respondent: Respondent, code: str) -> Respondent:
    """At the form for access codes and pasted links."""
    respondent.get("/code/")
    return respondent.post({**respondent.fields(), "code": [code]})


def type_come_back(respondent: Respondent, code: str) -> Respondent:
    return respondent.post({**respondent.fields(), "code": [code]}, "/answer/return")


def agree(respondent: Respondent) -> Respondent:
    """Continue on the consent page that is open."""
    return respondent.press(answers={"consent_given": "yes"})


def go_on(respondent: Respondent) -> Respondent:
    """From the page with the come-back code to the questions."""
    return respondent.get(str(respondent.page.xpath("//main//a[@class='button']/@href")[0]))


def come_back_code(respondent: Respondent) -> str:
    found = re.search(r'id="come-back-code" dir="ltr">([0-9A-Z-]+)<', respondent.response.content.decode())
    assert found, respondent.heading
    return found[1]


@dataclass
class SigningPortal:
    """A portal with its private key. `claims` changes what it says; None leaves a claim out."""

    portal: Portal
    kid: str = "first"
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @classmethod
    def of(cls, wave: Wave, issuer: str = ISSUER) -> SigningPortal:
        with_doors(wave)
        portal = Portal.objects.create(name="A portal", issuer=issuer, audience=AUDIENCE)
        portal.waves.add(wave)
        return cls(portal).with_key()

    def with_key(self) -> SigningPortal:
        public = self.private.public_key().public_bytes_raw()
        PortalKey.objects.create(portal=self.portal, kid=self.kid, public_key=public)
        return self

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = datetime.now(UTC)
        claims = {
            "iss": self.portal.issuer,
            "aud": AUDIENCE,
            "sub": "person-1",
            "iat": now,
            "exp": now + timedelta(minutes=5),
            "jti": str(uuid4()),
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **changes: Any) -> str:
        return jwt.encode(self.claims(**changes), self.private, algorithm="EdDSA", headers={"kid": self.kid})


def enter(wave: Wave, token: str, respondent: Respondent | None = None) -> Respondent:
    """As the portal's own page posts it, from another site and without a token of ours."""
    respondent = respondent or Respondent("")
    return respondent.post({"token": [token]}, f"/portal/{wave.pk}")
