"""Texts that authors write in Markdown, made safe to show."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "blockquote", "code", "hr"}
SCHEMES = {"http", "https", "mailto", "tel"}
TEXTS_KEPT = 512

_reader = MarkdownIt("commonmark", {"html": False})
# The reader's table of characters in addresses is seen by other threads while it is filled; one address fills it now.
_reader.render("[a](/%20 )")
_reader.render("<https://example.org/%20>")


@register.filter
@lru_cache(maxsize=TEXTS_KEPT)
def markdown(text: str) -> SafeString:
    """HTML of a text in Markdown. Tags in the text itself are shown as text; what comes out is sanitised as well."""
    cleaned = nh3.clean(_reader.render(text), tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES)
    return mark_safe(cleaned)  # noqa: S308  # nosec  # the one place: nh3 has just decided what may stand here
