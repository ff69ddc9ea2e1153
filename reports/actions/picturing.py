"""Pictures of a release's figures, made once for each language by a worker, for links that are shared."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, override

from config import workers
from reports.actions import made_once
from reports.actions.printing import sheets
from reports.models import Release, ReleasePicture
from reports.public.cards import HEIGHT, WIDTH, Card, cards_of, views_of
from reports.public.pages import ReleaseFacts, ReportPage, report_page
from responses.pdf import laid_out

PICTURE = "reports.tasks.picture_release"
SHEETS = ("enquiry.css", "report.css", "report-card.css")
POINTS_A_PIXEL = 0.75
COLOURS = 128


def ask_worker(release_id: int) -> bool:
    """While Redis is down the hourly sweep asks again."""
    return workers.ask(PICTURE, release_id)


def waiting_for_the_worker() -> list[int]:
    return made_once.waiting(_last_of_a_language())


def _last_of_a_language() -> QuerySet[ReleasePicture]:
    """The picture of the whole report, with which a language is done."""
    return ReleasePicture.objects.filter(figure="")


def picture_release(*, release_id: int, clock: Callable[[], datetime]) -> None:
    """A language whole or not at all: who comes second, or again after a worker was killed, makes what is missing."""
    release = made_once.published().select_related("edition").filter(pk=release_id).first()
    if release is None:
        return
    for language in made_once.missing(_last_of_a_language(), release_id):
        now = clock()
        made = [
            ReleasePicture(
                release=release,
                language=language,
                figure=figure,
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                made_at=now,
            )
            for figure, content in pictures(release, language)
        ]
        ReleasePicture.objects.bulk_create(made, ignore_conflicts=True)


def pictures(release: Release, language: str) -> Iterator[tuple[str, bytes]]:
    """(figure, PNG) of every figure that shows a number, then of the report as a whole."""
    style = sheets(SHEETS)
    with override(language):
        page = page_of(release)
        for part, view in views_of(page):
            yield view.figure.id, _picture(page, cards_of(part, view), language, style)
        yield "", _picture(page, iter([Card(None, None)]), language, style)


def page_of(release: Release) -> ReportPage:
    facts = ReleaseFacts(
        number=release.number, content_hash=release.content_hash, published_at=release.published_at
    )
    content = json.loads(release.content)
    return report_page(content, facts=facts, right_to_left=get_language_bidi(), on_paper=True)


def _picture(page: ReportPage, cards: Iterator[Card], language: str, style: str) -> bytes:
    """The fullest card that fits. What does not fit even without a chart is cut at the edge."""
    last = ""
    for card in cards:
        last = document(page, card, language)
        laid = laid_out(last, style, most_pages=1)
        if laid.pdf:
            return drawn(laid.pdf)
    return drawn(laid_out(last, style).pdf)


def document(page: ReportPage, card: Card, language: str) -> str:
    context = {"page": page, "card": card, "view": card.view, "language": language}
    return render_to_string("public/card.html", context | {"right_to_left": get_language_bidi()})


def drawn(pdf: bytes) -> bytes:
    """The first page of a PDF as a PNG of few colours."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        bitmap = document[0].render(scale=1 / POINTS_A_PIXEL)
        picture = bitmap.to_pil().convert("RGB")
    assert picture.size == (WIDTH, HEIGHT), picture.size
    written = io.BytesIO()
    picture.quantize(COLOURS, dither=0).save(written, "PNG", optimize=True)
    return written.getvalue()
