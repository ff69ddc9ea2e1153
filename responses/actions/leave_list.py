"""No more e-mail, and e-mail again. Neither touches the personal link, and neither is dated or audited."""

from __future__ import annotations

from django.db.models import QuerySet

from responses.models import Invitation


def leave_list(*, invitation: Invitation) -> None:
    """The sealed link goes with it, since no reminder can need it."""
    _of_this_address(invitation).update(mail=Invitation.Mail.OPTED_OUT, mailed_token=b"")
    invitation.mail = Invitation.Mail.OPTED_OUT


def return_to_list(*, invitation: Invitation) -> None:
    """A reminder can come again; it names the earlier e-mail instead of the link, which is not kept any more."""
    left = _of_this_address(invitation).filter(mail=Invitation.Mail.OPTED_OUT)
    left.update(mail=Invitation.Mail.MAILED)
    invitation.mail = Invitation.Mail.MAILED


def _of_this_address(invitation: Invitation) -> QuerySet[Invitation]:
    """It may have been handed on in between; the next holder decides for themselves."""
    return Invitation.objects.filter(pk=invitation.pk, email=invitation.email)
