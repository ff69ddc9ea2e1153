"""Cutting the links between texts and responses. The worker's part: it alone may follow a text.

The codes move into the record of the response, from where the marks follow as they did from the texts. Codes stay with
the texts too, because different names are counted; so a text whose codes hardly anybody else has loses its words:
they would lead back to the response with the same codes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import defaultdict
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from responses.coding.models import Decision, WorkingTranslation
from responses.codings import CHUNK, apply_codings, linked_codings, marks_of
from responses.extracts import codebook_of
from responses.models import Coding, OpenText, Record, TextLink
from responses.rewriting import CROWD
from surveys.models import Wave


class MarksDiffer(Exception):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The codes in the records give other marks than the texts do. Nothing was cut; look for the"
                " reason first."
            )
        )


def cut_links(wave: Wave) -> int:
    """Inside the caller's transaction, with the wave locked. Returns how many links there were."""
    apply_codings(wave=wave)
    keep_codings(wave)
    check_marks(wave)
    links = TextLink.objects.filter(text__wave=wave)
    count = links.count()
    if count:
        # While it is still known which texts are of one response.
        forget_telling(wave)
        links.delete()
    return count


def keep_codings(wave: Wave) -> None:
    """Write every response's codes into its record, in the order of random keys."""
    codings = linked_codings(wave)
    records = Record.objects.filter(response__wave=wave).order_by("pk")
    for start in range(0, len(codings), CHUNK):
        part = sorted(codings, key=str)[start : start + CHUNK]
        rows = list(records.filter(pk__in=part))
        for record in rows:
            entries = {*codings[record.response_id], *_kept(record)}
            record.codings = [list(entry) for entry in sorted(entries)]
        Record.objects.bulk_update(rows, ["codings"], batch_size=CHUNK)


def _kept(record: Record) -> set[tuple[str, int, str]]:
    return {(item, entry, code) for item, entry, code in record.codings or ()}


def check_marks(wave: Wave) -> None:
    """Every response's marks have to follow from its record alone."""
    codebook = codebook_of(wave)
    records = Record.objects.filter(response__wave=wave).select_related("response")
    for record in records.iterator(CHUNK):
        if marks_of(codebook, record) != bytes(record.response.marks):
            raise MarksDiffer


def forget_telling(wave: Wave) -> int:
    """Words that have done their work (beside a choice), and those that only their own response could have had."""
    key = secrets.token_bytes(32)
    texts = OpenText.objects.filter(wave=wave, forgotten=False)
    beside = set(texts.exclude(choice="").values_list("pk", flat=True))
    gone = sorted(beside | rare(wave))
    words = dict(texts.filter(pk__in=gone).values_list("pk", "text"))
    WorkingTranslation.objects.filter(text__in=gone).delete()
    Decision.objects.filter(text__in=gone).update(note="", answer="")
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE responses_opentext SET text = %s, forgotten = true WHERE id = %s",
            [(fingerprint(key, words[pk]), pk) for pk in gone if pk in words],
        )
    return len(gone)


def rare(wave: Wave) -> set[UUID]:
    """Texts whose codes, with the permission to quote, texts of fewer than CROWD responses share.

    Both stand in the record of the response as well. Several texts of one response are no crowd.
    """
    codes: dict[UUID, set[str]] = defaultdict(set)
    rows = Coding.objects.filter(text__wave=wave, text__choice="").values_list("text_id", "code")
    for text, code in rows:
        codes[text].add(code)
    alike: dict[tuple[str, bool, frozenset[str]], dict[UUID, UUID]] = defaultdict(dict)
    links = TextLink.objects.filter(text__wave=wave, text__choice="")
    for text, response, asked, may_quote in links.values_list(
        "text_id", "response_id", "text__question", "text__may_quote"
    ):
        alike[asked, may_quote, frozenset(codes[text])][text] = response
    return {text for texts in alike.values() if len(set(texts.values())) < CROWD for text in texts}


def fingerprint(key: bytes, text: str) -> str:
    """Tells equal texts from different ones, and nothing else, once the key is gone."""
    cleaned = " ".join(text.casefold().split())
    return hmac.new(key, cleaned.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
