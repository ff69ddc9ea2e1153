from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from responses.models import Withdrawal
from responses.sealing import receipt_hash
from surveys.models import Wave
from tests.respond.fieldwork import Respondent

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


@pytest.mark.parametrize("receipt", ["", "ABCD", "ABCD-EFGH-JKUM-NPQR", "x" * 500])
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
