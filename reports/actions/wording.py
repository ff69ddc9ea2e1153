"""Judging a difference of wording: whether two editions may be compared in spite of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.models import User
from accounts.permissions import NotPermitted
from reports.models import WordingJudgement
from reports.trending import asked_in
from reports.trends import differing
from surveys.models import Questionnaire


class NothingToJudge(Exception):
    def __init__(self) -> None:
        super().__init__(_("These two versions ask this in the same words, so there is nothing to judge."))


class NotInBoth(Exception):
    def __init__(self) -> None:
        super().__init__(_("One of these versions does not ask this, so there is nothing to compare."))


class NoReason(Exception):
    def __init__(self) -> None:
        super().__init__(_("Say why: the sentence stands beside the series."))


REFUSALS = (NotPermitted, NothingToJudge, NotInBoth, NoReason)


def check_can_judge(user: User, concept: str, before: Questionnaire, after: Questionnaire) -> None:
    permissions.check(user, "policy.change")
    first, second = asked_in(before, concept), asked_in(after, concept)
    if first is None or second is None or before.key != after.key:
        raise NotInBoth
    if before.pk == after.pk or (
        first.wording_version == second.wording_version and not differing(first.wording, second.wording)
    ):
        raise NothingToJudge


@transaction.atomic
def judge_wording(
    *,
    concept: str,
    before: Questionnaire,
    after: Questionnaire,
    verdict: str,
    note: str,
    by: User,
    now: datetime,
) -> WordingJudgement:
    """Say that a difference is minor, or that it is not. A later judgement of the same pair takes its place."""
    check_can_judge(by, concept, before, after)
    if not note.strip():
        raise NoReason
    made = WordingJudgement.objects.create(
        concept=concept,
        before=before,
        after=after,
        verdict=WordingJudgement.Verdict(verdict),
        note=note.strip(),
        by=by,
        at=now,
    )
    audit.record(
        "wording.judged",
        by=by,
        now=now,
        target=made,
        questionnaire=before.key,
        before_version=before.version,
        after_version=after.version,
        verdict=made.verdict,
    )
    return made
