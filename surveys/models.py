from __future__ import annotations

import uuid
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys import definition

CODE = 60


def check_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("There is no time zone called “%(name)s”."), params={"name": name})


class Edition(models.Model):
    """One year of the programme and its report."""

    year = models.PositiveSmallIntegerField(
        unique=True, validators=[MinValueValidator(2000), MaxValueValidator(2200)]
    )
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ("-year",)

    def __str__(self) -> str:
        return f"{self.title} ({self.year})"


class Questionnaire(models.Model):
    """One version of an instrument. Once it is frozen nothing below it changes, translations excepted."""

    key = models.SlugField(max_length=CODE)
    version = models.PositiveSmallIntegerField()
    schema_version = models.CharField(max_length=10)
    unit = models.CharField(max_length=20, choices=[(u.value, u.value) for u in definition.Unit])
    language = models.CharField(max_length=20)
    estimated_minutes = models.PositiveSmallIntegerField()
    findings = models.JSONField(default=list)
    programming_notes = models.JSONField(default=list)
    definition_hash = models.CharField(max_length=64)
    ballot_size = models.PositiveIntegerField(
        help_text=_("Bytes that every draft and every ballot is padded to.")
    )
    frozen_at = models.DateTimeField(null=True, blank=True)
    texts_version = models.PositiveIntegerField(
        default=0, help_text=_("Goes up with every text that changes, so that processes see it at once.")
    )

    class Meta:
        ordering = ("key", "version")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="questionnaire_version_once"),
            models.CheckConstraint(
                condition=Q(ballot_size__gt=0), name="questionnaire_ballot_size_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class Wording(models.Model):
    """One text of a questionnaire in one language, found by its path (`question.le_region.text`)."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="wordings")
    language = models.CharField(max_length=20)
    path = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    source_hash = models.CharField(
        max_length=16,
        blank=True,
        help_text=_("Of a translation: the fingerprint of the source text that it was made from."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "language", "path"], name="wording_once"),
        ]

    def __str__(self) -> str:
        return f"{self.path} [{self.language}]"


class Translation(models.Model):
    """What is known of one language of a questionnaire: a draft until a speaker of it has put a name to it."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="translations")
    language = models.CharField(max_length=20)
    reviewed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "language"], name="translation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} [{self.language}]"


class WordingChange(models.Model):
    """The log of translations that were added or corrected after a version was frozen."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="wording_changes")
    language = models.CharField(max_length=20)
    path = models.CharField(max_length=200)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.path} [{self.language}] {self.at:%Y-%m-%d}"


class Page(models.Model):
    """A page of text: consent, definitions, well-being, the end of the interview."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="pages")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=CODE)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in definition.PageKind])
    before = models.CharField(max_length=CODE, blank=True)
    controls = models.JSONField(default=list, help_text=_("Kinds and actions; the labels are wordings."))

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["questionnaire", "key"], name="page_key_once")]

    def __str__(self) -> str:
        return self.key


class CodeFrame(models.Model):
    """The codes that open answers are coded into; append-only once it is used."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="code_frames")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=CODE)
    description = models.TextField(blank=True)
    max_codes_per_mention = models.PositiveSmallIntegerField(default=1)
    not_counted = ArrayField(models.CharField(max_length=CODE), default=list)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["questionnaire", "key"], name="code_frame_key_once")]

    def __str__(self) -> str:
        return self.key


class Code(models.Model):
    frame = models.ForeignKey(CodeFrame, on_delete=models.CASCADE, related_name="codes")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=CODE)
    aliases = ArrayField(models.CharField(max_length=120), default=list)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["frame", "code"], name="code_once"),
            models.UniqueConstraint(fields=["frame", "position"], name="code_position_once"),
        ]

    def __str__(self) -> str:
        return self.code


class Section(models.Model):
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="sections")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=CODE)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["questionnaire", "key"], name="section_key_once")]

    def __str__(self) -> str:
        return self.key


class Question(models.Model):
    """A question with its routing, how it is counted and how it is drawn. Its texts are wordings."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="questions")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=CODE)
    number = models.CharField(max_length=10)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in definition.Kind])
    wording_version = models.PositiveSmallIntegerField(default=1)
    scale = models.CharField(max_length=30, blank=True)
    detached = models.BooleanField(default=False)
    choices_from = models.CharField(
        max_length=80, blank=True, help_text=_("Public list outside the definition.")
    )
    order = models.CharField(max_length=10, choices=[(o.value, o.value) for o in definition.Order])
    row_order = models.CharField(max_length=10, choices=[(o.value, o.value) for o in definition.Order])
    required = models.CharField(max_length=10, choices=[(r.value, r.value) for r in definition.Required])
    show_if = models.JSONField(null=True, blank=True)
    screen_out = models.JSONField(null=True, blank=True)
    min_choices = models.PositiveSmallIntegerField(null=True, blank=True)
    max_choices = models.PositiveSmallIntegerField(null=True, blank=True)
    entries = models.PositiveSmallIntegerField(null=True, blank=True)
    max_chars = models.PositiveSmallIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=30, blank=True)
    minimum = models.IntegerField(null=True, blank=True)
    maximum = models.IntegerField(null=True, blank=True)
    code_frame = models.ForeignKey(
        CodeFrame, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reproduces = ArrayField(models.CharField(max_length=20), default=list)
    concept = models.CharField(max_length=80)
    base_rule = models.JSONField(default=dict)
    publish = models.CharField(max_length=20, choices=[(p.value, p.value) for p in definition.Publish])
    breaks = ArrayField(models.CharField(max_length=CODE), default=list)
    statistic = models.CharField(max_length=40)
    also = models.JSONField(default=list)
    sensitivity = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in definition.Sensitivity]
    )
    figure_type = models.CharField(max_length=20)
    figure_sort = models.CharField(max_length=60, blank=True)
    figure_caveats = ArrayField(models.CharField(max_length=CODE), default=list)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["questionnaire", "key"], name="question_key_once")]

    def __str__(self) -> str:
        return self.key


class Row(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=CODE)
    show_if = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["question", "code"], name="row_code_once")]

    def __str__(self) -> str:
        return self.code


class Choice(models.Model):
    """An answer of the list, a special answer beside a field, or a code that only a base rule assigns."""

    class Group(models.TextChoices):
        LIST = "list"
        SPECIAL = "special"
        ASSIGNED = "assigned"

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    group = models.CharField(max_length=10, choices=Group.choices, default=Group.LIST)
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=CODE)
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in definition.Role])
    exclusive = models.BooleanField(default=False)
    pin = models.BooleanField(default=False)

    class Meta:
        ordering = ("group", "position")
        constraints = [models.UniqueConstraint(fields=["question", "code"], name="choice_code_once")]

    def __str__(self) -> str:
        return self.code


class Net(models.Model):
    """A published sum of codes."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="nets")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=CODE)
    members = ArrayField(models.CharField(max_length=130))

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["question", "code"], name="net_code_once")]

    def __str__(self) -> str:
        return self.code


class Partition(models.Model):
    """A class of the design's words: a partition of a profile question into groups large enough to publish."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="partitions")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=CODE)
    outside = ArrayField(models.CharField(max_length=CODE), default=list)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["question", "key"], name="partition_key_once")]

    def __str__(self) -> str:
        return self.key


class Part(models.Model):
    partition = models.ForeignKey(Partition, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=CODE)
    members = ArrayField(models.CharField(max_length=CODE))

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["partition", "code"], name="part_code_once")]

    def __str__(self) -> str:
        return self.code


class Derived(models.Model):
    """A figure over several questions."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="derived")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=CODE)
    statistic = models.CharField(max_length=40)
    over = ArrayField(models.CharField(max_length=CODE))
    sensitivity = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in definition.Sensitivity]
    )
    reproduces = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["questionnaire", "key"], name="derived_key_once")]

    def __str__(self) -> str:
        return self.key


class Door(models.TextChoices):
    """How somebody comes to a wave."""

    EMAIL = "email", _("personal link by e-mail")
    CODE = "code", _("access code")
    PORTAL = "portal", _("portal of a partner")


def email_alone() -> list[str]:
    return [Door.EMAIL.value]


class Wave(models.Model):
    """A questionnaire fielded in an edition.

    Whether it takes answers follows from its status and the clock; nothing is switched at the closing time.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        OPEN = "open", _("released for answering between its times")
        FINAL = "final", _("closed, box emptied, responses written anew")

    class Origin(models.TextChoices):
        FIELDED = "fielded", _("collected here")
        IMPORTED = "imported", _("imported: collected under another promise")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="waves")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="waves")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.FIELDED)
    source = models.CharField(
        max_length=200, blank=True, help_text=_("Of an imported wave: where its responses were collected.")
    )
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60, default="UTC", validators=[check_time_zone])
    grace_minutes = models.PositiveSmallIntegerField(
        default=60, help_text=_("A page begun before the close may be sent for this long after it.")
    )
    min_batch = models.PositiveSmallIntegerField(default=10, validators=[MinValueValidator(10)])
    synthetic = models.BooleanField(
        default=False, help_text=_("Its respondents are made up, and every page says so.")
    )
    languages = ArrayField(
        models.CharField(max_length=20),
        default=list,
        help_text=_("Languages that are open to respondents beside that of the questionnaire."),
    )
    texts_version = models.PositiveIntegerField(
        default=0, help_text=_("Goes up with every text of the wave that changes: places, languages, times.")
    )
    forward_anywhere = models.BooleanField(
        default=False,
        help_text=_("An invitation may be handed on to an address of another mail domain."),
    )
    doors = ArrayField(
        models.CharField(max_length=10, choices=Door.choices),
        default=email_alone,
        help_text=_("The doors that are open: through another one nobody comes in."),
    )

    class Meta:
        ordering = ("edition", "questionnaire")
        constraints = [
            models.UniqueConstraint(fields=["edition", "questionnaire"], name="wave_once_per_edition"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="wave_closes_after_it_opens"
            ),
            models.CheckConstraint(condition=Q(min_batch__gte=10), name="wave_batch_is_at_least_ten"),
            models.CheckConstraint(
                condition=Q(origin="fielded") | Q(status__in=["draft", "final"]),
                name="wave_imported_takes_no_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire.key} {self.edition.year}"


class Production(models.Model):
    """Its one row says that this database takes real answers; then it refuses synthetic waves, for good.

    `migrate` writes the row when it runs in production.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="production_has_one_row")]

    def __str__(self) -> str:
        return "production"


class WavePlace(models.Model):
    """What fills one bracketed place of the questionnaire's texts in this wave."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="places")
    place = models.CharField(max_length=120)
    language = models.CharField(max_length=20, default="en")
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "place", "language"], name="wave_place_once")]

    def __str__(self) -> str:
        return f"[{self.place}]"


class WaveKey(models.Model):
    """The public half of a wave's key pair. The worker's box queue writes it; the web tier only reads it."""

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT, primary_key=True, related_name="key")
    public_key = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"key of {self.wave_id}"


class KeyCustody(models.Model):
    """The life of a wave's private key: made, copied under two people, destroyed by two people. Days, no times.

    The worker writes when it was made and destroyed; the rest is what people say that they did.
    """

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT, primary_key=True, related_name="custody")
    made_on = models.DateField(null=True)
    first_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    first_held_on = models.DateField(null=True)
    second_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    second_held_on = models.DateField(null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_on = models.DateField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_on = models.DateField(null=True)
    destroyed_on = models.DateField(null=True)
    obstacle = models.CharField(
        max_length=400, blank=True, help_text=_("Why the worker did not destroy the key, in words.")
    )
    reminded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_holder__isnull=True, first_held_on__isnull=True)
                | Q(first_holder__isnull=False, first_held_on__isnull=False),
                name="custody_first_holder_and_day_together",
            ),
            models.CheckConstraint(
                condition=Q(second_holder__isnull=True, second_held_on__isnull=True)
                | Q(second_holder__isnull=False, second_held_on__isnull=False),
                name="custody_second_holder_and_day_together",
            ),
            models.CheckConstraint(
                condition=Q(second_holder__isnull=True)
                | (Q(first_holder__isnull=False) & ~Q(second_holder=F("first_holder"))),
                name="custody_copy_is_under_two_people",
            ),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True, asked_on__isnull=True)
                | Q(asked_by__isnull=False, asked_on__isnull=False),
                name="custody_asked_by_and_day_together",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_on__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_on__isnull=False),
                name="custody_confirmed_by_and_day_together",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (Q(asked_by__isnull=False) & ~Q(confirmed_by=F("asked_by"))),
                name="custody_destruction_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_on__isnull=True) | Q(confirmed_by__isnull=False),
                name="custody_destroyed_after_confirmation",
            ),
        ]

    def __str__(self) -> str:
        return f"custody of the key of {self.wave_id}"
