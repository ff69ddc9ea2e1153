"""The content of releases, and the public questionnaire, as counts and sums that a reader knows.

Per cents are taken as the counts that print so. What is read off the questionnaire: which answers exclude each other,
what a net is a sum of, who was led to a question. Weighted per cents are read in `reports.auditing.weighted`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.auditing.printing import counts_that_print
from reports.auditing.public import MANY, Public
from reports.auditing.weighted import Share, WeightCell, Weights, shares_that_print, split
from surveys.definition import Definition, Kind, Leaf, Op, Question, Role

JSON = Mapping[str, Any]
WITHHELD, FEWER = "withheld", "fewer than 5"
PEOPLE = frozenset({"percent_of_respondents", "percent_without_dont_know"})
"""Statistics that count the same people by the same codes, out of different bases."""
SHARES = "percent"
MENTIONS = "percent_of_mentions"
ONE_ANSWER = frozenset({Kind.SINGLE, Kind.GRID_SINGLE})
PARTITIONS = frozenset({MENTIONS, "histogram_10_points", "bands"})
"""Statistics whose lines add up to their base."""

UNKNOWN = Weights()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands: of everybody (both empty) or of one group of a class; and in which row of a grid."""

    figure: str
    breakdown: str
    part: str
    row: str

    def name(self, *more: str) -> str:
        return "|".join((self.figure, self.breakdown, self.part, self.row, *more))


def read(
    contents: Sequence[JSON],
    definitions: Mapping[str, Definition],
    weights: Mapping[str, Weights] | None = None,
) -> Public:
    """What the newest of these contents withholds (the last one), and what all of them tell together.

    `definitions`: questionnaire -> its definition. `weights`: questionnaire -> its weights, if it has any. Earlier
    contents of the edition count as read by everybody, as long as they are of the same answers; a figure that changed
    since is read as it is now. Raises Contradiction.
    """
    public = Public()
    newest = contents[-1]
    for content in contents:
        for part in content["parts"]:
            definition = definitions[part["questionnaire"]]
            known = (weights or {}).get(part["questionnaire"], UNKNOWN)
            _Part(public, definition, part, newest, known, is_newest=content is newest).read()
    return public


class _Part:
    def __init__(
        self,
        public: Public,
        definition: Definition,
        part: JSON,
        newest: JSON,
        weights: Weights,
        *,
        is_newest: bool,
    ) -> None:
        self.public, self.definition, self.part = public, definition, part
        self.policy: JSON = part.get("policy") or newest.get("policy", {})
        self.weights, self.is_newest = weights, is_newest
        self.shares: list[Share] = []
        self.rests: dict[str, tuple[str, Sequence[str]]] = {}
        """Count of those in no group -> the class and its groups."""
        self.current = {figure["id"]: figure for figure in _figures_of(newest)}

    def read(self) -> None:
        for section in self.part["sections"]:
            for figure in section["figures"]:
                if self.is_newest or self._still_holds(figure):
                    self._figure(figure)
        self._routes()
        self._split()

    def _split(self) -> None:
        """Counts of weighted figures, by who has which weight."""
        cells = self.weights.cells
        if not cells:
            return
        weighted = {figure["id"] for figure in _figures_of({"parts": [self.part]}) if figure.get("weighted")}
        whole = [
            name for name in self.public.counts if name.partition("|")[0] in weighted and "@" not in name
        ]
        split(
            self.public,
            {name: [self._may_hold(name, c) for c in cells] for name in whole},
            self.shares,
            cells,
        )

    def _may_hold(self, name: str, cell: WeightCell) -> bool:
        """Whether somebody of a cell can be among those counted."""
        breakdown, group = name.split("|")[1:3]
        if name in self.rests:
            return cell.may_be_outside(*self.rests[name])
        return not breakdown or cell.may_be_in(breakdown, group)

    def _still_holds(self, figure: JSON) -> bool:
        """Whether nothing that both releases show of it differs: else it is of other answers."""
        now = {_key(line): line for line in self.current.get(figure["id"], {"lines": ()})["lines"]}
        pairs = [(line, now[_key(line)]) for line in figure["lines"] if _key(line) in now]
        shown = [(a, b) for a, b in pairs if WITHHELD not in (a["status"], b["status"])]
        return all((a["percent"], a["base"]) == (b["percent"], b["base"]) for a, b in shown)

    def _question(self, figure: JSON) -> Question | None:
        return self.definition.by_key.get(figure["id"].partition(".")[2])

    # Figures.

    def _figure(self, figure: JSON) -> None:
        question = self._question(figure)
        self._lines(figure, question, "", figure["lines"])
        self._silent(figure, question)
        for breakdown in figure.get("breakdowns", ()):
            self._lines(figure, question, breakdown["class"], breakdown["lines"])
            self._groups(figure, breakdown)

    def _lines(self, figure: JSON, question: Question | None, breakdown: str, lines: Iterable[JSON]) -> None:
        series: dict[tuple[Place, str, str], list[JSON]] = {}
        for line in lines:
            if line["statistic"].startswith(SHARES) or line["statistic"] in PARTITIONS:
                place = Place(figure["id"], breakdown, line.get("part", ""), line["row"])
                series.setdefault((place, line["statistic"], line["base_rule"]), []).append(line)
        for (place, statistic, rule), found in series.items():
            self._series(figure, question, place, statistic, rule, found)
        for place in dict.fromkeys(place for place, _statistic, _rule in series):
            self._named_first(place, series)

    def _series(
        self,
        figure: JSON,
        question: Question | None,
        place: Place,
        statistic: str,
        rule: str,
        lines: Sequence[JSON],
    ) -> None:
        base = next((line["base"] for line in lines if line["base"] is not None), None)
        if base is None:
            # Of so few people nothing is said, nor how many they are.
            return
        out_of = self.public.count(place.name("base", statistic, rule), base, base)
        names = {}
        for line in lines:
            name = self._count(figure, place, line, base)
            names[line["kind"], line["code"]] = name
            self.public.at_most(name, out_of)
        self._sums(question, place, statistic, rule, out_of, names)

    def _count(self, figure: JSON, place: Place, line: JSON, base: int) -> str:
        name = place.name(*_counted(line))
        if line["status"] == WITHHELD:
            self.public.count(name, 0, base)
            # A line without a base is of so few people that neither is told.
            if self.is_newest and line["base"] is not None:
                self.public.withhold(name, self._need(figure, place, line, base), base)
            return name
        if figure.get("weighted"):
            return self._weighted(name, place, line, base)
        return self.public.count(name, *counts_that_print(line["percent"], base, line["low"], line["high"]))

    def _weighted(self, name: str, place: Place, line: JSON, base: int) -> str:
        """A weighted number is printed of shares: what it says of people follows from the weights."""
        key = (place.figure, place.breakdown, place.part, *_key(line))
        if not self.weights.cells:
            known = self.weights.people.get(key)
            return self.public.count(name, *((0, base) if known is None else (known, known)))
        percent = line["percent"]
        if percent in (0, 100):
            return self.public.count(name, *((0, 0) if percent == 0 else (base, base)))
        self.public.count(name, 1, base - 1)
        effective = self.weights.effective.get(key) if self.is_newest else None
        ends = shares_that_print(percent, line["low"], line["high"], effective)
        self.shares.append(Share(name, place.name("base", line["statistic"], line["base_rule"]), *ends))
        return name

    def _need(self, figure: JSON, place: Place, line: JSON, base: int) -> int:
        """What the policy asks for; of a group never more than everybody's line leaves open by itself."""
        high = figure["sensitivity"] == "high"
        if not place.breakdown:
            return int(self.policy.get("min_cell_total_high" if high else "min_cell_total", 5 if high else 3))
        k = int(self.policy.get("min_cell_break_high" if high else "min_cell_break", 10 if high else 5))
        everybody = next((found for found in figure["lines"] if _key(found) == _key(line)), None)
        if everybody is None or everybody["status"] == WITHHELD or everybody["base"] is None:
            return 0 if everybody is None else min(k, base - 1)
        whole = int(everybody["base"])
        if figure.get("weighted"):
            low = most = self.weights.people.get((place.figure, "", "", *_key(line)), 0)
        else:
            low, most = counts_that_print(everybody["percent"], whole, everybody["low"], everybody["high"])
        return max(0, min(k, low - 1, whole - most - 1))

    # Sums.

    def _sums(
        self,
        question: Question | None,
        place: Place,
        statistic: str,
        rule: str,
        out_of: str,
        names: Mapping[tuple[str, str], str],
    ) -> None:
        codes = [name for (kind, _code), name in names.items() if kind != "net"]
        classes = {kind for kind, _code in names} == {"class"}
        if statistic in PARTITIONS or (question is not None and self._is_whole(question, place, statistic)):
            if classes or not _has_every_line(question, statistic, rule, names):
                self.public.know([*((name, 1) for name in codes), (out_of, -1)], -MANY, 0)
            else:
                self.public.equal(out_of, codes)
        if question is not None:
            self._nets(question, place, names, rule)
            self._exclusive(question, out_of, names)

    def _is_whole(self, question: Question, place: Place, statistic: str) -> bool:
        """Whether everybody in the base gave exactly one of the lines."""
        return question.kind in ONE_ANSWER and statistic in PEOPLE and not _is_net_over_rows(question, place)

    def _nets(
        self, question: Question, place: Place, names: Mapping[tuple[str, str], str], rule: str
    ) -> None:
        of_code = {code: name for (kind, code), name in names.items() if kind != "net"}
        for net in question.analysis.nets:
            name = names.get(("net", net.code))
            members = [
                of_code.get(member, "")
                if place.row or not member.startswith("row:")
                else self._in_row(place, member)
                for member in net.members
            ]
            if name is None or not all(members):
                continue
            if question.kind in ONE_ANSWER and not net.members[0].startswith("row:"):
                self.public.equal(name, members)
                continue
            if not rule.startswith("everyone"):
                for member in members:
                    self.public.at_most(member, name)
            self.public.at_most(name, *members)

    def _in_row(self, place: Place, member: str) -> str:
        row, _, code = member.removeprefix("row:").partition("=")
        there = Place(place.figure, place.breakdown, place.part, row)
        name = there.name("people", "choice", code)
        return name if name in self.public.counts else ""

    def _exclusive(self, question: Question, out_of: str, names: Mapping[tuple[str, str], str]) -> None:
        """Nobody gave an answer that excludes the others together with one of them."""
        alone = [c.code for c in question.offered if c.exclusive]
        ones = [names[kind, code] for kind, code in names if code in alone and kind != "net"]
        for (kind, code), name in names.items():
            if ones and code not in alone and kind != "net":
                self.public.know([(name, 1), *((one, 1) for one in ones), (out_of, -1)], -MANY, 0)

    def _named_first(self, place: Place, series: Iterable[tuple[Place, str, str]]) -> None:
        counts = self.public.counts
        for there, statistic, _rule in series:
            if there != place or statistic in PEOPLE:
                continue
            for name in [found for found in counts if found.startswith(place.name(statistic, ""))]:
                people = place.name("people", *name.split("|")[5:])
                if people in counts:
                    # Somebody can name one thing twice: those who named it are no more than its mentions.
                    self.public.at_most(*((people, name) if statistic == MENTIONS else (name, people)))

    def _groups(self, figure: JSON, breakdown: JSON) -> None:
        """The groups of a class add up to everybody, if their bases do."""
        groups = [group["code"] for group in breakdown["parts"]]
        for row in dict.fromkeys(line["row"] for line in breakdown["lines"]):
            whole = Place(figure["id"], "", "", row)
            inside = [Place(figure["id"], breakdown["class"], group, row) for group in groups]
            for suffix in self._suffixes(inside):
                names = [place.name(*suffix) for place in inside]
                everybody = whole.name(*suffix)
                if everybody in self.public.counts and all(name in self.public.counts for name in names):
                    rest = self.public.count(f"{everybody}|rest|{breakdown['class']}")
                    self.rests[rest] = breakdown["class"], groups
                    if suffix[0] != "base":
                        self.public.at_most(
                            rest, f"{whole.name(*self._base(whole))}|rest|{breakdown['class']}"
                        )
                    self.public.equal(everybody, [*names, rest])

    def _suffixes(self, inside: Sequence[Place]) -> list[tuple[str, ...]]:
        """Bases first, because the rest of a line is no larger than that of its base."""
        start = inside[0].name("")
        found = [
            tuple(name[len(start) :].split("|")) for name in self.public.counts if name.startswith(start)
        ]
        return sorted(found, key=lambda suffix: suffix[0] != "base")

    def _base(self, whole: Place) -> tuple[str, ...]:
        start = whole.name("base", "")
        found = next(name for name in self.public.counts if name.startswith(start))
        return ("base", *found[len(start) :].split("|")[:2])

    # Who was asked.

    def _silent(self, figure: JSON, question: Question | None) -> None:
        """Base and those who did not say make up whoever was asked."""
        told = figure.get("not_stated")
        if question is None or question.is_grid or told is None:
            return
        place = Place(figure["id"], "", "", "")
        bases = (name for name in self.public.counts if name.startswith(place.name("base", "")))
        base = next((name for name in bases if name.endswith("|answered")), "")
        if not base:
            return
        silent = self.public.count(place.name("silent"), *((1, 4) if told == FEWER else (told, told)))
        self.public.equal(self.public.count(place.name("asked")), [base, silent])

    def _routes(self) -> None:
        """A question is asked of those who gave the answer that leads to it."""
        for question in self.definition.questions:
            leaf = question.show_if
            if question.is_grid or not isinstance(leaf, Leaf):
                continue
            asked = Place(f"{self.definition.key}.{question.key}", "", "", "").name("asked")
            led = self._led(leaf)
            if asked in self.public.counts and led is not None:
                self.public.know([(asked, 1), *((name, -times) for name, times in led)], 0, 0)

    def _led(self, leaf: Leaf) -> list[tuple[str, int]] | None:
        owner = self.definition.by_key[leaf.question]
        if owner.kind not in ONE_ANSWER or leaf.op not in (Op.IN, Op.EQ, Op.NOT_IN):
            return None
        place = Place(f"{self.definition.key}.{owner.key}", "", "", leaf.row or "")
        roles = {choice.code: choice.role for choice in owner.offered}
        codes = [str(value) for value in leaf.values]
        if leaf.op is not Op.NOT_IN:
            names = [self._name(place, code) for code in codes]
            return [(name, 1) for name in names] if all(names) else None
        # Whoever preferred not to say is in no line.
        shown = [code for code in codes if roles.get(code) is not Role.PREFER_NOT]
        names = [self._name(place, code) for code in shown]
        whole = place.name("asked")
        if not all(names) or whole not in self.public.counts:
            return None
        unsaid = [self.public.count(place.name("unsaid"), 0, self.public.counts[place.name("silent")][1])]
        taken = unsaid if len(shown) < len(codes) else []
        return [(whole, 1), *((name, -1) for name in [*names, *taken])]

    def _name(self, place: Place, code: str) -> str:
        kinds = ("choice", "special")
        names = (place.name("people", kind, code) for kind in kinds)
        return next((name for name in names if name in self.public.counts), "")


def _figures_of(content: JSON) -> Iterator[JSON]:
    for part in content["parts"]:
        for section in part["sections"]:
            yield from section["figures"]


def _key(line: JSON) -> tuple[str, ...]:
    return line["row"], line["kind"], line["code"], line["statistic"], line["base_rule"]


def _counted(line: JSON) -> tuple[str, ...]:
    """What a line counts: the same people under every rule for the base but those that count others as well."""
    everyone = line["base_rule"] if line["base_rule"].startswith("everyone") else ""
    counts = ("people" if line["statistic"] in PEOPLE else line["statistic"]) + everyone
    return counts, line["kind"], line["code"]


def _has_every_line(
    question: Question | None, statistic: str, rule: str, names: Mapping[tuple[str, str], str]
) -> bool:
    """Whether each answer that can be in the base has a line of its own."""
    if question is None or statistic in PARTITIONS:
        return True
    out = {Role.PREFER_NOT, Role.DONT_KNOW} if rule == "valid" else {Role.PREFER_NOT}
    ends = {code for code, _class in question.screen_out.dispositions} if question.screen_out else set()
    codes = {choice.code for choice in question.offered if choice.role not in out} - ends
    return codes <= {code for kind, code in names if kind != "net"}


def _is_net_over_rows(question: Question, place: Place) -> bool:
    return question.is_grid and not place.row
