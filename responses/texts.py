"""Authors' pages as a respondent of one wave reads them, and what stands around every page of theirs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO

from responses.access import Visit
from surveys.definition import Page, PageKind
from surveys.wordings import fill_places


class Texts:
    """The texts of a visit's plan, in which everything is filled already."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def filled(self, text: str) -> str:
        return fill_places(text, self.visit.plan.places) if "[" in text else text

    def body(self, page: Page) -> str:
        return page.body

    def page(self, kind: PageKind) -> tuple[str, str] | None:
        """(title, body) of the first page of a kind."""
        page = self.visit.definition.page_of_kind(kind)
        return (page.title, page.body) if page else None

    @property
    def until(self) -> str:
        """When the wave closes, with its time zone."""
        return self.visit.plan.until

    @property
    def support(self) -> str:
        """What stands at the foot of every page: where somebody finds support."""
        return self.visit.plan.support

    @property
    def switch_to(self) -> tuple[tuple[str, str], ...]:
        """(tag, own name) of the other languages that are open."""
        return tuple((tag, own_name(tag)) for tag in self.visit.languages if tag != self.visit.language)

    @property
    def frame(self) -> dict[str, Any]:
        """The context that the frame of every page needs: the survey's name, support, languages, until when."""
        return {
            "survey": self.visit.definition.title,
            "synthetic": self.visit.wave.synthetic,
            "support": self.support,
            "until": self.until,
            "switch_to": self.switch_to,
        }


def own_name(tag: str) -> str:
    """What a language calls itself."""
    named = dict(settings.LANGUAGES)
    return str(named.get(tag) or LANG_INFO.get(tag, {}).get("name_local", tag))
