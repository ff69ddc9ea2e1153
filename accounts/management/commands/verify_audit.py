from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.chain import Fault, Kind, first_fault
from accounts.models import AuditEvent

SENTENCES: dict[Kind, str | Promise] = {
    Kind.CHANGED: gettext_lazy("Row %(row)s was changed: it does not have its hash any more."),
    Kind.MISSING: gettext_lazy(
        "Row %(row)s does not follow row %(after)s: a row between them was deleted, or row %(after)s was written anew."
    ),
    Kind.MOVED: gettext_lazy("Row %(row)s was moved: it belongs after another row than row %(after)s."),
    Kind.HEAD: gettext_lazy(
        "No row has the expected hash: rows at the end, after row %(after)s, were deleted, or the whole log was "
        "written anew."
    ),
}


class Command(BaseCommand):
    help = "Compute every hash of the audit log again, and name the first row that was deleted, changed or moved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "head",
            nargs="?",
            default="",
            help="A hash from a release or from a weekly message to the auditors.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        fault = first_fault(audit.links(), audit.is_in_log, options["head"].strip().lower())
        if fault:
            raise CommandError(sentence(fault))
        self.stdout.write(
            _("Checked, and as written: %(count)s rows. The hash of the last one: %(head)s.")
            % {"count": AuditEvent.objects.count(), "head": audit.head()}
        )


def sentence(fault: Fault) -> str:
    return str(SENTENCES[fault.kind]) % {"row": fault.row, "after": fault.after or 0}
