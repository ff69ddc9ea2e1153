"""What editors write around the figures of an edition, and where it stands."""

from __future__ import annotations

from reports.composing.places import (
    ARTICLES,
    DISCLOSURE,
    WRITTEN,
    Place,
    article_title,
    places_of,
    starting_text,
)

__all__ = ["ARTICLES", "DISCLOSURE", "WRITTEN", "Place", "article_title", "places_of", "starting_text"]
