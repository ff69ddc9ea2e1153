"""What the pages about waves have in common."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from surveys.models import Wave

FORM = "staff/form.html"
CONFIRM = "staff/confirm.html"


def from_dashboard() -> dict[str, Any]:
    return {"here": "dashboard", "back": reverse("staff:dashboard"), "back_label": _("Waves")}


def from_wave(found: Wave) -> dict[str, Any]:
    return {
        "here": "dashboard",
        "wave": found,
        "synthetic": found.synthetic,
        "back": reverse("waves:wave", args=[found.pk]),
        "back_label": str(found),
    }


def from_languages(found: Wave) -> dict[str, Any]:
    return {
        **from_wave(found),
        "back": reverse("waves:languages", args=[found.pk]),
        "back_label": _("Languages of %(wave)s") % {"wave": found},
    }
