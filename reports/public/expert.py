"""The page behind an expert's private link: the figures of the section, the comment, what became of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language, get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import StaffForm
from reports import compositions
from reports.actions import experts as actions
from reports.composing import starting_text
from reports.composing.places import article_body
from reports.content import content_of
from reports.differing import pieces
from reports.expert_form import ExpertForm, left_out
from reports.models import ExpertLink, ExpertWord, Table
from reports.public.editorial import SOURCE
from reports.public.pages import ReleaseFacts, report_page

PAGE = "public/expert.html"
REFUSED = 422


class WritingForm(ExpertForm):
    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        help_text=gettext_lazy(
            "Some sentences in your own words. An editor may shorten it; you see every change before it is published."
        ),
        max_length=ExpertWord.MOST,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": gettext_lazy("Write the comment first.")},
    )
    field_order = ("text", "interests", "portrait", "without_portrait")


class ApprovalForm(StaffForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    interests = ExpertForm.base_fields["interests"]
    agrees = forms.BooleanField(
        label=gettext_lazy(
            "I agree to be named with these very words, and with the portrait if there is one"
        ),
        error_messages={"required": gettext_lazy("Tick the box if you agree to be named with these words.")},
    )


View = Callable[[HttpRequest, str], HttpResponse]


def behind_the_link(view: View) -> View:
    """What its holder alone sees, kept by no cache, or a polite page that says that the link is not good."""

    @login_not_required
    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except actions.LinkEnded as refusal:
            response = render(request, "public/not_found.html", {"sentence": str(refusal)}, status=404)
        add_never_cache_headers(response)
        return response

    return wrapped


@behind_the_link
@require_http_methods(["GET", "POST"])
def expert(request: HttpRequest, token: str) -> HttpResponse:
    return _page(request, token, actions.opened(token=token, now=timezone.now()))


@behind_the_link
@require_safe
def portrait(request: HttpRequest, token: str) -> HttpResponse:
    """The expert's own picture, as it is kept."""
    kept = actions.portrait_behind(token=token, now=timezone.now())
    return HttpResponse(bytes(kept.content), content_type="image/jpeg")


def _page(request: HttpRequest, token: str, link: ExpertLink) -> HttpResponse:
    newest = actions.last(link)
    approving = "approve" in request.POST
    posted = request.POST if request.method == "POST" else None
    interests = newest.interests if newest is not None else ""
    writing = WritingForm(
        None if approving else posted,
        None if approving else request.FILES or None,
        initial={"text": newest.text if newest is not None else "", "interests": interests},
        left_out=left_out(request),
    )
    writing.shown(newest.portrait if newest is not None else None)
    approval = ApprovalForm(
        posted if approving else None,
        auto_id="approval_%s",
        initial={"seen": newest.pk if newest is not None else 0, "interests": interests},
    )
    form = approval if approving else writing
    problems = []
    if posted is not None and form.is_valid():
        try:
            return _take(request, token, form.cleaned_data, approving=approving)
        except actions.REFUSALS as refusal:
            problems = [str(refusal)]
    context = {
        **_context(link, newest),
        "own_portrait": reverse("reports:expert_portrait", args=[token])
        if newest and newest.portrait
        else "",
        "form": form,
        "writing": writing,
        "approval": approval,
        "approving": approving,
        "problems": problems,
    }
    refused = bool(problems or (posted is not None and form.errors))
    return render(request, PAGE, context, status=REFUSED if refused else 200)


def _take(request: HttpRequest, token: str, values: dict[str, Any], *, approving: bool) -> HttpResponse:
    now = timezone.now()
    if approving:
        actions.approve(token=token, seen=values["seen"], interests=values["interests"], now=now)
        messages.success(request, _("Thank you. These words stand in the report as you have agreed to them."))
    else:
        actions.write(
            token=token,
            text=values["text"],
            interests=values["interests"],
            now=now,
            picture=values["portrait"],
            without_portrait=values.get("without_portrait", False),
        )
        messages.success(
            request, _("Thank you. An editor reads it; come back by the same link to approve it.")
        )
    return redirect("reports:expert", token)


def _context(link: ExpertLink, newest: ExpertWord | None) -> dict[str, Any]:
    place = next((one for one in compositions.places(link.edition) if one.key == link.place), None)
    found: dict[str, Any] = {
        "title": place.title if place is not None else "",
        "link": link,
        "newest": newest,
        "views": [],
    }
    if newest is not None and newest.kind == ExpertWord.Kind.EDITED:
        found["changes"] = pieces(actions.said(link).text, newest.text)
    if link.place.startswith("article."):
        stored = compositions.texts_of(link.edition).get(link.place, {}).get(SOURCE)
        found["article"] = article_body(stored.text if stored else starting_text(link.place))
    elif place is not None and Table.objects.filter(wave__edition=link.edition).exists():
        found |= _figures(link)
    return found


def _figures(link: ExpertLink) -> dict[str, Any]:
    """Those of the section, as a release that is asked for now would show them."""
    _section, questionnaire, key = link.place.split(".", 2)
    facts = ReleaseFacts(
        number=None,
        content_hash="",
        published_at=None,
        watermark=_("Personal copy of %(whose)s, not public yet") % {"whose": link.name},
    )
    page = report_page(
        content_of(link.edition),
        facts=facts,
        right_to_left=get_language_bidi(),
        with_breakdowns=True,
        only=questionnaire,
    )
    sections = (section for part in page.parts for section in part.sections)
    views = next((section.figures for section in sections if section.key == f"{questionnaire}-{key}"), ())
    return {"page": page, "views": views, "synthetic": page.report.synthetic, "language": get_language()}
