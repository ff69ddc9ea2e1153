from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from responses.actions.import_responses import (
    ImportRefused,
    Looked,
    NotTolerated,
    check_tolerance,
    import_responses,
    look,
)
from responses.importing.checking import Report
from responses.importing.problems import MOST_LISTED, Problem, Unusable
from responses.importing.sentences import in_full
from responses.management.waves import wave_named
from surveys.models import Wave


class Command(BaseCommand):
    help = "Bring answers that were collected elsewhere into a wave of their own. All is well, or nothing is written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("wave", metavar="WAVE")
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--mapping", type=Path, required=True, metavar="MAPPING.yaml")
        parser.add_argument(
            "--tolerate", type=float, default=0.0, metavar="PER_CENT", help="Rows with problems are left out."
        )
        parser.add_argument(
            "--encoding", default="", help="Of the file; else of the mapping, else found out."
        )
        parser.add_argument(
            "--source", default="", help="Where the answers were collected; else of the mapping."
        )
        parser.add_argument("--dry-run", action="store_true", help="Look at everything and write nothing.")

    def handle(self, *args: Any, wave: str, file: Path, mapping: Path, **options: Any) -> None:
        found = wave_named(wave)
        try:
            check_tolerance(options["tolerate"])
            with file.open("rb") as raw:
                report = self.work(found, mapping.read_text(encoding="utf-8"), raw, options)
        except Unusable as unusable:
            self.say_problems(unusable.problems, len(unusable.problems))
            raise CommandError(_("Nothing was imported.")) from unusable
        except NotTolerated as refused:
            self.say_report(refused.report)
            raise CommandError(str(refused)) from refused
        except ImportRefused as refused:
            raise CommandError(str(refused)) from refused
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(_("A file cannot be read: %(reason)s") % {"reason": error}) from error
        self.say_report(report)
        if not options["dry_run"]:
            self.stdout.write(_("%(count)s responses were imported.") % {"count": report.good})

    def work(self, wave: Wave, mapping: str, raw: Any, options: dict[str, Any]) -> Report:
        if options["dry_run"]:
            looked: Looked = look(wave=wave, mapping=mapping, raw=raw, encoding=options["encoding"])
            if not looked.report.is_tolerated(options["tolerate"]):
                raise NotTolerated(looked.report, options["tolerate"])
            return looked.report
        return import_responses(
            wave=wave,
            mapping=mapping,
            raw=raw,
            by=None,
            now=timezone.now(),
            tolerated=options["tolerate"],
            source=options["source"],
            encoding=options["encoding"],
        )

    def say_report(self, report: Report) -> None:
        problems = (*report.refusals, *report.problems.first)
        self.say_problems(problems, len(report.refusals) + report.problems.total)
        guessed = _(" (a guess: name it in the mapping if letters are wrong)") if report.guessed else ""
        self.stdout.write(_("Encoding: %(name)s") % {"name": report.encoding} + guessed)
        self.stdout.write(_("Columns used: %(names)s") % {"names": named(report.used)})
        self.stdout.write(_("Columns ignored: %(names)s") % {"names": named(report.ignored)})
        self.stdout.write(
            _("Questions without a column: %(names)s") % {"names": named(report.without_column)}
        )
        choices = tuple(f"{item}={code}" for item, code in report.choices_without_column)
        self.stdout.write(_("Choices without a column: %(names)s") % {"names": named(choices)})
        for question, asked, answered in report.by_question:
            values = {"question": question, "asked": asked, "answered": answered}
            self.stdout.write(_("%(question)s: asked %(asked)s, answered %(answered)s") % values)
        if report.weighted:
            values = {"different": len(report.weights), "alone": report.alone}
            self.stdout.write(
                _("Weights: %(different)s different, %(alone)s rows alone with theirs") % values
            )
        if report.blank:
            self.stdout.write(
                _("Lines with nothing in them, passed over: %(count)s") % {"count": report.blank}
            )
        totals = {"rows": report.rows, "good": report.good, "wrong": report.with_problems}
        self.stdout.write(_("Rows: %(rows)s, good %(good)s, with problems %(wrong)s") % totals)

    def say_problems(self, problems: tuple[Problem, ...], total: int) -> None:
        for problem in problems:
            self.stderr.write(in_full(problem))
        if total > len(problems):
            self.stderr.write(
                _("… %(total)s problems altogether; the first %(shown)s are shown.")
                % {"total": total, "shown": min(MOST_LISTED, len(problems))}
            )


def named(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "–"
