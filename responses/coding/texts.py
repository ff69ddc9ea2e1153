"""Questions about the texts of a round: whose turn they are, and how far everybody has come.

Texts come in an order of each coder's own that has nothing to do with who wrote when: a hash of their random keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields import CharField
from django.db.models.functions import MD5, Cast, Concat

from accounts.models import User
from responses.agreement import Agreed, agreement
from responses.coding.frames import most_codes_of
from responses.coding.models import FIRST, SECOND, THIRD, Agreement, CodingEnd, CodingRound, Decision
from responses.models import OpenText
from surveys.models import Wave
from surveys.queries import definition_of

DONE = (Decision.State.CODED, Decision.State.QUERY)
BATCH = 25
"""So many texts are a batch; after it the page asks whether to go on."""


def texts_of(coding_round: CodingRound) -> QuerySet[OpenText]:
    return OpenText.objects.filter(wave_id=coding_round.wave_id, question=coding_round.question)


def to_be_read(coding_round: CodingRound) -> QuerySet[OpenText]:
    """Texts whose words are still there."""
    return texts_of(coding_round).filter(forgotten=False)


def languages_read(coding_round: CodingRound, user: User) -> tuple[str, ...]:
    """Whoever has named no language reads that of the questionnaire."""
    return tuple(user.languages) or (coding_round.wave.questionnaire.language,)


def readable(coding_round: CodingRound, user: User) -> QuerySet[OpenText]:
    """Texts in a language that the user reads, or with a working translation into one."""
    languages = languages_read(coding_round, user)
    own = coding_round.wave.questionnaire.language
    known = _in("language", languages)
    if _reads(own, languages):
        known |= Q(language="")
    translated = _in("translations__language", languages)
    found = to_be_read(coding_round).filter(known | translated)
    return found.distinct()


def _in(field: str, languages: Iterable[str]) -> Q:
    condition = Q(pk__in=[])
    for tag in languages:
        condition |= Q(**{f"{field}__iexact": tag}) | Q(**{f"{field}__istartswith": f"{tag}-"})
    return condition


def _reads(tag: str, languages: Collection[str]) -> bool:
    return any(tag == known or tag.startswith(f"{known}-") for known in languages)


def to_code(coding_round: CodingRound, user: User, place: int) -> QuerySet[OpenText]:
    """What the coder has not coded, in the coder's own order."""
    decided = Decision.objects.filter(text=OuterRef("pk"), place=place, state__in=DONE)
    open_texts = readable(coding_round, user).filter(~Exists(decided))
    return in_own_order(open_texts, coding_round, place)


def in_own_order(texts: QuerySet[OpenText], coding_round: CodingRound, place: int) -> QuerySet[OpenText]:
    salt = Value(f"{coding_round.seed}{place}")
    order = MD5(Concat(Cast("pk", CharField()), salt, output_field=CharField()))
    return texts.annotate(own_order=order).order_by("own_order", "pk")


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one coder in one round. `unread`: texts in languages that he or she does not read."""

    done: int
    left: int
    queries: int
    unread: int

    @property
    def total(self) -> int:
        return self.done + self.left

    @property
    def batch(self) -> int:
        return self.done // BATCH + 1

    @property
    def batches(self) -> int:
        return max(1, -(-self.total // BATCH))

    @property
    def in_batch(self) -> int:
        return self.done % BATCH


def progress(coding_round: CodingRound, user: User, place: int) -> Progress:
    mine = Decision.objects.filter(text__in=texts_of(coding_round), place=place)
    counts = dict(mine.values_list("state").annotate(Count("pk")))
    return Progress(
        done=sum(counts.get(state, 0) for state in DONE),
        left=to_code(coding_round, user, place).count(),
        queries=counts.get(Decision.State.QUERY, 0),
        unread=to_be_read(coding_round).count() - readable(coding_round, user).count(),
    )


def queries(coding_round: CodingRound) -> QuerySet[Decision]:
    """What coders have asked the lead, in the order of random keys."""
    asked = Decision.objects.filter(text__in=texts_of(coding_round), state=Decision.State.QUERY)
    return asked.select_related("text").order_by("pk")


def unread_by_somebody(coding_round: CodingRound) -> QuerySet[OpenText]:
    """Texts that one of the three cannot read, because nobody has translated them yet."""
    people = (coding_round.first, coding_round.second, coding_round.third)
    found = to_be_read(coding_round)
    condition = Q(pk__in=[])
    for person in people:
        condition |= ~Q(pk__in=readable(coding_round, person).values("pk"))
    return found.filter(condition).order_by("pk")


def missing_codes(coding_round: CodingRound) -> int:
    """How many texts one of the two has not coded yet, or asks about."""
    coded = Decision.objects.filter(text=OuterRef("pk"), state=Decision.State.CODED)
    by_both = Exists(coded.filter(place=FIRST)) & Exists(coded.filter(place=SECOND))
    return to_be_read(coding_round).filter(~by_both).count()


def compared(coding_round: CodingRound) -> Agreed:
    """The two coders against each other, on every text that both have coded, destroyed ones included."""
    decisions: dict[object, dict[int, frozenset[str]]] = {}
    rows = Decision.objects.filter(
        text__in=texts_of(coding_round), place__in=(FIRST, SECOND), state=Decision.State.CODED
    )
    for text, place, codes in rows.values_list("text_id", "place", "codes"):
        decisions.setdefault(text, {})[place] = frozenset(codes)
    pairs = [(both.get(FIRST), both.get(SECOND)) for both in decisions.values()]
    return agreement(pairs, several=takes_several(coding_round))


def takes_several(coding_round: CodingRound) -> bool:
    definition = definition_of(coding_round.wave.questionnaire)
    return most_codes_of(definition, definition.by_key[coding_round.question]) > 1


def reported(coding_round: CodingRound) -> Agreement | None:
    """The agreement as it was written down for the revision of now."""
    return Agreement.objects.filter(round=coding_round, revision=coding_round.revision).first()


def to_adjudicate(coding_round: CodingRound) -> QuerySet[OpenText]:
    """Texts that the two coded differently and nobody has decided about, in the third one's own order."""
    coded = Decision.objects.filter(text=OuterRef("pk"), state=Decision.State.CODED)
    by_first, by_second = (Subquery(coded.filter(place=n).values("codes")[:1]) for n in (FIRST, SECOND))
    texts = to_be_read(coding_round).annotate(by_first=by_first, by_second=by_second)
    # A comparison with nothing is not true, so that both have coded what is left.
    differing = texts.filter(~Q(by_first=F("by_second")), by_first__isnull=False, by_second__isnull=False)
    undecided = differing.filter(~Exists(coded.filter(place=THIRD)))
    return in_own_order(undecided, coding_round, THIRD)


def proposals(coding_round: CodingRound, place: int) -> dict[str, int]:
    """How often the coder followed the suggestions, and how often not."""
    mine = Decision.objects.filter(text__in=texts_of(coding_round), place=place, state=Decision.State.CODED)
    return dict(mine.values_list("proposal").annotate(Count("pk")))


def rounds_of(user: User) -> QuerySet[CodingRound]:
    """Rounds in which the user codes or decides, of waves whose coding goes on."""
    mine = CodingRound.objects.filter(Q(first=user) | Q(second=user) | Q(third=user))
    open_ones = mine.filter(Q(wave__coding_end__isnull=True))
    return open_ones.select_related("wave__questionnaire", "wave__edition", "first", "second", "third")


def waves_with_texts() -> list[Wave]:
    """The waves that a lead has something to do with, the newest edition first."""
    found = Wave.objects.filter(open_texts__isnull=False).distinct()
    return list(
        found.select_related("questionnaire", "edition").order_by("-edition__year", "questionnaire__key")
    )


def is_closed(wave: Wave) -> bool:
    return CodingEnd.objects.filter(wave=wave).exists()


def uncoded_of_wave(wave: Wave) -> int:
    return OpenText.objects.filter(wave=wave, codings__isnull=True, forgotten=False).count()
