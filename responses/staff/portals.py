"""The register of partners' portals: who they are, which waves they may enter, and the keys that they sign with."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted, show
from accounts.permissions import require
from responses.actions import portal as actions
from responses.models import Portal, PortalKey
from surveys.models import Door, Wave

FORM = "staff/form.html"


class WavesForm(StaffForm):
    waves = forms.ModelMultipleChoiceField(
        Wave.objects.none(),
        label=gettext_lazy("Waves that it may enter"),
        help_text=gettext_lazy("Only waves whose door for portals is open are listed."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waves = self.fields["waves"]
        assert isinstance(waves, forms.ModelMultipleChoiceField)
        waves.queryset = Wave.objects.filter(doors__contains=[Door.PORTAL]).select_related(
            "questionnaire", "edition"
        )


class PortalForm(WavesForm):
    field_order = ("name", "issuer", "audience", "waves")
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type what the portal is called.")},
    )
    issuer = forms.CharField(
        label=gettext_lazy("Issuer"),
        help_text=gettext_lazy("The value of “iss” in its tokens, such as https://portal.example.org."),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the issuer that its tokens name.")},
    )
    audience = forms.CharField(
        label=gettext_lazy("Audience"),
        help_text=gettext_lazy(
            "The value of “aud” that its tokens must have, such as the address of this site."
        ),
        max_length=200,
        error_messages={"required": gettext_lazy("Type the audience that its tokens must name.")},
    )


class KeyForm(StaffForm):
    kid = forms.CharField(
        label=gettext_lazy("Key id"),
        help_text=gettext_lazy("The value of “kid” in the header of its tokens."),
        max_length=100,
        error_messages={"required": gettext_lazy("Type the id of the key.")},
    )
    public_key = forms.CharField(
        label=gettext_lazy("Public key"),
        help_text=gettext_lazy(
            "Ed25519, as PEM or as the x of a JSON Web Key. Never paste a private key here."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "dir": "ltr"}),
        error_messages={"required": gettext_lazy("Paste the public key.")},
    )


@require("wave.manage")
@require_safe
def portals(request: StaffRequest) -> HttpResponse:
    context = {
        **from_dashboard(),
        "title": _("Portals of partners"),
        "portals": Portal.objects.prefetch_related("waves__questionnaire", "waves__edition"),
    }
    return show(request, "staff/portals.html", context)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def new_portal(request: StaffRequest) -> HttpResponse:
    form = PortalForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register_portal(**form.cleaned_data, by=request.user, now=timezone.now())
        except actions.PortalExists as refusal:
            form.add_error("issuer", str(refusal))
        else:
            messages.success(request, _("The portal is registered. It lets nobody in before it has a key."))
            return redirect("invitations:portal", made.pk)
    context = {**from_portals(), "title": _("New portal"), "button": _("Register the portal")}
    return form_page(request, FORM, context, form)


@require("wave.manage")
@require_safe
def portal(request: StaffRequest, portal_id: int) -> HttpResponse:
    found = get_object_or_404(Portal, pk=portal_id)
    waves = found.waves.select_related("questionnaire", "edition")
    context = {
        **from_portals(),
        "title": found.name,
        "portal": found,
        "waves": [(wave, entry_address(request, wave)) for wave in waves],
        "keys": [(key, fingerprint(key)) for key in found.keys.all()],
    }
    return show(request, "staff/portal.html", context)


def entry_address(request: StaffRequest, wave: Wave) -> str:
    return request.build_absolute_uri(reverse("responses:portal", args=[wave.pk]))


def fingerprint(key: PortalKey) -> str:
    """Enough to compare on the telephone with what the portal has."""
    digest = hashlib.sha256(bytes(key.public_key)).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def change_waves(request: StaffRequest, portal_id: int) -> HttpResponse:
    found = get_object_or_404(Portal, pk=portal_id)
    form = WavesForm(posted(request), initial={"waves": found.waves.all()})
    if request.method == "POST" and form.is_valid():
        actions.set_portal_waves(
            portal=found, waves=form.cleaned_data["waves"], by=request.user, now=timezone.now()
        )
        messages.success(request, _("The waves of the portal were saved."))
        return redirect("invitations:portal", found.pk)
    context = {
        **from_portal(found),
        "title": _("Waves of %(portal)s") % {"portal": found},
        "button": _("Save"),
    }
    return form_page(request, FORM, context, form)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def new_key(request: StaffRequest, portal_id: int) -> HttpResponse:
    found = get_object_or_404(Portal, pk=portal_id)
    form = KeyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_portal_key(portal=found, **form.cleaned_data, by=request.user, now=timezone.now())
        except actions.PortalKeyExists as refusal:
            form.add_error("kid", str(refusal))
        except actions.NotAnEd25519Key as refusal:
            form.add_error("public_key", str(refusal))
        else:
            messages.success(request, _("The key was added. Compare its fingerprint with the portal's."))
            return redirect("invitations:portal", found.pk)
    context = {
        **from_portal(found),
        "title": _("New key of %(portal)s") % {"portal": found},
        "button": _("Add the key"),
    }
    return form_page(request, FORM, context, form)


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def retire_key(request: StaffRequest, portal_id: int, key_id: int) -> HttpResponse:
    key = get_object_or_404(PortalKey.objects.select_related("portal"), pk=key_id, portal_id=portal_id)
    if request.method == "POST":
        actions.retire_portal_key(key=key, by=request.user, now=timezone.now())
        messages.success(request, _("The key is retired."))
        return redirect("invitations:portal", key.portal_id)
    context = {
        **from_portal(key.portal),
        "title": _("Retire the key %(kid)s") % {"kid": key.kid},
        "button": _("Retire the key"),
        "button_class": "button-danger",
        "consequences": [
            _("From now on nobody comes in with a token that this key has signed. That cannot be undone."),
            _("People who are in already can go on; to come back they need a token of another key."),
        ],
    }
    return show(request, "staff/confirm.html", context)


def from_dashboard() -> dict[str, Any]:
    return {"here": "dashboard", "back": reverse("staff:dashboard"), "back_label": _("Waves")}


def from_portals() -> dict[str, Any]:
    return {
        "here": "dashboard",
        "back": reverse("invitations:portals"),
        "back_label": _("Portals of partners"),
    }


def from_portal(found: Portal) -> dict[str, Any]:
    return {
        "here": "dashboard",
        "back": reverse("invitations:portal", args=[found.pk]),
        "back_label": found.name,
    }
