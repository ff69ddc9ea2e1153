"""The one door to a respondent's invitation, draft and questionnaire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import activate
from django.utils.translation import gettext as _

from responses.actions.refusals import DraftGone
from responses.actions.send import check_takes_ballots
from responses.actions.start import check_is_unanswered
from responses.drafts import Content, content_of, save
from responses.entry import session_key_in
from responses.journey import Plan, plan_of
from responses.models import Draft, Invitation
from responses.sealing import order_seed, token_hash
from surveys.definition import Definition
from surveys.models import Questionnaire, Wave
from surveys.ordering import Shuffle
from surveys.queries import definition_of


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
    """A respondent at the door: who was invited (never shown), and the key that opens their draft."""

    key: bytes
    invitation: Invitation

    @property
    def wave(self) -> Wave:
        return self.invitation.wave

    @property
    def questionnaire(self) -> Questionnaire:
        return self.wave.questionnaire

    @cached_property
    def plan(self) -> Plan:
        return plan_of(definition_of(self.questionnaire, self.invitation.language))

    @property
    def definition(self) -> Definition:
        return self.plan.definition

    @property
    def language(self) -> str:
        """The language of the texts, which need not be the one that was wished for."""
        return self.definition.language

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


def visit_by(key: bytes | None) -> Visit:
    """The visit that a session key opens. Nothing is written."""
    if key is None:
        raise NoInvitation
    found = Invitation.objects.select_related("wave__questionnaire", "draft")
    invitation = found.filter(token_hash=token_hash(key)).first()
    if invitation is None:
        raise NoInvitation
    return Visit(key, invitation)


def visit_of(request: HttpRequest) -> Visit:
    """The visit of this browser. From here on the page speaks the language of its questionnaire."""
    visit = visit_by(session_key_in(request))
    activate(visit.language)
    return visit


def answering(request: HttpRequest, now: datetime) -> Visit:
    """A visit that may go on with its draft; otherwise the refusal that says why not."""
    visit = visit_of(request)
    check_is_unanswered(visit.invitation)
    check_takes_ballots(visit.wave, now)
    if not visit.has_draft:
        raise DraftGone
    return visit


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
