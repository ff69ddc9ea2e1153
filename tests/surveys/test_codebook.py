from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.answers import SKIPPED, Answer
from surveys.codebook import CoarseAnswers, Codebook, Sum, UnknownAnswer, pack, unpack
from surveys.definition import (
    ANSWERED,
    ASKED,
    VALID,
    BaseRule,
    Code,
    CodeFrame,
    Disposition,
    Kind,
    Role,
    split_item,
)
from tests.surveys import plain_counts as plain
from tests.surveys.build import KEYS, questionnaire, shipped
from tests.surveys.build import question as build_question
from tests.surveys.respondents import answers_of, codings_of, respondents

BOOKS = {key: Codebook(shipped(key)) for key in KEYS}
RULES = {"asked": ASKED, "answered": ANSWERED, "valid": VALID}
EVERYONE_TECH = BaseRule("everyone", "ent_tech", "not_in_use")


def closed(book: Codebook, answers: dict[str, Answer]) -> dict[str, Answer]:
    """What a row keeps, said independently of the codebook."""
    kept = {}
    for item, answer in answers.items():
        question = book.definition.by_key[split_item(item)[0]]
        if not question.detached and question.kind is not Kind.OPEN_TEXT:
            kept[item] = Answer(codes=answer.codes, number=answer.number, written=bool("".join(answer.texts)))
    return kept


@pytest.mark.parametrize("key", KEYS)
def test_marks_of_any_answers_lead_back_to_them(key):
    book = BOOKS[key]

    @given(respondents(book.definition))
    def check(answers):
        marks = book.marks(answers)

        assert book.answers(marks) == closed(book, answers)
        assert list(book.answers(marks)) == list(closed(book, answers))
        assert list(marks) == sorted(set(marks))
        assert all(0 <= mark < book.size for mark in marks)
        assert unpack(pack(marks)) == marks
        assert len(pack(marks)) == 2 * len(marks)

    check()


@pytest.mark.parametrize("key", KEYS)
def test_record_of_any_answers_gives_the_same_marks(key):
    book = BOOKS[key]

    @given(respondents(book.definition))
    def check(answers):
        # Keys of a jsonb object come back in another order.
        stored = json.loads(json.dumps(book.record(answers), sort_keys=True))

        assert book.marks(book.answers_of_record(stored)) == book.marks(answers)
        assert not {"le_country", "le_comment", "ent_comment"} & set(stored)

    check()


@pytest.mark.parametrize("key", KEYS)
def test_codings_with_the_record_give_the_same_marks_as_with_the_texts(key):
    book = BOOKS[key]

    @given(respondents(book.definition), st.randoms(use_true_random=False))
    def check(answers, chance):
        codings = codings_of(book.definition, answers, chance)

        marks = book.marks(answers, codings)

        assert book.marks(book.answers_of_record(book.record(answers)), codings) == marks
        assert book.answers(marks) == closed(book, book.recoded(answers, codings))

    check()


def sample(key: str, count: int = 400) -> list[tuple[dict[str, Answer], tuple]]:
    definition = shipped(key)
    drawn = [answers_of(definition, seed) for seed in range(count)]
    return [(answers, codings_of(definition, answers, Random(n))) for n, answers in enumerate(drawn)]


class Tally:
    """Marks and answers of one sample; `of` counts by marks, `people` by answers."""

    def __init__(self, key: str) -> None:
        self.book = BOOKS[key]
        self.definition = self.book.definition
        sampled = sample(key)
        self.marks = [self.book.marks(answers, codings) for answers, codings in sampled]
        self.screened = [answers for answers, _codings in sampled if self.book.is_screened_out(answers)]
        self.people = [pair for pair in sampled if not self.book.is_screened_out(pair[0])]

    def of(self, total: Sum) -> int:
        return sum(total.of(marks) for marks in self.marks)

    def count(self, holds) -> int:
        return sum(holds(answers, codings) for answers, codings in self.people)

    def items(self):
        for question in self.definition.questions:
            if not question.detached and question.kind is not Kind.OPEN_TEXT:
                yield from ((question, item) for item in question.items)


@pytest.fixture(scope="module", params=KEYS)
def tally(request) -> Tally:
    return Tally(request.param)


@pytest.fixture(scope="module")
def enterprise() -> Tally:
    return Tally("enterprise")


def test_sums_of_bases_equal_plain_counts(tally):
    for _question, item in tally.items():
        for name, rule in RULES.items():
            expected = tally.count(lambda a, _c, i=item, n=name: plain.in_base(tally.definition, a, i, n))
            assert tally.of(tally.book.base(item, rule)) == expected, (item, name)


def test_sums_of_codes_equal_plain_counts(tally):
    for question, item in tally.items():
        for choice in question.offered:
            expected = tally.count(
                lambda a, c, q=question, i=item, code=choice.code: (
                    code in plain.codes_given(q, a, c, i)
                    if q.kind is not Kind.OPEN_LIST
                    else code in a.get(i, SKIPPED).codes
                )
            )
            assert tally.of(tally.book.chosen(item, choice.code)) == expected, (item, choice.code)


def test_sums_of_missing_answers_equal_plain_counts(tally):
    sums = {
        "skipped": tally.book.skipped,
        "withheld": tally.book.withheld,
        "dont_know": lambda item: tally.book.dont_know(item, ANSWERED),
    }
    for _question, item in tally.items():
        for name, total in sums.items():
            expected = tally.count(lambda a, _c, i=item, n=name: plain.standing(tally.definition, a, i) == n)
            assert tally.of(total(item)) == expected, (item, name)


def test_sums_of_places_and_numbers_equal_plain_counts(tally):
    for question, item in tally.items():
        for choice in question.choices if question.kind is Kind.RANKING else ():
            for place in range(1, 4):
                expected = tally.count(
                    lambda a, _c, i=item, code=choice.code, p=place: (
                        a.get(i, SKIPPED).codes[p - 1 : p] == (code,)
                    )
                )
                assert tally.of(tally.book.ranked(item, choice.code, place)) == expected
        for value, mark in tally.book.numbers(item):
            expected = tally.count(lambda a, _c, i=item, v=value: a.get(i, SKIPPED).number == v)
            assert tally.of(Sum((mark,))) == expected


def test_sums_of_coded_texts_equal_plain_counts(tally):
    lists = [question for question in tally.definition.questions if question.code_frame]
    for question in lists:
        for code in tally.definition.frames[question.code_frame].codes:
            key, name = question.key, code.code
            times = tally.count(lambda _a, c, k=key, n=name: plain.times_coded(c, k, n))
            given = tally.count(lambda _a, c, k=key, n=name: plain.times_coded(c, k, n) > 0)
            first = tally.count(lambda a, c, k=key, n=name: plain.is_coded_first(a, c, k, n))
            assert tally.of(tally.book.mentions(key, name)) == times
            assert tally.of(tally.book.coded(key, name)) == given
            assert tally.of(tally.book.coded_first(key, name)) == first


def test_sums_of_nets_equal_plain_counts(tally):
    for question, item in tally.items():
        for net in question.analysis.nets:
            if net.members[0].startswith("row:"):
                continue
            expected = tally.count(
                lambda a, c, q=question, i=item, m=set(net.members): bool(plain.codes_given(q, a, c, i) & m)
            )
            row = split_item(item)[1]
            assert tally.of(tally.book.net(question.key, net.code, row)) == expected, (item, net.code)


def test_sums_of_everyone_rules_equal_plain_counts(enterprise):
    definition, book = enterprise.definition, enterprise.book
    rules = {
        "ent_tech_open": BaseRule("everyone", "ent_tech", "none"),
        "ent_tech_types": EVERYONE_TECH,
        "ent_filter_monitoring": BaseRule("everyone", "ent_tech", "no_filter"),
    }
    for key, rule in rules.items():
        past = plain.PAST[key]
        for item in definition.by_key[key].items:
            counted = {
                state: enterprise.count(lambda a, _c, p=past, s=state: p(definition, a) == s)
                for state in plain.STATES
            }
            answered = enterprise.count(lambda a, _c, i=item: plain.in_base(definition, a, i, "answered"))
            undecided = enterprise.count(
                lambda a, _c, i=item: plain.standing(definition, a, i) == "dont_know"
            )
            assert enterprise.of(book.assigned(item, rule)) == counted["code"] > 0
            assert enterprise.of(book.left_out(item, rule)) == counted["leaves"] > 0
            assert enterprise.of(book.base(item, rule)) == answered + counted["code"] + counted["dont_know"]
            assert enterprise.of(book.dont_know(item, rule)) == undecided + counted["dont_know"]


def test_counted_code_of_everyone_rule_takes_in_who_was_not_asked(enterprise):
    item = "ent_tech_types:dlp"
    expected = enterprise.count(
        lambda a, _c: (
            a.get(item, SKIPPED).codes == ("not_in_use",)
            or plain.past_technology(enterprise.definition, a) == "code"
        )
    )

    assert enterprise.of(enterprise.book.counted(item, "not_in_use", EVERYONE_TECH)) == expected
    assert enterprise.book.counted(item, "not_in_use", ANSWERED) == enterprise.book.chosen(item, "not_in_use")


@pytest.mark.parametrize("everyone", [True, False])
def test_sums_of_net_over_rows_equal_plain_counts(enterprise, everyone):
    book, rule = enterprise.book, EVERYONE_TECH if everyone else ANSWERED
    found = {
        state: enterprise.count(
            lambda a, _c, s=state: plain.detection_any(enterprise.definition, a, everyone=everyone) == s
        )
        for state in ("in", "dont_know", "other", "out")
    }
    of = enterprise.of

    assert all(found.values())
    assert of(book.net("ent_tech_types", "detection_any", rule=rule)) == found["in"]
    assert of(book.net_dont_know("ent_tech_types", "detection_any", rule)) == found["dont_know"]
    in_base = found["in"] + found["dont_know"] + found["other"]
    assert of(book.net_base("ent_tech_types", "detection_any", rule)) == in_base
    if not everyone:
        assert of(book.net_base("ent_tech_types", "detection_any", VALID)) == found["in"] + found["other"]
        assert of(book.net_base("ent_tech_types", "detection_any", ASKED)) == sum(found.values())


def test_net_over_rows_uses_the_base_rule_of_its_question(enterprise):
    book = enterprise.book

    assert book.net("ent_tech_types", "detection_any") == book.net(
        "ent_tech_types", "detection_any", rule=EVERYONE_TECH
    )
    assert book.net_base("ent_tech_types", "detection_any") == book.net_base(
        "ent_tech_types", "detection_any", EVERYONE_TECH
    )


@pytest.mark.parametrize("coarsened", [False, True])
def test_sums_of_classes_equal_plain_counts_however_answers_are_kept(tally, coarsened):
    book = tally.book
    marks = [
        book.marks(book.coarse(answers, book.profile_questions) if coarsened else answers)
        for answers, _codings in tally.people
    ]

    def of(total: Sum) -> int:
        return sum(total.of(row) for row in marks)

    for name, (question, partition) in tally.definition.partitions.items():
        in_parts = 0
        for part in partition.parts:
            expected = tally.count(
                lambda a, _c, k=question.key, m=set(part.members): bool(set(a.get(k, SKIPPED).codes) & m)
            )
            in_parts += expected
            assert of(book.part(name, part.code)) == expected > 0
        asked = tally.count(lambda a, _c, k=question.key: k in a)
        assert of(book.outside(name)) == asked - in_parts
        for rule_name, rule in RULES.items():
            expected = tally.count(
                lambda a, _c, k=question.key, n=rule_name: plain.in_base(tally.definition, a, k, n)
            )
            assert of(book.base(question.key, rule)) == expected, (name, rule_name)


def test_screened_out_are_in_no_sum_but_their_own(enterprise):
    book, definition = enterprise.book, enterprise.definition
    classes = [plain_class(definition, answers) for answers in enterprise.screened]

    assert enterprise.of(book.screened_out()) == len(enterprise.screened) > 20
    for disposition in Disposition:
        assert enterprise.of(book.screened_out(disposition)) == classes.count(disposition) > 0
    assert enterprise.of(book.base("ent_size", ASKED)) == len(enterprise.people)


def plain_class(definition, answers) -> Disposition:
    endings = (
        (question.screen_out, answers[question.key].codes)
        for question in definition.questions
        if question.screen_out and question.key in answers
    )
    return next(d for screen_out, codes in endings for code, d in screen_out.dispositions if code in codes)


def test_coarse_answers_keep_classes_only():
    book = BOOKS["law_enforcement"]
    answers = {"le_region": Answer(codes=("pac",)), "le_role": Answer(codes=("prefer_not",))}

    kept = book.coarse(answers, ("le_region", "le_role", "le_years"))

    assert kept == CoarseAnswers(
        {"le_role": Answer(codes=("prefer_not",))}, {"le_region": {"area3": "elsewhere"}}
    )
    assert book.record(kept) == {"le_region": {"classes": {"area3": "elsewhere"}}, "le_role": "prefer_not"}
    assert book.stored(book.marks(kept)) == kept
    assert book.stored_of_record(book.record(kept)) == kept
    assert book.chosen("le_region", "pac").of(book.marks(kept)) == 0


@pytest.mark.parametrize("key", KEYS)
def test_coarse_answers_of_anybody_are_kept_and_read_alike(key):
    book = BOOKS[key]

    @given(respondents(book.definition), st.sets(st.sampled_from(book.profile_questions)))
    def check(answers, questions):
        kept = book.coarse(answers, questions)

        stored = json.loads(json.dumps(book.record(kept)))

        assert book.marks(book.stored_of_record(stored)) == book.marks(kept)
        # Nothing counts the class of somebody whom the screening ended, so no mark keeps it.
        screened = book.is_screened_out(answers)
        assert book.stored(book.marks(kept)).classes == ({} if screened else kept.classes)

    check()


def test_net_counts_coarse_answers_of_parts_that_lie_in_it():
    book = BOOKS["law_enforcement"]
    marks = [
        book.marks(book.coarse({"le_region": Answer(codes=(code,))}, ("le_region",)))
        for code in ("eu_east", "us", "ca", "pac")
    ]

    counts = {
        net: sum(book.net("le_region", net).of(row) for row in marks) for net in ("europe", "north_america")
    }

    # Canada is in a part with countries outside the net, and nobody can tell any more.
    assert counts == {"europe": 1, "north_america": 1}


def test_marks_with_an_answer_that_is_not_offered_are_refused():
    book = BOOKS["law_enforcement"]

    with pytest.raises(UnknownAnswer):
        book.marks({"le_region": Answer(codes=("atlantis",))})
    with pytest.raises(UnknownAnswer):
        book.marks({"known_share_typical": Answer(number=101)})
    with pytest.raises(UnknownAnswer):
        book.answers([book.size])


def test_appended_codes_move_no_mark():
    book = BOOKS["law_enforcement"]
    frames = tuple(
        replace(frame, codes=(*frame.codes, Code("brand_new", "Brand new")))
        for frame in book.definition.code_frames
    )

    longer = Codebook(replace(book.definition, code_frames=frames))

    assert longer.size == book.size
    assert longer.layout.index.items() > book.layout.index.items()


def test_layout_of_shipped_questionnaires_fits_and_repeats():
    for key, book in BOOKS.items():
        assert book.size == max(book.layout.keys) + 1 or book.size < 32_768, key
        assert Codebook(shipped(key)).layout.index == book.layout.index


def test_open_text_with_code_frame_is_counted_by_its_codes():
    frame = CodeFrame("themes", "Themes", (Code("help", "Help"), Code("other", "Other")))
    text = build_question("remark", Kind.OPEN_TEXT, max_chars=100, code_frame="themes")
    book = Codebook(questionnaire(text, code_frames=(frame,)))

    marks = book.marks({"remark": Answer(texts=("more help",))}, [("remark", 0, "help")])

    assert book.answers(marks) == {"remark": Answer(written=True)}
    assert book.coded("remark", "help").of(marks) == 1
    assert book.coded("remark", "other").of(marks) == 0


def test_text_beside_a_choice_counts_as_the_code_it_was_given():
    book = BOOKS["enterprise"]
    answers = {
        "ent_owner": Answer(codes=("other",), others=(("other", "the security people"),)),
        "ent_plan_steps": Answer(codes=("report_police", "other"), others=(("other", "two things"),)),
    }
    codings = [
        ("ent_owner", 0, "it_security"),
        ("ent_plan_steps", 0, "legal_advice"),
        ("ent_plan_steps", 0, "other"),
    ]

    kept = book.answers(book.marks(answers, codings))

    assert kept["ent_owner"] == Answer(codes=("it_security",))
    assert kept["ent_plan_steps"] == Answer(codes=("report_police", "legal_advice", "other"))


def test_roles_of_choices_are_all_drawn_by_the_made_up_respondents(tally):
    seen = {
        role
        for answers, _codings in tally.people
        for item, answer in answers.items()
        for role in plain.roles(tally.definition.by_key[split_item(item)[0]], answer)
    }

    offered = {choice.role for question in tally.definition.questions for choice in question.offered}
    assert seen == offered > {Role.SUBSTANTIVE}
