from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.run import NOTE
from reports.demo import premises, show, summary
from reports.demo.casts import FULL, SMALL, Cast
from reports.demo.client import JourneyFailed
from reports.demo.programs import ProgramEnded, ProgramNotReady, Programs
from reports.demo.progress import Progress
from reports.demo.staff import StaffPageRefused
from reports.demo.stage import NightFailed, Stage

REFUSALS = (
    JourneyFailed,
    NightFailed,
    ProgramEnded,
    ProgramNotReady,
    StaffPageRefused,
    premises.NoPortFree,
    premises.NotTheOwnDatabase,
)


class Command(BaseCommand):
    help = "Plays a whole edition with made-up people, publishes its report and shows it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Stop after the release.")
        parser.add_argument("--fresh", action="store_true", help="Rebuild the demo although there is one.")
        parser.add_argument("--small", action="store_true", help="Invite a sixth of the officers only.")

    def handle(self, *args: Any, once: bool, fresh: bool, small: bool, **options: Any) -> None:
        try:
            self.run(once=once, fresh=fresh, casts=SMALL if small else FULL)
        except REFUSALS as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.say("Stopped.")

    def run(self, *, once: bool, fresh: bool, casts: tuple[Cast, ...]) -> None:
        premises.check_own_database()
        self.say(NOTE)
        progress = Progress(self.say)
        exists = not fresh and is_made()
        if not exists:
            prepare(progress)
        with Programs() as programs:
            port = premises.free_port()
            with progress.step("Start web, worker and beat"):
                premises.start_programs(programs, port, folder())
            stage = Stage(f"http://127.0.0.1:{port}", programs, progress)
            stage.hire()
            if not exists:
                remember(show.play(stage, casts))
            self.say(f"Summary: {folder() / 'summary.json'}")
            if not once:
                self.serve(stage)

    def serve(self, stage: Stage) -> None:
        self.say("\n" + show.addresses(stage) + "\n\nEnd it with Ctrl-C.")
        running = folder() / "running.json"
        summary.write(running, {"base_url": stage.base_url})
        try:
            while True:
                stage.programs.check()
                time.sleep(1)
        finally:
            running.unlink()

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def folder() -> Path:
    return Path(settings.ENQUIRY_VAR) / "demo"


def stamp() -> Path:
    return folder() / "made-from"


def is_made() -> bool:
    """Whether a demo was finished here from the same definitions, migrations and plans."""
    return stamp().exists() and stamp().read_text() == premises.fingerprint()


def prepare(progress: Progress) -> None:
    stamp().unlink(missing_ok=True)
    with progress.step("Make an empty database"):
        premises.rebuild_database()
    with progress.step("Migrate"):
        premises.migrate()


def remember(played: show.Played) -> None:
    summary.write(folder() / "summary.json", played.content)
    stamp().write_text(premises.fingerprint())
