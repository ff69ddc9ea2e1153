"""The pages of questions. What arrives is saved first and judged after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from config.csrf import page_token
from config.language import remember
from responses.access import Visit, answering, check_names_draft, saving
from responses.door import SavedMeanwhile
from responses.drafts import Content
from responses.entry import hand_over
from responses.forms import frozen, untouched
from responses.forms.fields import fields_of
from responses.forms.names import ACTION, DRAFT, SAVED
from responses.forms.page import address_of, error_context, page_context, template_of
from responses.forms.reading import Fields, NotOfThisPage
from responses.forms.step import StepForm, drawn
from responses.journey import Journey
from responses.sealing import new_receipt
from responses.texts import Texts
from responses.views.pages import respondent_page, respondent_render, to_step
from surveys.paging import Step

STILL_OPEN = "?open"
"""Added to the address of a page that something is still missing on before the answers can be sent."""

OTHER_TAB = "other"
"""Added to the address of the page after one that was saved over what another tab or window had saved."""

SWITCH = "language-"
"""How the value of a button begins that changes the language."""


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
    if "open" in request.GET:
        return _judged(request, visit, journey, opened)
    return _page(request, visit, journey, opened)


def _judged(request: HttpRequest, visit: Visit, journey: Journey, step: Step) -> HttpResponse:
    """The page as it was left, with what stands against it."""
    stored = stored_fields(journey, step)
    own = {name for field in step_form(journey, step).fields.values() for name in field.widget.names}
    data = MultiValueDict({name: list(values) for name, values in stored.items() if name in own})
    return _page_with_problems(request, visit, journey, step, step_form(journey, step, data), status=200)


def step_form(
    journey: Journey, step: Step, data: QueryDict | MultiValueDict[str, str] | None = None
) -> StepForm:
    return StepForm(
        journey.parts(step),
        shuffle=journey.shuffle,
        stored=stored_fields(journey, step),
        data=data,
        reminded=journey.content.reminded,
    )


def stored_fields(journey: Journey, step: Step) -> Fields:
    """The fields of a page as they were left: as typed where something stood against them."""
    fields: dict[str, list[str]] = {}
    for part in journey.parts(step):
        fields |= fields_of(part.question, part.rows, journey.content.answers)
    return {**fields, **journey.content.fields()}


def _take(request: HttpRequest, number: int, now: datetime) -> HttpResponse:
    """Save a page, then go where its button leads.

    Mostly nobody else writes this draft at the same time, and no lock is taken. Whoever finds that somebody did,
    starts once more with the draft locked.
    """
    try:
        return _saved(request, answering(request, now), number)
    except SavedMeanwhile:
        with transaction.atomic():
            return _saved(request, saving(request, now), number)


def _saved(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """One write. The cookie begins its time anew with every page saved."""
    check_names_draft(visit, request.POST.get(DRAFT, ""))
    journey = journey_of(visit)
    opened = journey.step(number)
    leave = _way_out(visit, request.POST.get(ACTION, ""))
    if opened is None or leave is None or not journey.opens(opened):
        raise NotOfThisPage
    form = step_form(journey, opened, request.POST)
    answered = journey.going_on(_with(journey.content, opened, form))
    response = leave(request, visit, answered, opened, form)
    if _overwrites(request, journey.content, answered.content):
        response = _telling(response)
    hand_over(response, visit.key)
    return response


def _with(content: Content, step: Step, form: StepForm) -> Content:
    """The draft with what this page brought: answers, and as typed what something stands against."""
    asked = form.items
    answers = {item: answer for item, answer in content.answers.items() if item not in asked}
    refused = {name: fields for name, fields in content.refused.items() if name not in form.parts}
    return replace(
        content,
        step=step.number,
        answers=answers | form.answers,
        refused=refused | form.refused,
        saves=content.saves + 1,
    )


def _overwrites(request: HttpRequest, before: Content, after: Content) -> bool:
    """Whether an older form changed what has been saved since. The same form sent twice changes nothing."""
    made_from = request.POST.get(SAVED, "")
    is_older = made_from.isdecimal() and len(made_from) < 10 and int(made_from) < before.saves
    return is_older and (before.answers, before.refused) != (after.answers, after.refused)


def _telling(response: HttpResponse) -> HttpResponse:
    if isinstance(response, HttpResponseRedirect):
        mark = "&" if "?" in response["Location"] else "?"
        response["Location"] += f"{mark}{OTHER_TAB}"
    return response


def _go_on(request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm) -> HttpResponse:
    """Save and continue: problems are shown, those that may be passed only once."""
    asked_for = {problem.name for problem in form.problems if problem.soft}
    content = replace(journey.content, reminded=journey.content.reminded | asked_for)
    skips = request.POST.get(ACTION) == "skip"
    if any(not (problem.soft and skips) for problem in form.problems):
        visit.save(content)
        return _page_with_problems(request, visit, journey.going_on(content), step, form, status=422)
    content = replace(content, seen=content.seen | {step.number})
    return _to_next(visit, journey.going_on(content), step)


def _to_next(visit: Visit, journey: Journey, step: Step) -> HttpResponse:
    """To the next page; after the last one the receipt is drawn, and the check page looks for what is missing."""
    following = journey.after(step.number)
    if following:
        visit.save(replace(journey.content, step=following.number))
        return to_step(following.number)
    visit.save(replace(journey.content, receipt=journey.content.receipt or new_receipt()))
    return redirect("responses:check")


def _go_back(
    request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm
) -> HttpResponse:
    earlier = journey.before(step.number) or step
    visit.save(replace(journey.content, step=earlier.number))
    return to_step(earlier.number)


def _stay(request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm) -> HttpResponse:
    visit.save(journey.content)
    return to_step(step.number)


def _leave_for(name: str) -> Leave:
    def leave(
        request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm
    ) -> HttpResponse:
        visit.save(journey.content)
        return redirect(name)

    return leave


def _switch_to(language: str) -> Leave:
    """Save, and show the same page in another language."""

    def leave(
        request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm
    ) -> HttpResponse:
        response = _stay(request, visit, journey, step, form)
        remember(response, language)
        return response

    return leave


Leave = Callable[[HttpRequest, Visit, Journey, Step, StepForm], HttpResponse]

LEAVING: dict[str, Leave] = {
    "continue": _go_on,
    "skip": _go_on,
    "back": _go_back,
    "stay": _stay,
    "later": _leave_for("responses:later"),
    "stop": _leave_for("responses:stop"),
}


def _way_out(visit: Visit, action: str) -> Leave | None:
    """What the button of a page does. A button of a language exists for those that are open."""
    if action.startswith(SWITCH):
        language = action.removeprefix(SWITCH)
        return _switch_to(language) if language in visit.languages else None
    return LEAVING.get(action)


def _page(request: HttpRequest, visit: Visit, journey: Journey, step: Step) -> HttpResponse:
    """A page without problems, joined from what was rendered before."""
    hidden = _hidden(visit, journey)
    in_slots = [(name, frozen.slot(name)) for name, _value in hidden]
    context = page_context(journey, step, address=address_of(step), hidden=in_slots)
    context |= {"other_tab": OTHER_TAB in request.GET}
    slots = {"csrf_token": page_token(request), **dict(hidden)}
    if step.parts:
        slots["questions"] = _questions(journey, step)
    return HttpResponse(frozen.page(template_of(step), Texts(visit).frame | context, slots))


def _questions(journey: Journey, step: Step) -> SafeString:
    parts, stored = journey.parts(step), stored_fields(journey, step)
    if any(stored.values()):
        return frozen.questions(drawn(parts, shuffle=journey.shuffle, stored=stored))
    return untouched.questions(parts, shuffle=journey.shuffle, kept=journey.plan.untouched)


def _hidden(visit: Visit, journey: Journey) -> list[tuple[str, str]]:
    return [(DRAFT, str(visit.draft.pk)), (SAVED, str(journey.content.saves))]


def _page_with_problems(
    request: HttpRequest, visit: Visit, journey: Journey, step: Step, form: StepForm, *, status: int
) -> HttpResponse:
    hidden = _hidden(visit, journey)
    context = page_context(journey, step, address=address_of(step), hidden=hidden) | error_context(form)
    return respondent_render(request, template_of(step), visit, context, status)
