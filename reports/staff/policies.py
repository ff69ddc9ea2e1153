from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages import StaffRequest, form_page, posted, refuse, show
from accounts.permissions import require
from reports import queries
from reports.actions import policy as actions
from reports.loosening import THRESHOLDS, loosened
from reports.models import Policy
from reports.staff.forms import PolicyForm
from reports.wordings import THRESHOLD_WORDS
from surveys.access import get_wave_or_404
from surveys.models import Wave


@dataclass(frozen=True)
class Line:
    """One rule, as it is and as it would be."""

    words: str | Promise
    now: int
    then: int | None = None

    @property
    def is_looser(self) -> bool:
        return self.then is not None and self.then < self.now

    @property
    def is_changed(self) -> bool:
        return self.then is not None and self.then != self.now


def lines(now: dict[str, int], then: dict[str, int] | None = None) -> list[Line]:
    return [Line(THRESHOLD_WORDS[name], now[name], then[name] if then else None) for name in THRESHOLDS]


@require("policy.change")
@require_safe
def policy(request: StaffRequest, wave_id: UUID | None = None) -> HttpResponse:
    """The rules of all waves, or of one."""
    wave = None if wave_id is None else get_wave_or_404(wave_id)
    current = actions.rules_of(wave)
    proposed = Policy.objects.filter(status=Policy.Status.PROPOSED, wave=wave)
    proposal = proposed.select_related("proposed_by").first()
    values = actions.values_of(current)
    context = {
        "title": title_of(wave),
        "here": "policy",
        "current": current,
        "wave": wave,
        "own": own_rules() if wave is None else (),
        "proposal": proposal,
        "lines": lines(values, actions.values_of(proposal) if proposal else None),
        "is_own": proposal is not None and proposal.proposed_by_id == request.user.pk,
    }
    return show(request, "staff/policy.html", context)


def title_of(wave: Wave | None) -> str:
    if wave is None:
        return _("Rules of what may be shown")
    return _("Rules of what may be shown of %(wave)s") % {"wave": wave}


def own_rules() -> list[Wave]:
    """Waves that follow rules of their own now."""
    with_own = (
        Wave.objects.filter(policies__isnull=False).distinct().select_related("edition", "questionnaire")
    )
    return [wave for wave in with_own if queries.policy_of(wave).wave_id is not None]


def address_of(wave: Wave | None) -> str:
    return reverse("staff:policy") if wave is None else reverse("staff:wave_policy", args=[wave.pk])


def from_policy(wave: Wave | None = None) -> dict[str, Any]:
    return {"here": "policy", "back": address_of(wave), "back_label": title_of(wave)}


@require("policy.change")
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, wave_id: UUID | None = None) -> HttpResponse:
    """First the values, then a page that says which of them show more, then the change."""
    wave = None if wave_id is None else get_wave_or_404(wave_id)
    values = actions.values_of(actions.rules_of(wave))
    form = PolicyForm(posted(request), initial=values)
    context = from_policy(wave) | {"title": _("Change the rules"), "button": _("Go on")}
    if not form.is_valid():
        return form_page(request, "staff/form.html", context, form)
    wanted = {name: form.cleaned_data[name] for name in THRESHOLDS}
    try:
        if "confirmed" not in request.POST:
            actions.check_can_propose(request.user, wanted, wave)
            return confirm(request, values, wanted, form.cleaned_data["note"], wave)
        made = actions.propose_policy(
            values=wanted, note=form.cleaned_data["note"], by=request.user, now=timezone.now(), wave=wave
        )
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/form.html", context | {"form": form}, [refusal])
    messages.success(
        request,
        _("The looser rules wait for a second person.")
        if made.loosens
        else _("The stricter rules are in force."),
    )
    return redirect(address_of(wave))


def confirm(
    request: StaffRequest, values: dict[str, int], wanted: dict[str, int], note: str, wave: Wave | None
) -> HttpResponse:
    is_looser = bool(loosened(values, wanted))
    context = from_policy(wave) | {
        "title": _("Change the rules"),
        "button": _("Propose these rules") if is_looser else _("Put these rules in force"),
        "lines": [line for line in lines(values, wanted) if line.is_changed],
        "is_looser": is_looser,
        "hidden": wanted | {"note": note},
    }
    return show(request, "staff/confirm_policy.html", context)


@require("policy.change")
@require_http_methods(["GET", "POST"])
def approve(request: StaffRequest, version: int) -> HttpResponse:
    context = {
        "title": _("Approve the looser rules"),
        "button": _("Approve"),
        "consequences": [
            _("From the next night on every wave follows these rules: more is shown, of smaller groups."),
            _("What was released before stays as it is."),
        ],
    }
    done = _("The looser rules are in force.")
    return decided(request, version, context, done, actions.check_can_approve, actions.approve_policy)


@require("policy.change")
@require_http_methods(["GET", "POST"])
def reject(request: StaffRequest, version: int) -> HttpResponse:
    context = {
        "title": _("Reject the looser rules"),
        "button": _("Reject"),
        "button_class": "button-danger",
        "consequences": [_("The rules stay as they are.")],
    }
    done = _("The looser rules were rejected.")
    return decided(request, version, context, done, actions.check_can_reject, actions.reject_policy)


def decided(
    request: StaffRequest,
    version: int,
    context: dict[str, Any],
    done: str,
    check: Callable[..., None],
    act: Callable[..., Policy],
) -> HttpResponse:
    found = get_object_or_404(Policy.objects.select_related("wave"), version=version)
    context = from_policy(found.wave) | context
    try:
        check(request.user, found)
        if request.method != "POST":
            return show(request, "staff/confirm.html", context)
        act(policy=found, by=request.user, now=timezone.now())
    except actions.REFUSALS as refusal:
        return refuse(request, "staff/confirm.html", context, [refusal])
    messages.success(request, done)
    return redirect(address_of(found.wave))
