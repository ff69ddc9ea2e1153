from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from responses.box import open_box
from responses.models import Ballot, Response, Withdrawal
from responses.sealing import generate_key_pair, open_ballot, receipt_hash, seal_ballot
from surveys.models import Wave, WaveKey
from surveys.places import WITHDRAWAL_DATE, dates_of
from tests.respond.fieldwork import Respondent, new_link
from tests.respond.test_journey import to_check

pytestmark = pytest.mark.django_db

RECEIPT = "ABCD-EFGH-JK01-NPQR"


def form() -> Respondent:
    return Respondent("/withdraw/").open()


def test_receipt_read_tolerantly_is_handed_back(wave: Wave) -> None:
    page = form().post({"wave": str(wave.pk), "receipt": " abcd efgh jko1 npqr "})

    assert page.heading == "We have taken your receipt"
    assert bytes(Withdrawal.objects.get().receipt_hash) == receipt_hash(RECEIPT)


def test_receipt_handed_back_twice_is_one_withdrawal_and_gets_the_same_answer(wave: Wave) -> None:
    pages = [form().post({"wave": str(wave.pk), "receipt": RECEIPT}).text() for _ in range(2)]

    assert pages[0] == pages[1]
    assert Withdrawal.objects.count() == 1


@pytest.mark.parametrize("receipt", ["", "ABCD", "ABCD-EFGH-JKUM-NPQR", "x" * 500, "\0" * 16, "é" * 16])
def test_receipt_that_cannot_be_one_says_what_it_looks_like(wave: Wave, receipt: str) -> None:
    page = form().post({"wave": str(wave.pk), "receipt": receipt})

    assert page.response.status_code == 422
    assert "receipt" in page.errors()[0]
    assert not Withdrawal.objects.exists()


def test_survey_not_chosen_is_asked_for(wave: Wave) -> None:
    page = form().post({"receipt": RECEIPT})

    assert page.errors() == ["Choose the survey that you answered"]
    assert page.fields()["receipt"] == [RECEIPT]


def test_after_the_close_it_is_too_late(wave: Wave) -> None:
    page = form()
    Wave.objects.update(closes_at=datetime.now(UTC) - timedelta(minutes=1))

    page.post({"wave": str(wave.pk), "receipt": RECEIPT})

    assert "cannot be taken back any more" in page.text()
    assert not Withdrawal.objects.exists()


def test_receipt_that_cannot_be_one_is_kept_in_the_form(wave: Wave) -> None:
    page = form().post({"wave": str(wave.pk), "receipt": "ABCD-EFGH"})

    assert page.fields()["receipt"] == ["ABCD-EFGH"]
    assert page.page.findtext(".//title").startswith("Error:")
    for target in page.page.xpath("//div[@id='errors']//a/@href"):
        assert page.page.get_element_by_id(target.removeprefix("#")).tag == "input"


@pytest.mark.parametrize("chosen", ["", "\0", "nonsense", "00000000-0000-0000-0000-000000000000", "' OR 1=1"])
def test_survey_that_is_not_there_is_refused_in_plain_words(wave: Wave, chosen: str) -> None:
    page = form().post({"wave": chosen, "receipt": RECEIPT})

    assert page.response.status_code == 422
    assert len(page.errors()) == 1
    assert not Withdrawal.objects.exists()


def test_several_receipts_in_one_form_count_by_the_last_one(wave: Wave) -> None:
    form().post({"wave": [str(wave.pk)], "receipt": ["nonsense", RECEIPT], "is_staff": ["1"]})

    assert bytes(Withdrawal.objects.get().receipt_hash) == receipt_hash(RECEIPT)


def test_answer_is_the_same_whether_there_are_answers_under_the_receipt_or_not(wave: Wave) -> None:
    sent = to_check(Respondent(new_link(wave))).press("send").receipt()

    pages = [form().post({"wave": str(wave.pk), "receipt": receipt}) for receipt in (sent, RECEIPT)]

    assert pages[0].response.content == pages[1].response.content


def test_nobody_is_asked_for_a_link_and_no_cookie_opens_anything(wave: Wave) -> None:
    page = form().post({"wave": str(wave.pk), "receipt": RECEIPT})

    assert "enquiry_answer" not in page.client.cookies
    assert page.response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("opened", "language"), [(["sv"], "sv"), ([], "en")])
def test_survey_is_named_in_the_language_of_the_page_where_it_speaks_it(
    wave: Wave, opened: list[str], language: str
) -> None:
    Wave.objects.update(languages=opened)
    page = Respondent("/withdraw/")
    page.client.cookies["enquiry_language"] = "sv"

    page.open()

    assert page.page.get("lang") == "sv"
    until = " ".join(dates_of(wave, language)[WITHDRAWAL_DATE].split())
    assert until in page.text()


def test_without_an_open_survey_the_page_says_why_nothing_can_be_taken_back(db: None) -> None:
    page = form()

    assert "No survey is open at present" in page.text()
    assert not page.page.xpath("//main//form")


def sent_among_others(wave: Wave, private: bytes, *, others: int) -> str:
    """Somebody answers on the pages; others send the same under receipts of their own. Returns the receipt."""
    receipt = to_check(Respondent(new_link(wave))).press("send").receipt()
    size, public = wave.questionnaire.ballot_size, WaveKey.objects.get(wave=wave).public_key
    payload = open_ballot(Ballot.objects.get().sealed, private_key=private, size=size)
    for number in range(others):
        other = payload | {"receipt": f"{number:064x}"}
        Ballot.objects.create(wave=wave, sealed=seal_ballot(other, public_key=public, size=size))
    return receipt


def opened(wave: Wave, private: bytes, now: datetime) -> None:
    open_box(wave=wave, now=now, private_key=private, check_claim=lambda: None)


@pytest.mark.parametrize("before_the_opening", [True, False])
def test_answers_are_taken_back_before_the_box_is_opened_and_after_it(
    wave: Wave, before_the_opening: bool
) -> None:
    private, public = generate_key_pair()
    WaveKey.objects.filter(wave=wave).update(public_key=public)
    receipt = sent_among_others(wave, private, others=30)
    # An opening in the middle would leave ten ballots in the box, and perhaps this one; the last one takes all.
    end = wave.closes_at + timedelta(days=1)

    if not before_the_opening:
        opened(wave, private, end)
    stored = Response.objects.count()
    form().post({"wave": str(wave.pk), "receipt": receipt})
    opened(wave, private, end)

    assert stored == (0 if before_the_opening else 31)
    assert Response.objects.count() == 30
    assert not Response.objects.filter(receipt_hash=receipt_hash(receipt)).exists()
    assert not Ballot.objects.exists()


def test_day_until_which_answers_can_be_taken_back_stands_with_the_receipt_and_in_its_file(
    wave: Wave,
) -> None:
    page = to_check(Respondent(new_link(wave))).press("send")

    until = " ".join(dates_of(wave, "en")[WITHDRAWAL_DATE].split())
    (address,) = page.page.xpath("//a[@download]/@href")
    file = base64.b64decode(address.partition("base64,")[2]).decode("utf-8-sig")
    assert f"With it you can withdraw your answers until {until}" in " ".join(page.text().split())
    assert f"until {until}" in " ".join(file.split())
    assert page.receipt() in file
