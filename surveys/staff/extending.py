"""More time for those invited: the one change of its times that an open wave still takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.forms import StaffForm
from accounts.pages import StaffRequest, form_page, posted
from accounts.permissions import require
from accounts.templatetags.staff import at
from surveys.access import get_wave_or_404
from surveys.actions.waves import NotLater, WaveNotExtendable, extend_wave
from surveys.models import Wave
from surveys.staff.context import FORM, from_wave
from surveys.staff.forms import LocalTimeField


class ExtendForm(StaffForm):
    closes_at = LocalTimeField(label=gettext_lazy("New closing time, in the zone of the wave"))

    def __init__(self, wave: Wave, data: Any = None) -> None:
        local = wave.closes_at.astimezone(ZoneInfo(wave.time_zone))
        super().__init__(data, initial={"closes_at": local.replace(tzinfo=None)})


@require("wave.manage")
@require_http_methods(["GET", "POST"])
def extend(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    wave = get_wave_or_404(wave_id)
    form = ExtendForm(wave, posted(request))
    context = {
        **from_wave(wave),
        "title": _("Extend %(wave)s") % {"wave": wave},
        "intro": _(
            "It closes on %(closes)s now. The new time stands in every page and e-mail from then on; answers can be "
            "withdrawn, and addresses are kept, accordingly longer."
        )
        % {"closes": at(wave.closes_at, wave.time_zone)},
        "button": _("Extend it"),
    }
    if request.method == "POST" and form.is_valid():
        closes_at = form.cleaned_data["closes_at"].replace(tzinfo=ZoneInfo(wave.time_zone))
        try:
            extend_wave(wave=wave, closes_at=closes_at, by=request.user, now=timezone.now())
        except (NotLater, WaveNotExtendable) as refusal:
            form.add_error("closes_at", str(refusal))
        else:
            messages.success(request, _("The wave stays open longer."))
            return redirect("waves:wave", wave.pk)
    return form_page(request, FORM, context, form)
