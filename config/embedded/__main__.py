"""python -m config.embedded start | stop [--force] | status | remove | run [--process KIND] -- COMMAND."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable

from config.embedded import ROLES, ServiceError, Services, database_name, environment, services
from config.embedded.places import default_base


def start(found: Services, options: argparse.Namespace) -> int:
    found.join(database_name())
    found.pin()
    return status(found, options)


def stop(found: Services, options: argparse.Namespace) -> int:
    if found.stop(force=options.force):
        print("PostgreSQL and Redis are stopped.")
        return 0
    print("Other processes use PostgreSQL and Redis. Stop them first, or add --force.", file=sys.stderr)
    return 1


def status(found: Services, options: argparse.Namespace) -> int:
    states = {"PostgreSQL": found.cluster.answers(), "Redis": found.redis.answers()}
    for name, answers in states.items():
        print(f"{name}: {'running' if answers else 'stopped'}")
    print(f"Data: {found.cluster.places.state}\nSockets: {found.cluster.places.sockets}")
    return 0 if all(states.values()) else 3


def remove(found: Services, options: argparse.Namespace) -> int:
    found.stop(force=True)
    found.remove()
    print(f"The data of {found.base} are removed.")
    return 0


def run(found: Services, options: argparse.Namespace) -> int:
    """Keep the services up while a command runs; with --process, hand it the addresses for that role."""
    found.join()
    child = environment(process=options.process) if options.process else None
    try:
        return subprocess.run(options.command, env=child, check=False).returncode
    finally:
        found.leave()


ACTIONS: dict[str, Callable[[Services, argparse.Namespace], int]] = {
    "start": start,
    "stop": stop,
    "status": status,
    "remove": remove,
    "run": run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument("action", choices=sorted(ACTIONS))
    parser.add_argument("--force", action="store_true", help="stop although others use the services")
    parser.add_argument(
        "--process", choices=sorted(ROLES), help="hand the command the addresses of this role"
    )
    words, command = _split(sys.argv[1:])
    options = parser.parse_args(words, argparse.Namespace(command=command))
    if options.action == "run" and not command:
        parser.error("run needs a command: python -m config.embedded run -- COMMAND")
    try:
        return ACTIONS[options.action](services(default_base()), options)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """What stands before and after the first "--": ours, and the command's own."""
    place = words.index("--") if "--" in words else len(words)
    return words[:place], words[place + 1 :]


if __name__ == "__main__":
    raise SystemExit(main())
