"""What the thresholds of a policy are called on the staff pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

THRESHOLD_WORDS: Mapping[str, Any] = {
    "min_base": gettext_lazy("Smallest base with a number"),
    "min_base_high": gettext_lazy("Smallest base with a number, high sensitivity"),
    "min_base_break": gettext_lazy("Smallest group of a breakdown"),
    "full_base": gettext_lazy("Smallest base that is not marked as small"),
    "min_cell_total": gettext_lazy("Smallest count behind a share"),
    "min_cell_total_high": gettext_lazy("Smallest count behind a share, high sensitivity"),
    "min_cell_break": gettext_lazy("Smallest count behind a share of a group"),
    "min_cell_break_high": gettext_lazy("Smallest count behind a share of a group, high sensitivity"),
    "least_shown": gettext_lazy("Per cent of the numbers of a breakdown that must be shown"),
    "draft_step": gettext_lazy("Further responses before draft tables are renewed"),
}
