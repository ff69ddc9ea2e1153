"""The one door to a respondent's invitation, draft and questionnaire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import activate
from django.utils.translation import gettext as _

from responses import door
from responses.actions.refusals import DraftGone
from responses.actions.send import check_takes_ballots
from responses.actions.start import check_is_unanswered
from responses.drafts import Content, content_of, save
from responses.entry import session_key_in
from responses.models import Draft, Invitation
from responses.plans import Plan, plan_of
from responses.sealing import order_seed, token_hash
from surveys.definition import Definition
from surveys.models import Door, Questionnaire, Wave
from surveys.ordering import Shuffle
from surveys.queries import languages_of_wave
from surveys.wordings import fallbacks

LONGEST_TAG = 20


class NoInvitation(Exception):
    """Wrong, unknown, revoked or simply not there: all the same to whoever asks."""

    def __init__(self) -> None:
        super().__init__(_("There is no questionnaire under this address in this browser."))


class OtherDraft(Exception):
    """The form names a draft that is not the one of this link."""

    def __init__(self) -> None:
        super().__init__(_("The form that arrived belongs to another link. Nothing of it was saved."))


@dataclass(frozen=True)
class Visit:
    """A respondent at the door: who was invited (never shown), and the key that opens their draft.

    `wished`: the language that was chosen in this browser, if any.
    """

    key: bytes
    invitation: Invitation
    wished: str = ""

    @property
    def wave(self) -> Wave:
        return self.invitation.wave

    @property
    def questionnaire(self) -> Questionnaire:
        return self.wave.questionnaire

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """What the respondent can choose from: the questionnaire's own language, then those that are open."""
        return languages_of_wave(self.wave)

    @cached_property
    def plan(self) -> Plan:
        wishes = (*fallbacks(self.wished), *fallbacks(self.invitation.language))
        language = next((tag for tag in wishes if tag in self.languages), self.questionnaire.language)
        return plan_of(self.wave, language)

    @property
    def definition(self) -> Definition:
        return self.plan.definition

    @property
    def language(self) -> str:
        """The language of the texts, which need not be the one that was wished for."""
        return self.definition.language

    @property
    def needs_come_back_code(self) -> bool:
        """Whether a code of its own locks the draft, because others know what opens the door."""
        return self.invitation.door != Door.EMAIL

    @property
    def has_draft(self) -> bool:
        return hasattr(self.invitation, "draft")

    @property
    def draft(self) -> Draft:
        """The draft of the invitation; DraftGone when there is none."""
        if not self.has_draft:
            raise DraftGone
        return self.invitation.draft

    @property
    def shuffle(self) -> Shuffle:
        return Shuffle(order_seed(self.key))

    def content(self) -> Content:
        return content_of(self.draft, session_key=self.key, size=self.questionnaire.ballot_size)

    def save(self, content: Content) -> None:
        save(self.draft, content, session_key=self.key, size=self.questionnaire.ballot_size)


def visit_by(key: bytes | None, wished: str = "") -> Visit:
    """The visit that a session key opens. Nothing is written."""
    if key is None:
        raise NoInvitation
    invitation = door.find(token_hash(key))
    if invitation is None:
        raise NoInvitation
    return Visit(key, invitation, wished)


def visit_of(request: HttpRequest) -> Visit:
    """The visit of this browser. From here on the page speaks the language of its questionnaire."""
    visit = visit_by(session_key_in(request), wished_by(request))
    activate(visit.language)
    return visit


def waiting_of(request: HttpRequest) -> Visit | None:
    """The visit of somebody who came by a code or a portal and has begun before: their come-back code is missing.

    Its key opens no draft.
    """
    key = session_key_in(request)
    if key is None:
        return None
    found = Invitation.objects.select_related("wave__questionnaire", "draft")
    invitation = found.filter(entry_hash=token_hash(key), draft__isnull=False).first()
    if invitation is None:
        return None
    visit = Visit(key, invitation, wished_by(request))
    activate(visit.language)
    return visit


def wished_by(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")[:LONGEST_TAG]


def answering(request: HttpRequest, now: datetime) -> Visit:
    """A visit that may go on with its draft; otherwise the refusal that says why not."""
    visit = visit_of(request)
    _check_goes_on(visit, now)
    return visit


def saving(request: HttpRequest, now: datetime) -> Visit:
    """As `answering`, with the draft locked: other pages of the same respondent wait. Needs a transaction."""
    assert transaction.get_connection().in_atomic_block
    key = session_key_in(request)
    if key is None:
        raise NoInvitation
    invitation = door.find_and_lock(token_hash(key))
    if invitation is None:
        return _without_a_draft(request, now)
    visit = Visit(key, invitation, wished_by(request))
    activate(visit.language)
    _check_goes_on(visit, now)
    return visit


def _without_a_draft(request: HttpRequest, now: datetime) -> Visit:
    """The refusal of a visit without a draft; unless the draft came only just now, which is locked then."""
    visit = answering(request, now)
    lock_draft(visit)
    return visit


def _check_goes_on(visit: Visit, now: datetime) -> None:
    check_is_unanswered(visit.invitation)
    check_takes_ballots(visit.wave, now)
    if not visit.has_draft:
        raise DraftGone


def check_names_draft(visit: Visit, named: str) -> None:
    if str(visit.draft.pk) != named:
        raise OtherDraft


def lock_draft(visit: Visit) -> None:
    """Wait for other pages of the same respondent, and read the draft as they left it. Needs a transaction."""
    assert transaction.get_connection().in_atomic_block
    draft = Draft.objects.select_for_update().filter(invitation_id=visit.invitation.pk).first()
    if draft is None:
        raise DraftGone
    visit.invitation.draft = draft
