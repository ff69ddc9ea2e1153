"""Log-in in two steps, log-out and the change of the password."""

from __future__ import annotations

from functools import wraps
from typing import Any, Protocol

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit, codes
from accounts.actions.log_in import WrongPair, try_password
from accounts.actions.second_factor import has_second_factor
from accounts.actions.staff import PasswordTooWeak, change_password
from accounts.forms import CodeForm, LogInForm, PasswordForm
from accounts.models import User
from accounts.pages import StaffRequest, form_page, posted, show
from accounts.sessions import Half, begin_half, enter, half_of, offer_secret, offered_secret, was_begun
from accounts.throttle import TooManyFailures
from accounts.views.typed_codes import code_is_taken, enrolled
from accounts.visitors import remember_browser, visitor_of

FIRST_PAGE = "staff:dashboard"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The password. Whoever has no second step yet sets it up next; nobody is logged in before."""
    if request.user.is_authenticated:
        return redirect(FIRST_PAGE)
    form = LogInForm(posted(request))
    if form.is_valid():
        now = timezone.now()
        try:
            user = try_password(
                email=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                visitor=visitor_of(request),
                now=now,
            )
        except (WrongPair, TooManyFailures) as refusal:
            form.add_error(None, str(refusal))
        else:
            begin_half(request, user, next_page=own_page(request), now=now)
            if has_second_factor(user):
                return redirect("accounts:code")
            offer_secret(request, user)
            return redirect("accounts:set_up")
    context = {"title": _("Log in"), "next": request.POST.get("next", request.GET.get("next", ""))}
    return form_page(request, "staff/log_in.html", context, form)


def own_page(request: HttpRequest) -> str:
    """Where the log-in leads: a page of this site, or the first one of the staff."""
    named = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        named, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return named
    return resolve_url(FIRST_PAGE)


class HalfView(Protocol):
    def __call__(self, request: HttpRequest, half: Half) -> HttpResponse: ...


def after_password(view: HalfView) -> Any:
    """For whoever has typed the password a few minutes ago; others begin again."""

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect(FIRST_PAGE)
        half = half_of(request, timezone.now())
        if half is None:
            if was_begun(request):
                messages.info(request, _("The log-in took longer than five minutes. Begin again."))
            return redirect("accounts:login")
        return view(request, half)

    return guarded


@after_password
def code(request: HttpRequest, half: Half) -> HttpResponse:
    if not has_second_factor(half.user):
        return redirect("accounts:login")
    form = CodeForm(posted(request))
    if code_is_taken(request, half.user, form):
        log_in_for_good(request, half.user)
        return known(HttpResponseRedirect(half.next), half.user)
    context = {"title": _("Log in: the second step"), "button": _("Log in")}
    return form_page(request, "staff/code.html", context, form)


@after_password
def set_up(request: HttpRequest, half: Half) -> HttpResponse:
    """The one page that an account without a second step gets to."""
    secret = offered_secret(request, half.user)
    if secret is None or has_second_factor(half.user):
        return redirect("accounts:login")
    form = CodeForm(posted(request), recovery=False)
    fresh = enrolled(half.user, secret, form)
    if fresh is not None:
        log_in_for_good(request, half.user)
        return known(show_recovery_codes(request, fresh, half.next), half.user)
    return form_page(request, "staff/set_up.html", set_up_context(secret, half.user), form)


def set_up_context(secret: bytes, user: User) -> dict[str, Any]:
    width, path = codes.square(codes.address_of(secret, user.email))
    return {
        "title": _("Set up the second step of your log-in"),
        "button": _("Set it up"),
        "square_width": width,
        "square_path": path,
        "typed_secret": codes.typed_secret(secret),
    }


def show_recovery_codes(request: HttpRequest, fresh: list[str], onwards: str) -> HttpResponse:
    """They are in this answer and nowhere else."""
    context = {"title": _("Your recovery codes"), "codes": fresh, "onwards": onwards, "switch_next": ""}
    return show(request, "staff/recovery_codes.html", context)


@transaction.atomic
def log_in_for_good(request: HttpRequest, user: User) -> None:
    now = timezone.now()
    enter(request, user, now)
    audit.record("staff.logged_in", by=user, now=now, target=user)


def known(response: HttpResponse, user: User) -> HttpResponse:
    remember_browser(response, user.pk)
    return response


@require_POST
def log_out(request: StaffRequest) -> HttpResponse:
    audit.record("staff.logged_out", by=request.user, now=timezone.now(), target=request.user)
    logout(request)
    return redirect("accounts:login")


@require_http_methods(["GET", "POST"])
def password(request: StaffRequest) -> HttpResponse:
    form = PasswordForm(posted(request))
    if form.is_valid() and old_password_is_right(request, form):
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
    context = {"title": _("Change your password"), "button": _("Change the password"), "here": "account"}
    return form_page(request, "staff/form.html", context, form)


def old_password_is_right(request: StaffRequest, form: PasswordForm) -> bool:
    """Tried like a log-in, so that whoever finds a browser left alone cannot guess here at leisure."""
    try:
        try_password(
            email=request.user.email,
            password=form.cleaned_data["old"],
            visitor=visitor_of(request),
            now=timezone.now(),
        )
    except WrongPair:
        form.add_error("old", _("This is not the password you use now."))
    except TooManyFailures as refusal:
        form.add_error("old", str(refusal))
    return not form.errors
