"""The ballot box: what the worker does with sealed ballots at night.

While the wave is open a batch is a pool mix: all but `min_batch` of the ballots, drawn at random, become responses,
and the others wait for company. Ballots are looked through twice, once to know which are valid (so that a batch is
never smaller than it seems) and once, in the shuffled order, to store them: the answers of a few hundred people
are in memory at a time, whatever the size of the box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random, SystemRandom
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from responses import ballots, rewriting
from responses.ballots import Sent
from responses.extracts import codebook_of
from responses.models import Ballot, OpenText, Response, Withdrawal
from responses.sealing import BallotUnreadable, Stored, open_ballot
from responses.storing import Store, chunks
from surveys.actions.waves import box_may_be_emptied
from surveys.codebook import Codebook, UnknownAnswer
from surveys.models import Wave

CheckClaim = Callable[[], None]


class BoxStillFilling(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("The wave still takes answers; its responses are written anew after the last opening.")
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """What an opening did: ballots stored, refused (they stay sealed), waiting, and whether it was the last one.

    A box that holds too little to be opened is not looked into: then all its ballots are waiting.
    """

    opened: int
    refused: int
    waiting: int
    final: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """A box looked through: (ballot, receipt hash) of the valid ones, one for each receipt."""

    valid: tuple[tuple[UUID, bytes], ...]
    repeated: tuple[UUID, ...]
    refused: int


@dataclass(frozen=True)
class Box:
    """A wave's box with the key that opens it, inside the transaction that holds the lock on the wave."""

    wave: Wave
    codebook: Codebook
    private_key: bytes

    def read(self, sealed: Stored) -> Sent:
        size = self.wave.questionnaire.ballot_size
        content = open_ballot(sealed, private_key=self.private_key, size=size)
        return ballots.read(content, self.codebook.definition)

    def look_through(self) -> Contents:
        """Which ballots can be stored. One that cannot never stops the others."""
        valid: dict[bytes, UUID] = {}
        repeated, refused = [], 0
        for pk, sealed in Ballot.objects.filter(wave=self.wave).values_list("pk", "sealed").iterator(200):
            receipt = self._receipt_of(sealed)
            if receipt is None:
                refused += 1
            elif receipt in valid:
                repeated.append(pk)
            else:
                valid[receipt] = pk
        stored = self._stored_among(valid)
        repeated += [valid.pop(receipt) for receipt in stored]
        return Contents(tuple((pk, receipt) for receipt, pk in valid.items()), tuple(repeated), refused)

    def _receipt_of(self, sealed: Stored) -> bytes | None:
        try:
            sent = self.read(sealed)
            self.codebook.marks(sent.answers)
        except (BallotUnreadable, UnknownAnswer):
            return None
        return sent.receipt_hash

    def _stored_among(self, receipts: Iterable[bytes]) -> list[bytes]:
        """Receipts that a response already carries: the same ballot came back, from a backup for example."""
        wanted = set(receipts)
        carried = Response.objects.filter(wave=self.wave).values_list("receipt_hash", flat=True)
        return [bytes(receipt) for receipt in carried if receipt is not None and bytes(receipt) in wanted]

    def sent(self, drawn: Sequence[UUID]) -> Iterator[list[Sent]]:
        """The contents of these ballots, some hundred at a time, in exactly this order.

        The statement names them in the order of their keys: PostgreSQL shows running statements to its superusers,
        and the responses are written right afterwards, in the order that must stay unknown.
        """
        for part in chunks(drawn):
            sealed = dict(Ballot.objects.filter(pk__in=sorted(part)).values_list("pk", "sealed"))
            yield [self.read(sealed[pk]) for pk in part]


def open_box(
    *,
    wave: Wave,
    now: datetime,
    private_key: bytes,
    check_claim: CheckClaim,
    rng: Random | None = None,
) -> Opened:
    """One opening, in one transaction: everything that it does, or nothing."""
    with transaction.atomic():
        check_claim()
        box = _locked(wave, private_key)
        opened = _open(box, last=box_may_be_emptied(box.wave, now), rng=rng or SystemRandom())
        check_claim()
    return opened


def rewrite(
    *,
    wave: Wave,
    now: datetime,
    private_key: bytes,
    check_claim: CheckClaim,
    rng: Random | None = None,
) -> None:
    """After the last opening: all responses of the wave anew, the remainder of the box among them.

    The wave becomes final after the tables are vacuumed; a worker that is killed before does all of it again.
    """
    with transaction.atomic():
        check_claim()
        box = _locked(wave, private_key)
        if not box_may_be_emptied(box.wave, now):
            raise BoxStillFilling
        _write_anew(box, rng or SystemRandom())
        check_claim()
    rewriting.vacuum()
    with transaction.atomic():
        check_claim()
        Wave.objects.filter(pk=wave.pk).update(status=Wave.Status.FINAL)
    wave.status = Wave.Status.FINAL


def _locked(wave: Wave, private_key: bytes) -> Box:
    """The lock keeps a second opening out and lets ballots in."""
    locked = (
        Wave.objects.select_for_update(no_key=True, of=("self",))
        .select_related("questionnaire")
        .get(pk=wave.pk)
    )
    return Box(locked, codebook_of(locked), private_key)


def _open(box: Box, *, last: bool, rng: Random) -> Opened:
    held = Ballot.objects.filter(wave=box.wave).count()
    if not _worth_opening(box.wave, held, last):
        return Opened(opened=0, refused=0, waiting=held, final=last)
    contents = box.look_through()
    valid = _without_withdrawn(box.wave, contents, last)
    drawn = draw(valid, min_batch=box.wave.min_batch, last=last, rng=rng)
    if drawn:
        _store(box, drawn, rng)
    _discard(drawn)
    return Opened(len(drawn), contents.refused, len(valid) - len(drawn), final=last)


def _worth_opening(wave: Wave, held: int, last: bool) -> bool:
    """A wave with fewer than a batch altogether stays shut for ever."""
    if last:
        return held + Response.objects.filter(wave=wave).count() >= wave.min_batch
    return held >= 2 * wave.min_batch


def draw(valid: Sequence[UUID], *, min_batch: int, last: bool, rng: Random) -> list[UUID]:
    """The ballots of this batch in a random order; none when they would be fewer than `min_batch`."""
    enough = min_batch if last else 2 * min_batch
    if len(valid) < enough:
        return []
    return rng.sample(valid, len(valid) if last else len(valid) - min_batch)


def _without_withdrawn(wave: Wave, contents: Contents, last: bool) -> list[UUID]:
    """Apply withdrawals to the box and to what was stored before; returns the ballots that remain."""
    handed_back = {bytes(row.receipt_hash): row.pk for row in Withdrawal.objects.filter(wave=wave)}
    in_box = {receipt: pk for pk, receipt in contents.valid if receipt in handed_back}
    stored = _withdraw_stored(wave, handed_back)
    _discard([*in_box.values(), *contents.repeated])
    applied = [pk for receipt, pk in handed_back.items() if last or receipt in in_box or receipt in stored]
    Withdrawal.objects.filter(pk__in=applied).delete()
    return [pk for pk, receipt in contents.valid if receipt not in in_box]


def _withdraw_stored(wave: Wave, receipts: Iterable[bytes]) -> set[bytes]:
    """Delete the responses with these receipts and the texts that are linked to them."""
    responses = Response.objects.filter(wave=wave, receipt_hash__in=list(receipts))
    found = {row.pk: bytes(row.receipt_hash or b"") for row in responses}
    OpenText.objects.filter(link__response__in=found).delete()
    Response.objects.filter(pk__in=found).delete()
    return set(found.values())


def _store(box: Box, drawn: Sequence[UUID], rng: Random) -> None:
    store = Store(box.wave, box.codebook, rng)
    for part in box.sent(drawn):
        store.add(part)
    store.finish()


def _discard(opened: Sequence[UUID]) -> None:
    """In the order of their keys, which says nothing about the order in which they were stored."""
    for part in chunks(sorted(opened)):
        Ballot.objects.filter(pk__in=part).delete()


def _write_anew(box: Box, rng: Random) -> None:
    held = Ballot.objects.filter(wave=box.wave).count()
    remainder: list[UUID] = []
    if _worth_opening(box.wave, held, last=True):
        remainder = _without_withdrawn(box.wave, box.look_through(), last=True)
        if len(remainder) + Response.objects.filter(wave=box.wave).count() < box.wave.min_batch:
            remainder = []
    sent = (one for part in box.sent(remainder) for one in part)
    rewriting.write_anew(box.wave, box.codebook, list(sent), rng)
    _discard(remainder)


def could_still_open(wave: Wave, private_key: bytes) -> bool:
    """Whether an opening after the close would still find enough ballots. A wave below a batch stays shut for ever."""
    held = Ballot.objects.filter(wave=wave).count()
    if held == 0 or not _worth_opening(wave, held, last=True):
        return False
    valid = Box(wave, codebook_of(wave), private_key).look_through().valid
    return bool(valid) and len(valid) + Response.objects.filter(wave=wave).count() >= wave.min_batch


def throw_away(wave: Wave) -> int:
    """Delete what nobody can open any more, and receipts that nothing can be done with. Returns how many ballots."""
    Withdrawal.objects.filter(wave=wave).delete()
    ballots_left = Ballot.objects.filter(wave=wave)
    return ballots_left._raw_delete(using=ballots_left.db)
