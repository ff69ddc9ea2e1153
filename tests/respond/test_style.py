"""The one stylesheet and the one script: small, for both directions of writing, and without what old browsers lack."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
PHYSICAL = r"(?:margin|padding|border)-(?:left|right|top|bottom)|text-align:\s*(?:left|right)|float:\s*(?:left|right)"
TOO_NEW = r"@layer|:has\(|&[\s:.>]"


@pytest.mark.parametrize(
    "pattern", [PHYSICAL, TOO_NEW, r"url\(|@import", r"[;{\s](?:left|right|width|height):"]
)
def test_stylesheet_has_nothing_of(pattern: str) -> None:
    style = (STATIC / "enquiry.css").read_text()

    assert re.findall(pattern, style) == []


def test_stylesheet_and_script_are_small() -> None:
    assert len(gzip.compress((STATIC / "enquiry.css").read_bytes())) < 15_000
    assert len((STATIC / "enquiry.js").read_bytes()) < 10_000
