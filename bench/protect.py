"""How long it takes to choose what is withheld, and how good it is: for the edition of the demo, and for a large one.

    .venv/bin/python -m bench.protect [--questions 60] [--breakdowns 8] [--categories 12]

Of the demo's edition every table is decided, and its release-to-be is compared with what the threshold alone would
keep if each line with an unsafe number went from all groups. Of the large one only the choice is made.

Each question is a group of its own: its codes of everybody, and by every breakdown the codes of each part, which add
up to those of everybody. Printed are seconds, groups, how many were proven to be the best choice, the largest gap, and
how many were left to the greedy choice. As a floor, the same counts are only compared with the threshold.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from reports.demo.casts import FULL, SEED, Cast
from reports.demo.persons import draw
from reports.disclosure import Decision, Policy, Verdict
from reports.rehearsing import counted_of
from reports.statistics import Counted
from reports.suppression import CannotProtect, Problem, Relation, Status, Suppression, Unknown, suppress
from reports.tabulation import protected
from surveys.reading import read

NEED, PEOPLE = 5, 450
POLICY = Policy(1, 30, 50, 50, 80, 3, 5, 5, 10)
SHIPPED = Path("surveys/questionnaires")


def question(chance: np.random.Generator, breakdowns: int, categories: int) -> Problem:
    codes = int(chance.integers(3, categories + 1))
    shares = np.sort(chance.dirichlet(np.full(codes, 0.8)))[::-1]
    answers = chance.choice(codes, PEOPLE, p=shares)
    # Answers of very few are taken together first, as whoever designs a table does.
    common = np.flatnonzero(np.bincount(answers, minlength=codes) >= 4 * NEED)
    answers = np.searchsorted(common, np.where(np.isin(answers, common), answers, common[-1]))
    codes = len(common)
    unknowns: list[Unknown] = []
    relations: list[Relation] = []
    totals = np.bincount(answers, minlength=codes)
    unknowns += [Unknown(f"c{c}", int(n), PEOPLE, status=Status.SHOWN) for c, n in enumerate(totals)]
    for breakdown in range(breakdowns):
        parts = int(chance.integers(2, 5))
        where = chance.choice(parts, PEOPLE, p=chance.dirichlet(np.full(parts, 4.0)))
        for part in range(parts):
            inside = np.bincount(answers[where == part], minlength=codes)
            unknowns += [
                cell(f"b{breakdown}p{part}c{c}", int(n), int(inside.sum())) for c, n in enumerate(inside)
            ]
            relations.append(
                Relation(tuple((f"b{breakdown}p{part}c{c}", 1) for c in range(codes)), int(inside.sum()))
            )
        relations += [
            Relation(
                ((f"c{c}", -1), *((f"b{breakdown}p{part}c{c}", 1) for part in range(parts))),
            )
            for c in range(codes)
        ]
    return Problem(tuple(unknowns), tuple(relations))


def cell(name: str, count: int, base: int) -> Unknown:
    unsafe = count < NEED or base - count < NEED
    return Unknown(
        name,
        count,
        base,
        cost=1 + count / PEOPLE,
        status=Status.WITHHELD if unsafe else Status.OPEN,
        need=NEED,
        ceiling=base,
    )


def counted_demo(cast: Cast) -> Counted:
    """The people of the demo, with the codes that their words stand for, counted by the kernel."""
    definition = read((SHIPPED / f"{cast.questionnaire}.yaml").read_text(encoding="utf-8"))
    return counted_of(definition, draw(definition, cast.plan, size=cast.answering, seed=SEED))


def demo() -> None:
    for cast in FULL:
        counted = counted_demo(cast)
        started = time.perf_counter()
        found = protected(counted, POLICY)
        seconds = time.perf_counter() - started
        breakdowns = [d for d in found.decisions if d.table.breakdown]
        shown = [d for d in breakdowns if d.verdicts]
        cells = [v for d in found.decisions for v in d.verdicts]
        of_groups = [v for d in shown for v in d.verdicts]
        proven = sum(group.proven for group in found.groups)
        print(f"{cast.questionnaire}: {seconds:.1f} s, {len(found.groups)} groups, {proven} proven best")
        print(f"  {len(shown)} of {len(breakdowns)} breakdowns shown, {len(cells)} cells of all tables")
        print(
            f"  kept of the shown breakdowns: {_share(of_groups)}; whole rows dropped instead: {_by_rows(shown)}"
        )
        print(f"  kept of everything: {_share(cells)}")


def _share(verdicts: list[Verdict]) -> str:
    kept = sum(not verdict.is_withheld for verdict in verdicts)
    return f"{100 * kept / max(len(verdicts), 1):.1f} %"


def _by_rows(shown: list[Decision]) -> str:
    """What is left if each line with a number below the threshold goes from every group of its breakdown."""
    kept = total = 0
    for decision in shown:
        k = POLICY.cell_break(decision.table.sensitivity)
        lines: dict[tuple[str, str, str], list[bool]] = {}
        for v in decision.verdicts:
            safe = v.measure.count is None or k <= v.measure.count <= v.block.base - k
            lines.setdefault((v.block.row, v.measure.kind, v.measure.code), []).append(safe)
        total += sum(len(found) for found in lines.values())
        kept += sum(len(found) for found in lines.values() if all(found))
    return f"{100 * kept / max(total, 1):.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--breakdowns", type=int, default=8)
    parser.add_argument("--categories", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    demo()
    large(wanted)


def large(wanted: argparse.Namespace) -> None:
    chance = np.random.default_rng(wanted.seed)
    problems = [question(chance, wanted.breakdowns, wanted.categories) for _ in range(wanted.questions)]
    started = time.perf_counter()
    floor = sum(u.status is Status.WITHHELD for problem in problems for u in problem.unknowns)
    compared = time.perf_counter() - started
    started = time.perf_counter()
    found: list[Suppression] = []
    refused = 0
    for group in (group for problem in problems for group in problem.groups()):
        try:
            found.append(suppress(group))
        except CannotProtect:
            refused += 1
    seconds = time.perf_counter() - started
    groups = [group for one in found for group in one.groups]
    cells = sum(u.status is not Status.SHOWN for problem in problems for u in problem.unknowns)
    withheld = sum(len(one.withheld) for one in found)
    print(f"{len(problems)} questions, {cells} cells of breakdowns, {floor} below the threshold")
    print(f"threshold only: {compared:.3f} s; with complements: {seconds:.1f} s, {withheld} withheld")
    proven = sum(group.proven for group in groups)
    print(f"{len(groups)} groups, {proven} proven best; {refused} breakdowns need another design")
    print(f"largest gap {max((g.gap for g in groups), default=0):.3f}; methods:", end=" ")
    print(", ".join(f"{m} {sum(g.method == m for g in groups)}" for m in sorted({g.method for g in groups})))


if __name__ == "__main__":
    main()
