"""A PDF of a page that is whole in itself: tagged, with its fonts, and made without asking anybody for anything.

WeasyPrint and the libraries it draws with are loaded when the first PDF is made: the web never needs them.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

STYLE = "print.css"


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
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import FatalURLFetchingError
    except OSError as error:
        raise PrinterMissing(error) from error
    # It tells of every step and every page; what goes wrong is still logged.
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    fetcher = _fetcher()
    try:
        page = HTML(string=document, url_fetcher=fetcher)
        sheet = CSS(string=style, url_fetcher=fetcher)
        written = page.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1", pdf_tags=True)
    except FatalURLFetchingError as refusal:
        raise NothingIsFetched(refusal) from refusal
    assert isinstance(written, bytes)
    return written


def _fetcher() -> URLFetcher:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Nothing(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            # Any other error would only be logged, and the page printed without what it asked for.
            raise FatalURLFetchingError(url)

    return Nothing()
