"""The worker's signature of a release, and counting a release anew."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent, User
from reports.actions import release as releases
from reports.actions import signing
from reports.content import content_of
from reports.models import Cell, Release, ReleaseSignature, SigningKey
from reports.signatures import is_signed, public_key_of, sign
from responses import keys
from tests.box.people import member_of_staff
from tests.reports.stage import NOW
from tests.reports.test_release import final_wave, judged_minor
from tests.services import Database, Worker, acting_as, wait_until

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def key_folder(settings: object, tmp_path: Path) -> Path:
    settings.ENQUIRY_KEY_DIR = str(tmp_path / "keys")  # type: ignore[attr-defined]
    return tmp_path / "keys"


@pytest.fixture
def analyst(db: None) -> User:
    return member_of_staff("analyst")


@pytest.fixture
def publisher(db: None) -> User:
    return member_of_staff("publisher")


@pytest.fixture
def requested(analyst: User) -> Release:
    return releases.request(edition=final_wave().edition, note="", by=analyst, now=NOW)


@pytest.fixture
def approved(requested: Release, publisher: User) -> Release:
    return releases.approve(release=requested, by=publisher, now=NOW)


@given(key=st.binary(min_size=32, max_size=32), content=st.binary(), other=st.binary())
def test_signature_holds_for_its_content_alone(key: bytes, content: bytes, other: bytes) -> None:
    made = sign(content, key)

    assert is_signed(content, made, public_key_of(key))
    assert is_signed(other, made, public_key_of(key)) == (other == content)


def test_signature_or_key_of_the_wrong_length_is_no_signature() -> None:
    key = bytes(32)

    assert not is_signed(b"", b"", public_key_of(key))
    assert not is_signed(b"", sign(b"", key), b"")


def test_approved_release_is_signed_once_by_the_worker(approved: Release) -> None:
    with acting_as("worker"):
        made = signing.sign_release(release_id=approved.pk, now=NOW)
        again = signing.sign_release(release_id=approved.pk, now=NOW)

    assert made == again
    assert (SigningKey.objects.count(), ReleaseSignature.objects.count()) == (1, 1)
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions[-2:] == ["signing_key.made", "release.signed"]
    assert signing.waiting_for_the_worker() == []


def test_request_is_not_signed(requested: Release) -> None:
    assert signing.sign_release(release_id=requested.pk, now=NOW) is None
    assert not ReleaseSignature.objects.exists()
    assert signing.waiting_for_the_worker() == []


def test_release_without_its_hash_is_not_signed(approved: Release) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE reports_release DISABLE TRIGGER reports_release_frozen")
        cursor.execute("UPDATE reports_release SET content = content || ' '")
        cursor.execute("ALTER TABLE reports_release ENABLE TRIGGER reports_release_frozen")

    assert signing.sign_release(release_id=approved.pk, now=NOW) is None
    assert signing.waiting_for_the_worker() == [approved.pk]


def test_web_cannot_sign_in_the_database(approved: Release) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), acting_as("web"):
        SigningKey.objects.create(public_key=bytes(32), made_at=NOW)


def test_signatures_and_keys_never_change(approved: Release) -> None:
    signing.sign_release(release_id=approved.pk, now=NOW)

    for change in (
        lambda: ReleaseSignature.objects.update(signature=bytes(64)),
        lambda: ReleaseSignature.objects.all().delete(),
        lambda: SigningKey.objects.update(public_key=bytes(32)),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_key_is_made_once_and_readable_by_its_owner_alone(approved: Release, key_folder: Path) -> None:
    signing.sign_release(release_id=approved.pk, now=NOW)

    path = key_folder / "releases.key"
    assert path.stat().st_mode & 0o077 == 0
    assert public_key_of(keys.private_key_in(path)) == bytes(SigningKey.objects.get().public_key)


def test_reader_can_check_the_signature_with_what_is_public(approved: Release, client: Client) -> None:
    """The recipe of docs/releases.md, by hand."""
    path = f"/api/v1/editions/{approved.edition.year}/releases/1/"
    assert client.get(path).json()["signature"] is None
    signing.sign_release(release_id=approved.pk, now=NOW)

    answer = client.get(path).json()
    content = client.get(path + "content.json").content

    import hashlib

    message = b"enquiry release 1\n" + hashlib.sha256(content).digest()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(answer["signature"]["public_key"]))
    key.verify(bytes.fromhex(answer["signature"]["signature"]), message)
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(answer["signature"]["signature"]), message + b" ")


def test_report_prints_signature_and_key(approved: Release, client: Client) -> None:
    page = f"/{approved.edition.year}/{approved.number}/method/"
    assert "has not signed it yet" in client.get(page).content.decode()
    signing.sign_release(release_id=approved.pk, now=NOW)

    text = client.get(page).content.decode()

    assert bytes(ReleaseSignature.objects.get().signature).hex() in text
    assert str(SigningKey.objects.get()) in text


def test_verify_release_finds_a_signature_that_is_not_right(approved: Release) -> None:
    signing.sign_release(release_id=approved.pk, now=NOW)
    out = io.StringIO()
    call_command("verify_release", stdout=out)
    assert "Signed: 1" in out.getvalue()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE reports_releasesignature DISABLE TRIGGER USER")
        cursor.execute("UPDATE reports_releasesignature SET signature = %s", [bytes(64)])
        cursor.execute("ALTER TABLE reports_releasesignature ENABLE TRIGGER USER")

    with pytest.raises(CommandError, match="not right"):
        call_command("verify_release", approved.edition.year, 1)


def test_approval_on_the_web_is_signed_by_the_real_worker(
    committed_database: Database, worker: Worker
) -> None:
    asked = releases.request(edition=final_wave().edition, note="", by=member_of_staff("analyst"), now=NOW)

    releases.approve(release=asked, by=member_of_staff("publisher"), now=NOW)

    wait_until(ReleaseSignature.objects.exists, PATIENCE)
    made = ReleaseSignature.objects.select_related("key").get()
    assert is_signed(asked.content.encode(), bytes(made.signature), bytes(made.key.public_key))
    assert (worker.key_folder / "releases.key").exists()


def test_recount_agrees_and_names_a_figure_that_was_changed(committed_database: Database) -> None:
    wave = final_wave()
    asked = releases.request(edition=wave.edition, note="", by=member_of_staff("analyst"), now=NOW)
    releases.approve(release=asked, by=member_of_staff("publisher"), now=NOW)
    out = io.StringIO()

    call_command("verify_release", "--recount", stdout=out)

    assert "every figure is the same" in out.getvalue()
    cell = Cell.objects.filter(status="shown", table__breakdown="", count__gte=5).order_by("pk")[0]
    Cell.objects.filter(pk=cell.pk).update(count=cell.count - 1)
    with pytest.raises(CommandError, match=f"{wave.questionnaire.key}.{cell.table.question}"):
        call_command("verify_release", "--recount", stdout=out)


def test_recount_of_a_release_agrees_after_a_judgement_that_it_does_not_hold(
    committed_database: Database,
) -> None:
    wave, analyst = final_wave(), member_of_staff("analyst")
    asked = releases.request(edition=wave.edition, note="", by=analyst, now=NOW)
    releases.approve(release=asked, by=member_of_staff("publisher"), now=NOW)

    judged_minor(wave, analyst)

    assert "minor_since" in str(content_of(wave.edition))
    call_command("verify_release", "--recount", stdout=io.StringIO())


def test_recount_names_a_figure_whose_content_differs_from_the_tables(committed_database: Database) -> None:
    wave = final_wave()
    asked = releases.request(edition=wave.edition, note="", by=member_of_staff("analyst"), now=NOW)
    releases.approve(release=asked, by=member_of_staff("publisher"), now=NOW)
    figure = json.loads(asked.content)["parts"][0]["sections"][0]["figures"][0]["id"]
    key = figure.partition(".")[2]
    Cell.objects.filter(table__question=key, table__breakdown="").delete()

    with pytest.raises(CommandError, match=figure):
        call_command("verify_release", "--recount", stdout=io.StringIO())
