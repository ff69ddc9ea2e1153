"""Who is invited to each questionnaire of the demo, and what they do with the invitation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reports.demo import enterprise, law_enforcement
from reports.demo.quotas import Plan

SEED = 2019


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one wave. Whoever neither answers, stops nor declines does nothing."""

    questionnaire: str
    plan: Plan
    invited: int
    answering: int
    stopping: int
    declining: int
    targets: Mapping[str, int] = field(default_factory=dict)
    """Per cents of the parts of the class `area3` in the made-up list of everybody who could have been invited."""

    def scaled(self, *, invited: int, answering: int, stopping: int, declining: int) -> Cast:
        return replace(self, invited=invited, answering=answering, stopping=stopping, declining=declining)

    def addresses(self) -> list[str]:
        return [f"{self.questionnaire}.{number:04}@example.org" for number in range(1, self.invited + 1)]


LAW_ENFORCEMENT = Cast(
    "law_enforcement", law_enforcement.PLAN, 900, 450, 60, 12, {"us": 42, "europe": 42, "elsewhere": 16}
)
ENTERPRISE = Cast(
    "enterprise", enterprise.PLAN, 240, 100, 15, 5, {"north_america": 45, "europe": 38, "elsewhere": 17}
)
FULL = (LAW_ENFORCEMENT, ENTERPRISE)
# A sixth of the officers still shows 42 of 75, exactly 56 %; nine, eight and one in ten of the businesses need all.
SMALL = (
    LAW_ENFORCEMENT.scaled(invited=150, answering=75, stopping=10, declining=2),
    ENTERPRISE.scaled(invited=120, answering=100, stopping=5, declining=2),
)

# What fills the bracketed places of the demo's texts; a place that is not here says that it is one of a demo.
PLACES = {
    "organisation": "The Enquiry demonstration",
    "funder": "nobody; it is a demonstration",
    "contact": "demo@example.org",
    "data protection contact": "privacy@example.org",
    "retention years": "10",
    "rights link": "https://example.org/rights",
    "helpline": "your own support line (this is a demonstration)",
    "national hotline": "your national hotline",
    "guidance link": "https://example.org/guidance",
    "report link": "https://example.org/report",
    "sender domain": "example.org",
    "subject lines": "Your view is asked for: a survey of the Enquiry demonstration",
    "telephone": "+46 8 000 00 00 (this is a demonstration, nobody answers)",
}
ANNOUNCED = ("sender domain", "subject lines", "telephone")
"""Of these, what the page says on which people check whether their invitation is genuine."""


def text_of_place(place: str) -> str:
    return PLACES.get(place.casefold(), f"{place} (demonstration)")
