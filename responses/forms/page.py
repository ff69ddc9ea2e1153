"""What a question page, or a page to be read, says around its questions: the context of its template."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.urls import reverse

from responses.entry import HOURS_OPEN
from responses.forms.step import StepForm
from responses.journey import Journey
from surveys.paging import Step

SECONDS_OPEN = HOURS_OPEN * 60 * 60
Hidden = Sequence[tuple[str, str]]
"""(name, value) of the hidden fields of a form."""


def template_of(step: Step) -> str:
    return "respond/reading.html" if step.page else "respond/step.html"


def address_of(step: Step) -> str:
    """Where the form of a page is sent to."""
    return step_address(step.number)


@cache
def step_address(number: int) -> str:
    """People count pages from one. Few numbers lead anywhere, and the addresses of the site do not change."""
    return reverse("responses:step", args=[number + 1])


def page_context(journey: Journey, step: Step, *, address: str, hidden: Hidden) -> dict[str, Any]:
    """All but the questions themselves. Every value can be hashed, so that a page can be kept by its context."""
    plan = journey.plan
    reached, sections = journey.progress(step)
    parts = journey.parts(step)
    return {
        "address": address,
        "hidden": tuple(hidden),
        "is_preview": False,
        "switch_in_form": True,
        "ends_in_seconds": SECONDS_OPEN,
        "hours_open": HOURS_OPEN,
        "number": step.number + 1,
        "has_back": journey.before(step.number) is not None,
        "section": reached,
        "sections": sections,
        "title": step.page.title if step.page else plan.titles[step.section_key],
        "intro": plan.intros.get(step.number, ""),
        "body": step.page.body if step.page else "",
        "explained": tuple(page.body for page in plan.explained_by(step.number)),
        "is_alone": len(parts) == 1,
        "says_voluntary": step.number == plan.first_questions,
        "from_check": bool(journey.content.receipt),
    }


def error_context(form: StepForm) -> dict[str, Any]:
    """What stands against the page, if anything does."""
    problems = form.problems if form.is_bound else []
    return {
        "form": form,
        "problems": form.summary if problems else [],
        "may_skip": bool(problems) and all(problem.soft for problem in problems),
    }
