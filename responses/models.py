from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Func, IntegerField, Q
from django.db.models.functions import Lower, Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from responses.coding.models import Agreement as Agreement
from responses.coding.models import CodingEnd as CodingEnd
from responses.coding.models import CodingRound as CodingRound
from responses.coding.models import Decision as Decision
from responses.coding.models import FrameRevision as FrameRevision
from responses.coding.models import Quotation as Quotation
from responses.coding.models import Redaction as Redaction
from responses.coding.models import WorkingTranslation as WorkingTranslation
from responses.mail.models import Mailing as Mailing
from responses.mail.models import MailingText as MailingText
from responses.mail.models import MailKey as MailKey
from responses.mail.models import Message as Message
from surveys.models import CODE, Door, Wave


class OctetLength(Func):
    function = "octet_length"
    output_field = IntegerField()


class CodeBatch(models.Model):
    """Access codes that a contact point hands out. The codes themselves are stored nowhere.

    `used` and `unused`: as the last night counted them, and empty where they may not be shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="code_batches")
    contact_point = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField()
    language = models.CharField(max_length=20)
    revoked = models.BooleanField(default=False)
    used = models.PositiveIntegerField(null=True)
    unused = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Invitation(models.Model):
    """The right to answer once. It knows who was asked, perhaps, and never what was said; it has no times.

    `token_hash`: of the key that its holder's cookie carries. `entry_hash`: of what an access code or the subject of
    a portal leads to; the two are the same until somebody begins, and then the come-back code takes the first over.
    """

    class State(models.TextChoices):
        INVITED = "invited", _("not begun")
        STARTED = "started", _("begun")
        FINISHED = "finished", _("sent")
        DECLINED = "declined", _("declined")
        CLOSED = "closed", _("closed by a colleague's answer")
        REVOKED = "revoked", _("withdrawn with its batch of codes")

    class Mail(models.TextChoices):
        OWN = "own", _("whoever uploaded the list sends the link")
        MAILED = "mailed", _("takes e-mail from here")
        BOUNCED = "bounced", _("the address does not take it")
        OPTED_OUT = "opted_out", _("wants no e-mail")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(blank=True)
    unit = models.CharField(max_length=200, blank=True, help_text=_("The organisation that answers once."))
    language = models.CharField(max_length=20, default="en")
    time_zone = models.CharField(
        max_length=60, blank=True, help_text=_("Where the invited is; else the wave's.")
    )
    token_hash = models.BinaryField(max_length=32, unique=True)
    mailed_token = models.BinaryField(
        default=b"",
        blank=True,
        help_text=_(
            "The link, sealed to the mail worker's key for a reminder; empty once none can be needed."
        ),
    )
    mail = models.CharField(max_length=10, choices=Mail.choices, default=Mail.OWN)
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    forwarded = models.BooleanField(
        default=False, help_text=_("It was handed on to another address, which can be done once.")
    )
    door = models.CharField(max_length=10, choices=Door.choices, default=Door.EMAIL)
    entry_hash = models.BinaryField(max_length=32, null=True, unique=True)
    batch = models.ForeignKey(CodeBatch, on_delete=models.PROTECT, null=True, related_name="invitations")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "email"], condition=~Q(email=""), name="invitation_once_per_address"
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_address_is_lower"),
            models.CheckConstraint(
                condition=Q(batch__isnull=True) | Q(door=Door.CODE), name="invitation_of_batch_is_by_code"
            ),
            models.CheckConstraint(
                condition=Q(mailed_token=b"") | ~Q(state__in=["finished", "declined", "closed"]),
                name="invitation_done_keeps_no_link",
            ),
        ]
        indexes = [models.Index(fields=["wave", "unit"], condition=~Q(unit=""), name="invitation_of_unit")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Draft(models.Model):
    """Unfinished answers under a key that only the holder of the link has; always the same size."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="draft")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Ballot(models.Model):
    """Finished answers, sealed to the wave's public key. Nothing beside it says whose they are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="ballots")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"ballot {self.pk}"


class Withdrawal(models.Model):
    """A receipt that somebody handed back; the worker applies it at the next opening of the box."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="withdrawals")
    receipt_hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "receipt_hash"], name="withdrawal_once")]

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"


class Response(models.Model):
    """An anonymous set of answers: what, never who or when. `marks` is what counting reads."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="responses")
    marks = models.BinaryField()
    weight = models.FloatField(
        null=True, help_text=_("Of an imported response alone: the weight it came with, to three figures.")
    )
    receipt_hash = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Exact(Mod(OctetLength("marks"), 2), 0), name="response_marks_have_even_length"
            ),
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__gt=0), name="response_weight_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"response {self.pk}"


class Record(models.Model):
    """The closed answers of a response as keys and codes, readable for decades; the marks are derived from it.

    `codings`: [item, entry, code] of its texts, written when coding closes and no text leads here any more.
    """

    response = models.OneToOneField(
        Response, on_delete=models.CASCADE, primary_key=True, related_name="record"
    )
    answers = models.JSONField()
    codings = models.JSONField(null=True, help_text=_("Empty until coding is closed."))

    def __str__(self) -> str:
        return f"record of {self.response_id}"


class OpenText(models.Model):
    """A short text on its way to being coded. What links it to its response stands in `TextLink` alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="open_texts")
    question = models.CharField(max_length=CODE)
    choice = models.CharField(max_length=CODE, blank=True, help_text=_("The `other` whose text this is."))
    text = models.TextField()
    language = models.CharField(
        max_length=20,
        blank=True,
        help_text=_("Of the page that it was written on; empty where nobody knows."),
    )
    may_quote = models.BooleanField(default=False)
    forgotten = models.BooleanField(
        default=False,
        help_text=_(
            "The words are gone; what stands in their place only tells equal texts from different ones."
        ),
    )

    def __str__(self) -> str:
        return f"text {self.pk}"


class TextLink(models.Model):
    """Which response a text came from, and as which entry; rows go when coding closes. The worker's alone."""

    text = models.OneToOneField(OpenText, on_delete=models.CASCADE, primary_key=True, related_name="link")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="text_links")
    row = models.CharField(max_length=CODE, blank=True)
    entry = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"link of {self.text_id}"


class Coding(models.Model):
    """One code of one text, once two coders gave the same or a third decided: what counting reads."""

    text = models.ForeignKey(OpenText, on_delete=models.CASCADE, related_name="codings")
    code = models.CharField(max_length=CODE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "code"], name="coding_once")]

    def __str__(self) -> str:
        return f"{self.text_id}: {self.code}"


class Comment(models.Model):
    """A final comment: detached when the box is opened, with its permission to quote and nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="comments")
    question = models.CharField(max_length=CODE)
    text = models.TextField()
    may_quote = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Tally(models.Model):
    """A detached question, kept only as how many gave each answer. `code` is empty for the skipped."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="tallies")
    question = models.CharField(max_length=CODE)
    code = models.CharField(max_length=CODE, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "question", "code"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.question} {self.code}: {self.count}"


class FieldworkCount(models.Model):
    """How many invitations of a wave are in a state, renewed by the night; what staff see instead of names.

    Without a door: of all doors together. Without a state: of all states.
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="fieldwork_counts")
    door = models.CharField(max_length=10, choices=Door.choices, blank=True)
    state = models.CharField(max_length=10, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "door", "state"], name="fieldwork_count_once")]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.state}: {self.count}"


class PrintedQuestionnaire(models.Model):
    """The whole questionnaire of a wave as a PDF in one language, made by the worker. Empty until it is made."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="printed")
    language = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64, help_text=_("Of the texts that it was made from."))
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "language"], name="printed_once")]

    def __str__(self) -> str:
        return f"{self.wave_id} [{self.language}]"


class Portal(models.Model):
    """A partner's portal, whose signed word lets somebody in."""

    issuer = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    audience = models.CharField(max_length=200)
    waves = models.ManyToManyField(Wave, related_name="portals")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PortalKey(models.Model):
    """A public key that a portal signs with. One that is retired lets nobody in any more."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="keys")
    kid = models.CharField(max_length=100)
    public_key = models.BinaryField(max_length=32)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ("portal", "kid")
        constraints = [models.UniqueConstraint(fields=["portal", "kid"], name="portal_key_once")]

    def __str__(self) -> str:
        return f"{self.portal_id} {self.kid}"


class SpentToken(models.Model):
    """A portal's word that has let somebody in already, as a keyed hash; forgotten when it would have expired."""

    token_hash = models.BinaryField(max_length=32, primary_key=True)
    forget_at = models.DateTimeField(help_text=_("A full hour."))

    def __str__(self) -> str:
        return "spent token"


class FailureCount(models.Model):
    """How many codes from one range of addresses were wrong in one hour. Nothing is written of one that was right."""

    range_hash = models.BinaryField(max_length=32)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hour", "range_hash"], name="failure_count_once")]

    def __str__(self) -> str:
        return f"failures: {self.count}"


class FailureKey(models.Model):
    """The key under which ranges of addresses are hashed on one day. Without it nobody can try addresses out."""

    day = models.DateField(primary_key=True)
    key = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return "key of a day"


class ImportFile(models.Model):
    """A file of answers from elsewhere on its way to the worker, with what became of it.

    `sealed` is under a key that is stored nowhere: the page that showed the file carries it, and then the worker's
    task. It is emptied when the worker is done, and the row goes within a day, whatever happens.
    """

    class State(models.TextChoices):
        LOOKED_AT = "looked_at", _("looked at")
        WAITING = "waiting", _("waiting for the worker")
        IMPORTED = "imported", _("imported")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="import_files")
    sealed = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKED_AT)
    outcome = models.TextField(blank=True)
    forget_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed=b"") | Q(state__in=["looked_at", "waiting"]),
                name="import_file_done_is_emptied",
            )
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"
