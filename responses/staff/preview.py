"""A questionnaire as a respondent walks it, before anybody does. Nothing is stored: the form carries what was answered.

Every answer to a form is the next page itself, so that there is no address that leads back into a preview.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.pages import StaffRequest, show
from accounts.permissions import require
from responses.drafts import Content
from responses.forms.names import ACTION
from responses.forms.page import error_context, page_context, template_of
from responses.forms.reading import NotOfThisPage
from responses.forms.step import StepForm
from responses.journey import Journey
from responses.plans import Plan
from responses.review import sections_to_check
from responses.staff import instruments
from responses.staff.instruments import Instrument
from responses.staff.preview_state import PreviewLost, State, new_seed, sealed, unsealed
from responses.views.steps import SWITCH, _with, step_form
from surveys.definition import Page, PageKind
from surveys.ordering import Shuffle
from surveys.paging import Step
from surveys.routing import ending

STATE = "state"
CHANGE = "change-"
CHECKED = "seen"
"""Stands in the content where a respondent has a receipt: the answers have been checked once."""


@require("wave.view")
@require_http_methods(["GET", "HEAD", "POST"])
def of_questionnaire(request: StaffRequest, questionnaire_id: int) -> HttpResponse:
    return _preview(request, lambda language: instruments.of_questionnaire(questionnaire_id, language))


@require("wave.view")
@require_http_methods(["GET", "HEAD", "POST"])
def of_wave(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    return _preview(request, lambda language: instruments.of_wave(wave_id, language))


def _preview(request: StaffRequest, look: Callable[[str], Instrument]) -> HttpResponse:
    instrument = look(request.GET.get("language", ""))
    if request.method != "POST":
        return Preview(request, instrument, State.fresh(instrument.language)).begin()
    try:
        state = unsealed(request.POST.get(STATE, ""), owner_of(request.user, instrument))
        return Preview(request, look(state.language), state).answer()
    except (PreviewLost, NotOfThisPage) as refusal:
        return _lost(request, instrument, refusal)


def owner_of(user: User, instrument: Instrument) -> str:
    """For whom and for what a state is made: another person, or another version, cannot read it."""
    return f"{user.pk} {instrument.key} {instrument.questionnaire.definition_hash}"


def _lost(request: StaffRequest, instrument: Instrument, refusal: Exception) -> HttpResponse:
    context = {
        "title": _("The preview has to begin again"),
        "sentence": str(refusal),
        "address": instrument.address("try"),
        "instrument": instrument,
    }
    return show(request, "staff/try/lost.html", context, status=400)


@dataclass(frozen=True)
class Preview:
    request: StaffRequest
    instrument: Instrument
    state: State

    @cached_property
    def plan(self) -> Plan:
        return self.instrument.plan

    @cached_property
    def journey(self) -> Journey:
        return Journey(self.plan, self.state.content, Shuffle(self.state.seed))

    def at(self, place: str, content: Content | None = None) -> Preview:
        state = replace(self.state, place=place, content=content or self.state.content)
        return Preview(self.request, self.instrument, state)

    def answer(self) -> HttpResponse:
        """What follows the button that was pressed."""
        action = self.request.POST.get(ACTION, "")
        if action == "order":
            return self._anew(replace(self.state, seed=new_seed()))
        if self.state.place == "step":
            return self._leave_page(action)
        if action.startswith(SWITCH):
            return self._in_language(action)
        if action.startswith(CHANGE):
            return self._change(action.removeprefix(CHANGE))
        go = ELSEWHERE.get(action)
        if go is None:
            raise NotOfThisPage
        return go(self)

    def _anew(self, state: State) -> HttpResponse:
        return SHOWN[state.place](Preview(self.request, self.instrument, state))

    def _in_language(self, action: str) -> HttpResponse:
        language = action.removeprefix(SWITCH)
        if language not in self.instrument.languages:
            raise NotOfThisPage
        instrument = replace(self.instrument, language=language)
        state = replace(self.state, language=language)
        return SHOWN[state.place](Preview(self.request, instrument, state))

    def _change(self, number: str) -> HttpResponse:
        step = self.journey.step(int(number) - 1) if number.isdecimal() and len(number) < 5 else None
        if step is None:
            raise NotOfThisPage
        return self._to(step)

    def _leave_page(self, action: str) -> HttpResponse:
        opened = self.journey.step(self.state.content.step) or self.journey.current()
        posted = {name: values for name, values in self.request.POST.lists() if name != STATE}
        form = step_form(self.journey, opened, MultiValueDict(posted))
        kept = self.at("step", _with(self.state.content, opened, form))
        if action.startswith(SWITCH):
            return kept._in_language(action)
        leave = LEAVING.get(action)
        if leave is None:
            raise NotOfThisPage
        return leave(kept, opened, form)

    def go_on(self, step: Step, form: StepForm) -> HttpResponse:
        asked_for = {problem.name for problem in form.problems if problem.soft}
        content = replace(self.state.content, reminded=self.state.content.reminded | asked_for)
        skips = self.request.POST.get(ACTION) == "skip"
        if any(not (problem.soft and skips) for problem in form.problems):
            return self.at("step", content).page(step, form, status=422)
        return self.at("step", replace(content, seen=content.seen | {step.number}))._to_next(step)

    def _to_next(self, step: Step) -> HttpResponse:
        following = self.journey.after(step.number)
        if following:
            return self._to(following)
        checked = self.at("check", replace(self.state.content, receipt=CHECKED))
        obstacle = None if checked.journey.has_ended else checked.journey.obstacle()
        return checked._to(obstacle, judged=True) if obstacle else checked.check()

    def go_back(self, step: Step, form: StepForm) -> HttpResponse:
        return self._to(self.journey.before(step.number) or step)

    def _to(self, step: Step, *, judged: bool = False) -> HttpResponse:
        there = self.at("step", replace(self.state.content, step=step.number))
        form = step_form(there.journey, step)
        if judged:
            own = {name for each in form.fields.values() for name in each.widget.names}
            data = {name: list(values) for name, values in form.stored.items() if name in own}
            form = step_form(there.journey, step, MultiValueDict(data))
        return there.page(step, form)

    def stay(self) -> HttpResponse:
        """The page that was left, or the one that takes its place when the answers have changed the way."""
        return self._to(self.journey.step(self.state.content.step) or self.journey.current())

    def page(self, step: Step, form: StepForm, *, status: int = 200) -> HttpResponse:
        context = page_context(
            self.journey, step, address=self.instrument.address("try"), hidden=[(STATE, self.token)]
        )
        return self._show(template_of(step), context | error_context(form), status=status)

    def begin(self) -> HttpResponse:
        return self._show(
            "staff/try/begin.html", {"page": self.plan.definition.page_of_kind(PageKind.CONSENT)}
        )

    def check(self) -> HttpResponse:
        ended = ending(self.plan.definition, self.state.content.answers)
        context = {
            "sections": sections_to_check(self.journey),
            "said": self._pages(ended.page) if ended else [],
        }
        return self._show("staff/try/check.html", context)

    def left(self) -> HttpResponse:
        return self._show("staff/try/left.html", {})

    def end(self) -> HttpResponse:
        ended = ending(self.plan.definition, self.state.content.answers)
        kinds = (PageKind.THANK_YOU, PageKind.WELLBEING_END)
        said = (
            self._pages(ended.page) if ended else [p for p in self.plan.definition.pages if p.kind in kinds]
        )
        return self._show("staff/try/end.html", {"said": said})

    def _pages(self, key: str) -> list[Page]:
        return [page for page in self.plan.definition.pages if page.key == key]

    @property
    def token(self) -> str:
        return sealed(self.state, owner_of(self.request.user, self.instrument))

    def _show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """A page in the frame of a respondent, in the language of the questionnaire, under the banner."""
        frame = {
            "survey": self.plan.definition.title,
            "synthetic": self.instrument.wave is not None and self.instrument.wave.synthetic,
            "support": self.plan.support,
            "until": self.plan.until,
            "switch_to": self.instrument.others,
            "switch_in_form": True,
            "address": self.instrument.address("try"),
            "hidden": [(STATE, self.token)],
        }
        with override(self.plan.definition.language):
            back, back_label = self.instrument.back
            preview = {"is_preview": True, "token": self.token, "back": back, "back_label": back_label}
            return show(self.request, template, frame | context | preview, status=status)


Leave = Callable[[Preview, Step, StepForm], HttpResponse]

LEAVING: dict[str, Leave] = {
    "continue": Preview.go_on,
    "skip": Preview.go_on,
    "back": Preview.go_back,
    "stay": lambda preview, step, form: preview.stay(),
    "later": lambda preview, step, form: preview.at("left").left(),
    "stop": lambda preview, step, form: preview.at("left").left(),
}
ELSEWHERE: dict[str, Callable[[Preview], HttpResponse]] = {
    "continue": lambda preview: preview.stay(),
    "send": lambda preview: preview.at("end").end(),
}
SHOWN: dict[str, Callable[[Preview], HttpResponse]] = {
    "begin": Preview.begin,
    "step": Preview.stay,
    "check": Preview.check,
    "left": Preview.left,
    "end": Preview.end,
}
