"""Names that the writing and the reading of rows have in common."""

from __future__ import annotations

from surveys import models

LIST, SPECIAL, ASSIGNED = models.Choice.Group.LIST, models.Choice.Group.SPECIAL, models.Choice.Group.ASSIGNED

SAME_NAME = (
    "key",
    "number",
    "wording_version",
    "scale",
    "detached",
    "choices_from",
    "min_choices",
    "max_choices",
    "entries",
    "max_chars",
    "unit",
    "minimum",
    "maximum",
)
"""Values of a question that rows and definitions hold alike."""
