"""Authors' pages as a respondent of one wave reads them: bracketed places filled."""

from __future__ import annotations

from functools import cached_property

from django.urls import reverse

from responses.access import Visit
from surveys.definition import Page, PageKind
from surveys.places import WHAT_WE_STORE, WITHDRAWAL_DATE, dates_of, texts_of
from surveys.wordings import fill_places


class Texts:
    """The places are read at most once for a page, and only when a text has any."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    @cached_property
    def places(self) -> dict[str, str]:
        language = self.visit.language
        wave = self.visit.wave
        store = f"[{WHAT_WE_STORE}]({reverse('responses:what_we_store')})"
        return texts_of(wave, language) | dates_of(wave, language) | {WHAT_WE_STORE: store}

    def filled(self, text: str) -> str:
        return fill_places(text, self.places) if "[" in text else text

    def body(self, page: Page) -> str:
        return self.filled(page.body)

    def page(self, kind: PageKind) -> tuple[str, str] | None:
        """(title, body) of the first page of a kind."""
        page = self.visit.definition.page_of_kind(kind)
        return (page.title, self.body(page)) if page else None

    @property
    def until(self) -> str:
        """When the wave closes, with its time zone."""
        return dates_of(self.visit.wave, self.visit.language)[WITHDRAWAL_DATE]

    @property
    def support(self) -> str:
        """What stands at the foot of every page: where somebody finds support."""
        found = self.page(PageKind.WELLBEING_START) or self.page(PageKind.WELLBEING_END)
        return found[1] if found else ""
