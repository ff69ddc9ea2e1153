"""How fast readers are served: pages of a report and the read API, beside a static file of the same server.

python bench/public.py [--readers 64] [--seconds 4] [--rounds 5] [--officers 450] [--companies 300]

It publishes an edition of made-up answers in a database of its own, on this machine alone, and leaves nothing behind.
Each address is asked for by that many readers at once, in turns with the static file, and compared with it in pairs:
from a server as it is, and from one that keeps no page and no answer.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.journey import Server, ask, own_database, share

# isort: split
from reports.actions import release as releases
from reports.models import Release
from tests.box.people import member_of_staff
from tests.reports.stage import answer, code_everything, eligible_seeds, wave_of
from tests.reports.test_release import NOW, tabulate

STATIC = "/static/report.css"
NOTHING_KEPT = {"REPORT_KEPT_SECONDS": "0", "REPORT_KEPT_PAGES": "0"}
NO_LIMIT = {"API_REQUESTS_A_MINUTE": "0"}
RELEASE = "/api/v1/editions/2019/releases/1/"
ADDRESSES = {
    "summary": "/2019/1/",
    "part, law enforcement": "/2019/1/part/law_enforcement/",
    "API: lines, first page": f"{RELEASE}lines/",
    "API: content": f"{RELEASE}content.json",
}


@dataclass(frozen=True)
class Found:
    """Answers a second, and the times of the middle and of the slowest twentieth in ms."""

    rate: float
    middle: float
    slow: float


def publish(officers: int, companies: int) -> Release:
    for key, number in (("law_enforcement", officers), ("enterprise", companies)):
        wave = wave_of(key)
        answer(wave, eligible_seeds(wave, number))
        code_everything(wave)
        tabulate(wave)
    asked = releases.request(edition=wave.edition, note="", by=member_of_staff("analyst"), now=NOW)
    return releases.approve(release=asked, by=member_of_staff("publisher"), now=NOW)


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[Server]:
    server = Server("config.wsgi", folder)
    server.environment |= NO_LIMIT | more
    try:
        server.run("/healthz")
        yield server
    finally:
        server.stop()
        server.socket.close()


def visit(server: Server, path: str, readers: int, seconds: float) -> Found:
    task = {"work": "floor", "concurrency": readers, "seconds": seconds, "path": path, "port": server.port}
    found = ask(task)
    if found["errors"]:
        raise SystemExit(f"{path}: {found['errors'][0]}")
    pages = found["pages"]
    return Found(len(pages) / found["seconds"], share(pages, 50), share(pages, 95))


def compare(label: str, pairs: Sequence[tuple[Found, Found]]) -> None:
    ratios = sorted(found.rate / static.rate for static, found in pairs)
    rate = median(found.rate for _static, found in pairs)
    slow = median(found.slow for _static, found in pairs)
    print(
        f"{label:<44}{rate:9.0f}{slow:9.1f}{median(ratios):9.2f}   {ratios[0]:.2f} to {ratios[-1]:.2f}",
        flush=True,
    )


def measure(label: str, server: Server, options: argparse.Namespace) -> None:
    for name, path in ADDRESSES.items():
        visit(server, path, 8, 1.0)
        visit(server, STATIC, 8, 0.5)
        pairs = [
            (
                visit(server, STATIC, options.readers, options.seconds),
                visit(server, path, options.readers, options.seconds),
            )
            for _ in range(options.rounds)
        ]
        compare(f"{name}, {label}", pairs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--officers", type=int, default=450)
    parser.add_argument("--companies", type=int, default=300)
    options = parser.parse_args()
    with own_database(), tempfile.TemporaryDirectory() as folder:
        publish(options.officers, options.companies)
        print(f"{options.readers} readers at once; p95 in ms; ratio: of the rate of {STATIC}, in pairs")
        print(f"{'':<44}{'answ./s':>9}{'p95':>9}{'ratio':>9}   of the rounds")
        with serving(Path(folder)) as server:
            measure("as it is", server, options)
        with serving(Path(folder), **NOTHING_KEPT) as server:
            measure("nothing kept", server, options)


if __name__ == "__main__":
    main()
