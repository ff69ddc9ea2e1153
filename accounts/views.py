from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.actions import PasswordTooWeak, change_password
from accounts.forms import LogInForm, PasswordForm
from accounts.pages import REFUSED, StaffRequest, form_page, posted


@method_decorator(never_cache, name="dispatch")
class LogIn(LoginView):
    """Django's log-in (it changes the session's key), with an audit row."""

    template_name = "staff/log_in.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True
    next_page = "staff:dashboard"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        login(self.request, user)
        audit.record("staff.logged_in", by=user, now=timezone.now(), target=user)
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=REFUSED)


@require_POST
def log_out(request: StaffRequest) -> HttpResponse:
    audit.record("staff.logged_out", by=request.user, now=timezone.now(), target=request.user)
    logout(request)
    return redirect("accounts:login")


@require_http_methods(["GET", "POST"])
def password(request: StaffRequest) -> HttpResponse:
    form = PasswordForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            change_password(
                user=request.user, password=form.cleaned_data["new"], by=request.user, now=timezone.now()
            )
        except PasswordTooWeak as refusal:
            form.add_error("new", str(refusal))
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("Your password was changed. Other browsers are logged out."))
            return redirect("staff:dashboard")
    context = {"title": _("Change your password"), "button": _("Change the password"), "here": "password"}
    return form_page(request, "staff/form.html", context, form)
