"""The places of a report that hold a text: the summary, each part and section, the articles of part three."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from surveys.definition import Definition

SUMMARY, ABOUT, TECHNOLOGIES = "summary", "about", "technologies"
ARTICLES = (
    "binary_hashing",
    "robust_hashing",
    "artificial_intelligence",
    "keyword_matching",
    "filter_technology",
    "blocking_technology",
)
"""Of part three, in its order. Each has a text to begin with."""
DISCLOSURE = (
    "collection",
    "sponsor",
    "instruments",
    "population",
    "sample",
    "mode",
    "dates",
    "sizes",
    "weighting",
    "processing",
    "limitations",
)
"""What a report discloses of its method, item by item (AAPOR Code, disclosure elements of April 2021)."""
WRITTEN = tuple(f"method.{key}" for key in ("sponsor", "sample", "limitations"))
"""Items that no stored fact fills: an editor writes them, and there is no release without them."""
FOLDER = Path(__file__).parent / "articles"


@dataclass(frozen=True, slots=True)
class Place:
    """`title` is empty where the place is named by the interface."""

    key: str
    kind: str
    title: str = ""

    @property
    def is_of_a_figure(self) -> bool:
        return self.kind in ("headline", "note")

    @property
    def takes_comments(self) -> bool:
        return self.kind in ("section", "article")


def places_of(definitions: Iterable[Definition]) -> Iterator[Place]:
    yield Place(SUMMARY, "summary")
    yield Place(ABOUT, "about")
    for definition in definitions:
        yield Place(f"part.{definition.key}", "part", definition.audience)
        for section in definition.sections:
            yield Place(f"section.{definition.key}.{section.key}", "section", section.title)
            for question in section.questions:
                title = question.figure.title or question.text
                yield Place(f"headline.{definition.key}.{question.key}", "headline", title)
                yield Place(f"note.{definition.key}.{question.key}", "note", title)
    for item in DISCLOSURE:
        yield Place(f"method.{item}", "method")
    yield Place(TECHNOLOGIES, "technologies")
    for key in ARTICLES:
        yield Place(f"article.{key}", "article", article_title(starting_text(f"article.{key}")))


@cache
def starting_text(place: str) -> str:
    """What an editor begins with; empty where there is nothing to begin with."""
    kind, _dot, key = place.partition(".")
    return (FOLDER / f"{key}.md").read_text(encoding="utf-8") if kind == "article" and key in ARTICLES else ""


def article_title(text: str) -> str:
    """The first line of an article is its title, with a mark of Markdown before it."""
    return text.partition("\n")[0].lstrip("# ").strip()


def article_body(text: str) -> str:
    first, _newline, rest = text.partition("\n")
    return rest.strip() if first.startswith("#") else text
