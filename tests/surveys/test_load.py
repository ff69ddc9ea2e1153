from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import AuditEvent
from surveys import storage
from surveys.actions.load import Outcome, load
from surveys.exceptions import FrozenQuestionnaire, QuestionnaireProblems
from surveys.models import Code, Questionnaire, Wording, WordingChange
from surveys.queries import codebook_of, definition_of, languages_of, states_of
from surveys.translating import fingerprint
from tests.services import acting_as
from tests.surveys.build import KEYS, SHIPPED, shipped, shipped_text
from tests.surveys.test_validation import SMALL

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 4, 1, 12, tzinfo=UTC)

GERMAN = """
questionnaire: small
version: 1
language: de
texts:
  question.area.text: "Wo?"
  question.eligible.text: "Haben Sie {reference_period.durch} daran gearbeitet?"
  reference_period.durch: in den letzten zwölf Monaten
  page.consent.body: "[organisation] fragt."
"""


def load_small(text: str = SMALL, now: datetime = NOW):
    return load(text=text, now=now)


def freeze(text: str = SMALL) -> Questionnaire:
    questionnaire = load_small(text).questionnaire
    questionnaire.frozen_at = NOW
    questionnaire.save(update_fields=["frozen_at"])
    return questionnaire


@pytest.mark.usefixtures("no_questionnaires")
@pytest.mark.parametrize("key", KEYS)
def test_shipped_questionnaire_read_back_is_equal(key):
    result = load(text=shipped_text(key), now=NOW)

    assert result.outcome is Outcome.CREATED
    assert storage.read(Questionnaire.objects.get(key=key)) == shipped(key)
    assert definition_of(result.questionnaire) == shipped(key)
    assert codebook_of(result.questionnaire).size < 32_768


@pytest.mark.usefixtures("no_questionnaires")
def test_loading_twice_changes_nothing():
    first = load_small()
    rows = set(Wording.objects.values_list("pk", flat=True))

    second = load_small()

    assert second.outcome is Outcome.UNCHANGED
    assert second.questionnaire == first.questionnaire
    assert set(Wording.objects.values_list("pk", flat=True)) == rows
    assert AuditEvent.objects.filter(action="questionnaire.loaded").count() == 1


@pytest.mark.usefixtures("no_questionnaires")
def test_draft_version_is_written_anew():
    before = load_small().questionnaire

    result = load_small(SMALL.replace("text: Where?", "text: Where are you?"))

    assert result.outcome is Outcome.UPDATED
    assert result.questionnaire == before
    assert [str(change) for change in result.changes] == [
        "sections[profile].questions[area].text: Where? -> Where are you?"
    ]
    assert definition_of(result.questionnaire).by_key["area"].text == "Where are you?"


@pytest.mark.usefixtures("no_questionnaires")
def test_file_with_faults_writes_nothing():
    with pytest.raises(QuestionnaireProblems):
        load_small(SMALL.replace("unit: person", "unit: household"))

    assert not Questionnaire.objects.exists()


@pytest.mark.usefixtures("no_questionnaires")
def test_frozen_version_refuses_a_change_with_the_differences_and_the_next_number():
    freeze()
    changed = SMALL.replace("text: Where?", "text: Where are you?").replace(
        "label: North}", "label: Far north}"
    )

    with pytest.raises(FrozenQuestionnaire) as caught:
        load_small(changed)

    assert [str(difference) for difference in caught.value.differences] == [
        "sections[profile].questions[area].text: Where? -> Where are you?",
        "sections[profile].questions[area].choices[north].label: North -> Far north",
    ]
    assert caught.value.next_version == 2
    assert "raise questionnaire.wording_version to 2" in str(caught.value)
    assert definition_of(Questionnaire.objects.get()).by_key["area"].text == "Where?"


@pytest.mark.usefixtures("no_questionnaires")
def test_frozen_version_loaded_again_is_unchanged():
    freeze()

    assert load_small().outcome is Outcome.UNCHANGED


@pytest.mark.usefixtures("no_questionnaires")
def test_frozen_version_takes_codes_at_the_end_of_a_frame():
    questionnaire = freeze()
    before = codebook_of(questionnaire)
    known = dict(Code.objects.values_list("code", "pk"))

    result = load_small(
        SMALL.replace("label: Removed}", "label: Removed}\n      - {code: trust, label: Trust}")
    )

    assert result.outcome is Outcome.CODES_APPENDED
    assert [code.code for code in definition_of(result.questionnaire).frames["themes"].codes][-1] == "trust"
    assert dict(Code.objects.values_list("code", "pk")).items() > known.items()
    assert codebook_of(result.questionnaire).coded("ideas", "help") == before.coded("ideas", "help")


@pytest.mark.usefixtures("no_questionnaires")
def test_frozen_version_takes_no_code_in_the_middle_of_a_frame():
    freeze()
    changed = SMALL.replace("- {code: too_vague,", "- {code: trust, label: T}\n      - {code: too_vague,")

    with pytest.raises(FrozenQuestionnaire):
        load_small(changed)


def version_2(text: str = SMALL) -> str:
    return text.replace("  wording_version: 1", "  wording_version: 2")


@pytest.mark.usefixtures("no_questionnaires")
def test_new_version_stands_beside_the_frozen_one():
    old = freeze()

    result = load_small(version_2())

    assert result.outcome is Outcome.CREATED
    assert (result.questionnaire.version, old.version) == (2, 1)
    assert replace(definition_of(result.questionnaire), version=1) == definition_of(old)


@pytest.mark.usefixtures("no_questionnaires")
def test_new_version_with_another_text_needs_a_higher_wording_version():
    freeze()
    changed = version_2(SMALL.replace("text: Where?", "text: Where are you?"))

    with pytest.raises(QuestionnaireProblems) as caught:
        load_small(changed)

    (problem,) = caught.value.problems
    assert problem.path == "sections[0].questions[1].wording_version"
    assert "Write `wording_version: 2`" in problem.message
    numbered = changed.replace("key: area\n", "key: area\n        wording_version: 2\n")
    assert load_small(numbered).outcome is Outcome.CREATED


@pytest.mark.usefixtures("no_questionnaires")
def test_translation_is_added_and_falls_back_to_the_source():
    questionnaire = freeze()

    result = load_small(GERMAN)
    german = definition_of(questionnaire, "de-AT")

    assert result.outcome is Outcome.TRANSLATED
    assert german.by_key["area"].text == "Wo?"
    assert german.by_key["steps"].text == "Which steps?"
    assert german.language == "de"
    assert dict(german.reference_period)["durch"] == "in den letzten zwölf Monaten"
    assert german.by_key["country"].choices[0].label == "Afghanistan"
    assert "Ägypten" in {choice.label for choice in german.by_key["country"].choices}
    assert definition_of(questionnaire) == definition_of(questionnaire, "fr") != german
    assert languages_of(questionnaire) == ("en", "de")


@pytest.mark.usefixtures("no_questionnaires")
def test_corrected_translation_shows_at_once_and_is_logged():
    freeze()
    questionnaire = load_small(GERMAN).questionnaire
    assert definition_of(questionnaire, "de").by_key["area"].text == "Wo?"

    result = load_small(GERMAN.replace('"Wo?"', '"Wo sind Sie?"'), LATER)

    questionnaire.refresh_from_db()
    assert definition_of(questionnaire, "de").by_key["area"].text == "Wo sind Sie?"
    assert [str(change) for change in result.changes] == ["question.area.text: Wo? -> Wo sind Sie?"]
    change = WordingChange.objects.get(at=LATER)
    assert (change.language, change.path, change.before, change.after) == (
        "de",
        "question.area.text",
        "Wo?",
        "Wo sind Sie?",
    )
    assert load_small(GERMAN.replace('"Wo?"', '"Wo sind Sie?"')).outcome is Outcome.UNCHANGED


@pytest.mark.usefixtures("no_questionnaires")
@pytest.mark.parametrize(
    ("before", "after", "path", "words"),
    [
        ("question.area.text", "question.aria.text", "texts.question.aria.text", "Did you mean"),
        ("version: 1", "version: 7", "questionnaire", "not loaded"),
        ("language: de", "language: en", "language", "itself"),
        ("language: de", "language: deutsch", "language", "language tag"),
        ("reference_period.durch}", "reference_period.fern}", "texts.question.eligible.text", "no form"),
        ("[organisation] fragt", "[Organisation] fragt", "texts.page.consent.body", "no place"),
        ("texts:", "sources: {page.consent.body: 12}\ntexts:", "sources.page.consent.body", "quotes"),
        (
            "texts:",
            'sources: {page.consent.body: "x"}\ntexts:',
            "sources.page.consent.body",
            "no fingerprint",
        ),
        ("version: 1", "version: one", "version", "whole number"),
        ("texts:", "author: me\ntexts:", "author", "no `author`"),
    ],
)
def test_translation_with_a_fault_is_refused_whole(before, after, path, words):
    freeze()

    with pytest.raises(QuestionnaireProblems) as caught:
        load_small(GERMAN.replace(before, after))

    found = {problem.path: problem.message for problem in caught.value.problems}
    assert words in found[path]
    assert not Wording.objects.filter(language="de").exists()
    assert not WordingChange.objects.exists()


@pytest.mark.usefixtures("no_questionnaires")
def test_definition_kept_costs_no_query(django_assert_num_queries):
    questionnaire = freeze()
    load_small(GERMAN)
    definition_of(questionnaire)
    definition_of(questionnaire, "de")

    with django_assert_num_queries(0):
        definition_of(questionnaire)
        definition_of(questionnaire, "en")
        definition_of(questionnaire, "de")


@pytest.mark.usefixtures("no_questionnaires")
def test_every_change_of_a_text_raises_the_version_of_the_texts():
    versions = [load_small().questionnaire.texts_version]
    versions.append(
        load_small(SMALL.replace("text: Where?", "text: Where are you?")).questionnaire.texts_version
    )
    versions.append(load_small(GERMAN).questionnaire.texts_version)
    versions.append(load_small(GERMAN).questionnaire.texts_version)
    asked_anew = SMALL.replace("text: Where?", "text: Where are you?")
    freeze(asked_anew)
    with_code = asked_anew.replace("label: Removed}", "label: Removed}\n      - {code: trust, label: Trust}")
    versions.append(load_small(with_code).questionnaire.texts_version)

    assert versions == [1, 2, 3, 3, 4]


@pytest.mark.usefixtures("no_questionnaires")
def test_text_left_out_or_empty_is_missing_and_falls_back():
    load_small()

    result = load_small(GERMAN.replace('"Wo?"', '""'))

    (state,) = result.translations
    assert {"question.area.text", "question.steps.text"} <= set(state.missing)
    assert "question.eligible.text" not in state.missing
    assert "question.area.base" in state.missing_in_report
    assert not state.is_complete
    assert definition_of(result.questionnaire, "de").by_key["area"].text == "Where?"


@pytest.mark.usefixtures("no_questionnaires")
def test_new_source_text_makes_its_translation_stale_until_it_is_translated_anew():
    load_small()
    load_small(GERMAN)
    asked_anew = SMALL.replace("text: Where?", "text: Where are you?")

    (after_source,) = load_small(asked_anew).translations
    (after_same_file,) = load_small(GERMAN).translations
    (after_new_text,) = load_small(GERMAN.replace('"Wo?"', '"Wo sind Sie?"')).translations

    stale = ("question.area.text",)
    assert (after_source.stale, after_same_file.stale, after_new_text.stale) == (stale, stale, ())


@pytest.mark.usefixtures("no_questionnaires")
def test_fingerprint_in_the_file_says_what_the_text_was_made_from():
    load_small()
    old = f'sources: {{question.area.text: "{fingerprint("Where exactly?")}"}}\ntexts:'
    present = f'sources: {{question.area.text: "{fingerprint("Where?")}"}}\ntexts:'

    made_from_old = load_small(GERMAN.replace("texts:", old))
    looked_at = load_small(GERMAN.replace("texts:", present))

    assert made_from_old.translations[0].stale == ("question.area.text",)
    assert looked_at.translations[0].stale == ()
    assert looked_at.outcome is Outcome.NOTED


@pytest.mark.usefixtures("no_questionnaires")
def test_text_that_a_draft_no_longer_has_is_listed_and_refused_when_loaded_again():
    load_small()
    load_small(GERMAN.replace("texts:", "texts:\n  question.area.choice.north: Norden"))
    renamed = SMALL.replace("code: north,", "code: northern,").replace("[north]", "[northern]")

    (state,) = load_small(renamed).translations

    assert state.extra == ("question.area.choice.north",)
    with pytest.raises(QuestionnaireProblems) as caught:
        load_small(GERMAN.replace("texts:", "texts:\n  question.area.choice.north: Norden"))
    assert "Did you mean `question.area.choice.northern`?" in caught.value.problems[0].message


@pytest.mark.usefixtures("no_questionnaires")
def test_review_is_kept_and_taken_back_with_the_file():
    load_small()
    reviewed = GERMAN.replace("texts:", "reviewed_by: Erika Mustermann\ntexts:")

    load_small(GERMAN)
    first = load_small(reviewed)
    second = load_small(GERMAN)

    assert (first.outcome, first.translations[0].reviewed_by) == (Outcome.NOTED, "Erika Mustermann")
    assert (second.outcome, second.translations[0].reviewed_by) == (Outcome.NOTED, "")
    assert load_small(GERMAN).outcome is Outcome.UNCHANGED


def write(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.yaml") for name in files]


@pytest.mark.usefixtures("no_questionnaires")
def test_command_loads_files_in_the_order_given(tmp_path, capsys):
    files = write(tmp_path, small=SMALL, german=GERMAN)

    call_command("load_questionnaire", *files)
    call_command("load_questionnaire", *files)

    lines = capsys.readouterr().out.splitlines()
    german = (
        "Deutsch: 3 texts for respondents. 46 texts for respondents are not translated into German. "
        "For the report alone, 24 are missing or out of date. A draft: nobody has reviewed it."
    )
    assert lines == [
        f"{files[0]}: small v1 created",
        f"{files[1]}: small v1 wordings corrected",
        f"{files[1]}: {german}",
        f"{files[0]}: small v1 unchanged",
        f"{files[0]}: {german}",
        f"{files[1]}: small v1 unchanged",
        f"{files[1]}: {german}",
    ]


@pytest.mark.usefixtures("no_questionnaires")
def test_command_loads_everything_that_ships_as_a_shell_lists_it():
    call_command("load_questionnaire", *sorted(str(file) for file in SHIPPED.glob("*.yaml")), verbosity=0)

    assert set(Questionnaire.objects.values_list("key", flat=True)) == set(KEYS)
    for questionnaire in Questionnaire.objects.all():
        assert all(state.is_complete for state in states_of(questionnaire))
        assert languages_of(questionnaire) == ("en", "ar", "sv")


@pytest.mark.usefixtures("no_questionnaires")
def test_command_with_a_faulty_file_prints_every_fault_and_writes_no_file(tmp_path, capsys):
    faulty = (Path(__file__).parent / "faulty.yaml").read_text(encoding="utf-8")
    files = write(tmp_path, small=SMALL, faulty=faulty)
    (tmp_path / "latin.yaml").write_bytes("title: Türkiye".encode("latin-1"))
    files += [str(tmp_path / "latin.yaml"), str(tmp_path / "missing.yaml")]

    with pytest.raises(SystemExit) as caught:
        call_command("load_questionnaire", *files)

    lines = capsys.readouterr().err.splitlines()
    assert caught.value.code == 1
    assert sum(line.startswith(f"{files[1]}: ") for line in lines) == 20
    assert f"{files[2]}: file: The file is not in UTF-8. Save it in this encoding." in lines
    assert f"{files[3]}: file: The file cannot be read: No such file or directory." in lines
    assert not Questionnaire.objects.exists()


@pytest.mark.usefixtures("no_questionnaires")
def test_command_with_a_change_to_a_frozen_version_prints_the_differences(tmp_path, capsys):
    freeze()
    files = write(tmp_path, small=SMALL.replace("text: Where?", "text: Where are you?"))

    with pytest.raises(SystemExit):
        call_command("load_questionnaire", *files)

    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"{files[0]}: sections[profile].questions[area].text: Where? -> Where are you?"
    assert "to 2." in lines[1]


@pytest.mark.usefixtures("no_questionnaires")
def test_web_role_may_load_correct_and_translate():
    with acting_as("web"):
        load_small()
        load_small(SMALL.replace("text: Where?", "text: Where are you?"))
        load_small(GERMAN)

    assert WordingChange.objects.exists()


def test_two_loads_of_one_new_file_at_once_create_it_once(committed_database):
    barrier = Barrier(2)

    def load_in_thread(_number: int) -> Outcome:
        barrier.wait(timeout=30)
        try:
            return load_small().outcome
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(load_in_thread, range(2)))

    assert outcomes == [Outcome.CREATED, Outcome.UNCHANGED]
