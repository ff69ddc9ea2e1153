"""The demo itself, played once for all test processes of a run by the real command, on services of its own."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from config.embedded import Cluster, Services
from config.embedded.services import ROLES
from reports.demo.casts import FULL, SEED, SMALL, Cast
from reports.demo.persons import Person, draw
from reports.models import Release
from surveys.models import Wave
from surveys.queries import definition_of
from tests.services import PROJECT, default_connection_at

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

DEEP = os.environ.get("DEEP") == "1"
CASTS = FULL if DEEP else SMALL
DATABASE = "enquiry_demo"
MOST_SECONDS = 1800


@dataclass(frozen=True)
class Demo:
    """A demo that ended with its release. Django's default connection is on its database."""

    summary: dict[str, Any]
    cluster: Cluster
    folder: Path

    def url(self, process: str) -> str:
        return self.cluster.url(ROLES[process], DATABASE)

    def again(self) -> subprocess.CompletedProcess[str]:
        return play(self.folder)

    @property
    def waves(self) -> list[Wave]:
        found = Wave.objects.filter(edition__year=2019).select_related("questionnaire", "edition")
        order = [cast.questionnaire for cast in CASTS]
        return sorted(found, key=lambda wave: order.index(wave.questionnaire.key))

    def people(self, cast: Cast, wave: Wave) -> tuple[Person, ...]:
        """Who was meant to answer, drawn again from the seed."""
        return draw(definition_of(wave.questionnaire), cast.plan, size=cast.answering, seed=SEED)

    @property
    def release(self) -> Release:
        return Release.objects.get(edition__year=2019, status=Release.Status.APPROVED)

    def figure(self, figure: str) -> dict[str, Any]:
        parts = json.loads(self.release.content)["parts"]
        return next(
            found
            for part in parts
            for section in part["sections"]
            for found in section["figures"]
            if found["id"] == figure
        )


def play(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    small = [] if DEEP else ["--small"]
    # Nothing of the tests' own services and settings may reach the demo.
    ours = ("DATABASE_URL", "REDIS_URL", "ENQUIRY_EMBEDDED", "ENQUIRY_PROCESS", "ENQUIRY_DATABASE")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, "manage.py", "demo", "--once", *small, *options],
        cwd=PROJECT,
        env=kept | {"ENQUIRY_VAR": str(folder), "ENQUIRY_ENV": "demo"},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "playing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def play_once_in_a_run(folder: Path) -> None:
    """Unless another process of this run of the tests has played it already."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    mark = folder / "played-by"
    if mark.exists() and mark.read_text() == run:
        return
    done = play(folder, "--fresh")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    mark.write_text(run)


@pytest.fixture(scope="session")
def demo_services() -> Iterator[Services]:
    folder = Path(os.environ["ENQUIRY_VAR"]) / "demo"
    with one_at_a_time(folder):
        play_once_in_a_run(folder)
    pair = Services(folder)
    pair.join()
    yield pair
    pair.leave()


@pytest.fixture
def demo(
    demo_services: Services, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Demo]:
    summary = json.loads((demo_services.base / "demo/summary.json").read_text())
    with django_db_blocker.unblock(), default_connection_at(DATABASE, demo_services.cluster):
        yield Demo(summary, demo_services.cluster, demo_services.base)
