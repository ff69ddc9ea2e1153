"""Answers that were collected elsewhere become the responses of a wave: looked at first, then written, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random, SystemRandom
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from responses import retention
from responses.importing.checking import Report, check_file, kept_for
from responses.importing.kept import Kept
from responses.importing.mapping import read_mapping
from responses.importing.plan import Plan
from responses.importing.sentences import sentence
from responses.importing.table import open_table
from responses.importing.writing import write
from responses.models import Invitation, OpenText, Response
from surveys.actions.waves import SyntheticOnProduction, has_key, is_production
from surveys.models import Questionnaire, Wave
from surveys.places import RETENTION_YEARS, free_places, retention_years
from surveys.queries import codebook_of, definition_of, languages_of

LONGEST_SOURCE = 200


class ImportRefused(Exception):
    """Why a wave cannot take a file of answers, or why this file is not taken; fit to be shown."""


class NotTolerated(ImportRefused):
    """The file was gone through and too much of it is wrong."""

    def __init__(self, report: Report, tolerated: float) -> None:
        self.report = report
        sentences = [_("Nothing was imported."), *map(sentence, report.refusals)]
        if report.with_problems:
            sentences.append(_share_of(report, tolerated))
        super().__init__(" ".join(sentences))


def _share_of(report: Report, tolerated: float) -> str:
    return _(
        "%(wrong)s of %(rows)s rows have something to correct, which is %(share)s per cent; %(tolerated)s per cent are"
        " tolerated."
    ) % {
        "wrong": report.with_problems,
        "rows": report.rows,
        "share": f"{report.share:.2f}",
        "tolerated": f"{tolerated:g}",
    }


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file would do to a wave."""

    plan: Plan
    report: Report


def missing_for_import(wave: Wave, now: datetime) -> tuple[str, ...]:
    """One sentence for each thing that keeps the wave from taking answers from elsewhere."""
    if wave.status != Wave.Status.DRAFT:
        return (
            _("This wave has been opened, or holds responses already. A file goes into a wave of its own."),
        )
    problems = []
    if _is_begun(wave):
        problems.append(
            _("People were invited to this wave, or it has a key. A file goes into a wave of its own.")
        )
    if wave.closes_at > now:
        problems.append(
            _("Its closing time has not passed. Give the wave the times in which the answers were collected.")
        )
    if not wave.questionnaire.questions.exists():
        problems.append(
            _("Its questionnaire has no questions. Load it with: manage.py load_questionnaire FILE")
        )
    if wave.synthetic and is_production():
        problems.append(str(SyntheticOnProduction()))
    return (*problems, *_missing_of_retention(wave, now))


def _is_begun(wave: Wave) -> bool:
    rows = (Invitation, OpenText)
    return has_key(wave) or any(model._default_manager.filter(wave=wave).exists() for model in rows)


def _missing_of_retention(wave: Wave, now: datetime) -> tuple[str, ...]:
    if RETENTION_YEARS in free_places(wave) and retention_years(wave) is None:
        return (
            _("The place [retention years] is no whole number; the answers are deleted after so many years."),
        )
    end = retention.responses_end_at(wave)
    if end is not None and now >= end:
        return (
            _("By the place [retention years] the answers of this wave would have to be deleted already."),
        )
    return ()


def check_can_import(wave: Wave, now: datetime) -> None:
    if problems := missing_for_import(wave, now):
        raise ImportRefused(" ".join(problems))


def plan_of(wave: Wave, mapping: str) -> Plan:
    """Raises Unusable with every fault of the mapping."""
    questionnaire = wave.questionnaire
    others = [definition_of(questionnaire, tag) for tag in languages_of(questionnaire)[1:]]
    return read_mapping(mapping, definition_of(questionnaire), others)


def look(*, wave: Wave, mapping: str, raw: BinaryIO, encoding: str = "", kept: Kept | None = None) -> Looked:
    """Go through the whole file and write nothing. Raises Unusable where mapping or file cannot be read."""
    plan = plan_of(wave, mapping)
    return Looked(plan, go_through(plan, raw, encoding, kept))


def go_through(plan: Plan, raw: BinaryIO, encoding: str, kept: Kept | None) -> Report:
    with open_table(raw, encoding=encoding or plan.encoding, delimiter=plan.delimiter) as table:
        return check_file(table, plan, kept)


def check_tolerance(per_cent: float) -> None:
    if not 0 <= per_cent <= 100:
        raise ImportRefused(_("The tolerated share lies between 0 and 100 per cent."))


def import_responses(
    *,
    wave: Wave,
    mapping: str,
    raw: BinaryIO,
    by: User | None,
    now: datetime,
    tolerated: float = 0.0,
    source: str = "",
    encoding: str = "",
    rng: Random | None = None,
) -> Report:
    """The worker's part: the whole file, or nothing of it. Whoever asks through a page was checked there.

    The file is gone through before anything is locked; good rows wait in memory, as numbers. Then one transaction
    writes them in an order drawn from the operating system's randomness, and makes the wave an imported one for good.
    Raises Unusable, NotTolerated and ImportRefused.
    """
    check_tolerance(tolerated)
    check_can_import(wave, now)
    plan = plan_of(wave, mapping)
    source = source_of(plan, source)
    kept = kept_for(plan, codebook_of(wave.questionnaire).profile_questions)
    report = go_through(plan, raw, encoding, kept)
    if not report.is_tolerated(tolerated):
        raise NotTolerated(report, tolerated)
    _store(wave, kept, source, now, rng or SystemRandom(), by, report, tolerated)
    return report


def source_of(plan: Plan, given: str) -> str:
    """Where the answers were collected: every page that shows them says it."""
    source = (given or plan.source).strip()
    if not source:
        raise ImportRefused(
            _("Say where the answers were collected: as `source` in the mapping, in at most 200 characters.")
        )
    if len(source) > LONGEST_SOURCE:
        raise ImportRefused(_("The source is longer than 200 characters. Shorten it."))
    return source


@transaction.atomic
def _store(
    wave: Wave,
    kept: Kept,
    source: str,
    now: datetime,
    rng: Random,
    by: User | None,
    report: Report,
    tolerated: float,
) -> None:
    locked = (
        Wave.objects.select_for_update(no_key=True, of=("self",)).select_related("edition").get(pk=wave.pk)
    )
    questionnaire = Questionnaire.objects.select_for_update(no_key=True).get(pk=locked.questionnaire_id)
    if questionnaire.definition_hash != wave.questionnaire.definition_hash:
        raise ImportRefused(_("The questionnaire was changed meanwhile. Look at the file once more."))
    locked.questionnaire = questionnaire
    check_can_import(locked, now)
    if Response.objects.filter(wave=locked).exists():
        raise ImportRefused(_("This wave holds responses already. A file goes into a wave of its own."))
    written = write(wave=locked, codebook=codebook_of(questionnaire), kept=kept, rng=rng)
    if questionnaire.frozen_at is None:
        questionnaire.frozen_at = now
        questionnaire.save(update_fields=["frozen_at"])
    locked.origin, locked.source, locked.status = Wave.Origin.IMPORTED, source, Wave.Status.FINAL
    locked.save(update_fields=["origin", "source", "status"])
    audit.record(
        "responses.imported",
        by=by,
        now=now,
        target=locked,
        rows=report.rows,
        imported=written,
        left_out=report.with_problems,
        tolerated_per_cent=tolerated,
        weighted=report.weighted,
    )
    wave.origin, wave.source, wave.status = locked.origin, locked.source, locked.status
