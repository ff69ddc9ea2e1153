"""Names of the eleven disclosure items, for editors and for readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

ITEM_NAMES: Mapping[str, Any] = {
    "collection": _("How the data were collected"),
    "sponsor": _("Who paid for the research and who did it"),
    "instruments": _("Questions and answers, word for word"),
    "population": _("Whom the report is about"),
    "sample": _("How respondents were found and invited"),
    "mode": _("Mode and languages"),
    "dates": _("Dates"),
    "sizes": _("How many answered, and how precise the numbers are"),
    "weighting": _("Weighting"),
    "processing": _("How answers were processed and checked"),
    "limitations": _("Limitations"),
}
