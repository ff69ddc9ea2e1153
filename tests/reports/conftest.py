from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from reports.actions import night
from reports.claims import Held
from tests.box.field import CLOSED, NIGHT, Field, open_field
from tests.services import Database


def store_key(found: Field, folder: Path) -> None:
    """Put the private half where the worker looks for it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{found.wave.pk}.key"
    path.write_bytes(found.private_key)
    path.chmod(0o600)


@dataclass
class Nights:
    """A wave whose nights a test runs step by step, at the times it says."""

    field: Field
    now: datetime = NIGHT
    handed_over: list[Held] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def open(self) -> Held | None:
        before = len(self.handed_over)
        night.open_and_count(wave_id=self.field.wave.pk, clock=self.clock, hand_over=self.handed_over.append)
        return self.handed_over[-1] if len(self.handed_over) > before else None

    def count(self, held: Held) -> None:
        night.count_wave(wave_id=held.wave_id, number=held.number, clock=self.clock)

    def run(self) -> None:
        held = self.open()
        assert held is not None
        self.count(held)
        self.now += timedelta(days=1)

    def close(self) -> None:
        self.now = max(self.now, CLOSED)


@pytest.fixture
def nights(committed_database: Database, tmp_path: Path, settings: Settings) -> Nights:
    found = open_field()
    settings.ENQUIRY_KEY_DIR = str(tmp_path / "keys")
    store_key(found, tmp_path / "keys")
    return Nights(found)
