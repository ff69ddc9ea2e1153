"""The cells of one line as answers, by the plan of a mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from responses.importing.plan import Column, ItemPlan, Plan, Shape
from responses.importing.problems import Fault, Problem, quoted
from responses.importing.words import Lexicon, Said, fold
from surveys.answers import Answer
from surveys.definition import Kind, Question

WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}([.,]0{1,9})?")
RANK = re.compile(r"\d{1,3}([.,]0{1,9})?")
WRITTEN = frozenset({Kind.OPEN_LIST, Kind.OPEN_TEXT})

Coded = Mapping[tuple[str, int], tuple[str, ...]]
"""(item, entry counted from 0) -> codes of the frame."""


class Faulty(Exception):
    """A cell that cannot be read as what it should hold."""

    def __init__(self, fault: Fault, column: str, found: str = "", **values: str | int) -> None:
        self.problem = Problem(fault, column, found=quoted(found), values=values)
        super().__init__(fault.name)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line says of one item: an answer, or why there is none."""

    answer: Answer | None = None
    said: Said = Said.NOTHING
    codes: tuple[tuple[str, ...], ...] = ()
    """Of a list of short texts, the codes of each entry."""


NOTHING = Reading()
SAID = {said: Reading(said=said) for said in Said}


@dataclass
class Row:
    """Of one line: what was read of each item, and what could not be."""

    readings: dict[str, Reading] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def answers(self) -> dict[str, Answer]:
        return {item: reading.answer for item, reading in self.readings.items() if reading.answer is not None}

    @property
    def coded(self) -> Coded:
        return {
            (item, entry): codes
            for item, reading in self.readings.items()
            for entry, codes in enumerate(reading.codes)
            if codes
        }


class Cells:
    """The cells of one line by the names of their columns."""

    def __init__(self, places: Mapping[str, int], cells: Sequence[str]) -> None:
        self.places = places
        self.cells = cells

    def of(self, column: Column) -> str:
        return self.cells[self.places[column.name]].strip()


class Reader:
    """Reads lines of a file with this header. What one column said of one item is read once and kept."""

    MOST_KEPT = 2_000

    def __init__(self, plan: Plan, header: Sequence[str]) -> None:
        self.plan = plan
        self.places = {name: place for place, name in enumerate(header)}
        self.kept: dict[str, dict[tuple[str, ...], Reading]] = {item.item: {} for item in plan.items}

    def read(self, cells: Sequence[str]) -> Row:
        row = Row()
        line = Cells(self.places, cells)
        for item in self.plan.items:
            try:
                row.readings[item.item] = self._item(item, line)
            except Faulty as faulty:
                row.problems.append(faulty.problem)
        return row

    def _item(self, plan: ItemPlan, line: Cells) -> Reading:
        key = tuple(line.of(column) for column in plan.all_columns)
        kept = self.kept[plan.item]
        if (known := kept.get(key)) is not None:
            return known
        reading = read_item(plan, line)
        if len(kept) < self.MOST_KEPT and plan.question.kind not in WRITTEN:
            kept[key] = reading
        return reading


def read_item(plan: ItemPlan, line: Cells) -> Reading:
    """Raises Faulty."""
    reading = SHAPES[plan.shape](plan, line)
    return _with_others(plan, line, reading) if plan.others else reading


def _always(plan: ItemPlan, line: Cells) -> Reading:
    return Reading(Answer(codes=(plan.always,)))


def _one(plan: ItemPlan, line: Cells) -> Reading:
    if plan.question.kind is Kind.OPEN_LIST:
        return _entries(plan, line)
    column = plan.columns[0]
    cell = line.of(column)
    said = plan.missing[column.name].said(cell)
    if said is not None:
        return SAID[said]
    return Reading(CELLS[plan.question.kind](plan, column, cell))


def _single(plan: ItemPlan, column: Column, cell: str) -> Answer:
    return Answer(codes=(meant(plan.words, column, cell),))


def _several(plan: ItemPlan, column: Column, cell: str) -> Answer:
    # A word of the questionnaire may have the separator in it.
    whole = plan.words.meant(cell)
    parts = [cell] if whole else [part for part in cell.split(plan.separator) if part.strip()]
    return Answer(
        codes=in_stored_order(plan.question, [meant(plan.words, column, part) for part in parts], column)
    )


def _number(plan: ItemPlan, column: Column, cell: str) -> Answer:
    if WHOLE_NUMBER.fullmatch(cell):
        return Answer(number=int(re.split("[.,]", cell)[0]))
    codes = plan.words.meant(cell)
    if len(codes) == 1:
        return Answer(codes=codes)
    raise Faulty(Fault.NOT_A_NUMBER, column.name, cell)


def _text(plan: ItemPlan, column: Column, cell: str) -> Answer:
    return Answer(texts=(cell,))


CELLS: dict[Kind, Callable[[ItemPlan, Column, str], Answer]] = {
    Kind.SINGLE: _single,
    Kind.MULTIPLE: _several,
    Kind.GRID_SINGLE: _single,
    Kind.GRID_MULTIPLE: _several,
    Kind.NUMBER: _number,
    Kind.OPEN_TEXT: _text,
}


def _choices(plan: ItemPlan, line: Cells) -> Reading:
    told = [(column, _is_chosen(plan, column, line.of(column))) for column in plan.columns]
    chosen = [column.about for column, said in told if said is True]
    not_asked = [column for column, said in told if said is Said.NOT_ASKED]
    if not_asked and len(not_asked) < len(told):
        # A blank beside a word for “not asked” says no more than that word.
        others = [said for _column, said in told if said not in (Said.NOT_ASKED, Said.NOTHING)]
        if others:
            raise Faulty(Fault.PARTLY_NOT_ASKED, not_asked[0].name, line.of(not_asked[0]))
    if not_asked:
        return SAID[Said.NOT_ASKED]
    if not chosen:
        skipped = any(said is Said.SKIPPED for _column, said in told)
        return SAID[Said.SKIPPED if skipped else Said.NOTHING]
    return Reading(Answer(codes=tuple(chosen)))


def _is_chosen(plan: ItemPlan, column: Column, cell: str) -> bool | Said:
    word = fold(cell)
    if word in plan.chosen:
        return True
    if word in plan.not_chosen:
        return False
    said = plan.missing[column.name].said(cell)
    if said is not None:
        return said
    if plan.words.meant(cell) == (column.about,):
        return True
    raise Faulty(Fault.NOT_CHOSEN_OR_NOT, column.name, cell)


def _places(plan: ItemPlan, line: Cells) -> Reading:
    codes: list[str] = []
    said_of: list[Said] = []
    for column in plan.columns:
        cell = line.of(column)
        said = plan.missing[column.name].said(cell)
        if said is not None:
            said_of.append(said)
        elif said_of:
            raise Faulty(Fault.RANKS_NOT_IN_ORDER, column.name, cell)
        else:
            code = meant(plan.words, column, cell)
            if code in codes:
                raise Faulty(Fault.CODE_TWICE, column.name, cell)
            codes.append(code)
    return Reading(Answer(codes=tuple(codes))) if codes else SAID[_weightiest(said_of)]


def _ranks(plan: ItemPlan, line: Cells) -> Reading:
    listed = {choice.code for choice in plan.question.choices}
    ranks: dict[int, Column] = {}
    special: list[str] = []
    said_of: list[Said] = []
    for column in plan.columns:
        cell = line.of(column)
        said = plan.missing[column.name].said(cell)
        if column.about not in listed:
            if _is_chosen(plan, column, cell) is True:
                special.append(column.about)
        elif said is not None:
            said_of.append(said)
        elif (rank := _rank(column, cell)) and ranks.setdefault(rank, column) is not column:
            raise Faulty(Fault.RANKS_NOT_IN_ORDER, column.name, cell)
    if set(ranks) != set(range(1, len(ranks) + 1)):
        raise Faulty(Fault.RANKS_NOT_IN_ORDER, plan.columns[0].name)
    codes = (*(ranks[rank].about for rank in sorted(ranks)), *special)
    return Reading(Answer(codes=codes)) if codes else SAID[_weightiest(said_of)]


def _rank(column: Column, cell: str) -> int:
    """0 for “not ranked”."""
    if not RANK.fullmatch(cell):
        raise Faulty(Fault.NOT_A_RANK, column.name, cell)
    return int(re.split("[.,]", cell)[0])


def _entries(plan: ItemPlan, line: Cells) -> Reading:
    texts: list[str] = []
    said_of: list[Said] = []
    special: list[str] = []
    for column in plan.columns:
        cell = line.of(column)
        said = plan.missing[column.name].said(cell)
        codes = plan.words.meant(cell) if said is None else ()
        said_of += [said] if said is not None else []
        special += codes[:1]
        texts.append("" if said is not None or codes else cell)
    codes_of = tuple(_codes_of_entry(plan, column, line) for column in plan.codes)
    texts = _named_by_codes(texts, codes_of)
    if special or any(texts):
        last = max((n for n, text in enumerate(texts, start=1) if text), default=0)
        return Reading(Answer(codes=tuple(dict.fromkeys(special)), texts=tuple(texts[:last])), codes=codes_of)
    return SAID[_weightiest(said_of)]


def _codes_of_entry(plan: ItemPlan, column: Column, line: Cells) -> tuple[str, ...]:
    cell = line.of(column)
    if plan.frame is None or plan.missing[column.name].said(cell) is not None:
        return ()
    whole = plan.frame.meant(cell)
    parts = [cell] if whole else [part for part in cell.split(plan.separator) if part.strip()]
    codes = tuple(dict.fromkeys(meant(plan.frame, column, part) for part in parts))
    if len(codes) > plan.most_codes:
        raise Faulty(Fault.TOO_MANY_CODES, column.name, cell, most=plan.most_codes)
    return codes


def _named_by_codes(texts: list[str], codes_of: Sequence[tuple[str, ...]]) -> list[str]:
    """An entry that came as a code without its text is a mention all the same: the code stands for its words."""
    for entry, codes in enumerate(codes_of):
        if codes and not texts[entry]:
            texts[entry] = codes[0]
    return texts


def _with_others(plan: ItemPlan, line: Cells, reading: Reading) -> Reading:
    """The answer with the texts beside its choices."""
    codes = reading.answer.codes if reading.answer else ()
    others = []
    for column in plan.others:
        cell = line.of(column)
        if plan.missing[column.name].said(cell) is not None:
            continue
        if column.about not in codes:
            raise Faulty(Fault.CHOSEN_WITHOUT_ITS_CHOICE, column.name, code=column.about)
        others.append((column.about, cell))
    if not others or reading.answer is None:
        return reading
    return Reading(Answer(codes=codes, others=tuple(others)))


SHAPES: dict[Shape, Callable[[ItemPlan, Cells], Reading]] = {
    Shape.ONE: _one,
    Shape.CHOICES: _choices,
    Shape.PLACES: _places,
    Shape.RANKS: _ranks,
    Shape.ENTRIES: _entries,
    Shape.ALWAYS: _always,
}


def meant(words: Lexicon, column: Column, cell: str) -> str:
    """The one code that a word stands for."""
    codes = words.meant(cell)
    if not codes:
        raise Faulty(Fault.UNKNOWN_VALUE, column.name, cell)
    if len(codes) > 1:
        raise Faulty(Fault.AMBIGUOUS_VALUE, column.name, cell, codes=", ".join(codes))
    return codes[0]


def in_stored_order(question: Question, codes: Sequence[str], column: Column) -> tuple[str, ...]:
    if len(set(codes)) != len(codes):
        raise Faulty(Fault.CODE_TWICE, column.name)
    return tuple(choice.code for choice in question.offered if choice.code in codes)


def _weightiest(said: Sequence[Said]) -> Said:
    """Of several columns without an answer: what any of them says for certain."""
    return next((one for one in (Said.NOT_ASKED, Said.SKIPPED) if one in said), Said.NOTHING)
