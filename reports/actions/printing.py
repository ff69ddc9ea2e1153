"""A release as a PDF, made once for each language by a worker."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, override

from config import workers
from reports.actions import made_once
from reports.models import Portrait, Release, ReleasePrint
from reports.public.pages import ReleaseFacts, report_page
from reports.public.published import signed
from responses.pdf import EMBEDDED, pdf_of

PRINT = "reports.tasks.print_release"
SHEETS = ("enquiry.css", "report.css", "report-print.css")


def ask_worker(release_id: int) -> bool:
    """While Redis is down the hourly sweep asks again."""
    return workers.ask(PRINT, release_id)


def waiting_for_the_worker() -> list[int]:
    return made_once.waiting(ReleasePrint.objects.all())


def print_release(*, release_id: int, clock: Callable[[], datetime]) -> None:
    """Each language once: who comes second, or again after a worker was killed, makes what is missing."""
    related = made_once.published().select_related("edition", "signature__key")
    release = related.filter(pk=release_id).first()
    if release is None:
        return
    for language in made_once.missing(ReleasePrint.objects.all(), release_id):
        content = pdf_of(document(release, language), style())
        ReleasePrint.objects.get_or_create(
            release=release,
            language=language,
            defaults={
                "content": content,
                "sha256": hashlib.sha256(content).hexdigest(),
                "made_at": clock(),
            },
        )


def document(release: Release, language: str) -> str:
    """The page that is printed: the same figures as on the web, with cover and contents."""
    facts = ReleaseFacts(
        number=release.number,
        content_hash=release.content_hash,
        published_at=release.published_at,
        note=release.note,
        signed=signed(release),
    )
    with override(language):
        page = report_page(
            json.loads(release.content),
            facts=facts,
            right_to_left=get_language_bidi(),
            on_paper=True,
            portrait_at=in_the_document,
        )
        context = {"page": page, "synthetic": page.report.synthetic, "language": language}
        return render_to_string("public/print.html", context | {"right_to_left": get_language_bidi()})


def in_the_document(sha256: str) -> str:
    """The picture itself as an address, because the printer fetches nothing."""
    content = bytes(Portrait.objects.get(pk=sha256).content)
    return EMBEDDED + base64.b64encode(content).decode("ascii")


def style() -> str:
    """The look of the web, and what paper needs beside it."""
    return sheets(SHEETS)


def sheets(names: Iterable[str]) -> str:
    return "\n".join(_sheet(name) for name in names)


def _sheet(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")
