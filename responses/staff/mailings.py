"""Mailings of a wave: prepared, looked at, tried, started and held. Every change is confirmed on a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, form_page, posted, show
from accounts.permissions import require
from responses.actions import mailings as actions
from responses.mail import keys, recipients
from responses.mail.letters import Letters
from responses.mail.models import Mailing
from responses.mail.texts import PLACES, TextNotUsable
from responses.staff.forms import MailingForm, MailingTextForm, NewMailingForm
from responses.staff.views import from_wave
from responses.texts import own_name
from surveys.access import get_wave_or_404
from surveys.queries import languages_of_wave

FORM = "staff/form.html"
LOOK = ("invitation.upload", "mail.send")
RULES = ("pace", "window_from", "window_until", "soft_launch")


@require(*LOOK)
@require_safe
def of_wave(request: StaffRequest, wave_id: Any) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    context = {
        **from_wave(wave),
        "title": _("Mailings of %(wave)s") % {"wave": wave},
        "mailings": [(each, recipients.progress(each)) for each in wave.mailings.order_by("-pk")],
        "not_taking": recipients.not_taking(wave),
        "has_mail_key": keys.has_key(),
    }
    return show(request, "staff/mailings.html", context)


@require("mail.send")
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest, wave_id: Any) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    form = NewMailingForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = actions.prepare(wave=wave, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The mailing was prepared. Nothing is sent before you start it."))
        return redirect("invitations:mailing", made.pk)
    context = {
        **from_wave(wave),
        "title": _("New mailing of %(wave)s") % {"wave": wave},
        "button": _("Prepare the mailing"),
    }
    return form_page(request, FORM, context, form)


@require(*LOOK)
@require_safe
def mailing(request: StaffRequest, mailing_id: int) -> HttpResponse:
    """How far it is; and, before it is started, whom it would go to and what they would read."""
    found = get_mailing_or_404(mailing_id)
    found.site = found.site or site_of(request)
    is_draft = found.state == Mailing.State.DRAFT
    progress = recipients.progress(found)
    language = wanted_language(request, found)
    run = recipients.dry_run(found) if is_draft else None
    context = {
        **from_wave(found.wave),
        "title": title_of(found),
        "mailing": found,
        "is_draft": is_draft,
        "run": run,
        "run_languages": [(own_name(tag), count) for tag, count in run.languages] if run else [],
        "progress": progress,
        "again": [(state, count) for state, _label, count in progress if state in actions.AGAIN and count],
        "letter": Letters(found).sample(language=language),
        "language": language,
        "languages": languages_shown(found),
        "has_mail_key": keys.has_key(),
    }
    return show(request, "staff/mailing.html", context)


@require("mail.send")
@require_http_methods(["GET", "POST"])
def rules(request: StaffRequest, mailing_id: int) -> HttpResponse:
    found = get_mailing_or_404(mailing_id)
    form = MailingForm(posted(request), initial={name: getattr(found, name) for name in RULES})
    context = {**from_mailing(found), "title": _("Pace and hours"), "button": _("Save")}
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_rules(mailing=found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except actions.MailingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rules were saved."))
            return redirect("invitations:mailing", found.pk)
    return form_page(request, FORM, context, form)


@require("mail.send")
@require_http_methods(["GET", "POST"])
def text(request: StaffRequest, mailing_id: int) -> HttpResponse:
    found = get_mailing_or_404(mailing_id)
    language = wanted_language(request, found)
    subject, body = Letters(found).words(language)
    form = MailingTextForm(posted(request), initial={"subject": subject, "body": body})
    context = {
        **from_mailing(found),
        "title": _("Text in %(language)s") % {"language": own_name(language)},
        "intro": _("These places are filled for each person: %(places)s. An empty line ends a paragraph.")
        % {"places": ", ".join(f"{{{place}}}" for place in PLACES)},
        "button": _("Save"),
        "language": language,
    }
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        try:
            actions.write_text(mailing=found, language=language, by=request.user, now=timezone.now(), **words)
        except TextNotUsable as refusal:
            form.add_error(refusal.field, str(refusal))
        except actions.MailingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The text was saved."))
            return redirect("invitations:mailing", found.pk)
    return form_page(request, "staff/mailing_text.html", context, form)


def get_mailing_or_404(mailing_id: int) -> Mailing:
    known = Mailing.objects.select_related("wave__questionnaire", "wave__edition")
    return get_object_or_404(known, pk=mailing_id)


def title_of(found: Mailing) -> str:
    kind = {Mailing.Kind.INVITATION: _("Invitation"), Mailing.Kind.REMINDER: _("Reminder")}
    return _("%(kind)s %(number)s of %(wave)s") % {
        "kind": kind[Mailing.Kind(found.kind)],
        "number": found.pk,
        "wave": found.wave,
    }


def from_mailing(found: Mailing) -> dict[str, Any]:
    return {
        **from_wave(found.wave),
        "mailing": found,
        "back": reverse("invitations:mailing", args=[found.pk]),
        "back_label": title_of(found),
    }


def site_of(request: StaffRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def wanted_language(request: StaffRequest, found: Mailing) -> str:
    wanted = request.POST.get("language") or request.GET.get("language", "")
    languages = languages_of_wave(found.wave)
    return wanted if wanted in languages else languages[0]


def languages_shown(found: Mailing) -> list[tuple[str, str]]:
    return [(tag, own_name(tag)) for tag in languages_of_wave(found.wave)]
