"""Two languages that nobody speaks, for the layout: every text is 40 % longer, and in one runs from right to left.

A text of the interface that shows without the brackets has missed the catalogue.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).resolve().parents[1] / "locale/sv/LC_MESSAGES/django.po"
LOCALES = {"en-xa": "en_XA", "ar-xb": "ar_XB"}
ACCENTED = str.maketrans("AEIOUaeiounsygt", "ÅËÎÖÛåéîöûñšýğŧ")
# What a program reads stays: places for values, pipes, bracketed places, addresses of links and tags.
KEPT = re.compile(r"(%\(\w+\)[sd]|%%|%[sd]|\{[^{}]*\}|\[[^\[\]]+\](?!\()|\]\([^()]*\)|<[^<>]*>)")


def longer(text: str) -> str:
    """The text with accents and about 40 % more of it, in brackets that show where one was cut off."""
    accented = "".join(
        piece if KEPT.fullmatch(piece) else piece.translate(ACCENTED) for piece in KEPT.split(text)
    )
    return f"⟦{accented} {' '.join(_words(round(len(text) * 0.4)))}⟧"


def _words(length: int) -> list[str]:
    """Filling, in words about as long as those of German."""
    return ["~" * min(11, length - start) for start in range(0, max(length - 3, 2), 12)]


def write_catalogues(folder: Path) -> None:
    """Compile both languages into a folder that the settings of the tests name."""
    with CATALOGUE.open("rb") as file:
        source = read_po(file)
    for locale in LOCALES.values():
        target = folder / locale / "LC_MESSAGES/django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        # Test processes start at the same time; each writes a file of its own, and the last rename stands.
        unfinished = target.with_suffix(f".{os.getpid()}")
        with unfinished.open("wb") as file:
            write_mo(file, _pseudo(source))
        unfinished.replace(target)


def _pseudo(source: Catalog) -> Catalog:
    made = Catalog(charset="utf-8", fuzzy=False)
    for message in source:
        if message.id:
            made.add(message.id, string=_string(message), context=message.context)
    return made


def _string(message: Message) -> str | tuple[str, ...]:
    if isinstance(message.id, str):
        return longer(message.id)
    return tuple(longer(form) for form in message.id)
