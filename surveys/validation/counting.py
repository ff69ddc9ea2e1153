"""How questions are counted: nets, classes, base rules, statistics, figures."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.conditions import conditions_of, is_readable, items_before
from surveys.definition import (
    MAIN_STATISTICS,
    PERCENT_AMONG,
    STATISTICS,
    BaseRule,
    Kind,
    Net,
    Partition,
    Question,
    Role,
    split_item,
)
from surveys.validation.draft import Draft, Located
from surveys.validation.problem import Problem, near

OPEN = frozenset({Kind.OPEN_LIST})
CLOSED = frozenset(Kind) - {Kind.OPEN_TEXT}
COUNTED: dict[str, frozenset[Kind]] = {
    "percent_of_respondents": CLOSED,
    "percent_without_dont_know": CLOSED,
    "percent_of_mentions": OPEN | {Kind.MULTIPLE},
    "percent_named_first": OPEN,
    "percent_ranked_first": frozenset({Kind.RANKING}),
    "percent_ranked_top_3": frozenset({Kind.RANKING}),
    "mean_rank": frozenset({Kind.RANKING}),
    "borda_3_2_1": frozenset({Kind.RANKING}),
    "median_and_quartiles": frozenset({Kind.NUMBER}),
    "histogram_10_points": frozenset({Kind.NUMBER}),
    "bands": frozenset({Kind.NUMBER}),
    "count_distinct": frozenset({Kind.OPEN_LIST, Kind.SINGLE}),
    "verbatim": frozenset({Kind.OPEN_TEXT}),
}
"""Types of question that each statistic has a formula for."""

FIGURES = frozenset({"bar", "stacked_likert", "grouped_bar", "top_n_table", "histogram", "none"})
SORTS = frozenset({"stored", "descending", "descending_total"})


def check_counting(draft: Draft) -> Iterator[Problem]:
    for located in draft.sure:
        yield from _check_nets(draft, located)
        yield from _check_partitions(located)
        yield from _check_breaks(draft, located)
        yield from _check_statistics(draft, located)
        yield from _check_rules(draft, located)
        yield from _check_figure(located)
        yield from _check_caveats(draft, located)
        yield from _check_detached(located)


def _codes(draft: Draft, question: Question) -> set[str]:
    frame = draft.definition.frames.get(question.code_frame)
    own = {choice.code for choice in question.offered} | {code.code for code in question.assigned}
    return own | {code.code for code in frame.codes} if frame else own


def _check_nets(draft: Draft, located: Located) -> Iterator[Problem]:
    seen: set[str] = set()
    for n, net in enumerate(located.question.analysis.nets):
        path = located.at(f"analysis.nets[{n}]")
        if net.code in seen:
            yield Problem(f"{path}.code", f"The net `{net.code}` is there already. Choose another code.")
        seen.add(net.code)
        yield from _check_net(draft, located.question, net, path)


def _check_net(draft: Draft, question: Question, net: Net, path: str) -> Iterator[Problem]:
    over_rows = [member.startswith("row:") for member in net.members]
    if not net.members:
        yield Problem(f"{path}.members", "A net without members is always empty. Name its codes.")
    if any(over_rows) and not all(over_rows):
        yield Problem(f"{path}.members", "A net is over codes or over rows, not over both. Make two nets.")
    if len(set(net.members)) < len(net.members):
        yield Problem(f"{path}.members", "A member is named twice. Keep one.")
    for n, member in enumerate(net.members):
        message = _fault_of_member(draft, question, member)
        if message:
            yield Problem(f"{path}.members[{n}]", message)


def _fault_of_member(draft: Draft, question: Question, member: str) -> str:
    codes, code = _codes(draft, question), member
    if member.startswith("row:"):
        row, _, code = member.removeprefix("row:").partition("=")
        rows = {row.code for row in question.rows}
        if row not in rows:
            return f"This question has no row `{row}`.{near(row, rows)}"
    if code not in codes:
        return f"This question has no code `{code}`.{near(code, codes)}"
    withheld = {choice.code for choice in question.offered if choice.role is Role.PREFER_NOT}
    return f"`{code}` is in no base and so in no net. Take it out." if code in withheld else ""


def _check_partitions(located: Located) -> Iterator[Problem]:
    question = located.question
    for partition in question.analysis.partitions:
        path = located.at(f"analysis.classes.{partition.key}")
        if question.kind is not Kind.SINGLE or question.detached:
            yield Problem(path, "Only a question of the type single that is not detached has classes.")
            continue
        yield from _check_parts(question, partition, path)
        yield from _check_outside(question, partition, path)


def _check_parts(question: Question, partition: Partition, path: str) -> Iterator[Problem]:
    if len(partition.parts) < 2:
        yield Problem(f"{path}.parts", "A class has at least two parts.")
    codes = {choice.code for choice in question.choices}
    barred = _in_no_part(question)
    part_of: dict[str, str] = {}
    seen: set[str] = set()
    for p, part in enumerate(partition.parts):
        if part.code in seen:
            yield Problem(f"{path}.parts[{p}].code", f"The part `{part.code}` is there already.")
        seen.add(part.code)
        for n, member in enumerate(part.members):
            place = f"{path}.parts[{p}].members[{n}]"
            if member not in codes:
                yield Problem(place, f"This question has no choice `{member}`.{near(member, codes)}")
            elif member in barred:
                yield Problem(place, f"`{member}` is in no part: {barred[member]}. Take it out.")
            elif member in part_of:
                yield Problem(place, f"`{member}` is in the part `{part_of[member]}` already. Keep one.")
            part_of.setdefault(member, part.code)


def _in_no_part(question: Question) -> dict[str, str]:
    ending = dict(question.screen_out.dispositions) if question.screen_out else {}
    return {
        choice.code: "it ends the interview" if choice.code in ending else "it withholds the answer"
        for choice in question.choices
        if choice.code in ending or choice.role is Role.PREFER_NOT
    }


def _check_outside(question: Question, partition: Partition, path: str) -> Iterator[Problem]:
    members = {member for part in partition.parts for member in part.members}
    may_be_outside = {c.code for c in question.choices if c.role in (Role.DONT_KNOW, Role.NOT_ENCOUNTERED)}
    for n, code in enumerate(partition.outside):
        if code not in may_be_outside:
            message = f"`{code}` has to be in a part: only don't know and not encountered can be outside."
            yield Problem(f"{path}.outside[{n}]", message)
        elif code in members:
            yield Problem(f"{path}.outside[{n}]", f"`{code}` is in a part as well. Keep one.")
    known = members | set(partition.outside) | set(_in_no_part(question))
    missing = [choice.code for choice in question.choices if choice.code not in known]
    if missing:
        message = f"In no part: {', '.join(missing)}. Every choice is in exactly one part."
        yield Problem(f"{path}.parts", message)


def _check_breaks(draft: Draft, located: Located) -> Iterator[Problem]:
    partitions = draft.definition.partitions
    for n, name in enumerate(located.question.analysis.breaks):
        path = located.at(f"analysis.breaks[{n}]")
        if name not in partitions:
            yield Problem(path, f"There is no class `{name}`.{near(name, partitions)}")
        elif partitions[name][0].key == located.question.key:
            yield Problem(path, "A question is not crossed with its own class. Take it out.")


def _check_statistics(draft: Draft, located: Located) -> Iterator[Problem]:
    analysis = located.question.analysis
    path = located.at("analysis.statistic")
    if analysis.statistic not in MAIN_STATISTICS:
        if analysis.statistic:
            message = (
                f"`{analysis.statistic}` is no main statistic.{near(analysis.statistic, MAIN_STATISTICS)}"
            )
            yield Problem(path, message)
    else:
        yield from _check_formula(located.question, analysis.statistic, path)
    for n, further in enumerate(analysis.also):
        path = located.at(f"analysis.also[{n}]")
        if isinstance(further, BaseRule):
            yield from _check_everyone(draft, located, further, path)
        elif further.startswith(PERCENT_AMONG):
            yield from _check_among(draft, located.question, further.removeprefix(PERCENT_AMONG), path)
        elif further not in STATISTICS:
            yield Problem(path, f"There is no statistic `{further}`.{near(further, STATISTICS)}")
        else:
            yield from _check_formula(located.question, further, path)


def _check_formula(question: Question, statistic: str, path: str) -> Iterator[Problem]:
    if question.kind not in COUNTED[statistic]:
        yield Problem(path, f"`{statistic}` has no formula for a question of the type {question.kind}.")
    elif statistic == "histogram_10_points" and (question.minimum, question.maximum) != (0, 100):
        yield Problem(path, "`histogram_10_points` draws numbers from 0 to 100. Change min and max.")
    elif statistic == "borda_3_2_1" and question.max_choices != 3:
        yield Problem(path, "`borda_3_2_1` counts three places. Set max_choices to 3.")
    elif statistic == "count_distinct" and question.kind is Kind.SINGLE and not question.detached:
        yield Problem(path, "`count_distinct` counts codes of open answers or of a detached question.")


def _check_among(draft: Draft, question: Question, net: str, path: str) -> Iterator[Problem]:
    owners = [
        other.question.key
        for other in draft.located
        for found in other.question.analysis.nets
        if found.code == net
    ]
    if not owners:
        known = {found.code for other in draft.located for found in other.question.analysis.nets}
        yield Problem(path, f"There is no net `{net}`.{near(net, known)}")
    elif len(owners) > 1:
        message = f"The net `{net}` is in several questions: {', '.join(owners)}. Give one another code."
        yield Problem(path, message)
    elif owners[0] == question.key:
        yield Problem(path, f"The net `{net}` is this question's own. Name a net of another question.")


def _check_rules(draft: Draft, located: Located) -> Iterator[Problem]:
    analysis = located.question.analysis
    rules = [rule for rule in (analysis.base_rule, *analysis.also) if isinstance(rule, BaseRule)]
    if analysis.base_rule.kind == "everyone":
        yield from _check_everyone(draft, located, analysis.base_rule, located.at("analysis.base_rule"))
    given = {rule.code for rule in rules}
    for n, code in enumerate(located.question.assigned):
        if code.code not in given:
            message = f"No base rule gives `{code.code}`. Use it in `not_asked_is` or take it out."
            yield Problem(located.at(f"assigned[{n}]"), message)


def _check_everyone(draft: Draft, located: Located, rule: BaseRule, path: str) -> Iterator[Problem]:
    question = located.question
    place = draft.order.get(rule.question)
    if place is None:
        message = f"There is no question `{rule.question}`.{near(rule.question, draft.order)}"
        yield Problem(f"{path}.everyone_of", message)
    elif place >= located.position or draft.located[place].question.detached:
        message = f"`{rule.question}` is detached or does not come before this question."
        yield Problem(f"{path}.everyone_of", message)
    else:
        yield from _check_reach(draft, question, rule, f"{path}.everyone_of")
    own = {choice.code for choice in question.offered} | {code.code for code in question.assigned}
    if rule.code not in own:
        message = f"`{rule.code}` is no choice and no assigned code of this question.{near(rule.code, own)}"
        yield Problem(f"{path}.not_asked_is", message)


def _check_reach(draft: Draft, question: Question, rule: BaseRule, path: str) -> Iterator[Problem]:
    """Who was not asked must have been routed past from that question on, and by nothing else."""
    by_key = draft.definition.by_key
    if not all(is_readable(condition) for condition in conditions_of(question)):
        return
    for row in _rows(question):
        deciding = {split_item(item)[0] for item in items_before(by_key, question, row)}
        if rule.question not in deciding:
            yield Problem(path, f"`{rule.question}` does not decide whether this question is asked.")
            return
        earlier = {key for key in deciding if draft.order[key] < draft.order[rule.question]}
        first = by_key[rule.question]
        before_it = {split_item(item)[0] for r in _rows(first) for item in items_before(by_key, first, r)}
        if earlier - before_it:
            message = f"{', '.join(sorted(earlier - before_it))} decides as well. Name the first that does."
            yield Problem(path, message)
            return


def _rows(question: Question) -> list[str | None]:
    rows: list[str | None] = [row.code for row in question.rows]
    return rows or [None]


def _check_figure(located: Located) -> Iterator[Problem]:
    question, figure = located.question, located.question.figure
    if figure.type and figure.type not in FIGURES:
        yield Problem(
            located.at("figure.type"), f"There is no figure `{figure.type}`.{near(figure.type, FIGURES)}"
        )
    sorts = SORTS | {f"net_{net.code}_descending" for net in question.analysis.nets}
    if figure.sort not in sorts:
        yield Problem(
            located.at("figure.sort"), f"There is no sorting `{figure.sort}`.{near(figure.sort, sorts)}"
        )
    elif figure.sort == "descending_total" and not question.is_grid:
        yield Problem(located.at("figure.sort"), "`descending_total` sorts grids only. Write `descending`.")


def _check_caveats(draft: Draft, located: Located) -> Iterator[Problem]:
    known = draft.definition.by_key
    for key in located.question.figure.caveats:
        if key not in known:
            yield Problem(located.at("figure.caveats"), f"There is no question `{key}`.{near(key, known)}")
        elif known[key].analysis.statistic == "verbatim":
            message = f"`{key}` is not counted, so that nothing of it can stand beside a figure. Take it out."
            yield Problem(located.at("figure.caveats"), message)


def _check_detached(located: Located) -> Iterator[Problem]:
    analysis = located.question.analysis
    if not located.question.detached:
        return
    barred = {
        "breaks": bool(analysis.breaks),
        "nets": bool(analysis.nets),
        "also": bool(analysis.also),
    }
    for name, present in barred.items():
        if present:
            message = f"A detached question is kept as a tally and has no `{name}`. Take it out."
            yield Problem(located.at(f"analysis.{name}"), message)
    if analysis.statistic in STATISTICS - {"count_distinct", "percent_of_respondents"}:
        yield Problem(located.at("analysis.statistic"), "Of a detached question only a tally is kept.")
