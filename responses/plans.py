"""What is the same for every respondent of one wave in one language: made once in a process, and never per request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse

from surveys.definition import Definition, Page, PageKind, Required
from surveys.models import Wave
from surveys.paging import Step, cut
from surveys.places import WHAT_WE_STORE, WITHDRAWAL_DATE, dates_of, texts_of
from surveys.queries import definition_of
from surveys.routing import routing_items
from surveys.wordings import fill_pipes, fill_places, rewritten

PLANS_KEPT = 64
MARKDOWN = ".body"
"""How the paths of the texts end that are written in Markdown."""


@dataclass(frozen=True)
class Plan:
    """A questionnaire ready to be asked. Its texts have no pipes any more, and no bracketed places but unknown ones."""

    definition: Definition
    until: str = ""
    """When the wave closes, with its time zone."""
    places: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return cut(self.definition)

    @cached_property
    def titles(self) -> dict[str, str]:
        return {section.key: section.title for section in self.definition.sections}

    @cached_property
    def intros(self) -> dict[int, str]:
        """Number of the first question page of each section -> the introduction of that section."""
        first = {step.section_key: step.number for step in reversed(self.steps) if step.parts}
        return {
            first[section.key]: section.intro for section in self.definition.sections if section.key in first
        }

    @cached_property
    def hard_steps(self) -> tuple[int, ...]:
        """Numbers of the pages with a question that must be answered."""
        hard = {question.key for question in self.definition.questions if question.required is Required.HARD}
        return tuple(s.number for s in self.steps if any(part.question_key in hard for part in s.parts))

    @cached_property
    def routing_items(self) -> frozenset[str]:
        """The items whose answers decide what is asked: two sets of answers alike in them lead the same way."""
        return routing_items(self.definition)

    @cached_property
    def first_questions(self) -> int:
        """Number of the first page with questions."""
        return next(step.number for step in self.steps if step.parts)

    def explained_by(self, number: int) -> tuple[Page, ...]:
        """Pages of definitions that this page or one before it has brought; they stay at hand from there on."""
        return self._explained[number]

    @cached_property
    def _explained(self) -> dict[int, tuple[Page, ...]]:
        explained: dict[int, tuple[Page, ...]] = {}
        brought: tuple[Page, ...] = ()
        for step in self.steps:
            explained[step.number] = brought
            if step.page and step.page.kind is PageKind.DEFINITIONS:
                brought = (*brought, step.page)
        return explained

    @cached_property
    def untouched(self) -> dict[tuple[object, ...], str]:
        """Markup of questions with nothing in their fields, filled as they are first asked for."""
        return {}

    @cached_property
    def support(self) -> str:
        """What stands at the foot of every page: where somebody finds support."""
        start = self.definition.page_of_kind(PageKind.WELLBEING_START)
        found = start or self.definition.page_of_kind(PageKind.WELLBEING_END)
        return found.body if found else ""


_plans: dict[tuple[object, ...], Plan] = {}


def plan_of(wave: Wave, language: str) -> Plan:
    """The plan of a wave, whose row and whose questionnaire's row say which texts are the present ones."""
    questionnaire = wave.questionnaire
    versions = (questionnaire.definition_hash, questionnaire.texts_version, wave.texts_version)
    key = (wave.pk, language, *versions, wave.closes_at, wave.time_zone)
    plan = _plans.get(key)
    if plan is None:
        if len(_plans) >= PLANS_KEPT:
            _plans.clear()
        plan = _plans[key] = _made(wave, language)
    return plan


def _made(wave: Wave, language: str) -> Plan:
    definition = definition_of(wave.questionnaire, language)
    spoken = definition.language
    dates = dates_of(wave, spoken)
    return filled(definition, texts_of(wave, spoken) | dates, until=dates[WITHDRAWAL_DATE])


def filled(definition: Definition, places: Mapping[str, str], until: str = "") -> Plan:
    """The plan of a definition with these places. What is not filled, as in a preview, stays bracketed."""
    link = f"[{WHAT_WE_STORE}]({reverse('responses:what_we_store')})"
    known = {**places, WHAT_WE_STORE: WHAT_WE_STORE}

    def fill(path: str, text: str) -> str:
        in_this = {**known, WHAT_WE_STORE: link} if path.endswith(MARKDOWN) else known
        piped = fill_pipes(text, definition)
        return fill_places(piped, in_this) if "[" in piped else piped

    return Plan(rewritten(definition, fill), until, known)
