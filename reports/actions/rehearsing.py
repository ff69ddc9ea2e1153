"""Staff ask how a questionnaire's report would come out; the worker plays it with made-up people."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from config import workers
from reports import queries
from reports.actions.tables import filled, thresholds
from reports.content import canonical, rehearsed
from reports.disclosure import Decision
from reports.models import Rehearsal, RehearsalTable, Release, Table
from reports.rehearsing import DRAWS, Trial, rehearse
from reports.rehearsing.people import Published
from surveys.definition import item_key
from surveys.models import Questionnaire
from surveys.queries import definition_of

REHEARSE = "reports.tasks.rehearse"
MAIN = "percent_of_respondents"
REFUSALS = (NotPermitted,)


def ask(
    *, questionnaire: Questionnaire, responses: int, use_last: bool, by: User, now: datetime
) -> Rehearsal:
    """Ask the worker to play the questionnaire with so many answers."""
    permissions.check(by, "table.request")
    with transaction.atomic():
        made = Rehearsal.objects.create(
            questionnaire=questionnaire, responses=responses, use_last=use_last, asked_by=by, asked_at=now
        )
        audit.record("rehearsal.asked", by=by, now=now, target=questionnaire, responses=responses)
        transaction.on_commit(lambda: _tell_worker(made))
    return made


def _tell_worker(rehearsal: Rehearsal) -> None:
    """While Redis is down the hourly sweep tells it."""
    workers.ask(REHEARSE, rehearsal.pk)


def waiting_for_the_worker() -> list[int]:
    return list(
        Rehearsal.objects.filter(status=Rehearsal.Status.WAITING).order_by("pk").values_list("pk", flat=True)
    )


def play(*, rehearsal_id: int, clock: Callable[[], datetime]) -> None:
    """Once: a message that comes twice finds it done. One that fails says so, and can be asked for again."""
    waiting = Rehearsal.objects.filter(pk=rehearsal_id, status=Rehearsal.Status.WAITING)
    found = waiting.select_related("questionnaire").first()
    if found is None:
        return
    policy = queries.current_policy()
    published, release = published_shares(found.questionnaire) if found.use_last else ({}, "")
    definition, drawn = definition_of(found.questionnaire), list[Decision]()
    try:
        trials = rehearse(
            definition, found.responses, thresholds(policy), published=published, last=drawn.extend
        )
        tables = (Table() for _decision in drawn)
        filled_tables = [(table, filled(table, one)) for table, one in zip(tables, drawn, strict=True)]
        content = canonical(rehearsed(definition, filled_tables, found.responses, policy)).decode()
    except Exception:
        waiting.update(status=Rehearsal.Status.FAILED, finished_at=clock())
        raise
    with transaction.atomic():
        ended = waiting.update(
            status=Rehearsal.Status.DONE,
            draws=DRAWS,
            policy=policy,
            from_release=release,
            finished_at=clock(),
            content=content,
        )
        if ended:
            RehearsalTable.objects.bulk_create(_row(found, trial) for trial in trials)


def _row(rehearsal: Rehearsal, trial: Trial) -> RehearsalTable:
    return RehearsalTable(
        rehearsal=rehearsal,
        position=trial.position,
        question=trial.question,
        breakdown=trial.breakdown,
        stood=trial.stood,
        base_low=min(trial.bases, default=None),
        base_high=max(trial.bases, default=None),
    )


def published_shares(questionnaire: Questionnaire) -> tuple[Published, str]:
    """What the newest release says of the same questions, and which release it is. Only what is public is used."""
    newest = (
        Release.objects.filter(status=Release.Status.APPROVED)
        .select_related("edition")
        .order_by("-edition__year", "-number")
    )
    for release in newest:
        shares = _shares_of(json.loads(release.content), questionnaire.key)
        if shares:
            return shares, f"{release.edition.year}/{release.number}"
    return {}, ""


def _shares_of(content: dict[str, object], key: str) -> dict[tuple[str, str], float]:
    parts = [part for part in content["parts"] if part["questionnaire"] == key]  # type: ignore[attr-defined]
    figures = [figure for part in parts for section in part["sections"] for figure in section["figures"]]
    return {
        (item_key(figure["id"].partition(".")[2], line["row"] or None), line["code"]): float(line["percent"])
        for figure in figures
        for line in figure["lines"]
        if line["statistic"] == MAIN
        and line["kind"] in ("choice", "special", "code")
        and isinstance(line["percent"], int)
    }
