"""Handing the invitation on to the right colleague: the address, once more to confirm, and what is true afterwards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from responses.access import NoInvitation, Visit, visit_of
from responses.actions.forward import Addresses, check_can_forward, check_domain, forward
from responses.actions.refusals import CannotForward
from responses.models import Invitation
from responses.views.over import FORWARDED, to_the_end
from responses.views.pages import respondent_page, respondent_render, turned_away

CONFIRMED = "confirmed"


class ForwardForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address of your colleague"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
        error_messages={
            "required": gettext_lazy("Type the e-mail address of your colleague"),
            "invalid": gettext_lazy("Type the e-mail address in full, such as name@example.org"),
            "max_length": gettext_lazy("An e-mail address has at most 254 characters"),
        },
    )
    use_required_attribute = False

    def __init__(self, invitation: Invitation, data: Any = None) -> None:
        super().__init__(data, label_suffix="", auto_id="%s")
        self.invitation = invitation

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        try:
            check_domain(self.invitation, email)
        except CannotForward as refusal:
            raise ValidationError(str(refusal)) from refusal
        return email


@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def forward_invitation(request: HttpRequest) -> HttpResponse:
    """The form, the page that asks once more, and the deed; each checks anew whether it may be done."""
    try:
        visit = visit_of(request)
    except NoInvitation as refusal:
        # A form that comes after the deed, or without its cookie, holds nothing worth keeping.
        return turned_away(request, refusal)
    try:
        check_can_forward(visit.invitation, timezone.now())
    except CannotForward as refusal:
        return _page(
            request, visit, {"refusal": str(refusal)}, status=409 if request.method == "POST" else 200
        )
    form = ForwardForm(visit.invitation, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, visit, {"form": form}, status=422 if form.is_bound else 200)
    if CONFIRMED not in request.POST:
        return _page(request, visit, {"email": form.cleaned_data["email"]})
    return _hand_on(request, visit, form)


def _hand_on(request: HttpRequest, visit: Visit, form: ForwardForm) -> HttpResponse:
    email: str = form.cleaned_data["email"]
    addresses = Addresses(
        link=lambda token: request.build_absolute_uri(reverse("responses:enter", args=[token])),
        genuine=request.build_absolute_uri(reverse("responses:genuine")),
        leave=lambda text: request.build_absolute_uri(reverse("responses:leave_list", args=[text])),
    )
    try:
        forward(invitation=visit.invitation, email=email, addresses=addresses, now=timezone.now())
    except CannotForward as refusal:
        form.add_error("email", str(refusal))
        return _page(request, visit, {"form": form}, status=409)
    return to_the_end(visit, FORWARDED)


def _page(request: HttpRequest, visit: Visit, context: dict[str, Any], status: int = 200) -> HttpResponse:
    wave = visit.wave
    domain = "" if wave.forward_anywhere else visit.invitation.email.rpartition("@")[2]
    return respondent_render(request, "respond/forward.html", visit, {"domain": domain} | context, status)
