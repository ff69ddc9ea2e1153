"""The catalogues of the interface: complete, current, and with the same places for values in every language."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

PROJECT = Path(__file__).resolve().parents[1]
LOCALES = ("sv", "ar")
SOURCES = ("accounts", "config", "reports", "responses", "surveys", "templates")
PLACE = re.compile(r"%\((\w+)\)[sd]")


def catalogue(locale: str, project: Path = PROJECT) -> Catalog:
    with (project / f"locale/{locale}/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale=locale)


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogue_has_a_translation_for_every_text(locale: str) -> None:
    found = catalogue(locale)

    assert len(found) > 500
    assert not [message.id for message in found if message.id and not all(forms(message))]
    assert not [message.id for message in found if message.id and message.fuzzy]


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogue_has_every_plural_form_of_its_language(locale: str) -> None:
    found = catalogue(locale)

    plurals = [message for message in found if message.id and message.pluralizable]

    assert plurals
    assert {len(message.string) for message in plurals} == {found.num_plurals}


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_name_the_places_of_their_source(locale: str) -> None:
    wrong = []

    for message in catalogue(locale):
        allowed = set(PLACE.findall(" ".join(ids(message))))
        # A form for exactly one or two may write the number as a word.
        needed = set() if message.pluralizable else allowed
        for text in forms(message):
            if not needed <= set(PLACE.findall(text)) <= allowed:
                wrong.append((message.id, text))

    assert not wrong


def test_catalogues_hold_every_text_of_the_sources(tmp_path: Path) -> None:
    if shutil.which("xgettext") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("GNU gettext is missing here.")
        pytest.skip("This test gathers the texts with GNU gettext. On Debian: apt-get install gettext")
    for name in SOURCES:
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "locale").mkdir()
    manage = shutil.copy(PROJECT / "manage.py", tmp_path)

    subprocess.run(
        [sys.executable, manage, "makemessages", "--locale", "sv", "--no-location"],
        cwd=tmp_path,
        env=dict(os.environ),
        check=True,
        capture_output=True,
    )

    gathered = {message.id for message in catalogue("sv", tmp_path)}
    for locale in LOCALES:
        assert {message.id for message in catalogue(locale)} == gathered, locale
