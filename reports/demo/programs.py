"""Web, worker and beat as child processes of the demo, each as its own database role."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TAIL_LINES = 30
STOP_SECONDS = 20.0
START_SECONDS = 90.0


class ProgramEnded(Exception):
    """A program that the demo needs has ended by itself; its last lines say why."""

    def __init__(self, name: str, status: int, tail: str) -> None:
        super().__init__(f"The {name} has ended with status {status}. Its log ends:\n{tail}")


class ProgramNotReady(Exception):
    def __init__(self, name: str, tail: str) -> None:
        super().__init__(f"The {name} was not ready after {START_SECONDS:.0f} s. Its log ends:\n{tail}")


@dataclass
class Program:
    """One child process with a log of its own."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            # A group of its own: Ctrl-C reaches the demo alone, which then ends the others in order.
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command],
                cwd=self.folder,
                env=dict(self.environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check(self) -> None:
        if self.process is not None and self.process.poll() is not None:
            raise ProgramEnded(self.name, self.process.returncode, self.tail())

    def wait_until(self, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            self.check()
            if time.monotonic() > deadline:
                raise ProgramNotReady(self.name, self.tail())
            time.sleep(0.1)

    def said(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_for_end(self, seconds: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, seconds))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Programs:
    """All children, ended together however the demo ends."""

    running: list[Program] = field(default_factory=list)

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *error: object) -> None:
        for program in reversed(self.running):
            program.ask_to_end()
        deadline = time.monotonic() + STOP_SECONDS
        for program in self.running:
            program.wait_for_end(deadline - time.monotonic())

    def start(self, program: Program) -> Program:
        self.running.append(program)
        program.start()
        return program

    def check(self) -> None:
        for program in self.running:
            program.check()
