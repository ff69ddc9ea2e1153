"""What a member of staff does with the own second step: look, make new recovery codes, change the device.

Every change asks for a code that holds now: a browser left alone shall not be enough.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions.second_factor import has_second_factor, renew_recovery_codes
from accounts.forms import CodeForm
from accounts.models import RecoveryCode
from accounts.pages import StaffRequest, form_page, posted, show
from accounts.sessions import forget_secret, offer_secret, offered_secret
from accounts.views.log_in import set_up_context, show_recovery_codes
from accounts.views.typed_codes import code_is_taken, enrolled


@require_safe
def second_step(request: StaffRequest) -> HttpResponse:
    context = {
        "title": _("Your second step"),
        "here": "account",
        "has_one": has_second_factor(request.user),
        "codes_left": RecoveryCode.objects.filter(user=request.user).count(),
    }
    return show(request, "staff/second_step.html", context)


@require_http_methods(["GET", "POST"])
def recovery_codes(request: StaffRequest) -> HttpResponse:
    form = CodeForm(posted(request))
    if code_is_taken(request, request.user, form):
        fresh = renew_recovery_codes(user=request.user, by=request.user, now=timezone.now())
        return show_recovery_codes(request, fresh, reverse("accounts:second_step"))
    context = {
        "title": _("Make new recovery codes"),
        "here": "account",
        "intro": _("You get ten new ones. Those you have now are worth nothing from then on."),
        "button": _("Make new codes"),
        "back": reverse("accounts:second_step"),
        "back_label": _("Your second step"),
    }
    return form_page(request, "staff/form.html", context, form)


@require_http_methods(["GET", "POST"])
def change_device(request: StaffRequest) -> HttpResponse:
    """First the code of the old device, or a recovery code; then the square for the new one."""
    form = CodeForm(posted(request))
    if code_is_taken(request, request.user, form):
        offer_secret(request, request.user)
        return redirect("accounts:new_device")
    context = {
        "title": _("Set up another device"),
        "here": "account",
        "intro": _("Type a code of the device you use now. The next page shows the square for the new one."),
        "button": _("Go on"),
        "back": reverse("accounts:second_step"),
        "back_label": _("Your second step"),
    }
    return form_page(request, "staff/form.html", context, form)


@require_http_methods(["GET", "POST"])
def new_device(request: StaffRequest) -> HttpResponse:
    secret = offered_secret(request, request.user)
    if secret is None:
        return redirect("accounts:change_device")
    form = CodeForm(posted(request), recovery=False)
    fresh = enrolled(request.user, secret, form, replace=True)
    if fresh is not None:
        forget_secret(request)
        messages.success(request, _("The new device is set up. The old one is worth nothing any more."))
        return show_recovery_codes(request, fresh, reverse("accounts:second_step"))
    context = set_up_context(secret, request.user) | {
        "title": _("Set up another device"),
        "here": "account",
        "back": reverse("accounts:second_step"),
        "back_label": _("Your second step"),
    }
    return form_page(request, "staff/set_up.html", context, form)
