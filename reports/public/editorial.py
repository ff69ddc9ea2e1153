"""Texts around the figures in the language of the reader, or in another one with a notice."""

from __future__ import annotations

from dataclasses import dataclass

from reports.composing.places import article_body, article_title
from reports.public.reading import Comment, Editorial

SOURCE = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Markdown. `is_other`: it is not in the language that was asked for."""

    text: str
    language: str
    is_other: bool


@dataclass(frozen=True, slots=True)
class Article:
    key: str
    title: str
    words: Words
    comments: tuple[Comment, ...]


def words_of(editorial: Editorial, place: str, language: str) -> Words | None:
    """In this language, else in English, else in any."""
    texts = editorial.texts.get(place, {})
    chosen = next((code for code in (language, SOURCE, *sorted(texts)) if code in texts), None)
    return None if chosen is None else Words(texts[chosen], chosen, chosen != language)


def comments_at(editorial: Editorial, place: str) -> tuple[Comment, ...]:
    return tuple(comment for comment in editorial.comments if comment.place == place)


def articles_of(editorial: Editorial, language: str) -> tuple[Article, ...]:
    found = []
    for key in editorial.articles:
        words = words_of(editorial, f"article.{key}", language)
        if words is not None:
            body = Words(article_body(words.text), words.language, words.is_other)
            comments = comments_at(editorial, f"article.{key}")
            found.append(Article(key, article_title(words.text), body, comments))
    return tuple(found)
