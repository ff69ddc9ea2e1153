"""Trying, starting, holding and ending a mailing: each confirmed on a page that says what will happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.pages import StaffRequest, refuse, show
from accounts.permissions import require
from responses.actions import mailings as actions
from responses.actions.keys import WorkerOutOfReach
from responses.actions.mail_key import request_mail_key
from responses.actions.refusals import MailNotSetUp
from responses.mail import keys, recipients
from responses.mail.models import Mailing, Message
from responses.staff.mailings import from_mailing, get_mailing_or_404, site_of, wanted_language
from responses.texts import own_name

CONFIRM = "staff/confirm.html"
REFUSALS = (actions.MailingRefused, actions.TrialMailNotSent, MailNotSetUp, keys.NoMailKey)


@require("mail.send")
@require_http_methods(["GET", "POST"])
def test(request: StaffRequest, mailing_id: int) -> HttpResponse:
    found = get_mailing_or_404(mailing_id)
    language = wanted_language(request, found)

    def send() -> str:
        actions.send_test(
            mailing=found, language=language, site=site_of(request), by=request.user, now=timezone.now()
        )
        return _("The test message is on its way to %(address)s.") % {"address": request.user.email}

    consequences = [
        _("The message goes to %(address)s and to nobody else.") % {"address": request.user.email},
        _("Its links look like those of the invited, and open nothing."),
    ]
    context = {
        "title": _("Send a test message in %(language)s") % {"language": own_name(language)},
        "button": _("Send it to me"),
    }
    return changed(request, found, context, consequences, send)


@require("mail.send")
@require_http_methods(["GET", "POST"])
def start(request: StaffRequest, mailing_id: int) -> HttpResponse:
    found = get_mailing_or_404(mailing_id)
    total = recipients.of(found).count() if found.state == Mailing.State.DRAFT else 0

    def begin() -> str:
        actions.start(mailing=found, site=site_of(request), by=request.user, now=timezone.now())
        return _("The mailing was started.")

    consequences = [
        ngettext(
            "One person is written to, at the pace and in the hours that you chose.",
            "%(count)s people are written to, at the pace and in the hours that you chose.",
            total,
        )
        % {"count": total},
        _("The links in it begin with %(site)s.") % {"site": site_of(request)},
        _("The texts cannot be changed after that. It can be paused, and stopped for good."),
    ]
    if found.kind == Mailing.Kind.REMINDER:
        consequences.insert(
            1, _("Those who have answered or declined by then are left out, and nobody sees how many.")
        )
    return changed(
        request, found, {"title": _("Start this mailing"), "button": _("Start sending")}, consequences, begin
    )


@require("mail.send")
@require_http_methods(["GET", "POST"])
def pause(request: StaffRequest, mailing_id: int) -> HttpResponse:
    found = get_mailing_or_404(mailing_id)

    def hold() -> str:
        actions.pause(mailing=found, by=request.user, now=timezone.now())
        return _("The mailing is paused.")

    consequences = [_("A message that is being handed over is finished; then nothing goes until you go on.")]
    return changed(
        request, found, {"title": _("Pause this mailing"), "button": _("Pause")}, consequences, hold
    )


@require("mail.send")
@require_http_methods(["GET", "POST"])
def go_on(request: StaffRequest, mailing_id: int) -> HttpResponse:
    found = get_mailing_or_404(mailing_id)

    def release() -> str:
        actions.go_on(mailing=found, by=request.user, now=timezone.now())
        return _("The mailing goes on.")

    consequences = [_("Everybody who waits is written to. After a soft launch that is everybody else.")]
    return changed(
        request, found, {"title": _("Go on with this mailing"), "button": _("Go on")}, consequences, release
    )


@require("mail.send")
@require_http_methods(["GET", "POST"])
def stop(request: StaffRequest, mailing_id: int) -> HttpResponse:
    found = get_mailing_or_404(mailing_id)

    def end() -> str:
        actions.stop(mailing=found, by=request.user, now=timezone.now())
        return _("The mailing was stopped.")

    context = {
        "title": _("Stop this mailing"),
        "button": _("Stop it for good"),
        "button_class": "button-danger",
    }
    consequences = [_("Whoever waits gets nothing from this mailing. A later one can write to them.")]
    return changed(request, found, context, consequences, end)


@require("mail.send")
@require_http_methods(["GET", "POST"])
def again(request: StaffRequest, mailing_id: int, what: str) -> HttpResponse:
    found = get_mailing_or_404(mailing_id)

    def repeat() -> str:
        actions.send_again(mailing=found, what=what, by=request.user, now=timezone.now())
        return _("They are sent again.")

    warning = _("Some of these people may get the message twice: nobody can tell whether it arrived.")
    if what == Message.State.FAILED:
        warning = _("The mail server refused these addresses. Send again only if the reason is gone.")
    context = {"title": _("Send again"), "button": _("Send again")}
    return changed(request, found, context, [warning], repeat)


@require("mail.send")
@require_http_methods(["GET", "POST"])
def mail_key(request: StaffRequest) -> HttpResponse:
    context = {
        "here": "dashboard",
        "title": _("Ask for the mail key"),
        "back": reverse("staff:dashboard"),
        "back_label": _("Waves"),
        "button": _("Ask for the key"),
        "consequences": [
            _(
                "The mail worker makes one pair of keys for this installation. Links are kept sealed with one half."
            ),
            _(
                "Its own half is a file. Whoever loses it can send no reminder for the links that were sealed before."
            ),
            _(
                "Whoever has that file and the database can open links that are not used yet. Keep them apart."
            ),
        ],
    }
    if request.method == "POST":
        try:
            request_mail_key(by=request.user, now=timezone.now())
        except WorkerOutOfReach as refusal:
            return refuse(request, CONFIRM, context, [refusal])
        messages.success(request, _("The mail worker was asked for the key."))
        return redirect("staff:dashboard")
    return show(request, CONFIRM, context)


def changed(
    request: StaffRequest,
    found: Mailing,
    context: dict[str, Any],
    consequences: list[str],
    deed: Callable[[], str],
) -> HttpResponse:
    """The page that asks, and the deed."""
    context = {**from_mailing(found), **context, "consequences": consequences}
    if request.method != "POST":
        return show(request, CONFIRM, context)
    try:
        messages.success(request, deed())
    except REFUSALS as refusal:
        return refuse(request, CONFIRM, context, [refusal])
    return redirect("invitations:mailing", found.pk)
