"""What reports may read of the answers: marks to count, tallies and numbers of rows; never a row to look at."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import Count

from responses.cases import Choose, Place, count_cases
from responses.coding.models import Agreement
from responses.models import (
    Coding,
    FieldworkCount,
    Invitation,
    OpenText,
    PrintedQuestionnaire,
    Quotation,
    Response,
    Tally,
)
from surveys.codebook import Codebook
from surveys.definition import Definition
from surveys.models import Edition, Wave
from surveys.queries import definition_of


def codebook_of(wave: Wave) -> Codebook:
    return _codebook(definition_of(wave.questionnaire))


@lru_cache(maxsize=8)
def _codebook(definition: Definition) -> Codebook:
    return Codebook(definition)


def marks_query(
    wave: Wave, first_block: int = 0, end_block: int | None = None, *, with_weights: bool = False
) -> str:
    """SQL for ADBC: the packed marks of each response of the wave, or of a range of blocks, and its weight if wanted.

    `end_block` is the first block that is not read. Ranges that adjoin hold every row once, inside one snapshot.
    """
    # A UUID and whole numbers are all that is put in, so that no text of anybody's gets into the statement.
    columns = "marks, weight" if with_weights else "marks"
    query = f"SELECT {columns} FROM {Response._meta.db_table} WHERE wave_id = '{wave.pk}'"  # noqa: S608  # nosec  # a UUID
    if first_block:
        query += f" AND ctid >= '({int(first_block)},0)'::tid"
    if end_block is not None:
        query += f" AND ctid < '({int(end_block)},0)'::tid"
    return query


def blocks_of_responses() -> int:
    """How many blocks the table of responses of all waves has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int",
            [Response._meta.db_table],
        )
        return int(cursor.fetchone()[0])


def has_weights(wave: Wave) -> bool:
    """Whether the responses of an imported wave came with weights: then each has one."""
    return Response.objects.filter(wave=wave, weight__isnull=False).exists()


def response_count(wave: Wave) -> int:
    return Response.objects.filter(wave=wave).count()


def keys_digest(wave: Wave) -> str:
    """SHA-256 over the sorted keys of the wave's responses: which rows there are, and nothing of what they say.

    Keys are random, and drawn anew when the wave ended, so that their hash tells nobody anything else.
    """
    digest = hashlib.sha256()
    for key in Response.objects.filter(wave=wave).order_by("pk").values_list("pk", flat=True).iterator():
        digest.update(key.bytes)
    return digest.hexdigest()


def tallies(wave: Wave) -> dict[str, dict[str, int]]:
    """Detached question -> code -> how many; the code is empty for the skipped."""
    found: dict[str, dict[str, int]] = {}
    for tally in Tally.objects.filter(wave=wave).order_by("question", "code"):
        found.setdefault(tally.question, {})[tally.code] = tally.count
    return found


def fieldwork_counts(wave: Wave) -> dict[str, int]:
    """State -> how many invitations of all doors; what may not be shown is not there."""
    found = FieldworkCount.objects.filter(wave=wave, door="").exclude(state="")
    return dict(found.values_list("state", "count"))


def fieldwork_counts_by_door(wave: Wave) -> dict[str, dict[str, int]]:
    """Door -> state -> how many, so that response rates keep the doors apart; empty until all of them can be shown.

    Without a state: how many were invited in all, which stands where the number of those who sent does.
    """
    found: dict[str, dict[str, int]] = {}
    for count in FieldworkCount.objects.filter(wave=wave).exclude(door="").order_by("door", "state"):
        found.setdefault(count.door, {})[count.state] = count.count
    return found


def uncoded_texts(wave: Wave) -> dict[str, int]:
    """Open question -> how many of its texts nobody has coded yet; texts beside a choice are not among them."""
    texts = OpenText.objects.filter(wave=wave, choice="", codings__isnull=True, forgotten=False)
    return dict(texts.values_list("question").annotate(Count("pk")))


def names_coded(wave: Wave, code: str) -> dict[str, frozenset[str]]:
    """Open question -> different cleaned texts with this code, to be counted and never shown."""
    found: dict[str, set[str]] = {}
    for question, text in OpenText.objects.filter(wave=wave, codings__code=code).values_list(
        "question", "text"
    ):
        found.setdefault(question, set()).add(" ".join(text.casefold().split()))
    return {question: frozenset(names) for question, names in found.items()}


def codings_digest(wave: Wave) -> str:
    """Changes when a coding is added, changed or removed."""
    codings = (
        Coding.objects.filter(text__wave=wave).order_by("text_id", "code").values_list("text_id", "code")
    )
    digest = hashlib.sha256()
    for text, code in codings.iterator():
        digest.update(f"{text} {code}\n".encode())
    return digest.hexdigest()


def quotations(wave: Wave) -> tuple[tuple[str, str, str], ...]:
    """(question, code, words) of everything that two people have found safe to print, in the order of random keys."""
    agreed = Quotation.objects.filter(wave=wave, redactions__step=2).select_related("text", "comment")
    return tuple(
        (source.question, one.code, one.words)
        for one in agreed.order_by("pk")
        if (source := one.text or one.comment) is not None
    )


def sent_counts() -> dict[UUID, int]:
    """Wave -> how many have sent their answers, as of its last run and from ten up; one query for all waves."""
    found = FieldworkCount.objects.filter(door="", state=Invitation.State.FINISHED)
    return dict(found.values_list("wave_id", "count"))


def case_counts(wave: Wave, choose: Choose) -> dict[Place, int]:
    """Where invitations stand, exactly, for the worker alone; `choose` says which one stands for an organisation."""
    return dict(count_cases(wave, choose))


def agreements(wave: Wave) -> tuple[tuple[str, int, float | None, float | None], ...]:
    """(question, units, Krippendorff's alpha, Cohen's kappa) of what two people coded, before a third decided.

    Of the newest revision of each question's code frame.
    """
    found = Agreement.objects.filter(round__wave=wave).order_by("round_id", "-revision").distinct("round_id")
    rows = found.values_list("round__question", "units", "alpha", "kappa")
    return tuple(sorted(rows))


def printed_questionnaires(edition: Edition) -> tuple[tuple[str, str], ...]:
    """(questionnaire, language) of each PDF that was made for the respondents of an edition."""
    found = PrintedQuestionnaire.objects.filter(wave__edition=edition, wave__status=Wave.Status.FINAL)
    return tuple(sorted(found.values_list("wave__questionnaire__key", "language")))


def printed_questionnaire(edition: Edition, key: str, language: str) -> bytes | None:
    found = PrintedQuestionnaire.objects.filter(
        wave__edition=edition,
        wave__status=Wave.Status.FINAL,
        wave__questionnaire__key=key,
        language=language,
    ).first()
    return None if found is None else bytes(found.content)
