"""What a reader of a release can work out of what it withholds. Shares no code with what decided to withhold it."""

from __future__ import annotations

from reports.auditing.attacker import Interval, Limits, audit
from reports.auditing.printing import counts_that_print
from reports.auditing.public import Contradiction, Known, Public, Target

__all__ = ["Contradiction", "Interval", "Known", "Limits", "Public", "Target", "audit", "counts_that_print"]
