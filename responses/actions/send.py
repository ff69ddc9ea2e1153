from __future__ import annotations

from datetime import datetime

from django.db import transaction

from responses import ballots
from responses.actions.refusals import DraftGone, WaveClosed, WaveNotOpenYet
from responses.actions.start import check_is_unanswered
from responses.models import Ballot, Draft, Invitation
from responses.sealing import seal_ballot
from surveys.actions.waves import in_grace, is_open
from surveys.answers import Answers
from surveys.definition import Unit
from surveys.models import Wave
from surveys.queries import definition_of
from surveys.routing import final_answers


def send(
    *,
    invitation: Invitation,
    draft: Draft,
    answers: Answers,
    receipt: str,
    now: datetime,
    language: str = "",
) -> None:
    """Put finished answers into the box and forget the draft, once, however often it is asked for.

    The language of the pages goes in with them, sealed: whoever reads a text later has to know it.
    """
    if not _is_sent(invitation):
        wave = Wave.objects.select_related("questionnaire", "key").get(pk=invitation.wave_id)
        check_takes_ballots(wave, now)
        _put_into_box(invitation, wave, draft, _sealed(wave, answers, receipt, language))
    invitation.state = Invitation.State.FINISHED


def _is_sent(invitation: Invitation) -> bool:
    return Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.FINISHED).exists()


@transaction.atomic
def _put_into_box(invitation: Invitation, wave: Wave, draft: Draft, sealed: bytes) -> None:
    """Under the lock and only there it is decided who was first: a second press, or a colleague, finds it decided."""
    own, colleagues = _lock(invitation, wave)
    if own.state == Invitation.State.FINISHED:
        return
    check_is_unanswered(own)
    _take_draft(own, draft)
    Ballot.objects.create(wave=wave, sealed=sealed)
    _finish(own, colleagues)


def check_takes_ballots(wave: Wave, now: datetime) -> None:
    """A draft there is was begun before the close, so that the grace is for whoever has one."""
    if is_open(wave, now) or in_grace(wave, now):
        return
    raise WaveNotOpenYet(wave) if now < wave.opens_at else WaveClosed


def _sealed(wave: Wave, answers: Answers, receipt: str, language: str) -> bytes:
    questionnaire = wave.questionnaire
    definition = definition_of(questionnaire)
    final = final_answers(definition, answers)
    ballots.check(definition, final)
    payload = ballots.payload(definition, final, receipt, language)
    return seal_ballot(payload, public_key=wave.key.public_key, size=questionnaire.ballot_size)


def _lock(invitation: Invitation, wave: Wave) -> tuple[Invitation, list[Invitation]]:
    """The invitation and those of its unit, locked in one order, so that colleagues never wait for each other."""
    of_unit = Invitation.objects.filter(wave=wave, unit=invitation.unit)
    answers_once = invitation.unit and wave.questionnaire.unit == Unit.ORGANISATION
    wanted = of_unit if answers_once else Invitation.objects.filter(pk=invitation.pk)
    locked = list(wanted.order_by("pk").select_for_update())
    own = next(one for one in locked if one.pk == invitation.pk)
    return own, [one for one in locked if one.pk != own.pk]


def _take_draft(own: Invitation, draft: Draft) -> None:
    taken, _by_model = Draft.objects.filter(pk=draft.pk, invitation=own).delete()
    if not taken:
        raise DraftGone


def _finish(own: Invitation, colleagues: list[Invitation]) -> None:
    """The state alone: no time, no day. The sealed link goes in the same statement: no reminder can need it."""
    Invitation.objects.filter(pk=own.pk).update(state=Invitation.State.FINISHED, mailed_token=b"")
    others = [one.pk for one in colleagues]
    Draft.objects.filter(invitation__in=others).delete()
    Invitation.objects.filter(pk__in=others).update(state=Invitation.State.CLOSED, mailed_token=b"")
