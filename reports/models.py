from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models import CODE, Door, Edition, Questionnaire, Wave

MOST_GROUP = 300
"""Codes of the parts of a class that stand together as one group."""


class Policy(models.Model):
    """What may be said, as data: minimum bases and cells. The newest version in force holds.

    One with a wave is of that wave alone; the others are of all waves.
    """

    class Status(models.TextChoices):
        IN_FORCE = "in_force", _("in force")
        PROPOSED = "proposed", _("waiting for a second person")
        REJECTED = "rejected", _("rejected")

    version = models.PositiveSmallIntegerField(unique=True)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, related_name="policies")
    min_base = models.PositiveSmallIntegerField(default=30, help_text=_("Below it no number is shown."))
    min_base_high = models.PositiveSmallIntegerField(
        default=50, help_text=_("The same for questions of high sensitivity.")
    )
    min_base_break = models.PositiveSmallIntegerField(
        default=50, help_text=_("The same for each group of a breakdown.")
    )
    full_base = models.PositiveSmallIntegerField(
        default=80, help_text=_("From here on nothing is marked as small.")
    )
    min_cell_total = models.PositiveSmallIntegerField(
        default=3, help_text=_("Smallest count shown of all respondents.")
    )
    min_cell_total_high = models.PositiveSmallIntegerField(default=5)
    min_cell_break = models.PositiveSmallIntegerField(
        default=5, help_text=_("Smallest count shown of a group.")
    )
    min_cell_break_high = models.PositiveSmallIntegerField(default=10)
    least_shown = models.PositiveSmallIntegerField(
        default=70,
        help_text=_("Per cent of the numbers of a breakdown that must be shown; with fewer it is dropped."),
    )
    draft_step = models.PositiveSmallIntegerField(
        default=30, help_text=_("Draft tables of an open wave are renewed after this many further responses.")
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.IN_FORCE)
    loosens = models.BooleanField(default=False, help_text=_("Whether some value is below the one before."))
    note = models.TextField(blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("version",)
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="proposed"), name="policy_one_open_proposal"
            ),
            models.CheckConstraint(
                condition=~Q(loosens=True, status="in_force")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="policy_looser_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True, proposed_at__isnull=True)
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="policy_proposed_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="policy_decided_by_and_at_together",
            ),
        ]

    def __str__(self) -> str:
        return f"policy {self.version}"


class Claim(models.Model):
    """Who works on a wave tonight. Every write of a run checks that its number is still the current one."""

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT, primary_key=True, related_name="claim")
    number = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"claim {self.number} of {self.wave_id}"


class Run(models.Model):
    """What one night did for one wave; staff read it."""

    class Status(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        UNCHANGED = "unchanged", _("nothing new to show")
        FAILED = "failed", _("failed")
        LOST = "lost", _("stopped; taken up by a later run")

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="runs")
    claim_number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    opened = models.PositiveIntegerField(default=0, help_text=_("Ballots opened."))
    refused = models.PositiveIntegerField(default=0, help_text=_("Ballots that could not be opened or read."))
    responses = models.PositiveIntegerField(null=True)
    cells = models.PositiveIntegerField(null=True)
    withheld = models.PositiveIntegerField(null=True)
    code_version = models.CharField(max_length=40, blank=True)
    checksum = models.CharField(max_length=64, blank=True)
    codings = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("Fingerprint of the codings that the marks hold since this run."),
    )
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text=_("Of what was counted: definition, codings, policy and code.")
    )
    tied_groups = models.PositiveIntegerField(
        null=True,
        help_text=_("Groups of counts that follow from each other, in which something is withheld."),
    )
    best_groups = models.PositiveIntegerField(
        null=True, help_text=_("Of these, how many are proven to withhold as little as can be.")
    )
    largest_gap = models.FloatField(
        null=True,
        help_text=_("Share of what is withheld in a group that may be more than is needed, 0 to 1."),
    )
    message = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["wave", "claim_number"], name="run_once_per_claim"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="run_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.claim_number} of {self.wave_id}: {self.status}"


class WaveDataset(models.Model):
    """The responses that an ended wave's figures rest on, from its first count on. A trigger keeps it as it is."""

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT, primary_key=True, related_name="dataset")
    dataset_id = models.UUIDField(unique=True)
    rows = models.PositiveIntegerField()
    keys_hash = models.CharField(max_length=64, help_text=_("SHA-256 over the sorted keys of its responses."))
    frozen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"dataset {self.dataset_id}"


class Rehearsal(models.Model):
    """A questionnaire as made-up people answered it, to see what of its report could be published."""

    MOST = 2000

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits for the worker")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="rehearsals")
    responses = models.PositiveIntegerField(help_text=_("Answers that are expected."))
    draws = models.PositiveSmallIntegerField(default=0)
    from_release = models.CharField(
        max_length=40, blank=True, help_text=_("The release whose published shares were answered by, if any.")
    )
    use_last = models.BooleanField(default=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    content = models.TextField(
        blank=True, help_text=_("The report of the last draw, as a release would hold it (JSON).")
    )

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(responses__gte=1, responses__lte=2000), name="rehearsal_is_of_some_people"
            )
        ]

    def __str__(self) -> str:
        return f"rehearsal of {self.questionnaire} with {self.responses}"


class RehearsalTable(models.Model):
    """What came of one table over the draws."""

    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="tables")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=CODE)
    breakdown = models.CharField(max_length=CODE, blank=True)
    stood = models.PositiveSmallIntegerField(help_text=_("Draws in which at least half of it was shown."))
    base_low = models.PositiveIntegerField(null=True, help_text=_("Smallest base, over the draws."))
    base_high = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["rehearsal", "question", "breakdown"], name="rehearsal_table_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.breakdown}".strip()


class CountPiece(models.Model):
    """A range of blocks of the responses that a run has yet to add up, or the packed counts of one that was counted.

    The rows live as long as their run counts. The table is not logged, so that no backup of the log holds them.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveSmallIntegerField()
    first_block = models.PositiveBigIntegerField()
    end_block = models.PositiveBigIntegerField(null=True, help_text=_("The first block that is not read."))
    snapshot = models.CharField(max_length=60)
    taken_until = models.DateTimeField(null=True)
    counts = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="count_piece_once")]

    def __str__(self) -> str:
        return f"piece {self.number} of run {self.run_id}"


class TableQuerySet(models.QuerySet["Table"]):
    def standard(self) -> TableQuerySet:
        """The tables of the questionnaire itself: releases are made of these and of no others."""
        return self.filter(request=None)


class Table(models.Model):
    """A question, of everybody or by one breakdown, as counted by one run under one policy."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="tables")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="tables")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=CODE, help_text=_("Key of the question or of the derived figure."))
    breakdown = models.CharField(
        max_length=CODE, blank=True, help_text=_("Name of a class; empty for the total.")
    )
    responses = models.PositiveIntegerField(help_text=_("Responses of the wave that were counted."))
    not_stated = models.PositiveIntegerField(
        null=True, help_text=_("Skipped or preferred not to say; empty when fewer than 5 or a grid.")
    )
    status = models.CharField(max_length=20, default="shown")
    reason = models.CharField(max_length=40, blank=True)
    design = models.CharField(
        max_length=400, blank=True, help_text=_("Of a breakdown, which answers and groups stand together.")
    )
    tried = ArrayField(
        models.CharField(max_length=440),
        default=list,
        help_text=_("Every layout that was looked at, and what came of it."),
    )
    request = models.ForeignKey(
        "TableRequest",
        on_delete=models.PROTECT,
        null=True,
        related_name="tables",
        help_text=_("Of a table that an analyst asked for; empty for those of the questionnaire."),
    )

    objects = models.Manager.from_queryset(TableQuerySet)()

    class Meta:
        # Tables of one question share their position; in which order they were written is always the same.
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "question", "breakdown"], condition=Q(request=None), name="table_once"
            ),
            models.UniqueConstraint(fields=["request", "breakdown"], name="table_once_per_request"),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.breakdown}".strip()


class WithheldCount(models.Model):
    """How many cells of a run are withheld for which reason. A cell itself does not say: its reason would tell."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="withheld_counts")
    reason = models.CharField(
        max_length=20, help_text=_("small_base, small_cell, full_cell, zero_in_break, complement")
    )
    of_breakdowns = models.BooleanField()
    cells = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "reason", "of_breakdowns"], name="withheld_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.cells}"


class DesignChoice(models.Model):
    """The layout that an analyst prefers for a breakdown of a wave. The newest row counts; an empty one is no wish."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="design_choices")
    question = models.CharField(max_length=CODE)
    breakdown = models.CharField(max_length=CODE)
    design = models.CharField(max_length=400, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.question} {self.breakdown}: {self.design}"


class Cell(models.Model):
    """One figure of a table. Of a withheld one nothing is stored but that it is withheld, and why."""

    class Status(models.TextChoices):
        SHOWN = "shown", _("shown")
        SMALL_BASE = "small_base", _("small base")
        WITHHELD = "withheld", _("withheld")
        NOT_ASKED = "not_asked", _("not asked")

    table = models.ForeignKey(Table, on_delete=models.CASCADE, related_name="cells")
    position = models.PositiveSmallIntegerField()
    row = models.CharField(max_length=CODE, blank=True, help_text=_("Row of a grid."))
    part = models.CharField(max_length=MOST_GROUP, blank=True, help_text=_("Group of the breakdown."))
    kind = models.CharField(
        max_length=20, help_text=_("choice, special, assigned, net, code, class, number, distinct")
    )
    code = models.CharField(max_length=CODE, blank=True)
    statistic = models.CharField(max_length=60, default="percent_of_respondents")
    base_rule = models.CharField(max_length=120, default="answered")
    count = models.PositiveIntegerField(null=True)
    base = models.PositiveIntegerField(null=True)
    value = models.FloatField(null=True, help_text=_("Per cent, unless the statistic says otherwise."))
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    weighted_count = models.FloatField(null=True, help_text=_("Sum of the weights of those counted."))
    weighted_value = models.FloatField(null=True)
    weighted_low = models.FloatField(null=True)
    weighted_high = models.FloatField(null=True)
    effective_base = models.FloatField(
        null=True, help_text=_("How many people without weights would say as much (Kish).")
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SHOWN)
    reason = models.CharField(max_length=40, blank=True)

    published_base: float | None = None
    """Of a cell that `reports.published` has given its weighted figure: the effective base that this rests on."""

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["table", "row", "part", "kind", "code", "statistic", "base_rule"], name="cell_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="withheld")
                | Q(count__isnull=True, value__isnull=True, low__isnull=True, high__isnull=True),
                name="cell_withheld_holds_no_figure",
            ),
            models.CheckConstraint(
                condition=~Q(status="withheld")
                | Q(
                    weighted_count__isnull=True,
                    weighted_value__isnull=True,
                    weighted_low__isnull=True,
                    weighted_high__isnull=True,
                    effective_base__isnull=True,
                ),
                name="cell_withheld_holds_no_weighted_figure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.part} {self.code} {self.statistic}".strip()


class WeightChoice(models.Model):
    """How the figures of a wave are weighted, fixed before its box is first opened; who fixed it is in the audit log.

    Without a row the wave is unweighted. A trigger keeps rows, and those of `WeightTarget`, once a run has opened.
    """

    class Method(models.TextChoices):
        UNWEIGHTED = "unweighted", _("unweighted")
        IF_UNEVEN = "if_uneven", _("weighted if response is uneven")

    MOST_MARGINS = 4
    MOST_CELLS = 200

    wave = models.OneToOneField(
        Wave, on_delete=models.PROTECT, primary_key=True, related_name="weight_choice"
    )
    method = models.CharField(max_length=12, choices=Method.choices, default=Method.UNWEIGHTED)
    margins = ArrayField(
        models.CharField(max_length=CODE),
        default=list,
        help_text=_("Names of the classes that are weighted to; response is compared by the first."),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(margins__len__lte=4), name="weight_choice_has_at_most_four_margins"
            ),
            models.CheckConstraint(
                condition=Q(method="unweighted") | Q(margins__len__gte=1), name="weight_choice_has_a_margin"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.method}"


class WeightTarget(models.Model):
    """The share of one part of a class in the population, as it was typed; and where it is from."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="weight_targets")
    partition = models.CharField(max_length=CODE, help_text=_("Name of the class."))
    part = models.CharField(max_length=CODE)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    source = models.CharField(max_length=300, help_text=_("Where the figure is from, in words."))

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["wave", "partition", "part"], name="weight_target_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=Decimal(0), percent__lte=Decimal(100)),
                name="weight_target_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partition} {self.part}: {self.percent} %"


class Weighting(models.Model):
    """What the last run of a wave did about weights; staff read it."""

    class Kind(models.TextChoices):
        NONE = "none", _("no weights")
        RAKED = "raked", _("raked to targets")
        IMPORTED = "imported", _("weights that came with the responses")

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT, primary_key=True, related_name="weighting")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NONE)
    published = models.BooleanField(
        default=False, help_text=_("Whether releases carry the weighted figures and not the unweighted ones.")
    )
    margins = ArrayField(models.CharField(max_length=CODE), default=list)
    converged = models.BooleanField(null=True, help_text=_("If not, every weight is one."))
    rounds = models.PositiveSmallIntegerField(null=True)
    gap = models.FloatField(null=True, help_text=_("Largest gap left to a target, as a share."))
    deff = models.FloatField(null=True, help_text=_("Design effect (Kish)."))
    n_eff = models.FloatField(null=True, help_text=_("Effective base (Kish)."))
    smallest = models.FloatField(null=True, help_text=_("Smallest weight; the mean is 1."))
    largest = models.FloatField(null=True)
    trimmed = models.PositiveIntegerField(
        null=True, help_text=_("Respondents whose weight is at the cap or the floor; empty for 1 to 4.")
    )
    cap = models.FloatField(null=True)
    floor = models.FloatField(null=True)
    collapsed = models.JSONField(default=list, help_text=_("Parts that were weighted as one."))
    problems = models.JSONField(default=list, help_text=_("Reasons of reports.weighting, with their values."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(published=True) | ~Q(kind="none"), name="weighting_published_has_weights"
            ),
            models.CheckConstraint(
                condition=~Q(published=True) | Q(converged__isnull=True) | Q(converged=True),
                name="weighting_that_failed_is_not_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.kind}"


class WeightCell(models.Model):
    """The weight of those who are in the same part of every margin. How many they are is not stored.

    The audit takes these as known to a reader of weighted figures.
    """

    weighting = models.ForeignKey(Weighting, on_delete=models.CASCADE, related_name="cells")
    parts = ArrayField(
        models.CharField(max_length=CODE, blank=True),
        help_text=_("A part of each margin, in their order; empty for those who did not say."),
    )
    weight = models.FloatField(help_text=_("The mean over all respondents is 1."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("weighting", "parts"), name="weight_cell_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="weight_cell_above_zero"),
        ]
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.weighting_id}: {', '.join(self.parts)} {self.weight:.3f}"


class Release(models.Model):
    """An approved, frozen, numbered publication of an edition. The public sees releases and nothing else."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("waiting for a second person")
        APPROVED = "approved", _("published")
        REJECTED = "rejected", _("rejected")
        CANCELLED = "cancelled", _("taken back by its requester")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField(null=True, help_text=_("Given on approval."))
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    note = models.TextField(blank=True)
    content = models.TextField(help_text=_("Canonical JSON (RFC 8785)."))
    content_hash = models.CharField(max_length=64)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    public_from = models.DateTimeField(
        null=True, help_text=_("Until then named readers alone can read it. Empty: from the approval on.")
    )

    class Meta:
        ordering = ("edition", "number")
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="release_number_once"),
            models.UniqueConstraint(
                fields=["edition"], condition=Q(status="requested"), name="release_one_open_per_edition"
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | ~Q(decided_by=F("requested_by")),
                name="release_approver_is_not_requester",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="release_decided_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=(Q(status="approved") & Q(number__isnull=False) & Q(decided_by__isnull=False))
                | (~Q(status="approved") & Q(number__isnull=True)),
                name="release_number_goes_with_approval",
            ),
        ]

    @property
    def published_at(self) -> datetime | None:
        """When everybody could read it first; None of one that was not approved."""
        if self.number is None or self.decided_at is None:
            return None
        return max(self.decided_at, self.public_from or self.decided_at)

    def __str__(self) -> str:
        return f"release {self.number} of {self.edition}" if self.number else f"request for {self.edition}"


class SigningKey(models.Model):
    """The public half of a key that releases are signed with; the worker keeps the other half in a file."""

    public_key = models.BinaryField(unique=True, help_text=_("Ed25519, 32 bytes."))
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return bytes(self.public_key).hex()


class ReleaseSignature(models.Model):
    """The worker's word that this content was approved here. A trigger keeps it as it is."""

    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, primary_key=True, related_name="signature"
    )
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    signature = models.BinaryField(help_text=_("Ed25519, 64 bytes."))
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"signature of release {self.release_id}"

    @property
    def signature_hex(self) -> str:
        return bytes(self.signature).hex()


class ReleaseAudit(models.Model):
    """What a reader of a requested release could work out. A trigger keeps it as it is."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, primary_key=True, related_name="audit")
    made_at = models.DateTimeField()
    code_version = models.CharField(max_length=40)
    targets = models.PositiveIntegerField(help_text=_("Withheld numbers that were looked at."))
    too_narrow = models.PositiveIntegerField(help_text=_("Of these, how many a reader can narrow too far."))
    contradiction = models.TextField(
        blank=True, help_text=_("Where no answers at all agree with what would be published.")
    )

    def __str__(self) -> str:
        return f"audit of release {self.release_id}"

    @property
    def passes(self) -> bool:
        return not self.too_narrow and not self.contradiction


class AuditInterval(models.Model):
    """Between which numbers of people a reader can place a withheld one. For those who decide, never public."""

    audit = models.ForeignKey(ReleaseAudit, on_delete=models.PROTECT, related_name="intervals")
    figure = models.CharField(max_length=2 * CODE + 1)
    breakdown = models.CharField(max_length=CODE, blank=True)
    part = models.CharField(max_length=MOST_GROUP, blank=True)
    row = models.CharField(max_length=CODE, blank=True)
    statistic = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=CODE, blank=True)
    low = models.PositiveIntegerField()
    high = models.PositiveIntegerField()
    inside_low = models.PositiveIntegerField(help_text=_("For the one of those counted who learns most."))
    inside_high = models.PositiveIntegerField()
    need = models.PositiveSmallIntegerField(help_text=_("How wide it must be."))
    base = models.PositiveIntegerField()
    passes = models.BooleanField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.figure} {self.part} {self.row} {self.code}: {self.low} to {self.high}"

    @property
    def width(self) -> int:
        return min(self.high - self.low, self.inside_high - self.inside_low)


class ReleasePrint(models.Model):
    """A release on paper in one language, made once. A trigger keeps it as it is."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="prints")
    language = models.CharField(max_length=20)
    content = models.BinaryField(help_text=_("PDF/UA-1."))
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["release", "language"], name="release_print_once_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.release} in {self.language}"


class ReleasePicture(models.Model):
    """A figure of a release in one language for those who share its address, made once. A trigger keeps it as it is.

    The picture without a figure is of the report as a whole; it is written with the last of its language.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="pictures")
    language = models.CharField(max_length=20)
    figure = models.CharField(max_length=200, blank=True, help_text=_("Empty for the report as a whole."))
    content = models.BinaryField(help_text=_("PNG, 1200 by 630 pixels."))
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["release", "language", "figure"], name="release_picture_once_per_figure_and_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.figure or self.release} in {self.language}"


class LedgerEntry(models.Model):
    """One number that a release published, with the people behind it. A trigger keeps it as it is."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="ledger")
    figure = models.CharField(max_length=2 * CODE + 1)
    breakdown = models.CharField(max_length=CODE, blank=True)
    part = models.CharField(max_length=MOST_GROUP, blank=True)
    row = models.CharField(max_length=CODE, blank=True)
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=CODE, blank=True)
    statistic = models.CharField(max_length=60)
    base_rule = models.CharField(max_length=120)
    of_one = models.BooleanField(help_text=_("Whether everybody gives exactly one of these answers."))
    count = models.PositiveIntegerField(null=True)
    base = models.PositiveIntegerField(null=True)
    value = models.FloatField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "release",
                    "figure",
                    "breakdown",
                    "part",
                    "row",
                    "kind",
                    "code",
                    "statistic",
                    "base_rule",
                ],
                name="ledger_entry_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.row} {self.code}".strip()


class FigureWithdrawal(models.Model):
    """A figure that an edition publishes no more, from its next release on, and why. Never taken back."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="withdrawals")
    figure = models.CharField(max_length=2 * CODE + 1)
    note = models.TextField(help_text=_("Printed in the place of the figure."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["edition", "figure"], name="figure_withdrawn_once"),
            models.CheckConstraint(condition=~Q(note=""), name="figure_withdrawal_says_why"),
        ]

    def __str__(self) -> str:
        return self.figure


class ReportText(models.Model):
    """What stands at one place of an edition's report, in one language. Rows are only added: the newest counts."""

    MOST = 20_000

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="texts")
    place = models.CharField(max_length=140)
    language = models.CharField(max_length=20)
    version = models.PositiveIntegerField(help_text=_("Counted from 1 at each place and language."))
    text = models.TextField(blank=True, help_text=_("Markdown."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "place", "language", "version"], name="report_text_version_once"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="report_text_begins_with_one"),
        ]

    def __str__(self) -> str:
        return f"{self.place} ({self.language}), version {self.version}"


class UnsavedText(models.Model):
    """What an editor has typed at a place and not saved yet. Its author alone reads it; it is part of no release."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=140)
    language = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    seen = models.PositiveIntegerField(help_text=_("The version of the text that its author began with."))
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "place", "language", "by"], name="unsaved_text_once_per_author_and_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} ({self.language}) of {self.by}"


class Portrait(models.Model):
    """A picture of an expert, drawn anew from what was uploaded. Known by its content; a trigger keeps it as it is."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField(help_text=_("JPEG, a square of 320 pixels."))
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256


class ExpertComment(models.Model):
    """What an outside expert says of a section. Rows are only added: of each number the newest version counts."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="comments")
    number = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    place = models.CharField(max_length=140)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=160, blank=True)
    organisation = models.CharField(max_length=160, blank=True)
    text = models.TextField(help_text=_("Markdown."))
    language = models.CharField(max_length=20)
    interests = models.TextField(blank=True, help_text=_("What could be taken for a conflict of interests."))
    portrait = models.ForeignKey(Portrait, on_delete=models.PROTECT, null=True, related_name="+")
    consent = models.BooleanField(
        help_text=_("The expert has agreed to be named with these words, in the form in which they stand.")
    )
    example = models.BooleanField(default=False, help_text=_("Made up, for a demonstration."))
    removed = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("number", "version")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number", "version"], name="expert_comment_version_once"
            ),
            models.CheckConstraint(
                condition=Q(consent=True) | Q(example=True) | Q(removed=True),
                name="expert_comment_with_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.number} of {self.edition}, version {self.version}"


class FigureArrangement(models.Model):
    """How one figure stands in the report of an edition. Rows are only added: the newest version counts."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="arrangements")
    figure = models.CharField(max_length=2 * CODE + 1)
    version = models.PositiveIntegerField()
    hidden = models.BooleanField(
        default=False, help_text=_("Left out of the pages; it stays in the data and has a page of its own.")
    )
    position = models.PositiveSmallIntegerField(
        null=True, help_text=_("Place within its section, counted from 1; empty: after those with a place.")
    )
    chart = models.CharField(max_length=20, blank=True, help_text=_("Empty: as the questionnaire proposes."))
    nets_only = models.BooleanField(default=False, help_text=_("Draw answers taken together, not the parts."))
    breakdown = models.CharField(
        max_length=CODE, blank=True, help_text=_("Class whose groups are shown beneath the figure.")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "figure", "version"], name="figure_arrangement_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.figure}, version {self.version}"


class ReleaseWithdrawal(models.Model):
    """A release that nobody should rely on any more. It stays readable, under this note."""

    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, primary_key=True, related_name="withdrawal"
    )
    note = models.TextField(help_text=_("Printed on top of every page of it."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="release_withdrawal_has_a_note"),
        ]

    def __str__(self) -> str:
        return f"withdrawal of {self.release_id}"


class NamedReader(models.Model):
    """Somebody who may read a release before it is public, by a link of his or her own."""

    class Kind(models.TextChoices):
        EXPERT = "expert", _("expert")
        PRESS = "press", _("press")
        PARTNER = "partner", _("partner")

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="readers")
    name = models.CharField(max_length=120)
    organisation = models.CharField(max_length=160, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    token_hash = models.BinaryField(unique=True, help_text=_("SHA-256 of what is in the link."))
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text=_("Taken back before its time."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class ReaderVisit(models.Model):
    """A named reader opened the report. These readers know that it is written down."""

    reader = models.ForeignKey(NamedReader, on_delete=models.PROTECT, related_name="visits")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.reader_id} {self.at:%Y-%m-%d %H:%M}"


class ExpertLink(models.Model):
    """The private link by which an outside expert writes a comment on a section, and approves what became of it."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="expert_links")
    place = models.CharField(max_length=140)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=160, blank=True)
    organisation = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=20)
    token_hash = models.BinaryField(unique=True, help_text=_("SHA-256 of what is in the link."))
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    comment = models.PositiveSmallIntegerField(
        null=True, help_text=_("Number of the comment of the report that it became.")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "comment"],
                condition=Q(comment__isnull=False),
                name="expert_link_of_a_comment_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ExpertWord(models.Model):
    """What an expert wrote, what an editor made of it, and what the expert agreed to. Rows are only added."""

    class Kind(models.TextChoices):
        WRITTEN = "written", _("written by the expert")
        EDITED = "edited", _("edited, waits for the expert")
        APPROVED = "approved", _("approved by the expert")

    MOST = 6000

    link = models.ForeignKey(ExpertLink, on_delete=models.PROTECT, related_name="words")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(help_text=_("Markdown."))
    interests = models.TextField(blank=True)
    portrait = models.ForeignKey(Portrait, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("The editor; empty for what came through the link."),
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="edited", by__isnull=False) | (~Q(kind="edited") & Q(by__isnull=True)),
                name="expert_word_edited_by_an_editor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.kind}"


class WordingJudgement(models.Model):
    """What a person says of a concept that two versions of a questionnaire ask differently.

    Nothing is changed or taken back: of two judgements of one pair the newer one holds.
    """

    class Verdict(models.TextChoices):
        MINOR = "minor", _("minor: the editions are compared")
        CHANGED = "changed", _("changed: the series breaks")

    concept = models.CharField(max_length=80)
    before = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    note = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=~Q(before=F("after")), name="judgement_is_of_two_versions"),
            models.CheckConstraint(condition=~Q(note=""), name="judgement_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.concept}: {self.verdict}"


class CaseCount(models.Model):
    """How many invitations of a wave stood where when the last run counted them. Exact, so the worker's alone.

    It outlives what the invitations know of people: to which organisation they belong, and which message was sent.
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="case_counts")
    door = models.CharField(max_length=10, choices=Door.choices)
    state = models.CharField(max_length=10)
    mail = models.CharField(max_length=10)
    was_sent = models.BooleanField(help_text=_("Whether a message left from here."))
    stands_for_case = models.BooleanField(
        help_text=_("Of several invitations of one organisation, one stands for it.")
    )
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "door", "state", "mail", "was_sent", "stands_for_case"],
                name="case_count_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.door} {self.state}: {self.count}"


class ResponseMetrics(models.Model):
    """The response metrics of one door of a wave, as of one run. What may not be shown is not stored."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="response_metrics")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="response_metrics")
    door = models.CharField(max_length=10, choices=Door.choices)
    complete_from = models.PositiveSmallIntegerField(
        help_text=_("Whole per cent of the questions asked from which a response is complete.")
    )
    partial_from = models.PositiveSmallIntegerField(help_text=_("The same for a partial one."))
    e = models.FloatField(null=True, help_text=_("Share of the unknown cases that are eligible, 0 to 1."))
    e_found = models.CharField(max_length=10, blank=True, help_text=_("default, stated, highest"))
    warnings = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        ordering = ("wave", "door")
        constraints = [
            models.UniqueConstraint(fields=["wave", "door"], name="response_metrics_once"),
            models.CheckConstraint(
                condition=Q(e__isnull=True) | Q(e__gte=0, e__lte=1), name="response_metrics_e_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"response metrics of {self.wave_id} {self.door}"


class ResponseFigure(models.Model):
    """A letter, a number or a rate of the response metrics. Of a withheld one the reason alone is stored."""

    metrics = models.ForeignKey(ResponseMetrics, on_delete=models.CASCADE, related_name="figures")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, help_text=_("letter, number, rate"))
    name = models.CharField(max_length=20)
    value = models.FloatField(null=True, help_text=_("A number of cases, or a share between 0 and 1."))
    status = models.CharField(max_length=12, help_text=_("shown, withheld, not_defined"))
    reason = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["metrics", "kind", "name"], name="response_figure_once"),
            models.CheckConstraint(
                condition=Q(status="shown", value__isnull=False)
                | (~Q(status="shown") & Q(value__isnull=True)),
                name="response_figure_has_value_if_shown",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class KnownByHand(models.Model):
    """What staff know of a wave's cases that the platform cannot: from replies, which nobody reads into it."""

    wave = models.OneToOneField(
        Wave, on_delete=models.PROTECT, primary_key=True, related_name="known_by_hand"
    )
    stated_e = models.FloatField(
        null=True,
        help_text=_("Share of the unknown cases that are eligible, where it is known from elsewhere."),
    )
    note = models.TextField(help_text=_("Where the numbers come from."))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stated_e__isnull=True) | Q(stated_e__gte=0, stated_e__lte=1),
                name="known_by_hand_e_is_a_share",
            )
        ]

    def __str__(self) -> str:
        return f"known by hand of {self.wave_id}"


class KnownByHandCount(models.Model):
    """How many cases of one AAPOR class are known by hand."""

    known = models.ForeignKey(KnownByHand, on_delete=models.CASCADE, related_name="counts")
    code = models.CharField(max_length=12)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["known", "code"], name="known_by_hand_once")]

    def __str__(self) -> str:
        return f"{self.code}: {self.count}"


class TableRequest(models.Model):
    """One version of a table that an analyst asks for beside those of the questionnaire.

    Rows are only ever added: a change is a further version, and so is a withdrawal. The newest version counts.
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="table_requests")
    number = models.PositiveSmallIntegerField(help_text=_("Counted within the wave."))
    version = models.PositiveSmallIntegerField(default=1)
    withdrawn = models.BooleanField(default=False)
    title = models.CharField(max_length=200)
    reason = models.TextField(help_text=_("What the table is for; of a further version, why it was changed."))
    question = models.CharField(max_length=CODE)
    base_rule = models.CharField(max_length=120, default="answered")
    breakdown = models.CharField(max_length=CODE, blank=True, help_text=_("A class, shown part by part."))
    filter_class = models.CharField(max_length=CODE, blank=True)
    filter_part = models.CharField(max_length=CODE, blank=True, help_text=_("Only people in this part."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("number", "version")
        constraints = [
            models.UniqueConstraint(fields=["wave", "number", "version"], name="table_request_version_once"),
            models.CheckConstraint(
                condition=Q(breakdown="") | Q(filter_class=""), name="table_request_crosses_one_class"
            ),
            models.CheckConstraint(
                condition=Q(filter_class="", filter_part="") | (~Q(filter_class="") & ~Q(filter_part="")),
                name="table_request_filter_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(version__gt=1) | Q(withdrawn=False), name="table_request_begins_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"table request {self.number}, version {self.version}"


class RequestedNet(models.Model):
    """A sum of codes that a table request defines for itself."""

    request = models.ForeignKey(TableRequest, on_delete=models.PROTECT, related_name="nets")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=CODE)
    label = models.CharField(max_length=200)
    members = ArrayField(models.CharField(max_length=CODE))

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["request", "code"], name="requested_net_once"),
            models.CheckConstraint(condition=Q(members__len__gt=0), name="requested_net_has_members"),
        ]

    def __str__(self) -> str:
        return self.code
