"""A respondent's browser in miniature: reads the forms of the pages, fills them in and posts them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin

import httpx
from lxml import html

from surveys.answers import Answer
from surveys.definition import Definition, Kind, Question, split_item

QUESTION_FIELD = "q-"
STEP = "/answer/step/"
FORMS_ON_THE_WAY = ("/answer/begin", STEP, "/answer/check", "/answer/send")
FIRST_ERROR, UNPROCESSABLE = 400, 422
MOST_PAGES = 200


class JourneyFailed(Exception):
    """A respondent could not go on; says on which page and what the page said."""


class Ending(StrEnum):
    SENT = "submitted"
    STOPPED = "stopped"
    DECLINED = "declined"


Fields = dict[str, list[str]]


def fields_of(definition: Definition, answers: Mapping[str, Answer]) -> Fields:
    """Everything that a person types or ticks, by the name of its field."""
    fields: Fields = {}
    for item, answer in answers.items():
        key, row = split_item(item)
        name = f"{QUESTION_FIELD}{key}" if row is None else f"{QUESTION_FIELD}{key}-{row}"
        fields.update(fields_of_answer(definition.by_key[key], name, answer))
    return {name: values for name, values in fields.items() if values}


def fields_of_answer(question: Question, name: str, answer: Answer) -> Fields:
    special = {choice.code for choice in question.special}
    apart = special if question.kind in SPECIAL_BESIDE else frozenset()
    fields = CONTROLS[question.kind](name, answer, [code for code in answer.codes if code not in apart])
    fields[f"{name}-special"] = [code for code in answer.codes if code in apart]
    fields.update({f"{name}-other-{code}": [text] for code, text in answer.others})
    return fields


def ticked(name: str, answer: Answer, codes: Sequence[str]) -> Fields:
    return {name: list(codes)}


def numbered_choices(name: str, answer: Answer, codes: Sequence[str]) -> Fields:
    return {f"{name}-{place}": [code] for place, code in enumerate(codes, start=1)}


def numbered_texts(name: str, answer: Answer, codes: Sequence[str]) -> Fields:
    return {f"{name}-{place}": [text] for place, text in enumerate(answer.texts, start=1)}


def typed_number(name: str, answer: Answer, codes: Sequence[str]) -> Fields:
    return {name: [] if answer.number is None else [str(answer.number)]}


def typed_text(name: str, answer: Answer, codes: Sequence[str]) -> Fields:
    return {name: list(answer.texts)}


CONTROLS = {
    Kind.SINGLE: ticked,
    Kind.MULTIPLE: ticked,
    Kind.GRID_SINGLE: ticked,
    Kind.GRID_MULTIPLE: ticked,
    Kind.RANKING: numbered_choices,
    Kind.OPEN_LIST: numbered_texts,
    Kind.NUMBER: typed_number,
    Kind.OPEN_TEXT: typed_text,
}
# Kinds whose special answers are controls of their own; elsewhere they are ticked like any other choice.
SPECIAL_BESIDE = frozenset({Kind.RANKING, Kind.OPEN_LIST, Kind.NUMBER, Kind.OPEN_TEXT})


@dataclass(frozen=True, slots=True)
class Page:
    """One page as received: its address, its status and its parsed content."""

    url: str
    status: int
    tree: html.HtmlElement

    @property
    def heading(self) -> str:
        found = self.tree.find(".//h1")
        return " ".join(found.text_content().split()) if found is not None else ""

    def form_to(self, *endings: str) -> html.FormElement | None:
        """The first form, past the one of the languages, that posts to an address with one of these endings."""
        for form in self.tree.xpath("//form[not(@id='language-form')]"):
            target = urljoin(self.url, form.get("action") or self.url).partition("#")[0].rstrip("/")
            if form.method == "POST" and any(part in target for part in endings):
                return form
        return None

    def says(self) -> str:
        alerts = self.tree.xpath("//*[@role='alert']")
        words = " ".join(alerts[0].text_content().split()) if alerts else self.heading
        return f"{self.url} ({self.status}): {words[:400]}"


class Respondent:
    """One person with one link. The cookie jar is the person's own; the connections are shared."""

    def __init__(self, transport: httpx.BaseTransport, base_url: str, fields: Fields) -> None:
        self.http = httpx.Client(
            transport=transport, base_url=base_url, follow_redirects=True, timeout=60, trust_env=False
        )
        self.fields = fields
        self.filled: set[str] = set()
        self.steps = 0

    def answer(self, link: str, *, stop_after: int | None = None) -> Ending:
        """Walk from the link to the confirmation, or leave after `stop_after` pages of questions."""
        page = self.walk(self.open(link), lambda _page: stop_after is not None and self.steps >= stop_after)
        form = page.form_to(*FORMS_ON_THE_WAY)
        if form is None:
            return self.finished(page)
        self.post(page, form, action="later")
        return Ending.STOPPED

    def walk(self, page: Page, is_far_enough: Callable[[Page], bool]) -> Page:
        """Go on from page to page, to the first that is far enough or that has nothing more to send."""
        for _ in range(MOST_PAGES):
            form = page.form_to(*FORMS_ON_THE_WAY)
            if form is None or is_far_enough(page):
                return page
            page = self.advance(page, form)
        raise JourneyFailed(f"No end after {MOST_PAGES} pages: {page.says()}")

    def decline(self, link: str) -> Ending:
        page = self.open(link)
        consent = page.form_to("/answer/begin")
        if consent is not None:
            page = self.post(page, consent, action="decline")
        certain = page.form_to("/answer/decline")
        if certain is None:
            raise JourneyFailed(f"There is no way to decline: {page.says()}")
        page = self.post(page, certain)
        if page.status >= FIRST_ERROR:
            raise JourneyFailed(page.says())
        return Ending.DECLINED

    def open(self, link: str) -> Page:
        return read(self.http.get(link))

    def advance(self, page: Page, form: html.FormElement) -> Page:
        """Fill in what the page asks and press its main button; leave a question empty only after its reminder."""
        names = question_names(form)
        self.steps += bool(names)
        after = self.post(page, form, action="continue")
        reminder = after.form_to(STEP) if after.status == UNPROCESSABLE else None
        if reminder is not None and has_button(reminder, "skip"):
            after = self.post(after, reminder, action="skip")
        if after.status >= FIRST_ERROR:
            raise JourneyFailed(after.says())
        self.filled |= names & set(self.fields)
        return after

    def post(self, page: Page, form: html.FormElement, action: str = "") -> Page:
        values = hidden_values(form)
        values.update({name: self.fields[name] for name in question_names(form) if name in self.fields})
        if not question_names(form):
            values.update({box.name: [box.get("value", "on")] for box in checkboxes(form)})
        if action and has_button(form, action):
            values["action"] = [action]
        target = urljoin(page.url, form.get("action") or page.url).partition("#")[0]
        return read(self.http.post(target, data=values))

    def finished(self, page: Page) -> Ending:
        unsaid = set(self.fields) - self.filled
        if page.status >= FIRST_ERROR or unsaid:
            raise JourneyFailed(f"{page.says()}; never asked: {', '.join(sorted(unsaid)) or 'nothing'}")
        return Ending.SENT


def read(response: httpx.Response) -> Page:
    return Page(str(response.url), response.status_code, html.fromstring(response.content))


def question_names(form: html.FormElement) -> set[str]:
    return {name for name in form.fields if name and name.startswith(QUESTION_FIELD)}


def hidden_values(form: html.FormElement) -> Fields:
    return {field.name: [field.get("value", "")] for field in form.xpath(".//input[@type='hidden'][@name]")}


def checkboxes(form: html.FormElement) -> list[html.InputElement]:
    return list(form.xpath(".//input[@type='checkbox'][@name]"))


def has_button(form: html.FormElement, action: str) -> bool:
    return bool(form.xpath(".//button[@name='action'][@value=$action]", action=action))
