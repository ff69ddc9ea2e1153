from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.demo import enterprise, law_enforcement
from reports.demo.persons import Person, PlanDoesNotFit, draw, total
from reports.demo.quotas import SKIPPED, Mentions, Plan, Shares, apportion, scale
from surveys.definition import Definition
from surveys.reading import read
from surveys.routing import asked_items, final_answers

QUESTIONNAIRES = Path(__file__).resolve().parents[2] / "surveys/questionnaires"
PLANS = {"law_enforcement": law_enforcement.PLAN, "enterprise": enterprise.PLAN}
SEED = 2019


@cache
def definition(key: str) -> Definition:
    return read((QUESTIONNAIRES / f"{key}.yaml").read_text(encoding="utf-8"))


@cache
def people(key: str, size: int) -> tuple[Person, ...]:
    return draw(definition(key), PLANS[key], size=size, seed=SEED)


def officers(item: str, *codes: str) -> int:
    return total(people("law_enforcement", 450), item, *codes)


def businesses(item: str, *codes: str) -> int:
    return total(people("enterprise", 100), item, *codes)


@pytest.mark.parametrize(
    ("item", "codes", "count"),
    [
        ("le_region", ("us",), 209),
        ("le_region", ("us", "ca"), 227),
        ("le_region", ("eu_nsw", "eu_east"), 180),
        ("ls_frequency", ("very_common", "fairly_common"), 178),
        ("ls_trend", ("increased_lot", "increased_little"), 252),
        ("offender_overlap", ("large", "some"), 158),
        ("offender_overlap", ("small", "not_at_all"), 156),
        ("ai_used", ("often", "sometimes"), 90),
        ("tech_trends", ("cloud_storage",), 152),
        ("tech_trends", ("darknet",), 70),
    ],
)
def test_officers_at_full_size_give_the_published_counts(
    item: str, codes: tuple[str, ...], count: int
) -> None:
    assert officers(item, *codes) == count


@pytest.mark.parametrize(
    ("item", "codes", "count"),
    [
        ("ent_policy", ("explicit", "general"), 90),
        ("ent_action_plan", ("written", "unwritten"), 80),
        ("ent_tech", ("all_parts", "some_parts"), 82),
        ("ent_tech_types:filter", ("in_use",), 60),
        ("ent_filter_monitoring", ("fully", "partly"), 38),
        ("ent_tech_open", ("filter", "monitoring_with_filter"), 60),
        ("ent_tech_open", ("detection_known", "detection_unknown"), 12),
        ("ent_tech_open", ("antivirus_endpoint",), 5),
        ("ent_tech_open", ("physical",), 5),
        ("ent_found", ("past_year",), 5),
        ("ent_found", ("past_year", "earlier"), 10),
    ],
)
def test_businesses_at_full_size_give_the_published_counts(
    item: str, codes: tuple[str, ...], count: int
) -> None:
    assert businesses(item, *codes) == count


def test_businesses_with_any_detection_solution_are_twelve() -> None:
    rows = ("ent_tech_types:detection_known", "ent_tech_types:detection_unknown")

    users = [p for p in people("enterprise", 100) if any("in_use" in p.said.get(row, ()) for row in rows)]

    assert len(users) == 12


def test_officers_name_forty_one_countries() -> None:
    countries = {p.said["le_country"] for p in people("law_enforcement", 450) if "le_country" in p.said}

    assert len(countries) == 41


def test_officers_name_sixty_four_different_services() -> None:
    not_counted = set(definition("law_enforcement").frames["services"].not_counted)
    named = {
        text if code == "other_named" else code
        for person in people("law_enforcement", 450)
        for item in ("apps_live_streaming", "apps_cloud_storage", "apps_social_media")
        if item in person.said and person.answers[item].texts
        for code, text in zip(person.said[item], person.answers[item].texts, strict=True)
        if code not in not_counted
    }

    assert len(named) == 64


def test_most_named_services_are_those_of_the_report() -> None:
    social = Counter(c for p in people("law_enforcement", 450) for c in p.said.get("apps_social_media", ()))
    live = Counter(c for p in people("law_enforcement", 450) for c in p.said.get("apps_live_streaming", ()))

    assert {code for code, _count in social.most_common(3)} == {"snapchat", "facebook", "kik"}
    assert live.most_common(1)[0][0] == "skype"


@pytest.mark.parametrize(
    ("key", "size"), [("law_enforcement", 450), ("law_enforcement", 75), ("enterprise", 100)]
)
def test_answers_of_everybody_are_exactly_those_on_the_path(key: str, size: int) -> None:
    questionnaire = definition(key)

    drawn = people(key, size)

    assert all(final_answers(questionnaire, person.answers) == person.answers for person in drawn)


@pytest.mark.parametrize("key", sorted(PLANS))
def test_shares_at_full_size_are_dealt_exactly(key: str) -> None:
    drawn, plan = people(key, PLANS[key].size), PLANS[key]
    # Who is asked for permission depends on who wrote something, so that its plan is one of shares.
    exact = {item: quota for item, quota in plan.quotas.items() if not item.endswith("quote_permission")}

    for item, quota in exact.items():
        asked = [p for p in drawn if item in asked_items(definition(key), p.answers)]
        if isinstance(quota, Shares):
            assert quota.base == len(asked), item
        if isinstance(quota, Mentions):
            counts = {**quota.counts, **{code: n for code, n in quota.instead.items() if code != SKIPPED}}
            assert {code: total(drawn, item, code) for code in counts} == counts, item


def test_increase_scales_exactly_to_a_sixth() -> None:
    assert total(people("law_enforcement", 75), "ls_trend", "increased_lot", "increased_little") == 42


def test_draw_with_the_same_seed_gives_the_same_people() -> None:
    again = draw(definition("enterprise"), PLANS["enterprise"], size=100, seed=SEED)

    assert [p.answers for p in again] == [p.answers for p in people("enterprise", 100)]


def test_draw_with_a_plan_that_leaves_a_question_out_is_refused() -> None:
    empty = Plan(size=10, quotas={}, other_texts={})

    with pytest.raises(PlanDoesNotFit, match="ent_size"):
        draw(definition("enterprise"), empty, size=10, seed=SEED)


@given(st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 400), min_size=1), st.integers(0, 900))
@settings(max_examples=80)
def test_apportion_adds_up_and_is_never_a_whole_away(counts: dict[str, int], size: int) -> None:
    whole = sum(counts.values())

    scaled = apportion(dict(counts), size)

    assert sum(scaled.values()) == (size if whole else 0)
    assert all(abs(scaled[pick] * whole - counts[pick] * size) < whole for pick in scaled)


@pytest.mark.parametrize(
    ("count", "base", "full", "scaled"),
    [(161, 404, 404, 161), (5, 15, 79, 1), (1, 10, 450, 1), (0, 9, 9, 0), (3, 0, 9, 0)],
)
def test_scale_keeps_every_named_code(count: int, base: int, full: int, scaled: int) -> None:
    assert scale(count, base, full) == scaled
