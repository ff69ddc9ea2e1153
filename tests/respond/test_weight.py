"""What a question page weighs, with its stylesheet and its script."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from surveys.models import Wave
from tests.respond.fieldwork import PROJECT, Respondent, first_answers, new_link, speak

MOST_BYTES, MOST_COMPRESSED, MOST_FILES_BESIDE = 60_000, 15_000, 2


def files_beside(respondent: Respondent) -> list[Path]:
    names = respondent.page.xpath("//link[@rel='stylesheet']/@href | //script/@src")
    return [PROJECT / "static" / Path(name).name for name in names]


def weights(respondent: Respondent) -> tuple[int, int]:
    """Bytes of the page and the files beside it: as they are, and as they travel."""
    parts = [respondent.response.content, *(file.read_bytes() for file in files_beside(respondent))]
    return sum(map(len, parts)), sum(len(gzip.compress(part, 6)) for part in parts)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_question_page_is_light_empty_and_with_errors(either_wave: Wave, language: str) -> None:
    respondent = Respondent(new_link(speak(either_wave, "ar"), language=language)).begin()
    found: list[tuple[int, int]] = []

    while "/answer/step/" in respondent.path:
        if respondent.names():
            assert len(files_beside(respondent)) <= MOST_FILES_BESIDE
            found.append(weights(respondent))
            respondent.press()
            found.append(weights(respondent))
        if "/answer/step/" in respondent.path:
            respondent.press(answers=first_answers(respondent))

    assert len(found) > 10
    assert max(whole for whole, _compressed in found) <= MOST_BYTES
    assert max(compressed for _whole, compressed in found) <= MOST_COMPRESSED, found
