"""Complementary suppression: which further counts must be withheld, so that none that is withheld can be worked out."""

from __future__ import annotations

from reports.suppression.problem import Implication, Problem, Relation, Status, Unknown
from reports.suppression.solving import CannotProtect, GroupReport, Limits, Suppression, suppress

__all__ = [
    "CannotProtect",
    "GroupReport",
    "Implication",
    "Limits",
    "Problem",
    "Relation",
    "Status",
    "Suppression",
    "Unknown",
    "suppress",
]
