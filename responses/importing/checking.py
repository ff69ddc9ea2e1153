"""A file gone through line by line: what is in it, what is wrong with it, and the rows that can be stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from responses import ballots
from responses.importing import weights
from responses.importing.kept import Kept
from responses.importing.plan import ItemPlan, Plan
from responses.importing.problems import Fault, Listed, Problem, Unusable
from responses.importing.rows import Reader, Row
from responses.importing.table import Line, Table
from responses.importing.words import Said
from surveys.answers import Answer
from surveys.definition import split_item
from surveys.routing import Path, final_answers, routing_items, walk

MOST_KEPT = 20_000


@dataclass
class Report:
    """What is said of a file. Nothing of a row is in it but what stands in the problems."""

    encoding: str
    guessed: bool
    delimiter: str
    used: tuple[str, ...]
    ignored: tuple[str, ...]
    without_column: tuple[str, ...]
    choices_without_column: tuple[tuple[str, str], ...]
    weighted: bool
    questions: tuple[str, ...] = ()
    """Keys of the questions that have a column, in the order of the questionnaire."""
    rows: int = 0
    blank: int = 0
    """Lines with cells and nothing in them, as spreadsheets leave below their rows; they are no rows."""
    with_problems: int = 0
    problems: Listed = field(default_factory=Listed)
    answered: Counter[str] = field(default_factory=Counter)
    """Question -> how many good rows have an answer to it, or to any of its rows."""
    asked: Counter[str] = field(default_factory=Counter)
    weights: Counter[float] = field(default_factory=Counter)

    @property
    def good(self) -> int:
        return self.rows - self.with_problems

    @property
    def share(self) -> float:
        """Per cent of the rows that have problems."""
        return 100 * self.with_problems / self.rows if self.rows else 0.0

    @property
    def by_question(self) -> tuple[tuple[str, int, int], ...]:
        """(question, how many good rows were asked it, how many answered)."""
        return tuple((key, self.asked[key], self.answered[key]) for key in self.questions)

    @property
    def alone(self) -> int:
        return weights.alone(self.weights)

    @cached_property
    def refusals(self) -> tuple[Problem, ...]:
        """What no tolerance can excuse."""
        found = []
        if self.rows == 0:
            found.append(Problem(Fault.NO_ROWS))
        elif self.good == 0:
            found.append(Problem(Fault.NOTHING_TO_IMPORT))
        if self.weighted and self.good and weights.tells_rows_apart(self.weights):
            values = {"alone": self.alone, "rows": self.weights.total()}
            found.append(Problem(Fault.WEIGHTS_TELL_ROWS_APART, values=values))
        return tuple(found)

    def is_tolerated(self, per_cent: float) -> bool:
        return not self.refusals and self.share <= per_cent


def check_file(table: Table, plan: Plan, kept: Kept | None = None) -> Report:
    """Go through the whole file. `kept` takes the rows that are good.

    Raises Unusable where the file as a whole cannot be read.
    """
    check_header(table, plan)
    report = Report(
        encoding=table.encoding,
        guessed=table.guessed,
        delimiter=table.delimiter,
        used=plan.columns,
        ignored=tuple(name for name in table.header if name not in plan.columns),
        without_column=plan.without_column,
        choices_without_column=plan.choices_without_column,
        weighted=bool(plan.weight),
        questions=tuple(question.key for question in plan.definition.questions),
    )
    checking = _Checking(plan, table.header)
    for line in table.lines:
        checking.line(line, report, kept)
    return report


def check_header(table: Table, plan: Plan) -> None:
    count = Counter(table.header)
    lacking = [name for name in plan.columns if name not in count]
    twice = [name for name in plan.columns if count[name] > 1]
    problems = [
        Problem(Fault.NO_SUCH_COLUMN, name, values={"columns": ", ".join(table.header[:20])})
        for name in lacking
    ]
    problems += [Problem(Fault.COLUMN_NAMED_TWICE, name, line=1) for name in twice]
    if problems:
        raise Unusable(*problems)


class _Wrong(Exception):
    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        super().__init__()


class _Checking:
    def __init__(self, plan: Plan, header: tuple[str, ...]) -> None:
        self.plan = plan
        self.header = header
        self.reader = Reader(plan, header)
        self.items: Mapping[str, ItemPlan] = {item.item: item for item in plan.items}
        self.routing = sorted(routing_items(plan.definition))
        self.paths: dict[tuple[Answer | None, ...], Path] = {}
        self.faults: dict[tuple[str, Answer], str] = {}

    def line(self, line: Line, report: Report, kept: Kept | None) -> None:
        if line.is_blank:
            report.blank += 1
            return
        report.rows += 1
        try:
            answers, row, weight = self._good(line)
        except _Wrong as wrong:
            report.with_problems += 1
            for problem in wrong.problems:
                report.problems.add(replace(problem, line=line.number))
            return
        self._count(answers, weight, report)
        if kept is not None:
            kept.add(answers, row.coded, weight)

    def _good(self, line: Line) -> tuple[dict[str, Answer], Row, float | None]:
        """What can be stored of a line. Raises _Wrong with everything that is wrong with it."""
        if (misshapen := self._shape_of(line)) is not None:
            raise _Wrong([misshapen])
        row = self.reader.read(line.cells)
        weight = self._weight(line)
        # A row that could not be read whole would be said to break the routing as well.
        answers: dict[str, Answer] = {}
        problems = row.problems
        if not problems:
            path = self._path(row.answers)
            answers = final_answers(self.plan.definition, row.answers, path)
            problems = [*self._of_routing(row, frozenset(path.items)), *self._of_answers(answers)]
        if isinstance(weight, Problem):
            raise _Wrong([*problems, weight])
        if problems:
            raise _Wrong(problems)
        return answers, row, weight

    def _shape_of(self, line: Line) -> Problem | None:
        if len(line.cells) != len(self.header):
            values = {"found": len(line.cells), "wanted": len(self.header)}
            return Problem(Fault.WRONG_NUMBER_OF_CELLS, values=values)
        if tuple(cell.strip() for cell in line.cells) == self.header:
            return Problem(Fault.HEADER_AGAIN)
        return None

    def _weight(self, line: Line) -> float | Problem | None:
        if not self.plan.weight:
            return None
        return weights.read_weight(line.cells[self.reader.places[self.plan.weight]], self.plan.weight)

    def _path(self, answers: Mapping[str, Answer]) -> Path:
        """Many rows go the same way, and finding it takes longer than anything else."""
        key = tuple(answers.get(item) for item in self.routing)
        path = self.paths.get(key)
        if path is None:
            path = walk(self.plan.definition, answers)
            if len(self.paths) < MOST_KEPT:
                self.paths[key] = path
        return path

    def _of_answers(self, answers: Mapping[str, Answer]) -> Iterator[Problem]:
        for item, answer in answers.items():
            if reason := self._fault_of(item, answer):
                yield Problem(Fault.NOT_VALID, self._place(item), values={"reason": reason})

    def _fault_of(self, item: str, answer: Answer) -> str:
        """What a ballot with this answer would be refused for; each answer is looked at once."""
        if answer.texts or answer.others:
            return ballots.problems(self.plan.definition, {item: answer}).get(item, "")
        known = self.faults.get((item, answer))
        if known is None:
            known = ballots.problems(self.plan.definition, {item: answer}).get(item, "")
            if len(self.faults) < MOST_KEPT:
                self.faults[item, answer] = known
        return known

    def _of_routing(self, row: Row, asked: frozenset[str]) -> Iterator[Problem]:
        for item, reading in row.readings.items():
            values = {"item": item}
            if item in asked:
                if reading.said is Said.NOT_ASKED and reading.answer is None:
                    yield Problem(Fault.ASKED_SAID_NOT, self._place(item), values=values)
            elif reading.answer is not None:
                yield Problem(Fault.UNASKED_ANSWERED, self._place(item), values=values)
            elif reading.said is Said.SKIPPED:
                yield Problem(Fault.UNASKED_SKIPPED, self._place(item), values=values)

    def _place(self, item: str) -> str:
        """The first column of an item, or the item itself where a constant stands for it."""
        plan = self.items.get(item)
        return plan.columns[0].name if plan and plan.columns else item

    def _count(self, answers: Mapping[str, Answer], weight: float | None, report: Report) -> None:
        keys = {split_item(item)[0] for item in answers}
        report.asked.update(keys)
        report.answered.update(
            {split_item(item)[0] for item, answer in answers.items() if not answer.is_empty}
        )
        if weight is not None:
            report.weights[weight] += 1


def kept_for(plan: Plan, profile: Iterable[str]) -> Kept:
    """Where good rows of this plan wait. `profile`: the keys of the profile questions."""
    wanted = frozenset(profile)
    items = [item for question in plan.definition.questions for item in question.items]
    return Kept(items, [item for item in items if split_item(item)[0] in wanted])
