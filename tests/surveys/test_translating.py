from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from surveys.reading.translation_files import read_pair, shipped_translations, stamped, stamps
from surveys.translating import compare, fingerprint, is_for_respondents, losses, name_in, own_name
from surveys.wordings import texts
from tests.surveys.build import KEYS, SHIPPED, shipped
from tests.surveys.test_validation import SMALL

SHIPPED_TRANSLATIONS = shipped_translations()
GERMAN = """
questionnaire: small
version: 1
language: de
texts:
  question.area.text: "Wo?"
  page.consent.body: "[organisation] fragt; siehe [das Gesetz](https://law.example)."
"""


def name_of(file: Path) -> str:
    return file.name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "small.de.yaml").write_text(GERMAN, encoding="utf-8")
    return tmp_path


@given(st.text())
def test_fingerprint_of_a_text_written_in_another_way_is_the_same(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)

    assert fingerprint(f"  {decomposed} \n") == fingerprint(text)
    assert fingerprint(text.replace(" ", "\n  ")) == fingerprint(text)


def test_fingerprint_is_the_beginning_of_a_sha256() -> None:
    assert fingerprint("abc") == "ba7816bf"
    assert fingerprint("Where?") != fingerprint("Where")


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("questionnaire.title", True),
        ("questionnaire.audience", False),
        ("questionnaire.population", False),
        ("questionnaire.mode", False),
        ("reference_period.in", True),
        ("page.consent.control.agree", True),
        ("section.profile.intro", True),
        ("question.q.text", True),
        ("question.q.help", True),
        ("question.q.choice.a", True),
        ("question.q.special.a", True),
        ("question.q.row.a", True),
        ("question.q.assigned.a", False),
        ("question.q.base", False),
        ("question.q.net.a", False),
        ("question.q.figure.title", False),
        ("class.area.part.a", False),
        ("frame.f.code.a", False),
        ("derived.d.label", False),
    ],
)
def test_texts_for_respondents_are_those_of_their_pages(path: str, seen: bool) -> None:
    assert is_for_respondents(path) is seen


@pytest.mark.parametrize("key", KEYS)
def test_every_text_of_the_shipped_questionnaires_is_for_somebody(key: str) -> None:
    paths = texts(shipped(key))

    assert {path.split(".")[0] for path in paths if not is_for_respondents(path)} <= {
        "questionnaire",
        "question",
        "class",
        "frame",
        "derived",
    }


def test_form_of_the_reference_period_that_no_translated_text_pipes_may_be_missing() -> None:
    source = {"reference_period.in": "in 12 months", "question.q.text": "What {reference_period.in}?"}

    without = compare(source, {"question.q.text": "Was?"}, {}, language="de")
    piped = compare(source, {"question.q.text": "Was {reference_period.in}?"}, {}, language="de")

    assert without.is_complete
    assert piped.missing == ("reference_period.in",)


def test_state_counts_texts_for_the_report_apart() -> None:
    source = {"question.q.text": "What?", "question.q.base": "All", "question.q.net.a": "Any"}
    made_from = {"question.q.text": fingerprint("What?"), "question.q.base": fingerprint("Everybody")}

    state = compare(source, {"question.q.text": "Was?", "question.q.base": "Alle"}, made_from, language="de")

    assert state.is_complete
    assert (state.missing_in_report, state.stale_in_report) == (("question.q.net.a",), ("question.q.base",))
    assert (state.name, state.texts) == ("Deutsch", 1)


def test_lost_places_and_links_are_named() -> None:
    source = "Ask [contact] or [helpline], or read [the law](https://law.example)."

    lost = list(losses(source, "Fragen Sie [contact], oder lesen Sie [das Gesetz](https://other.example)."))

    assert len(lost) == 2
    assert "[helpline]" in lost[0]
    assert "https://law.example" in lost[1]
    assert not list(losses(source, source))


@pytest.mark.parametrize(
    ("tag", "name"), [("sv", "Svenska"), ("ar", "العربية"), ("en-xa", "en-xa"), ("not a tag", "not a tag")]
)
def test_own_name_of_a_language(tag: str, name: str) -> None:
    assert own_name(tag) == name


@pytest.mark.parametrize(
    ("reader", "name"), [("en", "Swedish"), ("sv", "svenska"), ("ar", "السويدية"), ("en-xa", "sv")]
)
def test_name_of_a_language_in_a_sentence_is_in_that_of_the_reader(reader: str, name: str) -> None:
    assert name_in("sv", reader) == name


def test_stamping_writes_the_block_at_the_end_and_leaves_the_rest(folder: Path) -> None:
    file = folder / "small.de.yaml"

    call_command("stamp_translation", str(file), verbosity=0)
    call_command("stamp_translation", str(file), verbosity=0)

    text = file.read_text(encoding="utf-8")
    assert text.startswith(GERMAN)
    assert text.count("sources:") == 1
    assert read_pair(file).translation.sources == {
        "question.area.text": fingerprint("Where?"),
        "page.consent.body": fingerprint(texts(read_pair(file).definition)["page.consent.body"]),
    }


def test_stamping_one_text_leaves_other_stale_ones_stale(folder: Path) -> None:
    file = folder / "small.de.yaml"
    call_command("stamp_translation", str(file), verbosity=0)
    changed = SMALL.replace("text: Where?", "text: Where are you?").replace("asks; read", "asks. Read")
    (folder / "small.yaml").write_text(changed, encoding="utf-8")

    before = read_pair(file).state.stale
    call_command("stamp_translation", str(file), "question.area.text", verbosity=0)
    after = read_pair(file).state.stale

    assert set(before) == {"question.area.text", "page.consent.body"}
    assert after == ("page.consent.body",)


def test_stamping_a_path_that_the_file_has_not_is_refused(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"question\.aria\.text"):
        call_command("stamp_translation", str(folder / "small.de.yaml"), "question.aria.text")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("version: 1", "version: 2", "The questionnaire is version 1 now"),
        ("questionnaire: small", "questionnaire: tiny", "no definition tiny.yaml"),
        ("texts:", "text:", "no translation file"),
        ("language: de", "language: deutsch", "language tag"),
    ],
)
def test_file_that_does_not_fit_its_definition_is_not_stamped(
    folder: Path, before: str, after: str, words: str
) -> None:
    file = folder / "small.de.yaml"
    file.write_text(GERMAN.replace(before, after), encoding="utf-8")

    with pytest.raises(CommandError, match=words):
        call_command("stamp_translation", str(file))

    assert file.read_text(encoding="utf-8") == GERMAN.replace(before, after)


def test_check_lists_what_is_missing_and_ends_with_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "small.de.yaml"
    file.write_text(f"{GERMAN}  question.aria.text: x\n", encoding="utf-8")

    with pytest.raises(SystemExit) as caught:
        call_command("check_translations", str(file))

    written = capsys.readouterr()
    assert caught.value.code == 1
    assert "question.steps.text: missing\n" in written.out
    assert "question.area.base: missing in the report\n" in written.out
    assert "question.area.text: missing" not in written.out
    assert (
        "texts.question.aria.text: The questionnaire has no text with this path. Did you mean" in written.err
    )


def test_check_of_a_file_without_a_place_of_the_source_ends_with_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "small.de.yaml"
    file.write_text(GERMAN.replace("[organisation]", "Jemand"), encoding="utf-8")

    with pytest.raises(SystemExit):
        call_command("check_translations", str(file))

    assert "texts.page.consent.body: The place [organisation] is lost." in capsys.readouterr().err


def test_new_translation_is_a_file_to_fill_in_that_is_never_overwritten(folder: Path) -> None:
    call_command("new_translation", "small", "pt-BR", "--folder", str(folder), verbosity=0)

    pair = read_pair(folder / "small.pt-BR.yaml")
    begun = (folder / "small.pt-BR.yaml").read_text(encoding="utf-8")
    assert pair.translation.texts == {}
    assert set(pair.state.missing) >= {"question.area.text", "page.consent.body"}
    assert '  # Where?\n  question.area.text: ""\n' in begun
    with pytest.raises(CommandError, match="such a file already"):
        call_command("new_translation", "small", "pt-BR", "--folder", str(folder))


@pytest.mark.parametrize(
    ("key", "language", "words"), [("small", "deutsch", "language tag"), ("tiny", "de", "cannot be read")]
)
def test_new_translation_of_nothing_or_into_nothing_is_refused(
    folder: Path, key: str, language: str, words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("new_translation", key, language, "--folder", str(folder))


@pytest.mark.parametrize("key", KEYS)
def test_new_translation_filled_with_the_source_is_complete(key: str, tmp_path: Path) -> None:
    (tmp_path / f"{key}.yaml").write_text((SHIPPED / f"{key}.yaml").read_text("utf-8"), encoding="utf-8")
    call_command("new_translation", key, "fr", "--folder", str(tmp_path), verbosity=0)
    begun = read_pair(tmp_path / f"{key}.fr.yaml")

    filled = replace(begun, translation=replace(begun.translation, texts=texts(begun.definition)))

    assert filled.state.is_complete
    assert not filled.problems()


@pytest.mark.parametrize("file", SHIPPED_TRANSLATIONS, ids=name_of)
def test_shipped_translation_is_complete_and_has_lost_nothing(file: Path) -> None:
    pair = read_pair(file)

    assert file.name == f"{pair.translation.questionnaire}.{pair.translation.language}.yaml"
    assert pair.state.missing == ()
    assert pair.state.stale == ()
    assert pair.problems() == ()


@pytest.mark.parametrize("file", SHIPPED_TRANSLATIONS, ids=name_of)
def test_shipped_translation_is_stamped(file: Path) -> None:
    pair = read_pair(file)
    in_source = texts(pair.definition).keys() & pair.translation.texts.keys()

    assert pair.translation.sources.keys() == in_source
    assert stamped(file.read_text("utf-8"), pair.translation.sources) == file.read_text("utf-8")
    assert stamps(pair, frozenset({"none"})) == pair.translation.sources
