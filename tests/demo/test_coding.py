"""How the demo codes its open answers, and that codes become marks and leave them again."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from reports.demo.coding import EVERY, SLIP, code_wave, fitting, with_slips
from responses.coding.models import Decision
from responses.codings import apply_codings
from responses.extracts import codebook_of
from responses.models import Coding, OpenText, Response
from responses.open_texts import uncoded
from surveys.queries import definition_of
from tests.coding.stage import BESIDE, NOW, QUESTION, Stage, coding_stage, store
from tests.services import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return coding_stage(["Web  FILTER", "a cage"])


def coded(stage: Stage) -> dict[str, float | None]:
    people = {"first": stage.first, "second": stage.second, "third": stage.third, "lead": stage.lead}
    return code_wave(stage.wave, **people, now=NOW)


def is_counted(stage: Stage, response: Response, question: str, one: str) -> bool:
    codebook = codebook_of(stage.wave)
    response.refresh_from_db()
    marks = set(codebook.unpack(bytes(response.marks)))
    wanted = codebook.coded(question, one) if question == QUESTION else codebook.chosen(question, one)
    return bool(marks & set(wanted.plus))


def test_labels_and_aliases_are_found_and_the_rest_is_something_else(stage: Stage) -> None:
    store(stage.wave, ((), "the lawyers", "en"))
    texts = list(uncoded(stage.wave))

    found = fitting(definition_of(stage.wave.questionnaire), texts)

    assert {text.text: found[text.pk] for text in texts} == {
        "Web  FILTER": ["filter"],
        "a cage": ["other"],
        "the lawyers": ["other"],
    }


def test_second_coder_misses_some_and_the_third_puts_them_right(db: None) -> None:
    stage = coding_stage(["firewall"] * (EVERY + SLIP + 1))
    texts = list(uncoded(stage.wave))
    right = fitting(definition_of(stage.wave.questionnaire), texts)

    slipped = with_slips(right, texts)
    coded(stage)

    assert sum(slipped[key] != right[key] for key in right) == 2
    assert Decision.objects.filter(place=3).count() == 2
    assert set(Coding.objects.values_list("code", flat=True)) == {"firewall"}
    assert not uncoded(stage.wave).exists()


def test_coding_of_the_demo_works_with_the_rights_of_the_web_and_is_audited_as_a_whole(db: None) -> None:
    stage = coding_stage(["firewall", "dlp"])
    with acting_as("web"):
        coded(stage)

    assert Coding.objects.count() == 2
    assert AuditEvent.objects.filter(action="coding.decided").count() == 2


def test_applied_codings_become_marks_and_changed_ones_replace_them(db: None) -> None:
    stage = coding_stage(["a cage", "dlp"])
    response = Response.objects.get()
    cage = OpenText.objects.get(text="a cage")
    coding = Coding.objects.create(text=cage, code="device_control")
    with acting_as("worker"):
        first = apply_codings(wave=stage.wave)
    coding.code = "physical"
    coding.save()

    second, third = apply_codings(wave=stage.wave), apply_codings(wave=stage.wave)

    assert (first, second, third) == (1, 1, 0)
    assert is_counted(stage, response, QUESTION, "physical")
    assert not is_counted(stage, response, QUESTION, "device_control")


def test_text_beside_a_choice_coded_into_the_list_counts_as_that_choice(db: None) -> None:
    stage = coding_stage([])
    store(stage.wave, ((), "legal", "en"))
    response = Response.objects.get()
    Coding.objects.create(text=OpenText.objects.get(), code="legal")

    apply_codings(wave=stage.wave)

    assert is_counted(stage, response, BESIDE, "legal")
    assert not is_counted(stage, response, BESIDE, "other")
