from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses import sealing

SIZE = 512
PAYLOADS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    max_size=3,
)


def test_token_text_read_back_gives_the_token() -> None:
    token = sealing.new_token()

    text = sealing.token_text(token)

    assert len(text) == 22
    assert sealing.read_token(text) == token


@pytest.mark.parametrize(
    "text", ["", "x", "A" * 21, "A" * 23, "A" * 21 + "B", "A" * 21 + "=", "é" * 22, "A" * 21 + "\n"]
)
def test_token_written_otherwise_is_not_read(text: str) -> None:
    assert sealing.read_token(text) is None


def test_keys_derived_from_one_token_differ_by_use_and_draft() -> None:
    key = sealing.session_key(b"t" * 16)
    drafts = [uuid4(), uuid4()]

    derived = [
        key,
        sealing.order_seed(key),
        *(sealing.draft_key(key, draft) for draft in drafts),
        sealing.token_hash(key),
    ]

    assert len(set(derived)) == 5
    assert {len(value) for value in derived} == {32}
    assert sealing.session_key(b"t" * 16) == key


@given(payload=PAYLOADS)
def test_draft_sealed_and_opened_is_the_same_and_always_one_length(payload: dict[str, str]) -> None:
    draft_id = uuid4()

    sealed = sealing.seal_draft(payload, key=b"k" * 32, draft_id=draft_id, size=SIZE)

    assert sealing.open_draft(sealed, key=b"k" * 32, draft_id=draft_id, size=SIZE) == payload
    assert len(sealed) == SIZE + 4 + 24 + 16


def test_draft_under_another_key_or_identity_or_changed_is_unreadable() -> None:
    draft_id = uuid4()
    sealed = sealing.seal_draft({"a": 1}, key=b"k" * 32, draft_id=draft_id, size=SIZE)
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])

    for content, key, name in (
        (sealed, b"x" * 32, draft_id),
        (sealed, b"k" * 32, uuid4()),
        (changed, b"k" * 32, draft_id),
        (b"short", b"k" * 32, draft_id),
    ):
        with pytest.raises(sealing.DraftUnreadable):
            sealing.open_draft(content, key=key, draft_id=name, size=SIZE)


@given(payload=PAYLOADS)
def test_ballot_sealed_and_opened_is_the_same_and_always_one_length(payload: dict[str, str]) -> None:
    private, public = sealing.generate_key_pair()

    sealed = sealing.seal_ballot(payload, public_key=public, size=SIZE)

    assert sealing.open_ballot(sealed, private_key=private, size=SIZE) == payload
    assert len(sealed) == sealing.sealed_ballot_length(SIZE)


def test_ballot_for_another_wave_or_of_another_size_is_unreadable() -> None:
    private, public = sealing.generate_key_pair()
    other, _ = sealing.generate_key_pair()
    sealed = sealing.seal_ballot({}, public_key=public, size=SIZE)

    for key, size in ((other, SIZE), (private, SIZE + 1)):
        with pytest.raises(sealing.BallotUnreadable):
            sealing.open_ballot(sealed, private_key=key, size=size)


def test_content_that_fits_exactly_is_sealed_and_one_byte_more_is_refused() -> None:
    fits = {"a": "x" * (SIZE - len('{"a":""}'))}

    assert len(sealing.pad(fits, SIZE)) == SIZE + 4
    with pytest.raises(sealing.DoesNotFit):
        sealing.pad({"a": fits["a"] + "x"}, SIZE)


@pytest.mark.parametrize(
    "padded", [b"", b"\0" * 15, b"\0\0\0\x02{}" + b"\0" * 9 + b"x", b"\0\0\0\xff{}" + b"\0" * 10]
)
def test_padding_not_written_by_pad_is_refused(padded: bytes) -> None:
    with pytest.raises(ValueError, match="not padded"):
        sealing.unpad(padded, 12)


@given(st.integers(0, 2**80 - 1))
def test_receipt_read_back_tolerantly_is_the_one_shown(number: int) -> None:
    digits = "".join(sealing.RECEIPT_ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    shown = "-".join(digits[i : i + 4] for i in range(0, 16, 4))
    typed = f" {shown.lower().replace('-', ' – ').replace('0', 'o').replace('1', 'l')} "

    assert sealing.read_receipt(typed) == shown
    assert sealing.receipt_hash(typed) == sealing.receipt_hash(shown)


@pytest.mark.parametrize(
    "text", ["", "ABCD-EFGH-JKMN-PQR", "ABCD-EFGH-JKMN-PQRU", "ABCD-EFGH-JKMN-PQRSS", "*" * 16]
)
def test_receipt_that_is_none_is_refused(text: str) -> None:
    assert sealing.read_receipt(text) is None
    with pytest.raises(sealing.ReceiptUnreadable):
        sealing.receipt_hash(text)


def test_new_receipts_are_random_and_in_fours() -> None:
    receipts = {sealing.new_receipt() for _ in range(100)}

    assert len(receipts) == 100
    assert all(sealing.read_receipt(receipt) == receipt and len(receipt) == 19 for receipt in receipts)
