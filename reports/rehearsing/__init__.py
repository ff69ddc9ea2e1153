"""A questionnaire answered by made-up people, to see what of its report could be published at all."""

from __future__ import annotations

from reports.rehearsing.people import counted_of, plan_of
from reports.rehearsing.trial import DRAWS, Outlook, Trial, outlook_of, rehearse

__all__ = ["DRAWS", "Outlook", "Trial", "counted_of", "outlook_of", "plan_of", "rehearse"]
