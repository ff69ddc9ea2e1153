"""Members of staff: who there is, with which roles. Every change is confirmed on a page that says what it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import second_factor, staff
from accounts.forms import InviteForm, LanguagesForm, RolesForm
from accounts.models import Role, User
from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import NotPermitted, has, require

REFUSALS = (
    NotPermitted,
    staff.OwnAccount,
    staff.NothingChanged,
    second_factor.OwnSecondFactor,
    second_factor.NoSecondFactor,
)


@require("staff.manage")
@require_safe
def people(request: StaffRequest) -> HttpResponse:
    found = (
        User.objects.select_related("second_factor").prefetch_related("roles").order_by("-is_active", "email")
    )
    context = {"title": _("Members of staff"), "here": "people", "people": found}
    return show(request, "staff/people.html", context)


@require("staff.manage")
@require_safe
def person(request: StaffRequest, user_id: int) -> HttpResponse:
    found = get_person_or_404(user_id)
    context = {
        "title": str(found),
        "here": "people",
        "person": found,
        "is_own": found.pk == request.user.pk,
        "has_second_step": second_factor.has_second_factor(found),
    }
    return show(request, "staff/person.html", context)


def get_person_or_404(user_id: int) -> User:
    roles = Prefetch("roles", Role.objects.order_by("name"))
    return get_object_or_404(User.objects.prefetch_related(roles), pk=user_id)


@require("staff.manage")
@require_http_methods(["GET", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    form = InviteForm(posted(request))
    if form.is_valid():
        try:
            found, password = staff.invite_staff(
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                roles=form.chosen,
                by=request.user,
                now=timezone.now(),
            )
        except (staff.AddressTaken, staff.AddressUnreadable) as refusal:
            form.add_error("email", str(refusal))
        else:
            context = {"title": _("Account made"), "here": "people", "person": found, "password": password}
            return show(request, "staff/invited.html", context | {"switch_next": ""})
    context = {
        "title": _("Invite a member of staff"),
        "here": "people",
        "intro": _("The next page shows a first password, once. Nothing is sent by e-mail."),
        "button": _("Make the account"),
        "back": reverse("accounts:people"),
        "back_label": _("Members of staff"),
    }
    return form_page(request, "staff/form.html", context, form)


@require("staff.manage")
@require_http_methods(["GET", "POST"])
def roles(request: StaffRequest, user_id: int) -> HttpResponse:
    """First the choice, then a page that says what is given and taken, then the change."""
    found = get_person_or_404(user_id)
    held = [role.key for role in found.roles.all()]
    form = RolesForm(posted(request), initial={"roles": held})
    context = person_context(found) | {
        "title": _("Roles of %(person)s") % {"person": found},
        "button": _("Go on"),
        "form": form,
    }
    try:
        staff.check_can_manage(request.user, found)
    except REFUSALS as refusal:
        return refuse(
            request, "staff/confirm.html", person_context(found) | {"title": context["title"]}, [refusal]
        )
    if not form.is_valid():
        return form_page(request, "staff/form.html", context, form)
    if "confirmed" not in request.POST:
        context |= {"button": _("Change the roles"), "chosen": form.chosen} | what_changes(held, form.chosen)
        return show(request, "staff/confirm_roles.html", context | {"form": None})
    try:
        staff.change_roles(user=found, roles=form.chosen, by=request.user, now=timezone.now())
    except REFUSALS as refusal:
        return refuse(request, "staff/form.html", context, [refusal])
    messages.success(request, _("The roles of %(person)s were changed.") % {"person": found})
    return redirect("accounts:person", found.pk)


def what_changes(held: list[str], chosen: list[str]) -> dict[str, list[str]]:
    names = dict(Role.objects.values_list("key", "name"))
    return {
        "given": sorted(names[key] for key in set(chosen) - set(held)),
        "taken": sorted(names[key] for key in set(held) - set(chosen)),
    }


@require("staff.manage", "coding.lead")
@require_http_methods(["GET", "POST"])
def languages(request: StaffRequest, user_id: int) -> HttpResponse:
    """Which languages somebody reads, so that texts to be coded come in these."""
    found = get_person_or_404(user_id)
    form = LanguagesForm(posted(request), initial={"languages": " ".join(found.languages)})
    if request.method == "POST" and form.is_valid():
        tags = form.cleaned_data["languages"].replace(",", " ").split()
        try:
            staff.set_languages(user=found, languages=tags, by=request.user, now=timezone.now())
        except staff.LanguageUnknown as refusal:
            form.add_error("languages", str(refusal))
        else:
            messages.success(request, _("The languages of %(person)s were saved.") % {"person": found})
            return redirect("accounts:languages", found.pk)
    context = {
        "title": _("Languages of %(person)s") % {"person": found},
        "intro": _(
            "Open answers come to a coder in these languages, or with a working translation into one."
        ),
        "button": _("Save"),
    }
    if has(request.user, "staff.manage"):
        context |= person_context(found)
    return form_page(request, "staff/form.html", context, form)


def person_context(found: User) -> dict[str, Any]:
    return {
        "here": "people",
        "back": reverse("accounts:person", args=[found.pk]),
        "back_label": str(found),
    }


Act = Callable[..., None]


def confirmed(
    request: StaffRequest, found: User, act: Act, context: dict[str, Any], done: str
) -> HttpResponse:
    """A page with one button that does one thing to one account."""
    context = person_context(found) | context
    if request.method == "POST":
        try:
            act(user=found, by=request.user, now=timezone.now())
        except REFUSALS as refusal:
            return refuse(request, "staff/confirm.html", context, [refusal])
        messages.success(request, done)
        return redirect("accounts:person", found.pk)
    return show(request, "staff/confirm.html", context)


@require("staff.manage")
@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, user_id: int) -> HttpResponse:
    found = get_person_or_404(user_id)
    context = {
        "title": _("Close the account of %(person)s") % {"person": found},
        "button": _("Close the account"),
        "button_class": "button-danger",
        "consequences": [
            _("Whoever uses the account is logged out and cannot log in any more."),
            _("What the account did stays in the audit log. It can be opened again."),
        ],
    }
    done = _("The account of %(person)s is closed.") % {"person": found}
    return confirmed(request, found, staff.close_account, context, done)


@require("staff.manage")
@require_http_methods(["GET", "POST"])
def reopen(request: StaffRequest, user_id: int) -> HttpResponse:
    found = get_person_or_404(user_id)
    context = {
        "title": _("Open the account of %(person)s again") % {"person": found},
        "button": _("Open the account"),
        "consequences": [_("It has the roles, the password and the second step that it had before.")],
    }
    done = _("The account of %(person)s is open again.") % {"person": found}
    return confirmed(request, found, staff.reopen_account, context, done)


@require("staff.manage")
@require_http_methods(["GET", "POST"])
def reset(request: StaffRequest, user_id: int) -> HttpResponse:
    found = get_person_or_404(user_id)
    context = {
        "title": _("Remove the second step of %(person)s") % {"person": found},
        "button": _("Remove the second step"),
        "button_class": "button-danger",
        "consequences": [
            _("The app and the recovery codes of this account are worth nothing any more."),
            _("Whoever logs in next with the password sets up a new second step."),
            _("Make sure by voice or in person that the request comes from your colleague."),
        ],
    }
    done = _("The second step of %(person)s is removed.") % {"person": found}
    return confirmed(request, found, second_factor.reset_by_colleague, context, done)
