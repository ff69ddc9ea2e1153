"""What one night does for one wave: open the box, count, protect, write.

Each step may be delivered twice or end in the middle. A step that holds no claim does nothing; a write checks the
claim in its own transaction; the last good tables stay until new ones replace them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts import audit, permissions
from accounts.models import User
from reports import claims, queries
from reports.actions import counting, datasets, response_rates, tables, weights
from reports.claims import ClaimLost, Held
from reports.kernel import Counts
from reports.models import Claim, Policy, Run, WithheldCount
from reports.protection import Protected
from reports.tabulation import checksum
from reports.version import CODE_VERSION
from reports.weighing import weigh
from responses import box, extracts, fieldwork
from responses.actions.keys import WorkerOutOfReach, private_key_of
from responses.codings import apply_codings
from surveys.definition import Disposition
from surveys.models import Wave
from surveys.queries import definition_of

OPEN_AND_COUNT = "reports.tasks.open_and_count"
COUNT_WAVE = "reports.tasks.count_wave"

Clock = Callable[[], datetime]
HandOver = Callable[[Held], None]

__all__ = [
    "WaveNotRunnable",
    "WorkerOutOfReach",
    "count_wave",
    "due",
    "help_count",
    "open_and_count",
    "request_run",
    "sweep",
]


class WaveNotRunnable(Exception):
    def __init__(self) -> None:
        super().__init__(_("This wave has not been opened yet, so there is nothing to count."))


def request_run(*, wave: Wave, by: User, now: datetime) -> None:
    """Ask the worker to run the night for one wave now. It follows the same rules as at night."""
    permissions.check(by, "run.start")
    if wave.status == Wave.Status.DRAFT:
        raise WaveNotRunnable
    with transaction.atomic():
        audit.record("run.requested", by=by, now=now, target=wave)
        try:
            current_app.send_task(OPEN_AND_COUNT, args=[str(wave.pk)])
        except OperationalError as error:
            raise WorkerOutOfReach from error


def due(now: datetime) -> list[UUID]:
    """Waves that the night has something to do for."""
    known = (
        Wave.objects.exclude(status=Wave.Status.DRAFT)
        .filter(opens_at__lte=now)
        .select_related("questionnaire")
    )
    return [
        wave.pk
        for wave in known.order_by("pk")
        if wave.status == Wave.Status.OPEN or _final_is_due(wave, now)
    ]


def _final_is_due(wave: Wave, now: datetime) -> bool:
    last = queries.last_run(wave)
    if last is None or last.status not in queries.GOOD or not queries.has_tables(wave):
        return True
    forgetting = fieldwork.contacts_are_due(wave, now) and not fieldwork.contacts_are_due(
        wave, last.started_at
    )
    if extracts.response_count(wave) == 0:
        # Their time is over. The tables that were made of them stay as they are.
        return forgetting
    return forgetting or last.fingerprint != queries.fingerprint(wave, queries.policy_of(wave))


def sweep(now: datetime) -> list[UUID]:
    """Mark runs whose lease ran out as lost; returns the waves to start again, those of a missed night included."""
    lost = [run.wave_id for run in _lost_runs(now)]
    night = queries.last_night(now)
    missed = [wave_id for wave_id in due(night) if not _ran_since(wave_id, night)]
    return list(dict.fromkeys([*lost, *missed]))


def _lost_runs(now: datetime) -> Iterator[Run]:
    for run in Run.objects.filter(status=Run.Status.RUNNING).order_by("pk"):
        alive = Claim.objects.filter(wave_id=run.wave_id, number=run.claim_number, lease_until__gte=now)
        if not alive.exists() and _finish(run, Run.Status.LOST, now):
            yield run


def _ran_since(wave_id: UUID, moment: datetime) -> bool:
    """A run that failed counts: the next night tries again, and staff can before."""
    return (
        Run.objects.filter(wave_id=wave_id, started_at__gte=moment).exclude(status=Run.Status.LOST).exists()
    )


def open_and_count(*, wave_id: UUID, clock: Clock, hand_over: HandOver) -> None:
    """The box worker's half: it alone holds the key. `hand_over` publishes the counting half."""
    held = claims.claim(wave_id=wave_id, now=clock())
    if held is None:
        return
    run = Run.objects.create(
        wave_id=wave_id, claim_number=held.number, started_at=clock(), code_version=CODE_VERSION
    )
    with _reported(run, held, clock):
        _open(Wave.objects.select_related("questionnaire", "edition").get(pk=wave_id), run, held, clock)
        hand_over(held)


def _open(wave: Wave, run: Run, held: Held, clock: Clock) -> None:
    # Contacts are forgotten in time even when the box cannot be opened, because its key is missing for example.
    with transaction.atomic():
        held.check()
        fieldwork.count(wave)
        fieldwork.forget_contacts(wave, clock())
    if wave.status == Wave.Status.OPEN:
        key = private_key_of(wave)
        opened = box.open_box(wave=wave, now=clock(), private_key=key, check_claim=held.check)
        _note(run, held, opened=opened.opened, refused=opened.refused)
        held.renew(clock())
        if opened.final:
            box.rewrite(wave=wave, now=clock(), private_key=key, check_claim=held.check)
    held.renew(clock())


def count_wave(*, wave_id: UUID, number: int, clock: Clock) -> None:
    """The counting half. A message that comes late or twice finds its claim gone and does nothing."""
    held = Held(wave_id, number)
    try:
        held.renew(clock())
    except ClaimLost:
        return
    run = Run.objects.get(wave_id=wave_id, claim_number=number)
    with _reported(run, held, clock):
        _count(Wave.objects.select_related("questionnaire", "edition").get(pk=wave_id), run, held, clock)
        held.release()


def _count(wave: Wave, run: Run, held: Held, clock: Clock) -> None:
    policy = queries.policy_of(wave)
    seen = queries.fingerprint(wave, policy)
    if not _has_news(wave, seen, policy):
        _finish(run, Run.Status.UNCHANGED, clock(), responses=extracts.response_count(wave), fingerprint=seen)
        return
    _apply_codings(wave, run, held)
    held.renew(clock())
    datasets.freeze_or_check(wave=wave, now=clock())
    margins = weights.margins_of(wave, definition_of(wave.questionnaire))
    columns = tables.columns_for(wave, margins)
    counts = counting.count_responses(
        wave=wave,
        plan=columns.plan,
        run=run,
        clock=clock,
        alive=lambda: held.renew(clock()),
        latest_request=max((asked.request for asked in columns.asked), default=0),
    )
    screened_out = counts.of(extracts.codebook_of(wave).screened_out())
    weighing = weigh(counts, columns.plan, margins, screened_out)
    counted = tables.counted_of(wave, columns, counts, weighing.weighed)
    protected = tables.protected_of(wave, counted, policy)
    decisions = protected.decisions
    verdicts = [verdict for decision in decisions for verdict in decision.verdicts]
    with transaction.atomic():
        eligible = counts.responses - screened_out
        tables.replace(wave=wave, run=run, policy=policy, decisions=decisions, eligible=eligible, held=held)
        weights.keep(
            wave=wave,
            run=run,
            result=weighing.result,
            published=weighing.published,
            cells=weighing.cells,
        )
        _keep_rates(wave, run, counts)
        _keep_reasons(run, protected)
        _finish_or_lose(
            run,
            Run.Status.DONE,
            clock(),
            responses=counted.counts.responses,
            cells=len(verdicts),
            withheld=sum(verdict.is_withheld for verdict in verdicts),
            checksum=checksum(decisions),
            tied_groups=len(protected.groups),
            best_groups=sum(group.proven for group in protected.groups),
            largest_gap=max((group.gap for group in protected.groups), default=0.0),
            fingerprint=seen,
        )


def _apply_codings(wave: Wave, run: Run, held: Held) -> None:
    """Marks follow from records and codings by the codebook. What the last run derived from the same is there."""
    codings = queries.codings_fingerprint(wave)
    known = (
        Run.objects.filter(wave=wave).exclude(codings="").order_by("-pk").values_list("codings", flat=True)
    )
    if codings != known.first():
        apply_codings(wave=wave, check_claim=held.check)
    Run.objects.filter(pk=run.pk).update(codings=codings)


def _keep_rates(wave: Wave, run: Run, counts: Counts) -> None:
    """Responses that were collected elsewhere have no invitations here, and so no rates."""
    if wave.origin == Wave.Origin.IMPORTED:
        return
    book = extracts.codebook_of(wave)
    completes, partials, fewer = (int(number) for number in counts.done)
    response_rates.keep(
        wave=wave,
        run=run,
        completes=completes,
        partials=partials,
        fewer=fewer,
        not_eligible=counts.of(book.screened_out(Disposition.NOT_ELIGIBLE)),
        unknown_eligibility=counts.of(book.screened_out(Disposition.UNKNOWN)),
    )


def _keep_reasons(run: Run, protected: Protected) -> None:
    """In numbers alone: beside a cell its reason would say how many people are in it."""
    WithheldCount.objects.bulk_create(
        WithheldCount(run=run, reason=reason, of_breakdowns=of_breakdowns, cells=cells)
        for (reason, of_breakdowns), cells in sorted(protected.reasons.items())
    )


def help_count(*, run_id: int, latest_request: int, clock: Clock) -> None:
    """A helper's half of counting. A message that comes late finds nothing left to count."""
    run = Run.objects.select_related("wave__questionnaire", "wave__edition").filter(pk=run_id).first()
    if run is not None and run.status == Run.Status.RUNNING:
        margins = weights.margins_of(run.wave, definition_of(run.wave.questionnaire))
        columns = tables.columns_for(run.wave, margins, latest_request=latest_request)
        counting.help_count(run=run, plan=columns.plan, clock=clock)


def _has_news(wave: Wave, seen: str, policy: Policy) -> bool:
    """While the wave is open its tables are first shown from the minimum base on, and renewed in steps."""
    shown, responses = queries.run_of_tables(wave), extracts.response_count(wave)
    if wave.status == Wave.Status.OPEN:
        before = 0 if shown is None else shown.responses or 0
        step = policy.min_base if shown is None else policy.draft_step
        return responses - before >= step
    return shown is None or shown.responses != responses or shown.fingerprint != seen


@contextmanager
def _reported(run: Run, held: Held, clock: Clock) -> Iterator[None]:
    """A run that fails says so, lets the wave go and fails its task as well; an overtaken one is lost quietly."""
    try:
        yield
    except ClaimLost as lost:
        _finish(run, Run.Status.LOST, clock(), message=str(lost))
    except Exception as error:
        _finish(run, Run.Status.FAILED, clock(), message=_plain(error))
        held.release()
        raise


OURS = frozenset({"accounts", "surveys", "responses", "reports"})


def _plain(error: Exception) -> str:
    """Our own exceptions are fit to be read; those of others could quote what somebody answered."""
    if type(error).__module__.partition(".")[0] in OURS:
        return str(error)
    kind = type(error).__name__
    return _(
        "The run stopped at a fault of the program or of a service (%(kind)s). The last tables stay."
    ) % {"kind": kind}


def _note(run: Run, held: Held, **fields: int) -> None:
    with transaction.atomic():
        held.check()
        Run.objects.filter(pk=run.pk).update(**fields)


def _finish(run: Run, status: str, now: datetime, **fields: object) -> bool:
    """End a run once: who comes second changes nothing."""
    found = Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING)
    return found.update(status=status, finished_at=max(now, run.started_at), **fields) == 1


def _finish_or_lose(run: Run, status: str, now: datetime, **fields: object) -> None:
    """Inside the transaction of a write, which goes as well when the sweep has given this run up."""
    if not _finish(run, status, now, **fields):
        raise ClaimLost
