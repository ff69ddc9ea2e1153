from __future__ import annotations

import pytest

from surveys.places import SYSTEM_PLACES
from surveys.wordings import (
    check_places,
    fallbacks,
    fill_pipes,
    fill_places,
    in_locale,
    places_in,
    texts,
    with_texts,
)
from tests.surveys.build import KEYS, shipped


@pytest.mark.parametrize("key", KEYS)
def test_texts_put_back_give_the_same_questionnaire(key):
    definition = shipped(key)

    assert with_texts(definition, texts(definition)) == definition
    assert with_texts(definition, {}) == definition


@pytest.mark.parametrize("key", KEYS)
def test_every_text_can_be_exchanged_by_its_path(key):
    definition = shipped(key)
    marked = {path: f"<{path}>" for path in texts(definition)}

    exchanged = with_texts(definition, marked)

    assert texts(exchanged) == marked
    assert exchanged.sections[0].title == f"<section.{definition.sections[0].key}.title>"


def test_paths_of_texts_are_those_that_translators_use():
    paths = texts(shipped("law_enforcement")).keys()

    assert {
        "questionnaire.title",
        "reference_period.in",
        "section.profile.intro",
        "page.consent.body",
        "page.consent.control.consent_given",
        "question.le_region.text",
        "question.le_region.choice.us",
        "question.le_region.base",
        "question.le_region.net.europe",
        "question.le_region.figure.note",
        "question.tech_trends.special.none",
        "question.storage_common.row.laptop",
        "class.area3.title",
        "class.area3.part.us",
        "frame.services.code.skype",
        "derived.services_named.label",
    } <= paths
    assert not any("question.le_country.choice" in path for path in paths)
    assert "question.ent_tech_open.assigned.none" in texts(shipped("enterprise"))


def test_form_of_another_language_is_added_to_the_reference_period():
    definition = shipped("enterprise")

    translated = with_texts(definition, {"reference_period.durch": "in den letzten zwölf Monaten"})

    assert dict(translated.reference_period)["durch"] == "in den letzten zwölf Monaten"
    assert dict(translated.reference_period)["plain"] == "the past 12 months"


def test_countries_are_named_and_sorted_in_the_language():
    country = in_locale(shipped("law_enforcement"), "de").by_key["le_country"]
    labels = [choice.label for choice in country.choices]

    assert len(labels) == 249
    assert labels.index("Ägypten") < labels.index("Albanien")
    assert in_locale(shipped("law_enforcement"), "xx-unknown") == shipped("law_enforcement")


@pytest.mark.parametrize("key", KEYS)
def test_places_of_shipped_questionnaires_have_one_meaning_each(key):
    places = check_places(shipped(key))

    common = {"organisation", "funder", "contact", "data protection contact", "retention years"}
    assert common | {"rights link", "helpline", "report link", *SYSTEM_PLACES} <= set(places)
    assert not {"date", "n", "link", "Organisation", "name, e-mail"} & set(places)


def test_place_that_runs_over_a_line_is_found_and_filled():
    text = "Ask [data protection\n  contact] or read [the law](https://law.example)."

    filled = fill_places(text, {"data protection contact": "Ann Officer"})

    assert places_in([text]) == ("data protection contact",)
    assert filled == "Ask Ann Officer or read [the law](https://law.example)."


def test_place_that_is_not_known_stays():
    assert fill_places("By [organisation].", {}) == "By [organisation]."


def test_text_that_fills_a_place_is_not_searched_for_places_again():
    places = {"organisation": "The [funder] group", "funder": "Nobody"}

    assert fill_places("By [organisation].", places) == "By The [funder] group."


def test_pipes_are_filled_with_the_forms_of_the_period():
    text = "What changed {reference_period.in}, compared with {reference_period.before}?"

    filled = fill_pipes(text, shipped("law_enforcement"))

    assert filled == "What changed in the past 12 months, compared with the 12 months before?"


def test_fallbacks_of_a_tag_go_from_near_to_far():
    assert fallbacks("zh-Hant-TW") == ("zh-Hant-TW", "zh-Hant", "zh")


@pytest.mark.parametrize("key", KEYS)
def test_consent_says_what_a_withdrawal_cannot_remove(key):
    consent = shipped(key).pages[0].body

    assert "final comment" in consent
    assert "cannot\n" in consent or "cannot remove" in consent
    assert "invitation list" not in " ".join(
        texts(shipped(key))[p] for p in texts(shipped(key)) if "page." in p
    )
