"""How fast respondents are served: whole journeys against a real gunicorn, on the embedded PostgreSQL.

python bench/journey.py [--respondents 1 8 64] [--journeys 200] [--pause 2] [--questionnaire law_enforcement]

It works in a database of its own, on this machine alone, and leaves nothing behind. A page is a form that was sent
and saved and the next page that came back. The floors beside it come from the same gunicorn with the same settings:
a bare Django view, and a view that inserts one row of a draft's size and commits.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
DATABASE = "enquiry_bench"
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["ENQUIRY_ENV"] = "demo"
os.environ["ENQUIRY_DATABASE"] = DATABASE

from config.embedded import ensure, environment, services  # noqa: E402
from config.embedded.places import default_base  # noqa: E402
from config.embedded.services import ROLES  # noqa: E402

ensure(process="owner")

import django  # noqa: E402

django.setup()

import httpx  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.bare import TABLE  # noqa: E402
from responses.models import Invitation  # noqa: E402
from responses.sealing import new_token, session_key, token_hash, token_text  # noqa: E402
from surveys.models import Wave  # noqa: E402
from tests.respond.fieldwork import Respondent, first_answers, new_link, open_wave  # noqa: E402
from tests.services import Program, wait_until, write_questionnaires  # noqa: E402

PROCESSES, THREADS = 2, 4
FLOOR_SECONDS = 4.0
FLOOR_RESPONDENTS = 8
ROUNDS = 7
ROUND_SECONDS = 2.0
ROUND_JOURNEYS = 16
BARE = "a bare Django view"


class Server(Program):
    """A gunicorn of one application on a free port."""

    def __init__(self, application: str, folder: Path) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.socket.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", application, "--config", "config/gunicorn.conf.py"]
        command += ["--bind", f"fd://{self.socket.fileno()}", "--keep-alive", "30"]
        command += ["--workers", str(PROCESSES), "--threads", str(THREADS)]
        variables = environment(process="web", database=DATABASE)
        super().__init__(command, variables, folder / f"{application.split('.')[0]}.log")
        self.inherited = (self.socket.fileno(),)

    def run(self, path: str) -> None:
        address = f"http://127.0.0.1:{self.port}{path}"
        self.start(lambda: "Booting worker" in self.text())
        wait_until(lambda: httpx.get(address, timeout=10, trust_env=False).status_code < 500)

    def used(self) -> float:
        """Seconds of processor time that its processes have used; 0 where the system does not say (not Linux)."""
        assert self.process is not None
        fields = [entry.read_text().rsplit(")", 1)[1].split() for entry in Path("/proc").glob("[0-9]*/stat")]
        ticks = [int(one[11]) + int(one[12]) for one in fields if int(one[2]) == self.process.pid]
        return sum(ticks) / os.sysconf("SC_CLK_TCK")


def ask(task: dict[str, Any]) -> dict[str, Any]:
    """Let the process of the respondents do a piece of work."""
    command = [sys.executable, str(PROJECT / "bench/visitors.py")]
    done = subprocess.run(command, input=json.dumps(task) + "\n", capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def links(wave: Wave, number: int) -> list[str]:
    tokens = [new_token() for _ in range(number)]
    hashes = [token_hash(session_key(token)) for token in tokens]
    Invitation.objects.bulk_create([Invitation(wave=wave, token_hash=found) for found in hashes])
    return [f"/i/{token_text(token)}" for token in tokens]


def learned_answers(wave: Wave) -> dict[str, list[str]]:
    """What one respondent answers to everything, by field; the others then say the same without reading pages."""
    respondent, found = Respondent(new_link(wave)).begin(), {}
    while "/answer/step/" in respondent.path:
        answers = first_answers(respondent)
        found |= {name: [said] if isinstance(said, str) else list(said) for name, said in answers.items()}
        respondent.press(answers=answers)
    return found


@contextmanager
def own_database() -> Iterator[None]:
    call_command("migrate", verbosity=0, skip_checks=True)
    try:
        write_questionnaires()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {TABLE} (content bytea)")
            cursor.execute(f'GRANT INSERT ON {TABLE} TO "{ROLES["web"]}"')
        yield
    finally:
        connection.close()
        services(default_base()).cluster.drop_database(DATABASE)


def share(values: Sequence[float], per_cent: int) -> float:
    ordered = sorted(values)
    return 1000 * ordered[min(len(ordered) * per_cent // 100, len(ordered) - 1)] if ordered else 0.0


@dataclass(frozen=True)
class Measured:
    """Pages a second, and the server's processor time for one in ms."""

    rate: float
    cpu: float


def line(label: str, server: Server, task: dict[str, Any]) -> Measured:
    """Do a piece of work and print a line of the table."""
    used = server.used()
    found = ask(task | {"port": server.port})
    used = server.used() - used
    pages, seconds = found["pages"], found["seconds"]
    rate = len(pages) / seconds
    times = "".join(f"{share(pages, part):9.1f}" for part in (50, 95, 99))
    journeys = f"{found['journeys'] / seconds:9.2f}" if found["journeys"] else " " * 9
    own = f"{1000 * used / len(pages):9.2f}{100 * found['own'] / seconds:7.0f} %"
    print(f"{label:<40}{rate:9.1f}{journeys}{times}{len(found['errors']):8}{own}", flush=True)
    for error in sorted(set(found["errors"]))[:5]:
        print(f"    {error}")
    return Measured(rate, 1000 * used / len(pages))


def floor(label: str, server: Server, path: str, seconds: float) -> Measured:
    task = {"work": "floor", "concurrency": FLOOR_RESPONDENTS, "seconds": seconds, "path": path}
    return line(label, server, task)


@contextmanager
def running(application: str, path: str, folder: Path) -> Iterator[Server]:
    server = Server(application, folder)
    try:
        server.run(path)
        yield server
    finally:
        server.stop()
        server.socket.close()


def measure(wave: Wave, options: argparse.Namespace, bare: Server, pages: Server) -> None:
    answers = learned_answers(wave)

    def walk(number: int, journeys: int, pause: float, label: str, work: str = "journeys") -> Measured:
        task = {"work": work, "concurrency": number, "pause": pause, "answers": answers}
        return line(label, pages, task | {"links": links(wave, journeys)})

    floor(BARE, bare, "/bare", FLOOR_SECONDS)
    floor("insert one row and commit", bare, "/insert", FLOOR_SECONDS)
    # Every process renders the pages it has not seen once; nobody waits for that afterwards.
    walk(8, 16, 0.0, "(warming up)")
    for number in options.respondents:
        label = f"{number} respondents at once" if number > 1 else "1 respondent"
        walk(number, max(options.journeys if number > 1 else options.journeys // 4, number), 0, label)
    if options.pause:
        number = max(options.respondents)
        walk(number, number, options.pause, f"{number}, {options.pause:g} s of thought a page")
    # A machine that others use too changes while one measures: page and floor take turns, and are compared in pairs.
    rounds = []
    for _ in range(ROUNDS):
        one = floor(BARE, bare, "/bare", ROUND_SECONDS)
        asked = walk(FLOOR_RESPONDENTS, ROUND_JOURNEYS, 0, "pages of questions alone, 8 at once", "questions")
        rounds.append((one, asked))
    compare(rounds)


def compare(rounds: Sequence[tuple[Measured, Measured]]) -> None:
    rates = sorted(asked.rate / one.rate for one, asked in rounds)
    costs = sorted(one.cpu / asked.cpu for one, asked in rounds if asked.cpu)
    print("A page of questions (a form saved, a redirect, the next page) beside the bare view, in pairs:")
    for label, found in (("rate", rates), ("processor time of the server", costs)):
        if found:
            print(f"  {label}: median {median(found):.3f} ({found[0]:.3f} to {found[-1]:.3f})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--respondents", type=int, nargs="+", default=[1, 8, 64], help="how many at once")
    parser.add_argument("--journeys", type=int, default=200, help="whole journeys at each number")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds of thought a page; 0 leaves it out")
    parser.add_argument(
        "--questionnaire", default="law_enforcement", choices=["law_enforcement", "enterprise"]
    )
    options = parser.parse_args()
    with own_database(), tempfile.TemporaryDirectory() as folder:
        print(f"{PROCESSES} processes of {THREADS} threads; times in ms; CPU: the web server's")
        print(
            f"{'':<40}{'pages/s':>9}{'jrn/s':>9}{'p50':>9}{'p95':>9}{'p99':>9}{'errors':>8}{'CPU':>9}{'client':>9}"
        )
        with (
            running("bench.bare:served()", "/bare", Path(folder)) as bare,
            running("config.wsgi", "/healthz", Path(folder)) as pages,
        ):
            measure(open_wave(options.questionnaire), options, bare, pages)


if __name__ == "__main__":
    main()
