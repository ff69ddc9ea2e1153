"""The pages of questions. What arrives is saved first and judged after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from responses.access import Visit, answering, check_names_draft, lock_draft
from responses.drafts import Content
from responses.forms.fields import fields_of
from responses.forms.names import ACTION, DRAFT
from responses.forms.reading import Fields, NotOfThisPage
from responses.forms.step import StepForm
from responses.journey import Journey
from responses.sealing import new_receipt
from responses.texts import Texts
from responses.views.pages import respondent_page, respondent_render, to_step
from surveys.paging import Step, progress

STILL_OPEN = "?open"
"""Added to the address of a page that something is still missing on before the answers can be sent."""


def journey_of(visit: Visit, content: Content | None = None) -> Journey:
    return Journey(visit.plan, visit.content() if content is None else content, visit.shuffle)


@respondent_page
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, number: int) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        return _take(request, number - 1, now)
    visit = answering(request, now)
    journey = journey_of(visit)
    opened = journey.step(number - 1)
    if opened is None or not journey.opens(opened):
        return to_step(journey.current().number)
    form = _form(journey, opened, _stored_as_posted(journey, opened) if "open" in request.GET else None)
    return _page(request, visit, journey, opened, form)


def _form(journey: Journey, step: Step, data: QueryDict | MultiValueDict[str, str] | None = None) -> StepForm:
    return StepForm(
        journey.parts(step),
        shuffle=journey.shuffle,
        stored=_stored(journey, step),
        data=data,
        reminded=journey.content.reminded,
    )


def _stored(journey: Journey, step: Step) -> Fields:
    """The fields of a page as they were left: as typed where something stood against them."""
    fields: dict[str, list[str]] = {}
    for part in journey.parts(step):
        fields |= fields_of(part.question, part.rows, journey.content.answers)
    return {**fields, **journey.content.fields()}


def _stored_as_posted(journey: Journey, step: Step) -> MultiValueDict[str, str]:
    own = {name for part in _form(journey, step).fields.values() for name in part.widget.names}
    return MultiValueDict({name: list(v) for name, v in _stored(journey, step).items() if name in own})


@transaction.atomic
def _take(request: HttpRequest, number: int, now: datetime) -> HttpResponse:
    visit = answering(request, now)
    lock_draft(visit)
    check_names_draft(visit, request.POST.get(DRAFT, ""))
    journey = journey_of(visit)
    opened = journey.step(number)
    leave = LEAVING.get(request.POST.get(ACTION, ""))
    if opened is None or leave is None or not journey.opens(opened):
        raise NotOfThisPage
    form = _form(journey, opened, request.POST)
    answered = replace(journey, content=_with(journey.content, opened, form))
    return leave(request, visit, answered, opened, form)


def _with(content: Content, step: Step, form: StepForm) -> Content:
    """The draft with what this page brought: answers, and as typed what something stands against."""
    answers = {item: answer for item, answer in content.answers.items() if item not in form.items}
    refused = {name: fields for name, fields in content.refused.items() if name not in form.parts}
    return replace(content, step=step.number, answers=answers | form.answers, refused=refused | form.refused)


def _go_on(request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm) -> HttpResponse:
    """Save and continue: problems are shown, those that may be passed only once."""
    asked_for = {problem.name for problem in form.problems if problem.soft}
    content = replace(journey.content, reminded=journey.content.reminded | asked_for)
    skips = request.POST.get(ACTION) == "skip"
    if any(not (problem.soft and skips) for problem in form.problems):
        visit.save(content)
        return _page(request, visit, journey, step, form, status=422)
    content = replace(content, seen=content.seen | {step.number})
    return _to_next(visit, replace(journey, content=content), step)


def _to_next(visit: Visit, journey: Journey, step: Step) -> HttpResponse:
    """To the next page; after the last one the receipt is drawn and the answers are checked."""
    following = journey.after(step.number)
    if following:
        visit.save(replace(journey.content, step=following.number))
        return to_step(following.number)
    visit.save(replace(journey.content, receipt=journey.content.receipt or new_receipt()))
    obstacle = None if journey.has_ended else journey.obstacle()
    return to_step(obstacle.number, STILL_OPEN) if obstacle else redirect("responses:check")


def _go_back(
    request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm
) -> HttpResponse:
    earlier = journey.before(step.number) or step
    visit.save(replace(journey.content, step=earlier.number))
    return to_step(earlier.number)


def _leave_for(name: str) -> Leave:
    def leave(
        request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm
    ) -> HttpResponse:
        visit.save(journey.content)
        return redirect(name)

    return leave


Leave = Callable[[HttpRequest, Visit, Journey, Step, StepForm], HttpResponse]

LEAVING: dict[str, Leave] = {
    "continue": _go_on,
    "skip": _go_on,
    "back": _go_back,
    "later": _leave_for("responses:later"),
    "stop": _leave_for("responses:stop"),
}


def _page(
    request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm, status: int = 200
) -> HttpResponse:
    plan = journey.plan
    texts = Texts(visit)
    problems = form.problems if form.is_bound else []
    reached, sections = progress(plan.definition, plan.steps, journey.content.answers, step)
    context = {
        "form": form,
        "draft": visit.draft.pk,
        "step": step,
        "number": step.number + 1,
        "has_back": journey.before(step.number) is not None,
        "problems": form.summary if problems else [],
        "may_skip": bool(problems) and all(problem.soft for problem in problems),
        "section": reached,
        "sections": sections,
        "title": plan.titles[step.section_key],
        "intro": texts.filled(plan.intros.get(step.number, "")),
        "body": texts.body(step.page) if step.page else "",
        "explained": [texts.body(page) for page in plan.explained_by(step.number)],
        "from_check": bool(journey.content.receipt),
    }
    template = "respond/reading.html" if step.page else "respond/step.html"
    return respondent_render(request, template, visit, context, status)
