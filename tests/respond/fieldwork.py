"""Open waves of the real questionnaires, and a respondent who reads the pages and posts the forms as a browser does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client
from lxml import html

from responses.models import Invitation
from responses.sealing import generate_key_pair, new_token, session_key, token_hash, token_text
from surveys.actions.load import load
from surveys.models import Edition, Questionnaire, Wave, WaveKey, WavePlace
from surveys.places import free_places
from surveys.queries import definition_of
from surveys.storage import write_wordings
from surveys.wordings import texts
from tests import pseudo

_versions = count(1000, 1000)
PROJECT = Path(__file__).resolve().parents[2]
Fields = dict[str, list[str]]


def loaded(key: str) -> Questionnaire:
    """A shipped questionnaire, which every database of the tests has from the start, under the same key.

    Processes keep texts by key and version, and outlive the tests: each test's texts have versions of their own.
    """
    questionnaire = Questionnaire.objects.get(key=key, version=1)
    questionnaire.texts_version = next(_versions)
    questionnaire.save(update_fields=["texts_version"])
    return questionnaire


def open_wave(questionnaire: str | Questionnaire, *, year: int = 2019, **changes: Any) -> Wave:
    """A wave that is open now, its places filled."""
    now = datetime.now(UTC)
    edition, _made = Edition.objects.get_or_create(year=year, defaults={"title": "A report"})
    times = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=20)}
    wave = Wave.objects.create(
        **{
            "edition": edition,
            "questionnaire": loaded(questionnaire) if isinstance(questionnaire, str) else questionnaire,
            "status": Wave.Status.OPEN,
            "time_zone": "Europe/Stockholm",
            "synthetic": True,
            **times,
            **changes,
        }
    )
    fill = [WavePlace(wave=wave, place=place, text=f"the {place}") for place in free_places(wave)]
    WavePlace.objects.bulk_create(fill)
    WaveKey.objects.create(wave=wave, public_key=generate_key_pair()[1])
    return wave


def speak(wave: Wave, *languages: str) -> Wave:
    """Open languages of a wave: shipped translations, or one of those that nobody speaks."""
    for language in languages:
        file = PROJECT / f"surveys/questionnaires/{wave.questionnaire.key}.{language}.yaml"
        if language in pseudo.LOCALES:
            given = texts(definition_of(wave.questionnaire))
            longer = {path: pseudo.longer(text) for path, text in given.items()}
            write_wordings(wave.questionnaire, language, longer)
        else:
            load(text=file.read_text(), now=datetime.now(UTC))
    wave.questionnaire.refresh_from_db()
    wave.languages = [*wave.languages, *languages]
    wave.texts_version += 1
    wave.save(update_fields=["languages", "texts_version"])
    return wave


def new_link(wave: Wave, **fields: Any) -> str:
    """The path of a fresh personal link."""
    token = new_token()
    Invitation.objects.create(wave=wave, token_hash=token_hash(session_key(token)), **fields)
    return f"/i/{token_text(token)}"


@dataclass
class Respondent:
    """A browser without JavaScript: it sees a page, fills in what is there, and presses buttons by their value."""

    link: str
    client: Client = field(default_factory=Client)
    response: HttpResponse = field(default_factory=HttpResponse)
    path: str = ""

    def open(self) -> Respondent:
        return self.get(self.link)

    def get(self, path: str) -> Respondent:
        self._follow(self.client.get(path), path)
        return self

    def _follow(self, response: HttpResponse, path: str) -> None:
        while response.status_code in {301, 302, 303}:
            path = response["Location"]
            response = self.client.get(path)
        self.response, self.path = response, path

    @property
    def page(self) -> html.HtmlElement:
        return html.document_fromstring(self.response.content)

    @property
    def form(self) -> html.HtmlElement:
        return self.page.forms[0]

    @property
    def heading(self) -> str:
        return " ".join(self.page.xpath("string(//h1)").split())

    def text(self) -> str:
        return " ".join(self.page.xpath("string(//main)").split())

    def errors(self) -> list[str]:
        return [" ".join(link.text_content().split()) for link in self.page.xpath("//div[@id='errors']//li")]

    def receipt(self) -> str:
        return str(self.page.xpath("string(//*[@class='receipt'])"))

    def fields(self) -> Fields:
        """What the form would post if it was sent as it is."""
        found: Fields = {}
        for name, value in self.form.form_values():
            found.setdefault(name, []).append(value)
        return found

    def names(self) -> set[str]:
        return {name for name in self.form.xpath(".//@name") if name.startswith("q-")}

    def begin(self) -> Respondent:
        return self.open().post({"consent_given": ["yes"], "action": ["continue"]})

    def press(self, action: str = "continue", answers: Mapping[str, Any] | None = None) -> Respondent:
        """Fill in and press the button of that value."""
        filled = {name: [v] if isinstance(v, str) else list(v) for name, v in (answers or {}).items()}
        return self.post({**self.fields(), **filled, "action": [action]})

    def post(self, fields: Mapping[str, Any], path: str | None = None) -> Respondent:
        path = path or self.form.get("action").split("#")[0]
        self._follow(self.client.post(path, dict(fields)), path)
        return self

    def to(self, name: str) -> Respondent:
        """Answer page after page until one has a field of this name."""
        while name not in self.names():
            assert "/answer/step/" in self.path, f"no page has {name}"
            self.press(answers=first_answers(self))
        return self

    def walk(self, choose: Callable[[Respondent], Mapping[str, Any]], pages: int = 80) -> Respondent:
        """Go on, page by page, until no page of questions follows."""
        for _page in range(pages):
            if "/answer/step/" not in self.path:
                return self
            before = self.path
            self.press(answers=choose(self))
            if self.response.status_code == 422:
                self.press("skip")
            assert self.response.status_code == 200, (before, self.response.status_code, self.errors())
        raise AssertionError("the questionnaire does not end")


ELIGIBLE = {"q-le_eligible": "main_task", "q-ent_size": "s_5001_10000", "q-ent_decision": "main"}


def first_answers(respondent: Respondent) -> dict[str, Any]:
    """The first radio button or checkbox of everything, 40 for numbers, words for texts; never screened out."""
    chosen: dict[str, Any] = {name: code for name, code in ELIGIBLE.items() if name in respondent.names()}
    for element in respondent.form.xpath(".//input | .//select | .//textarea"):
        name = element.get("name", "")
        if not name.startswith("q-") or name in chosen or name.endswith("-special") or "-other-" in name:
            continue
        if element.get("type") in {"radio", "checkbox"}:
            chosen[name] = element.get("value")
        elif element.tag == "select":
            taken = set(chosen.values())
            values = [option.get("value") for option in element.xpath("option")]
            chosen[name] = next(value for value in values if value and value not in taken)
        else:
            chosen[name] = "40" if element.get("inputmode") == "numeric" else "encryption"
    return chosen
