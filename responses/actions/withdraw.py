from __future__ import annotations

from datetime import datetime

from responses.actions.refusals import TooLateToWithdraw
from responses.models import Withdrawal
from responses.sealing import receipt_hash
from surveys.actions.waves import is_open
from surveys.models import Wave


def withdraw(*, wave: Wave, receipt: str, now: datetime) -> None:
    """Hand a receipt back. Whether there are answers under it nobody learns here: the worker looks at the next opening.

    A receipt handed back twice is one withdrawal; the web may not read this table, so the database decides.
    """
    if not is_open(wave, now):
        raise TooLateToWithdraw
    handed_back = Withdrawal(wave=wave, receipt_hash=receipt_hash(receipt))
    Withdrawal.objects.bulk_create([handed_back], ignore_conflicts=True)
