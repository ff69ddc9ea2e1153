"""Turns opened answers into rows: the response in the order given, what is detached in orders of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from django.db.models import F, Model

from responses.ballots import Sent
from responses.models import Comment, OpenText, Record, Response, Tally, TextLink
from surveys.answers import Answer, Answers
from surveys.codebook import Codebook
from surveys.definition import Definition, Kind, Question, split_item
from surveys.models import Wave

ROWS_AT_ONCE = 500
M = TypeVar("M", bound=Model)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it stood in the answers. `row` and `entry` go into its link alone."""

    question: str
    choice: str
    row: str
    entry: int
    text: str


@dataclass
class Store:
    """Writes one batch of responses.

    Texts, comments and tallies are gathered and written by `finish`, each in its own shuffled order, so that their
    places in the tables say nothing about the responses'. Gathering holds the texts of one batch in memory.
    """

    wave: Wave
    codebook: Codebook
    rng: Random
    texts: list[OpenText] = field(default_factory=list)
    links: list[TextLink] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    tallies: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, batch: Sequence[Sent]) -> None:
        responses = [self._response(sent) for sent in batch]
        insert(Response, responses)
        records = (self.codebook.record(sent.answers) for sent in batch)
        insert(
            Record, [Record(response=row, answers=kept) for row, kept in zip(responses, records, strict=True)]
        )
        for row, sent in zip(responses, batch, strict=True):
            self.gather(row, sent.answers, sent.language)

    def _response(self, sent: Sent) -> Response:
        marks = self.codebook.pack(self.codebook.marks(sent.answers))
        return Response(wave=self.wave, marks=marks, receipt_hash=sent.receipt_hash)

    def gather(self, response: Response, answers: Answers, language: str = "") -> None:
        """Set aside what is stored without the row, or only linked to it."""
        definition = self.codebook.definition
        self.tallies.update(detached(definition, answers))
        may_quote = permits_quoting(definition, answers)
        for question, words in comments(definition, answers):
            self.comments.append(Comment(wave=self.wave, question=question, text=words, may_quote=may_quote))
        for written in written_texts(definition, answers):
            text = OpenText(
                wave=self.wave,
                question=written.question,
                choice=written.choice,
                text=written.text,
                language=language,
                may_quote=may_quote,
            )
            self.texts.append(text)
            self.links.append(TextLink(text=text, response=response, row=written.row, entry=written.entry))

    def finish(self) -> None:
        for model, rows in ((OpenText, self.texts), (TextLink, self.links), (Comment, self.comments)):
            self.rng.shuffle(rows)
            insert(model, rows)
        for (question, code), count in sorted(self.tallies.items()):
            count_tally(self.wave, question, code, count)


def insert(model: type[M], rows: Iterable[M]) -> None:
    """In the order given: where a row lies in the table follows from it."""
    model._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def count_tally(wave: Wave, question: str, code: str, count: int) -> None:
    """Add to a tally; the lock on the wave keeps two openings apart."""
    known = Tally.objects.filter(wave=wave, question=question, code=code)
    if not known.update(count=F("count") + count):
        Tally.objects.create(wave=wave, question=question, code=code, count=count)


def chunks(values: Sequence[T], size: int = ROWS_AT_ONCE) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def detached(definition: Definition, answers: Answers) -> Iterator[tuple[str, str]]:
    """(question, code) of each detached answer, the code empty for a question that was asked and skipped."""
    for question in definition.questions:
        answer = answers.get(question.key)
        if question.detached and answer is not None:
            yield from ((question.key, code) for code in answer.codes or ("",))


def comments(definition: Definition, answers: Answers) -> Iterator[tuple[str, str]]:
    for item, answer in answers.items():
        question = _question(definition, item)
        if question.kind is Kind.OPEN_TEXT and answer.has_text:
            yield question.key, answer.texts[0].strip()


def permits_quoting(definition: Definition, answers: Answers) -> bool:
    """A skipped permission is none."""
    question = definition.quote_permission
    return question is not None and "may_quote" in answers.get(question.key, Answer()).codes


def written_texts(definition: Definition, answers: Answers) -> Iterator[Written]:
    """Short texts to be coded: entries of open lists, and what was written beside a choice."""
    for item, answer in answers.items():
        question, row = _question(definition, item), split_item(item)[1] or ""
        if question.kind is Kind.OPEN_LIST:
            for entry, text in enumerate(answer.texts):
                if text.strip():
                    yield Written(question.key, "", row, entry, text.strip())
        for code, text in answer.others:
            yield Written(question.key, code, row, 0, text.strip())


def _question(definition: Definition, item: str) -> Question:
    return definition.by_key[split_item(item)[0]]
