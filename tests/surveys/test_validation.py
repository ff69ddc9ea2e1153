from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from surveys.answers import Answer, to_json
from surveys.definition import STATISTICS, Kind
from surveys.exceptions import QuestionnaireProblems
from surveys.reading import read
from surveys.validation import ballot_size
from surveys.validation.counting import COUNTED
from surveys.validation.kinds import MAY_HAVE, NEEDS
from surveys.validation.routing_rules import COUNT_OF_VALUES, OPERANDS
from tests.surveys.build import KEYS, shipped

HERE = Path(__file__).parent
SMALL = (HERE / "small.yaml").read_text(encoding="utf-8")
SMALL_DATA = yaml.safe_load(SMALL)
REMOVED = object()


def problems_of(text: str) -> dict[str, str]:
    try:
        read(text)
    except QuestionnaireProblems as refusal:
        return {problem.path: problem.message for problem in refusal.problems}
    return {}


def small_with(*changes: tuple[str, Any]) -> str:
    """The small questionnaire with places changed, added or taken out. JSON is YAML, and is written faster."""
    data = deepcopy(SMALL_DATA)
    for path, value in changes:
        *steps, last = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
        inner = data
        for step in steps:
            inner = inner[step]
        if value is REMOVED:
            del inner[last]
        elif isinstance(inner, list) and last == len(inner):
            inner.append(value)
        else:
            inner[last] = value
    return json.dumps(data)


PROFILE, WORK = "sections[0].questions", "sections[1].questions"
TOOLS, STEPS, PLACES, SHARES, PERCENT, IDEAS, REMARK = (f"{WORK}[{n}]" for n in range(7))
AREA, COUNTRY = f"{PROFILE}[1]", f"{PROFILE}[2]"
PARTS = f"{AREA}.analysis.classes.area2.parts"
CODE = {"code": "code", "label": "Label"}

FAULTS = [
    # What is written.
    ("schema_version", "2.0", "schema_version", "1.1"),
    ("schema_version", 1.1, "schema_version", 'quotes: "1.1"'),
    ("questionnaire.titel", "x", "questionnaire.titel", "Did you mean `title`"),
    ("questionnaire.title", REMOVED, "questionnaire.title", "missing"),
    ("questionnaire.title", "", "questionnaire.title", "empty"),
    ("questionnaire.key", "Small Things", "questionnaire.key", "not a key"),
    ("questionnaire.key", "k" * 61, "questionnaire.key", "60 fit"),
    ("questionnaire.language", "english", "questionnaire.language", "language tag"),
    ("questionnaire.estimated_minutes", 0, "questionnaire.estimated_minutes", "1 to 240"),
    ("questionnaire.wording_version", True, "questionnaire.wording_version", "whole number"),
    ("pages[1]", "words", "pages[1]", "names with values"),
    (f"{STEPS}.choices[0].code", False, f"{STEPS}.choices[0].code", 'Write "false"'),
    (f"{STEPS}.choices[0].code", 7, f"{STEPS}.choices[0].code", 'quotes: "7"'),
    (f"{AREA}.choices[0].label", ["North"], f"{AREA}.choices[0].label", "a text"),
    (f"{AREA}.choices[0].pin", "true", f"{AREA}.choices[0].pin", "without quotes"),
    (f"{AREA}.wording_version", 0, f"{AREA}.wording_version", "1 to 1000"),
    # Names.
    (f"{STEPS}.key", "work", f"{STEPS}.key", "used already"),
    (f"{STEPS}.number", "1", f"{STEPS}.number", "used already"),
    (f"{STEPS}.choices[0].code", "second", f"{STEPS}.choices[1].code", "used already"),
    (f"{STEPS}.choices[0].code", "fi rst", f"{STEPS}.choices[0].code", "not a code"),
    (f"{STEPS}.reproduces", ["F9"], f"{STEPS}.reproduces[0]", "no finding"),
    ("findings[1]", {"id": "F2", "source": "method", "text": "x"}, "findings[1].id", "reproduces"),
    ("findings[0].source", "rumour", "findings[0].source", "no source"),
    (f"{IDEAS}.code_frame", "theme", f"{IDEAS}.code_frame", "Did you mean `themes`"),
    (f"{TOOLS}.choices_from", "agreements", f"{TOOLS}.choices_from", "Did you mean `agreement`"),
    (f"{COUNTRY}.choices_from", "external:planets", f"{COUNTRY}.choices_from", "no list"),
    (f"{TOOLS}.choices", [CODE], TOOLS, "not both"),
    # Types of questions.
    (f"{STEPS}.rows", [CODE], f"{STEPS}.rows", "has no `rows`"),
    (f"{SHARES}.rows", REMOVED, f"{SHARES}.rows", "needs `rows`"),
    (f"{TOOLS}.scale", "likert5_common", f"{TOOLS}.scale", "has 5 points"),
    (f"{TOOLS}.scale", "likert9", f"{TOOLS}.scale", "no scale"),
    (f"{STEPS}.choices[3].exclusive", REMOVED, f"{STEPS}.choices[3]", "exclusive: true"),
    (f"{AREA}.choices[0].exclusive", True, f"{AREA}.choices[0]", "says nothing"),
    (f"{AREA}.choices[0].role", "other_specify", f"{AREA}.choices[0]", "profile question"),
    (f"{SHARES}.choices[0].role", "other_specify", f"{SHARES}.choices[0]", "single and multiple only"),
    (f"{PLACES}.choices[0].role", "none", f"{PLACES}.choices[0]", "Move it to `special`"),
    (f"{PLACES}.special[0].exclusive", REMOVED, f"{PLACES}.special[0]", "stands alone"),
    (f"{PLACES}.special[0].code", "one", f"{PLACES}.special[0].code", "used already"),
    (f"{STEPS}.special", [CODE | {"exclusive": True}], f"{STEPS}.special", "has no `special`"),
    (f"{STEPS}.max_choices", 4, f"{STEPS}.max_choices", "between 1 and 3"),
    (f"{STEPS}.min_choices", 3, f"{STEPS}.min_choices", "between 1 and 2"),
    (f"{IDEAS}.entries", 0, f"{IDEAS}.entries", "between 1 and 10"),
    (f"{IDEAS}.max_chars", 5000, f"{IDEAS}.max_chars", "between 1 and 4,000"),
    (f"{REMARK}.unit", "percent", f"{REMARK}.unit", "has no `unit`"),
    # Routing.
    (f"{STEPS}.show_if.question", "toolz", f"{STEPS}.show_if.question", "Did you mean `tools`"),
    (f"{STEPS}.show_if.question", "places", f"{STEPS}.show_if.question", "does not come before"),
    (f"{STEPS}.show_if.question", "steps", f"{STEPS}.show_if.question", "does not come before"),
    (f"{STEPS}.show_if.row", REMOVED, f"{STEPS}.show_if", "Name the row"),
    (f"{STEPS}.show_if.row", "hammer", f"{STEPS}.show_if.row", "no row `hammer`"),
    (f"{TOOLS}.show_if.row", "axe", f"{TOOLS}.show_if.row", "has no rows"),
    (f"{TOOLS}.show_if.values", ["always"], f"{TOOLS}.show_if.values[0]", "offers no answer"),
    (f"{TOOLS}.show_if.values", [], f"{TOOLS}.show_if.values", "at least one value"),
    (f"{TOOLS}.show_if.values", [True], f"{TOOLS}.show_if.values[0]", 'Write "true"'),
    (f"{TOOLS}.show_if.op", "gt", f"{TOOLS}.show_if.op", "says nothing about"),
    (f"{TOOLS}.show_if.op", "is", f"{TOOLS}.show_if.op", "Choose one of"),
    (f"{TOOLS}.show_if", "eligible", f"{TOOLS}.show_if", "not a condition"),
    (f"{TOOLS}.show_if", {"all": [], "any": []}, f"{TOOLS}.show_if", "one of question"),
    (f"{IDEAS}.show_if.all[0].values", [101], f"{IDEAS}.show_if.all[0].values[0]", "between 0 and 100"),
    (f"{IDEAS}.show_if.all[0].values", [10, 20], f"{IDEAS}.show_if.all[0].values", "exactly one"),
    (f"{IDEAS}.show_if.all[1].not.values", ["up"], f"{IDEAS}.show_if.all[1].not.values[0]", "no answer"),
    (
        f"{SHARES}.rows[0].show_if",
        {"question": "country", "op": "answered"},
        f"{SHARES}.rows[0].show_if.question",
        "detached",
    ),
    # Screening.
    (
        f"{PROFILE}[0].screen_out.dispositions",
        {"nobody": "NE"},
        f"{PROFILE}[0].screen_out.dispositions.nobody",
        "no choice",
    ),
    (
        f"{PROFILE}[0].screen_out.dispositions.never",
        "NA",
        f"{PROFILE}[0].screen_out.dispositions.never",
        "NE, UO",
    ),
    # Pages and texts.
    ("pages[1].before", REMOVED, "pages[1].before", "stand in front of"),
    ("pages[1].before", "wrok", "pages[1].before", "Did you mean `work`"),
    ("pages[2].before", "work", "pages[2].before", "fixed place"),
    ("pages[0].controls[0].required", False, "pages[0].controls[0].required", "required: true"),
    ("pages[0].controls[1].disposition", REMOVED, "pages[0].controls[1].disposition", "disposition: R"),
    ("pages[0].controls", [], "pages[0].controls", "decline"),
    ("pages[0].body", "Within {reference_period.within}", "pages[0].body", "no form `within`"),
    ("pages[0].body", "Dear {name}", "pages[0].body", "not filled"),
    ("pages[0].body", "A } alone", "pages[0].body", "stands alone"),
    # Code frames and derived figures.
    ("code_frames.themes.codes[4]", REMOVED, "code_frames.themes.codes", "codes removed"),
    ("code_frames.themes.codes[1].aliases", ["Aid"], "code_frames.themes.codes[1].aliases[0]", "`help`"),
    ("code_frames.themes.not_counted", ["nothing"], "code_frames.themes.not_counted[0]", "no code"),
    ("code_frames.themes.max_codes_per_mention", 6, "code_frames.themes.max_codes_per_mention", "1 to 5"),
    (
        f"{IDEAS}.special",
        [{"code": "help", "label": "x", "exclusive": True}],
        f"{IDEAS}.special[0].code",
        "frame",
    ),
    ("derived[0].over", ["remark"], "derived[0].over[0]", "open_list"),
    ("derived[0].over", ["notions"], "derived[0].over[0]", "no question"),
    ("derived[0].statistic", "percent_of_mentions", "derived[0].statistic", "count_distinct"),
    # How it is counted.
    (f"{TOOLS}.analysis.base_rule", "all", f"{TOOLS}.analysis.base_rule", "no base rule"),
    (f"{TOOLS}.analysis.base_rule.everyone_of", "area", f"{TOOLS}.analysis.base_rule.everyone_of", "decide"),
    (f"{TOOLS}.analysis.base_rule.everyone_of", "steps", f"{TOOLS}.analysis.base_rule.everyone_of", "before"),
    (
        f"{STEPS}.analysis.base_rule",
        {"everyone_of": "tools", "not_asked_is": "none"},
        f"{STEPS}.analysis.base_rule.not_asked_is",
        "no assigned code",
    ),
    (f"{STEPS}.assigned", [CODE], f"{STEPS}.assigned[0]", "No base rule gives"),
    (
        f"{TOOLS}.analysis.nets[0].members",
        ["row:hoe=agree"],
        f"{TOOLS}.analysis.nets[0].members[0]",
        "row `hoe`",
    ),
    (
        f"{TOOLS}.analysis.nets[0].members",
        ["row:axe=no"],
        f"{TOOLS}.analysis.nets[0].members[0]",
        "code `no`",
    ),
    (
        f"{TOOLS}.analysis.nets[0].members",
        ["row:axe=agree", "agree"],
        f"{TOOLS}.analysis.nets[0].members",
        "not over both",
    ),
    (
        f"{TOOLS}.analysis.nets[0].members",
        ["row:axe=prefer_not"],
        f"{TOOLS}.analysis.nets[0].members[0]",
        "in no base",
    ),
    (f"{TOOLS}.analysis.breaks", ["area3"], f"{TOOLS}.analysis.breaks[0]", "Did you mean `area2`"),
    (f"{AREA}.analysis.breaks", ["area2"], f"{AREA}.analysis.breaks[0]", "own class"),
    (f"{STEPS}.analysis.statistic", "borda_3_2_1", f"{STEPS}.analysis.statistic", "no main statistic"),
    (f"{STEPS}.analysis.statistic", "verbatim", f"{STEPS}.analysis.statistic", "no formula"),
    (f"{STEPS}.analysis.also", ["mode"], f"{STEPS}.analysis.also[0]", "no statistic"),
    (f"{STEPS}.analysis.also", ["percent_among_all"], f"{STEPS}.analysis.also[0]", "no net `all`"),
    (f"{TOOLS}.analysis.also", ["percent_among_any_tool"], f"{TOOLS}.analysis.also[0]", "own"),
    (f"{PLACES}.max_choices", 2, f"{PLACES}.analysis.also[0]", "three places"),
    (f"{PERCENT}.max", 90, f"{PERCENT}.analysis.also[0]", "0 to 100"),
    (f"{COUNTRY}.analysis.breaks", ["area2"], f"{COUNTRY}.analysis.breaks", "tally"),
    (f"{TOOLS}.figure.sort", "net_no_descending", f"{TOOLS}.figure.sort", "no sorting"),
    (f"{STEPS}.figure.sort", "descending_total", f"{STEPS}.figure.sort", "grids only"),
    (f"{STEPS}.figure.caveats", ["aera"], f"{STEPS}.figure.caveats", "There is no question `aera`"),
    (f"{STEPS}.figure.caveats", ["remark"], f"{STEPS}.figure.caveats", "not counted"),
    (f"{STEPS}.analysis.sensitivity", "extreme", f"{STEPS}.analysis.sensitivity", "high, low"),
    # Classes.
    (f"{PARTS}[0].members", ["north", "south"], f"{PARTS}[1].members[0]", "`cold` already"),
    (f"{PARTS}[1].members", ["south"], f"{PARTS}", "In no part: east"),
    (f"{PARTS}[1].members", ["south", "east", "prefer_not"], f"{PARTS}[1].members[2]", "withholds"),
    (f"{PARTS}[1].members", ["south", "east", "west"], f"{PARTS}[1].members[2]", "no choice `west`"),
    (f"{AREA}.analysis.classes.area2.outside", [], f"{PARTS}", "In no part: dont_know"),
    (
        f"{AREA}.analysis.classes.area2.outside",
        ["dont_know", "prefer_not"],
        f"{AREA}.analysis.classes.area2.outside[1]",
        "has to be in a part",
    ),
]


def test_small_questionnaire_without_faults_is_read():
    assert problems_of(SMALL) == {}
    assert {question.kind for question in read(SMALL).questions} == set(Kind)


@pytest.mark.parametrize(("place", "value", "path", "words"), FAULTS)
def test_single_fault_gives_one_sentence_in_its_place(place, value, path, words):
    problems = problems_of(small_with((place, value)))

    assert list(problems) == [path], problems
    assert words in problems[path]


def test_yaml_with_twenty_faults_gives_twenty_sentences():
    text = (HERE / "faulty.yaml").read_text(encoding="utf-8")

    with pytest.raises(QuestionnaireProblems) as caught:
        read(text)

    assert len(caught.value.problems) == 20
    assert len({problem.path for problem in caught.value.problems}) == 20
    assert str(caught.value) == "There are 20 faults in the file."


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "NO", "true"])
def test_code_that_yaml_takes_for_true_or_false_is_to_be_quoted(word):
    text = SMALL.replace("{code: north,", f"{{code: {word},").replace(
        "members: [north]", f"members: [{word}]"
    )

    problems = problems_of(text.replace("values: [north]", f"values: [{word}]"))

    assert len(problems) == 3
    assert all(f'Write "{word}"' in message for message in problems.values())


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("", "file", "empty"),
        ("- just\n- a list\n", "file", "names with values"),
        ("a: [1, 2\nb: {", "line 2, column 2", "not YAML"),
        ("a: *nowhere", "line 1, column 4", "not YAML"),
        ("a: \x07", "file", "control characters"),
        ("[" * 5000, "file", "nested too deeply"),
        ("a: " + "x" * 2_000_001, "file", "longer than"),
    ],
)
def test_text_that_is_no_questionnaire_gives_a_sentence(text, path, words):
    problems = problems_of(text)

    assert words in problems[path]


def test_key_that_stands_twice_is_reported_with_its_path():
    text = SMALL.replace('        number: "2"\n', '        number: "2"\n        number: "2b"\n')

    assert problems_of(text) == {
        "sections[0].questions[1].number": "`number` stands twice in the same place. Keep one of them."
    }


def test_aliases_are_not_followed():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

    assert any("Anchors" in message for message in problems_of(bomb).values())


def test_control_character_in_a_text_is_reported():
    text = SMALL.replace("text: Where?", 'text: "Where\\0?"')

    assert "control character" in problems_of(text)["sections[0].questions[1].text"]


def test_net_in_two_questions_cannot_be_named_by_percent_among():
    net = {"code": "any_tool", "label": "Again", "members": ["one"]}

    problems = problems_of(small_with((f"{PLACES}.analysis.nets", [net])))

    assert "several questions" in problems[f"{STEPS}.analysis.also[0]"]


def test_screening_question_that_depends_on_another_question_is_refused():
    screen_out = {"page": "ended", "dispositions": {"north": "NE"}}
    members = [
        {"code": "cold", "label": "x", "members": ["south"]},
        {"code": "warm", "label": "x", "members": ["east"]},
    ]
    text = small_with(
        (f"{COUNTRY}.detached", False),
        (f"{COUNTRY}.screen_out", {"page": "ended", "dispositions": {"NO": "NE"}}),
        (f"{COUNTRY}.analysis.statistic", "percent_of_respondents"),
    )

    assert "screening questions only" in problems_of(text)[f"{COUNTRY}.show_if.question"]
    assert problems_of(small_with((f"{AREA}.screen_out", screen_out), (PARTS, members))) == {}


@pytest.mark.parametrize(
    ("place", "value", "path", "words"),
    [
        ("pages", {"consent": {}}, "pages", "a list"),
        (f"{AREA}.key", "eligible", f"{AREA}.key", "used already"),
        (f"{AREA}.choices[0].code", "nord", f"{PARTS}[0].members[0]", "Did you mean `nord`"),
        (f"{TOOLS}.rows", REMOVED, f"{TOOLS}.rows", "needs `rows`"),
        (f"{PROFILE}[0].screen_out.page", "words", f"{PROFILE}[0].screen_out.page", "kind screen_out"),
        (f"{PROFILE}[0].screen_out.page", "words", "pages[2]", "No question ends"),
        ("pages[2].controls", [CODE], "pages[2].controls[0].code", "no `code`"),
        ("pages[2].controls", [CODE], "pages[2].controls", "Only the page of the kind consent"),
        ("pages[0].kind", "thank_you", "pages", "kind consent"),
        ("code_frames.themes.codes[1].code", "others", "code_frames.themes.codes", "codes other"),
    ],
)
def test_fault_that_others_follow_from_is_among_the_sentences(place, value, path, words):
    assert words in problems_of(small_with((place, value)))[path]


def test_questionnaire_with_more_marks_than_fit_is_refused():
    data = deepcopy(SMALL_DATA)
    template = data["sections"][1]["questions"][4]
    for number in range(9):
        question = deepcopy(template) | {"key": f"many_{number}", "number": f"m{number}", "max": 4095}
        question["analysis"]["also"] = []
        data["sections"][1]["questions"].append(question)

    problems = problems_of(json.dumps(data))

    assert list(problems) == ["sections"]
    assert "32,768 fit" in problems["sections"]


def test_html_in_a_text_is_just_text():
    assert "<b>this</b>" in read(SMALL).pages[0].body


def test_countries_are_those_of_iso_3166():
    country = read(SMALL).by_key["country"]
    codes = {choice.code for choice in country.choices}

    assert len(country.choices) == 249
    assert {"NO", "SE", "PH", "US", "ZA"} <= codes
    assert not {"EU", "UN", "XK", "ZZ"} & codes
    assert country.choices[0].label == "Afghanistan"
    assert country.choices[1].label == "Åland Islands"


def test_tables_of_kinds_know_every_kind():
    assert set(NEEDS) == set(MAY_HAVE) == set(Kind)
    assert set(COUNTED) == STATISTICS
    assert set(OPERANDS) == set(COUNT_OF_VALUES)


@pytest.mark.parametrize("key", KEYS)
def test_ballot_holds_the_largest_answers(key):
    definition = shipped(key)
    largest = {}
    for question in definition.questions:
        codes = tuple(choice.code for choice in question.offered)
        one = question.kind in (Kind.SINGLE, Kind.GRID_SINGLE, Kind.NUMBER)
        most = 1 if one else question.max_choices or len(codes)
        for item in question.items:
            largest[item] = Answer(
                codes=tuple(sorted(codes, key=len)[-most:]),
                number=question.maximum,
                texts=("\U0001f9ea" * (question.max_chars or 0),) * (question.entries or 1),
                others=tuple(
                    (c.code, "\U0001f9ea" * 80) for c in question.choices if c.role == "other_specify"
                ),
            )

    size = ballot_size(definition)

    written = json.dumps(to_json(largest), ensure_ascii=False).encode()
    assert len(written) + 1024 <= size
    assert size % (16 * 1024) == 0
    assert size <= 4 * 16 * 1024
