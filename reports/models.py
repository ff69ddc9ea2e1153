from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models import CODE, Edition, Wave


class Policy(models.Model):
    """What may be said, as data: minimum bases and cells. A wave follows the newest version that is in force."""

    class Status(models.TextChoices):
        IN_FORCE = "in_force", _("in force")
        PROPOSED = "proposed", _("waiting for a second person")
        REJECTED = "rejected", _("rejected")

    version = models.PositiveSmallIntegerField(unique=True)
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
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text=_("Of what was counted: definition, codings, policy and code.")
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
    request = models.ForeignKey(
        "TableRequest",
        on_delete=models.PROTECT,
        null=True,
        related_name="tables",
        help_text=_("Of a table that an analyst asked for; empty for those of the questionnaire."),
    )

    objects = models.Manager.from_queryset(TableQuerySet)()

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "question", "breakdown"], condition=Q(request=None), name="table_once"
            ),
            models.UniqueConstraint(fields=["request", "breakdown"], name="table_once_per_request"),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.breakdown}".strip()


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
    part = models.CharField(max_length=CODE, blank=True, help_text=_("Group of the breakdown."))
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
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SHOWN)
    reason = models.CharField(max_length=40, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.part} {self.code} {self.statistic}".strip()


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

    def __str__(self) -> str:
        return f"release {self.number} of {self.edition}" if self.number else f"request for {self.edition}"


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
