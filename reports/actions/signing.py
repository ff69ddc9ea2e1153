"""The worker signs what two people have published. The web process never sees the private key."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts import audit
from config import workers
from config.keyfiles import SIGNING_KEY
from reports import signatures
from reports.content import hash_of
from reports.models import Release, ReleaseSignature, SigningKey
from responses import keys

SIGN_RELEASE = "reports.tasks.sign_release"


def ask_worker(release_id: int) -> bool:
    """While Redis is down the hourly sweep asks again."""
    return workers.ask(SIGN_RELEASE, release_id)


def waiting_for_the_worker() -> list[int]:
    unsigned = Q(status=Release.Status.APPROVED, signature__isnull=True)
    return list(Release.objects.filter(unsigned).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def sign_release(*, release_id: int, now: datetime) -> ReleaseSignature | None:
    """Sign an approved release once. What was not approved, or has lost its hash, is never signed."""
    # A lock of a row needs the right to change it, which the worker has not; the primary key lets one of two through.
    release = Release.objects.filter(pk=release_id, status=Release.Status.APPROVED).first()
    if release is None or hash_of(release.content.encode()) != release.content_hash:
        return None
    private = _private_key()
    key, is_new = SigningKey.objects.get_or_create(
        public_key=signatures.public_key_of(private), defaults={"made_at": now}
    )
    made, is_first = ReleaseSignature.objects.get_or_create(
        release=release,
        defaults={
            "key": key,
            "signature": signatures.sign(release.content.encode(), private),
            "signed_at": now,
        },
    )
    if is_new:
        audit.record("signing_key.made", by=None, now=now, target=key, public_key=str(key))
    if is_first:
        audit.record("release.signed", by=None, now=now, target=release, hash=release.content_hash)
    return made


def _private_key() -> bytes:
    """Made on first need. A file that is there is never replaced."""
    path = keys.folder() / SIGNING_KEY
    keys.make_key_in(path)
    return keys.private_key_in(path)
