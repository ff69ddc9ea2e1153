"""Two people code blind, a third decides, and the codes that come of it are what the night counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import AuditEvent, User
from accounts.permissions import NotPermitted
from responses import retention
from responses.actions import code as coding
from responses.actions import lead_coding as leading
from responses.actions.revise_frame import revise_frame
from responses.box import _withdraw_stored
from responses.coding import texts
from responses.coding.models import Agreement, CodingRound, Decision, WorkingTranslation
from responses.models import Coding, OpenText, TextLink
from surveys.definition import Code
from surveys.models import WavePlace
from surveys.queries import definition_of
from tests.coding.stage import BESIDE, NOW, QUESTION, WORDS, Stage, answers_with, coder, coding_stage, store
from tests.services import Database, acting_as
from tests.staff.people import member

FITTING = {
    "Web Filter": "filter",
    "firewall": "firewall",
    "a cage": "physical",
    "fire wall": "firewall",
    "DLP": "dlp",
    "antivirus": "antivirus_endpoint",
    "Anna locked it": "removed",
    "usb block": "device_control",
}


@pytest.fixture
def stage(db: None) -> Stage:
    return coding_stage()


@pytest.fixture
def round_(stage: Stage) -> CodingRound:
    return stage.begin()


def codes_of(stage: Stage, words: str) -> set[str]:
    return set(Coding.objects.filter(text=stage.text(words)).values_list("code", flat=True))


def by_first(stage: Stage, round_: CodingRound, words: str, *codes: str) -> None:
    coding.decide(coding_round=round_, text=stage.text(words).pk, codes=codes, by=stage.first, now=NOW)


def by_second(stage: Stage, round_: CodingRound, words: str, *codes: str) -> None:
    coding.decide(coding_round=round_, text=stage.text(words).pk, codes=codes, by=stage.second, now=NOW)


def test_text_is_coded_when_both_give_the_same(stage: Stage, round_: CodingRound) -> None:
    by_first(stage, round_, "a cage", "physical", "organisational")
    before = codes_of(stage, "a cage")

    by_second(stage, round_, "a cage", "organisational", "physical")

    assert before == set()
    assert codes_of(stage, "a cage") == {"physical", "organisational"}


def test_text_that_two_code_differently_waits_for_the_third(stage: Stage, round_: CodingRound) -> None:
    stage.both(round_, FITTING | {"Anna locked it": "physical"}, {"a cage": "other"})
    cage = stage.text("a cage").pk
    with pytest.raises(coding.AgreementNotReported):
        coding.adjudicate(coding_round=round_, text=cage, codes=["physical"], by=stage.third, now=NOW)
    leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)
    waiting = [text.text for text in texts.to_adjudicate(round_)]

    coding.adjudicate(coding_round=round_, text=cage, codes=["physical"], by=stage.third, now=NOW)

    assert waiting == ["a cage"]
    assert codes_of(stage, "a cage") == {"physical"}
    assert not texts.to_adjudicate(round_).exists()
    assert texts.uncoded_of_wave(stage.wave) == 0


def test_third_codes_nothing_before_and_nothing_on_which_both_agree(
    stage: Stage, round_: CodingRound
) -> None:
    with pytest.raises(coding.NotYourText):
        coding.decide(coding_round=round_, text=stage.text("DLP").pk, codes=["dlp"], by=stage.third, now=NOW)
    stage.both(round_, FITTING | {"Anna locked it": "physical"})
    leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)

    with pytest.raises(coding.NotYourText):
        coding.adjudicate(
            coding_round=round_, text=stage.text("DLP").pk, codes=["filter"], by=stage.third, now=NOW
        )


def test_coder_decides_about_nobody_elses_texts(stage: Stage, round_: CodingRound) -> None:
    other = coder("eve")
    beside = OpenText.objects.create(wave=stage.wave, question=BESIDE, choice="other", text="legal")

    with pytest.raises(coding.NotYourText):
        coding.decide(coding_round=round_, text=stage.text("DLP").pk, codes=["dlp"], by=other, now=NOW)
    with pytest.raises(coding.NotYourText):
        coding.decide(coding_round=round_, text=beside.pk, codes=["dlp"], by=stage.first, now=NOW)
    with pytest.raises(NotPermitted):
        coding.decide(coding_round=round_, text=beside.pk, codes=["dlp"], by=member(), now=NOW)


@pytest.mark.parametrize(
    ("codes", "refusal"),
    [
        (["skype"], coding.CodeUnknown),
        ([], coding.NoCode),
        (["physical", "organisational", "dlp"], coding.TooManyCodes),
    ],
)
def test_codes_that_the_frame_does_not_take_are_refused(
    stage: Stage, round_: CodingRound, codes: list[str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        by_first(stage, round_, "a cage", *codes)

    assert not Decision.objects.exists()


def test_undo_takes_a_decision_and_what_followed_from_it_back(stage: Stage, round_: CodingRound) -> None:
    stage.both(round_, {"DLP": "dlp"})
    text = stage.text("DLP")

    coding.undo(coding_round=round_, text=text.pk, by=stage.second, now=NOW)

    assert codes_of(stage, "DLP") == set()
    assert list(text.decisions.values_list("place", flat=True)) == [1]
    assert text in texts.to_code(round_, stage.second, 2)
    with pytest.raises(coding.NothingToUndo):
        coding.undo(coding_round=round_, text=text.pk, by=stage.second, now=NOW)


def test_what_was_measured_stays_as_it_was(stage: Stage, round_: CodingRound) -> None:
    stage.both(round_, FITTING | {"Anna locked it": "physical"})
    leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)

    with pytest.raises(coding.AgreementReported):
        coding.undo(coding_round=round_, text=stage.text("DLP").pk, by=stage.first, now=NOW)
    with pytest.raises(coding.AgreementReported):
        by_first(stage, round_, "DLP", "filter")
    with pytest.raises(leading.ReportedAlready):
        leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)


def test_removed_destroys_every_copy_of_the_words(stage: Stage, round_: CodingRound) -> None:
    text = stage.text("Anna locked it")
    WorkingTranslation.objects.create(text=text, language="sv", words="Anna låste det")
    note = {"codes": [], "state": "query", "note": "It names Anna"}
    Decision.objects.create(text=text, place=1, **note)
    with acting_as("web"):
        coding.decide(coding_round=round_, text=text.pk, codes=["removed"], by=stage.first, now=NOW)
        coding.decide(coding_round=round_, text=text.pk, codes=["removed"], by=stage.second, now=NOW)

    text.refresh_from_db()

    assert (text.text, text.forgotten) == ("", True)
    assert not WorkingTranslation.objects.exists()
    assert set(text.decisions.values_list("note", "answer")) == {("", "")}
    assert set(text.codings.values_list("code", flat=True)) == {"removed"}
    with pytest.raises(coding.WordsGone):
        coding.undo(coding_round=round_, text=text.pk, by=stage.first, now=NOW)


def test_query_goes_to_the_lead_and_comes_back_with_an_answer(stage: Stage, round_: CodingRound) -> None:
    text = stage.text("a cage")
    coding.ask(coding_round=round_, text=text.pk, note="A real cage?", by=stage.first, now=NOW)
    hidden = text not in texts.to_code(round_, stage.first, 1)
    [asked] = texts.queries(round_)
    with pytest.raises(NotPermitted):
        leading.answer_query(decision=asked, answer="Yes", by=stage.first, now=NOW)

    leading.answer_query(decision=asked, answer="Yes, physical.", by=stage.lead, now=NOW)

    asked.refresh_from_db()
    assert hidden
    assert text in texts.to_code(round_, stage.first, 1)
    assert asked.answer == "Yes, physical."
    with pytest.raises(leading.NothingAsked):
        leading.answer_query(decision=asked, answer="Again", by=stage.lead, now=NOW)


def test_suggestions_are_counted_as_followed_or_not_and_code_nothing(
    stage: Stage, round_: CodingRound
) -> None:
    before = Coding.objects.count()
    by_first(stage, round_, "Web Filter", "filter")
    by_first(stage, round_, "firewall", "physical")
    by_first(stage, round_, "a cage", "physical")

    assert before == 0
    assert texts.proposals(round_, 1) == {"accepted": 1, "overruled": 1, "none": 1}


def test_agreement_is_measured_before_anybody_decides(stage: Stage, round_: CodingRound) -> None:
    with pytest.raises(leading.NotAllCoded, match="8"):
        leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)
    stage.both(round_, FITTING, {"a cage": "other"})

    written = leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)

    assert (written.units, written.same) == (8, 7)
    assert written.alpha is not None
    assert 0.6 < written.alpha < 1
    assert AuditEvent.objects.filter(action="coding.agreement_reported").count() == 1


def test_each_coder_has_an_order_of_their_own(stage: Stage, round_: CodingRound) -> None:
    orders = [
        [text.text for text in texts.to_code(round_, user, place)]
        for user, place in ((stage.first, 1), (stage.second, 2))
    ]

    assert sorted(orders[0]) == sorted(orders[1]) == sorted(WORDS)
    assert orders[0] != orders[1]


def test_texts_come_to_those_who_read_their_language(stage: Stage, round_: CodingRound) -> None:
    store(stage.wave, (["brandvägg", "jalusi"], "", "sv"))
    speaker = stage.second
    speaker.languages = ["sv", "en"]
    speaker.save()
    swedish = stage.text("brandvägg")

    assert swedish not in texts.to_code(round_, stage.first, 1)
    assert swedish in texts.to_code(round_, speaker, 2)
    assert texts.progress(round_, stage.first, 1).unread == 2
    with pytest.raises(coding.NotYourText):
        by_first(stage, round_, "brandvägg", "firewall")


def test_working_translation_brings_a_text_to_those_who_read_it(stage: Stage, round_: CodingRound) -> None:
    store(stage.wave, (["brandvägg"], "", "sv"))
    text = stage.text("brandvägg")

    leading.translate(text=text, language="en", words="firewall", by=stage.lead, now=NOW)

    assert text in texts.to_code(round_, stage.first, 1)
    by_first(stage, round_, "brandvägg", "firewall")
    assert texts.proposals(round_, 1) == {"accepted": 1}


def test_new_frame_revision_asks_for_the_texts_again(stage: Stage, round_: CodingRound) -> None:
    stage.both(
        round_,
        FITTING | {"a cage": "other", "fire wall": "other", "Anna locked it": "physical"},
        {"DLP": "filter"},
    )
    leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)
    coding.adjudicate(coding_round=round_, text=stage.text("DLP").pk, codes=["dlp"], by=stage.third, now=NOW)

    revise_frame(
        questionnaire=stage.wave.questionnaire,
        frame="protection_technology",
        added=[Code("cages", "Cages", ("cage",))],
        retired=["dlp"],
        again=["other"],
        by=stage.lead,
        now=NOW,
    )

    round_.refresh_from_db()
    stage.wave.questionnaire.refresh_from_db()
    round_ = CodingRound.objects.select_related("wave__questionnaire").get(pk=round_.pk)
    again = {text.text for text in texts.to_code(round_, stage.first, 1)}
    assert again == {"a cage", "fire wall", "DLP"}
    assert texts.uncoded_of_wave(stage.wave) == 3
    assert texts.reported(round_) is None
    with pytest.raises(coding.CodeUnknown):
        by_first(stage, round_, "DLP", "dlp")
    stage.both(round_, {"a cage": "cages", "fire wall": "firewall", "DLP": "filter"})
    second = leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)
    assert [report.revision for report in Agreement.objects.all()] == [0, 1]
    assert (second.units, second.same) == (8, 8)
    assert definition_of(round_.wave.questionnaire).frames["protection_technology"].codes[-1].code == "cages"


def test_list_of_decisions_is_taken_whole_or_not_at_all(stage: Stage, round_: CodingRound) -> None:
    all_of_them = {stage.text(words).pk: [code] for words, code in FITTING.items() if code != "removed"}
    spoiled = all_of_them | {stage.text("DLP").pk: ["skype"]}
    with pytest.raises(coding.CodeUnknown):
        coding.decide_many(coding_round=round_, codes_of=spoiled, by=stage.first, now=NOW)
    nothing = Decision.objects.count()

    with acting_as("web"):
        for person in (stage.first, stage.second):
            coding.decide_many(coding_round=round_, codes_of=all_of_them, by=person, now=NOW)

    assert nothing == 0
    assert Coding.objects.count() == 7


PEOPLE: dict[str, Callable[[Stage], tuple[User, User, User]]] = {
    "one person twice": lambda stage: (stage.first, stage.first, stage.third),
    "the third codes": lambda stage: (stage.first, stage.second, stage.first),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_round_needs_three_people(stage: Stage, who: str) -> None:
    first, second, third = PEOPLE[who](stage)

    with pytest.raises(leading.NotThreePeople):
        leading.start_rounds(
            wave=stage.wave,
            questions=[QUESTION],
            first=first,
            second=second,
            third=third,
            by=stage.lead,
            now=NOW,
        )


def test_round_needs_people_who_may_code_and_a_lead(stage: Stage) -> None:
    people = {"first": stage.first, "second": stage.second, "third": member("publisher")}
    with pytest.raises(leading.MayNotCode):
        leading.start_rounds(wave=stage.wave, questions=[QUESTION], **people, by=stage.lead, now=NOW)
    with pytest.raises(NotPermitted):
        leading.start_rounds(
            wave=stage.wave, questions=[QUESTION], **people | {"third": stage.third}, by=stage.first, now=NOW
        )


def test_text_beside_a_choice_is_coded_into_the_list(stage: Stage) -> None:
    store(stage.wave, ((), "the lawyers", "en"))
    round_ = stage.begin(BESIDE)

    stage.both(round_, {"the lawyers": "legal"})

    assert codes_of(stage, "the lawyers") == {"legal"}
    assert answers_with(stage.wave, (), "x")[BESIDE].others == (("other", "x"),)


def test_replaced_coder_leaves_nothing_and_the_new_one_decides_anew(
    stage: Stage, round_: CodingRound
) -> None:
    stage.both(round_, FITTING)
    ill, new = stage.second, coder("dee")
    with pytest.raises(leading.AlreadyIn):
        leading.replace_person(coding_round=round_, place=2, person=stage.third, by=stage.lead, now=NOW)

    with acting_as("web"):
        gone = leading.replace_person(coding_round=round_, place=2, person=new, by=stage.lead, now=NOW)

    round_ = CodingRound.objects.select_related("wave__questionnaire").get()
    assert gone == 7
    assert round_.second == new
    assert set(Coding.objects.values_list("code", flat=True)) == {"removed"}
    assert texts.to_code(round_, new, 2).count() == 7
    with pytest.raises(coding.NotYourText):
        coding.decide(coding_round=round_, text=stage.text("DLP").pk, codes=["dlp"], by=ill, now=NOW)


def test_coder_is_not_replaced_once_agreement_is_written_but_the_third_is(
    stage: Stage, round_: CodingRound
) -> None:
    stage.both(round_, FITTING | {"Anna locked it": "physical"}, {"a cage": "other"})
    leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)
    cage = stage.text("a cage").pk
    coding.adjudicate(coding_round=round_, text=cage, codes=["physical"], by=stage.third, now=NOW)
    with pytest.raises(leading.ReportedAlready):
        leading.replace_person(coding_round=round_, place=1, person=coder("dee"), by=stage.lead, now=NOW)

    leading.replace_person(coding_round=round_, place=3, person=coder("eve"), by=stage.lead, now=NOW)

    assert codes_of(stage, "a cage") == set()
    assert [text.text for text in texts.to_adjudicate(round_)] == ["a cage"]


def test_agreement_waits_for_the_end_of_the_wave(stage: Stage, round_: CodingRound) -> None:
    stage.both(round_, FITTING)
    round_.wave.status = "open"

    with pytest.raises(leading.MoreTextsMayCome):
        leading.report_agreement(coding_round=round_, by=stage.lead, now=NOW)


def test_withdrawn_answers_take_what_coders_did_with_them(stage: Stage, round_: CodingRound) -> None:
    """Coding may begin while the wave is open; a receipt that is handed back later finds nothing left behind."""
    stage.both(round_, {"firewall": "firewall", "Web Filter": "filter"})
    response = stage.text("firewall").link.response

    with acting_as("worker"):
        _withdraw_stored(stage.wave, [bytes(response.receipt_hash)])

    assert not OpenText.objects.filter(text__in=["firewall", "Web Filter"]).exists()
    assert not Decision.objects.exists()
    assert not Coding.objects.exists()


def test_responses_that_are_due_go_with_all_the_coding(stage: Stage, round_: CodingRound) -> None:
    stage.both(round_, FITTING)
    WorkingTranslation.objects.create(text=stage.text("DLP"), language="sv", words="DLP")
    WavePlace.objects.create(wave=stage.wave, place="retention years", text="1")

    with acting_as("worker"):
        gone = retention.forget_responses(stage.wave, NOW + timedelta(days=400))

    assert gone == 4
    for model in (OpenText, Decision, Coding, WorkingTranslation, TextLink):
        assert not model._default_manager.exists()


@pytest.mark.parametrize("_time", range(3))
def test_two_who_finish_with_a_text_at_once_settle_it(committed_database: Database, _time: int) -> None:
    stage = coding_stage(["firewall", "DLP"])
    round_ = stage.begin()
    keys = [stage.text(words).pk for words in ("firewall", "DLP")]
    start = threading.Barrier(2)

    def work(user: User) -> None:
        try:
            own = CodingRound.objects.select_related("wave__questionnaire").get(pk=round_.pk)
            for key, code in zip(keys, ("firewall", "dlp"), strict=True):
                start.wait(10)
                coding.decide(coding_round=own, text=key, codes=[code], by=user, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, (stage.first, stage.second)))

    assert set(Coding.objects.values_list("text__text", "code")) == {("firewall", "firewall"), ("DLP", "dlp")}


def test_choice_that_goes_with_no_other_is_the_only_code_of_a_text_beside_one(stage: Stage) -> None:
    steps = stage.begin("ent_plan_steps")
    text = OpenText.objects.create(
        wave=stage.wave, question="ent_plan_steps", choice="other", text="ask somebody"
    )

    for codes in (["dont_know", "legal_advice"], ["prefer_not", "dont_know"]):
        with pytest.raises(coding.StandsAlone, match="stands alone"):
            coding.decide(coding_round=steps, text=text.pk, codes=codes, by=stage.first, now=NOW)
    coding.decide(coding_round=steps, text=text.pk, codes=["dont_know"], by=stage.first, now=NOW)

    assert Decision.objects.get().codes == ["dont_know"]
