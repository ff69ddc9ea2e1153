"""Coding: who codes what, what each coder decided, and how it ends.

Nothing here orders texts in time or stands beside a response. What is about a text names a coder by a place in the
round (1, 2, 3); who sits there stands in the round, so that no table of texts refers to one of people.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models import CODE, Questionnaire, Wave

FIRST, SECOND, THIRD = 1, 2, 3


class CodingRound(models.Model):
    """The texts of one question of a wave: two people code them blind to each other, a third decides between them.

    `revision`: of its code frame; one that asks for texts to be coded again raises it.
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="coding_rounds")
    question = models.CharField(max_length=CODE)
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    third = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveSmallIntegerField(default=0)
    seed = models.CharField(
        max_length=32, help_text=_("Gives each coder an order of texts of his or her own.")
    )

    class Meta:
        ordering = ("wave", "pk")
        constraints = [
            models.UniqueConstraint(fields=["wave", "question"], name="coding_round_once"),
            models.CheckConstraint(
                condition=~Q(first=F("second")) & ~Q(first=F("third")) & ~Q(second=F("third")),
                name="coding_round_has_three_people",
            ),
        ]

    def __str__(self) -> str:
        return f"coding of {self.question}"

    def place_of(self, user_id: int | None) -> int | None:
        places = {self.first_id: FIRST, self.second_id: SECOND, self.third_id: THIRD}
        return places.get(user_id) if user_id else None


class Decision(models.Model):
    """What one coder decided about one text. `place` 3 is the decision between the two others.

    `proposal`: what became of the suggestions that stood on the page; the machine itself decides nothing.
    """

    class State(models.TextChoices):
        CODED = "coded", _("coded")
        QUERY = "query", _("asked of the lead")
        ANSWERED = "answered", _("answered by the lead")
        AGAIN = "again", _("to be coded again")

    class Proposal(models.TextChoices):
        NONE = "none", _("nothing was suggested")
        ACCEPTED = "accepted", _("a suggestion was accepted")
        OVERRULED = "overruled", _("the suggestions were overruled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    text = models.ForeignKey("responses.OpenText", on_delete=models.CASCADE, related_name="decisions")
    place = models.PositiveSmallIntegerField()
    codes = ArrayField(models.CharField(max_length=CODE), default=list, help_text=_("Sorted, each once."))
    state = models.CharField(max_length=10, choices=State.choices, default=State.CODED)
    proposal = models.CharField(max_length=10, choices=Proposal.choices, default=Proposal.NONE)
    note = models.TextField(blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "place"], name="decision_once"),
            models.CheckConstraint(condition=Q(place__in=[1, 2, 3]), name="decision_has_a_place"),
            models.CheckConstraint(
                condition=~Q(state="coded") | Q(codes__len__gt=0), name="decision_coded_has_codes"
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.place} on {self.text_id}"


class WorkingTranslation(models.Model):
    """A text in another language, for coders who do not read the original, which stands beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    text = models.ForeignKey("responses.OpenText", on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=20)
    words = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "language"], name="working_translation_once")]

    def __str__(self) -> str:
        return f"{self.text_id} [{self.language}]"


class FrameRevision(models.Model):
    """One change of a code frame. Codes are only ever added; a retired one stays and is offered no more."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="frame_revisions")
    frame = models.CharField(max_length=CODE)
    number = models.PositiveSmallIntegerField()
    added = ArrayField(models.CharField(max_length=CODE), default=list)
    retired = ArrayField(models.CharField(max_length=CODE), default=list)
    again = ArrayField(
        models.CharField(max_length=CODE), default=list, help_text=_("Codes whose texts are coded again.")
    )
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("questionnaire", "frame", "number")
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "frame", "number"], name="frame_revision_once")
        ]

    def __str__(self) -> str:
        return f"{self.frame} revision {self.number}"


class Agreement(models.Model):
    """How far the two coders agreed before anybody decided between them; written once for each revision."""

    round = models.ForeignKey(CodingRound, on_delete=models.PROTECT, related_name="agreements")
    revision = models.PositiveSmallIntegerField()
    units = models.PositiveIntegerField()
    same = models.PositiveIntegerField()
    kappa = models.FloatField(null=True)
    alpha = models.FloatField(null=True)

    class Meta:
        ordering = ("round", "revision")
        constraints = [models.UniqueConstraint(fields=["round", "revision"], name="agreement_once")]

    def __str__(self) -> str:
        return f"agreement of {self.round_id}, revision {self.revision}"


class CodingEnd(models.Model):
    """The end of a wave's coding: asked for by the lead, done by the worker, which then cuts the links of its texts."""

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT, primary_key=True, related_name="coding_end")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    done_on = models.DateField(null=True)
    obstacle = models.CharField(
        max_length=400, blank=True, help_text=_("Why the worker did not cut the links, in words.")
    )

    def __str__(self) -> str:
        return f"end of coding of {self.wave_id}"


class Quotation(models.Model):
    """Words of a text or of a comment, made safe to print: `words` is what two people have agreed on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="quotations")
    text = models.ForeignKey(
        "responses.OpenText", on_delete=models.CASCADE, null=True, related_name="quotations"
    )
    comment = models.ForeignKey(
        "responses.Comment", on_delete=models.CASCADE, null=True, related_name="quotations"
    )
    code = models.CharField(max_length=CODE, blank=True, help_text=_("What it is an example of."))
    words = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(text__isnull=True, comment__isnull=False)
                | Q(text__isnull=False, comment__isnull=True),
                name="quotation_of_one_thing",
            ),
            models.UniqueConstraint(fields=["text"], name="quotation_of_text_once"),
            models.UniqueConstraint(fields=["comment"], name="quotation_of_comment_once"),
        ]

    def __str__(self) -> str:
        return f"quotation {self.pk}"


class Redaction(models.Model):
    """Who redacted a quotation (step 1) and who found the same words safe (step 2): never the same person."""

    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE, related_name="redactions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quotation", "step"], name="redaction_step_once"),
            models.UniqueConstraint(fields=["quotation", "by"], name="redaction_by_two_people"),
            models.CheckConstraint(condition=Q(step__in=[1, 2]), name="redaction_has_two_steps"),
        ]

    def __str__(self) -> str:
        return f"step {self.step} of {self.quotation_id}"
