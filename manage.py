#!/usr/bin/env python
"""Django's command line, which starts the embedded services first where a command needs them."""

from __future__ import annotations

import os
import signal
import sys

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "apply_grants", "flush"}
# They store answers, which the web may not.
WORKER_COMMANDS = {"import_responses"}
# These read and write files only.
WITHOUT_SERVICES = {
    "check",
    "check_translations",
    "collectstatic",
    "compilemessages",
    "makemessages",
    "new_translation",
    "spectacular",
    "stamp_translation",
    "help",
    "version",
}
ENVIRONMENTS = {"demo": "demo", "staff_code": "demo"}


def main(arguments: list[str]) -> None:
    command = arguments[1] if len(arguments) > 1 else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if command in ENVIRONMENTS:
        os.environ.setdefault("ENQUIRY_ENV", ENVIRONMENTS[command])
    process = os.environ.get("ENQUIRY_PROCESS") or process_of(command)
    os.environ["ENQUIRY_PROCESS"] = process
    # An end that is asked for is an end like any other: the last user stops the services.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if command not in WITHOUT_SERVICES:
        _start_services(process)

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(arguments)
    except ImproperlyConfigured as refusal:
        # The sentences say what to set; where the program noticed is of no use to whoever reads them.
        sys.exit(str(refusal))


def process_of(command: str) -> str:
    """Whose rights a command needs when nobody says."""
    if command in OWNER_COMMANDS:
        return "owner"
    return "worker" if command in WORKER_COMMANDS else "web"


def _start_services(process: str) -> None:
    from config.embedded import ServiceError, check_process, ensure

    try:
        ensure(process=check_process(process))
    except ServiceError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv)
