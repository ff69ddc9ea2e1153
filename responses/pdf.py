"""A PDF of a page that is whole in itself: tagged, with its fonts, and made without asking anybody for anything.

WeasyPrint and the libraries it draws with are loaded when the first PDF is made: the web never needs them.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

STYLE = "print.css"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_RIGHT_TO_LEFT = re.compile(r'<html[^>]*\bdir="rtl"')
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
_WORDS = re.compile(r"<bdi\b[^>]*>([^<]+)(?=</bdi>)")
_BEGINS = re.compile(r"<bdi\b[^>]*>")
EMBEDDED = "data:image/jpeg;base64,"
"""Pictures that stand in the document itself."""
TAGGED: dict[str, Any] = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}


class PrinterMissing(Exception):
    """Libraries of the system that Python's packages do not bring."""

    def __init__(self, reason: object) -> None:
        super().__init__(
            _(
                "PDF files cannot be made here, because Pango is missing (%(reason)s). Install it on the worker's host "
                "(on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core)."
            )
            % {"reason": reason}
        )


class NothingIsFetched(Exception):
    """The document names a file or an address. It must not: what it says would depend on more than its texts."""

    def __init__(self, address: object) -> None:
        super().__init__(
            _("A printed page must be whole in itself; this one asks for %(url)s.") % {"url": address}
        )


def style() -> str:
    found = finders.find(STYLE)
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")


def pdf_of(document: str, style: str) -> bytes:
    """The document as PDF/UA-1. Links of the document itself stay; files and addresses are never opened."""
    return laid_out(document, style, **TAGGED).pdf


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A document on its pages."""

    pages: int
    pdf: bytes


def laid_out(document: str, style: str, *, most_pages: int | None = None, **options: Any) -> LaidOut:
    """The document on pages; `options` are those of the printer. Nothing is fetched for it.

    With more pages than `most_pages` it is not written, and the PDF is empty.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import FatalURLFetchingError
    except OSError as error:
        raise PrinterMissing(error) from error
    # It tells of every step and every page; what goes wrong is still logged.
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    fetcher = _fetcher()
    try:
        page = HTML(string=isolated(document), url_fetcher=fetcher)
        found = page.render(stylesheets=[_sheet(style)], **options)
        is_wanted = most_pages is None or len(found.pages) <= most_pages
        written = found.write_pdf(**options) if is_wanted else b""
    except FatalURLFetchingError as refusal:
        raise NothingIsFetched(refusal) from refusal
    assert isinstance(written, bytes)
    return LaidOut(len(found.pages), written)


def isolated(document: str) -> str:
    """Words in `<bdi>` keep their own direction on a page that runs from right to left.

    The printer knows no `unicode-bidi`, so the characters that begin and end an isolate stand in the text. It lays
    out each line by itself, so that a sentence that breaks needs a mark behind its full stop as well.
    """
    if not _RIGHT_TO_LEFT.search(document):
        return document
    marked = _WORDS.sub(
        lambda found: found[0] + (LEFT_TO_RIGHT if _runs_left_to_right(found[1]) else ""), document
    )
    return _BEGINS.sub(f"\\g<0>{FIRST_STRONG_ISOLATE}", marked).replace("</bdi>", f"{POP_ISOLATE}</bdi>")


def _runs_left_to_right(words: str) -> bool:
    strong = (unicodedata.bidirectional(sign) for sign in words)
    return next((one for one in strong if one in ("L", "R", "AL")), "") == "L"


@lru_cache(maxsize=4)
def _sheet(style: str) -> Any:
    """Read once: what of it the printer does not know is then told once as well."""
    from weasyprint import CSS

    return CSS(string=style, url_fetcher=_fetcher())


def _fetcher() -> URLFetcher:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Nothing(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url.startswith(EMBEDDED):
                return super().fetch(url)
            # Any other error would only be logged, and the page printed without what it asked for.
            raise FatalURLFetchingError(url)

    return Nothing()
