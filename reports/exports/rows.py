"""The stored tables of a wave, row by row: every cell with all that it rests on, in words and in codes.

One statement reads tables and cells together, so that a night that replaces them meanwhile changes nothing of what is
read, and however many there are, few of them are in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from reports import requested
from reports.exports.marks import LEGEND, Mark, marks_of
from reports.lines import Naming, naming_of
from reports.models import Cell, Table, TableRequest
from reports.public.wording import AMONG, series_title
from reports.request_words import base_words
from reports.requests import rule_of
from reports.staff.labels import breakdown_title, heading_of, part_label
from surveys.definition import BaseRule, Definition, Question
from surveys.models import Wave
from surveys.queries import definition_of
from surveys.wordings import fill_pipes

ROWS_AT_ONCE = 2000
NUMBERS = ("base", "count", "value", "low", "high")
WEIGHTED = ("weighted_value", "weighted_low", "weighted_high", "weighted_count", "effective_base")
"""Fields of a cell that a weighted wave has. They are read if the schema has them."""
CELL = ("row", "part", "kind", "code", "statistic", "base_rule", "status", "reason")
TABLE = ("id", "question", "breakdown", "responses", "not_stated", "request_id")
RUN = ("run__claim_number", "run__code_version", "policy__version")

COLUMNS = (
    "question",
    "question_number",
    "wording",
    "wording_version",
    "request",
    "row",
    "row_label",
    "breakdown",
    "breakdown_label",
    "part",
    "part_label",
    "kind",
    "code",
    "label",
    "statistic",
    "statistic_label",
    "base_rule",
    "base_in_words",
    *NUMBERS,
    *WEIGHTED,
    "status",
    "marks",
    "reason",
    "not_stated",
    "responses",
    "policy",
    "run",
    "program",
)
"""Keys of a row, in the order of the columns. They are stable: a further one comes at the end."""

Row = dict[str, Any]


@dataclass(frozen=True)
class About:
    """What holds for a whole file."""

    wave: Wave
    definition: Definition
    language: str

    @property
    def facts(self) -> dict[str, Any]:
        questionnaire = self.wave.questionnaire
        return {
            "edition": self.wave.edition.year,
            "questionnaire": questionnaire.key,
            "questionnaire_version": questionnaire.version,
            "definition_hash": questionnaire.definition_hash,
            "language": self.language,
            "wave": str(self.wave.pk),
            "wave_status": self.wave.status,
            "origin": self.wave.origin,
            "source": self.wave.source,
            "synthetic": self.wave.synthetic,
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """What every reader has to know first."""
        found = [_("Drafts for staff alone, under the same protection as a release. Do not pass them on.")]
        if self.wave.status != Wave.Status.FINAL:
            found.append(_("The wave is still open: its figures will change."))
        if self.wave.origin == Wave.Origin.IMPORTED:
            found.append(
                _("Imported: collected under another promise. Source: %(source)s")
                % {"source": self.wave.source}
            )
        if self.wave.synthetic:
            found.append(_("Synthetic: the respondents of this wave are made up."))
        return tuple(found)

    @property
    def legend(self) -> dict[str, str]:
        return {mark.value: str(words) for mark, words in LEGEND.items()}


def about(wave: Wave, language: str) -> About:
    return About(wave, definition_of(wave.questionnaire, language), language)


def rows(found: About) -> Iterator[Row]:
    """A dropped table is one row without a code."""
    fields = [*NUMBERS, *(name for name in WEIGHTED if name in _fields_of_cell())]
    cells = [f"cells__{name}" for name in (*CELL, *fields)]
    query = (
        Table.objects.filter(wave=found.wave)
        .filter(Q(request=None) | Q(request__in=[r.pk for r in requested.standing_of(found.wave)]))
        .order_by("position", "breakdown", "pk", "cells__position")
        .values(*TABLE, *RUN, "cells__id", *cells)
    )
    reader = _Reader(found)
    for values in query.iterator(chunk_size=ROWS_AT_ONCE):
        yield reader.row(values)


def _fields_of_cell() -> frozenset[str]:
    return frozenset(field.name for field in Cell._meta.get_fields())


@dataclass
class _Reader:
    """Puts words beside codes. Names are found once for a question and not for each of its cells."""

    about: About

    def row(self, values: dict[str, Any]) -> Row:
        request = self.requests.get(values["request_id"])
        names = self._names(values["question"], request)
        told = {
            "question": values["question"],
            "question_number": names.number,
            "wording": names.wording,
            "wording_version": names.version,
            "request": f"{request.number}.{request.version} {request.title}" if request else "",
            "breakdown": values["breakdown"],
            "breakdown_label": breakdown_title(self.about.definition, values["breakdown"]),
            "not_stated": values["not_stated"],
            "responses": values["responses"],
            "policy": values["policy__version"],
            "run": values["run__claim_number"],
            "program": values["run__code_version"],
        }
        cell = self._dropped() if values["cells__id"] is None else self._cell(values, names)
        return {name: (told | cell).get(name) for name in COLUMNS}

    def _dropped(self) -> Row:
        texts = (
            "row",
            "row_label",
            "part",
            "part_label",
            "kind",
            "code",
            "label",
            "statistic",
            "statistic_label",
        )
        empty = dict.fromkeys((*texts, "base_rule", "base_in_words", "reason"), "")
        return {**empty, "status": "dropped", "marks": [Mark.DROPPED.value]}

    def _cell(self, values: dict[str, Any], names: _Names) -> Row:
        cell = {
            name.removeprefix("cells__"): value
            for name, value in values.items()
            if name.startswith("cells__")
        }
        definition = self.about.definition
        return {
            **{name: cell.get(name) for name in (*CELL, *NUMBERS, *WEIGHTED)},
            "row_label": fill_pipes(names.naming.rows.get(cell["row"], ""), definition),
            "part_label": part_label(definition, values["breakdown"], cell["part"]) if cell["part"] else "",
            "label": fill_pipes(names.label(cell["kind"], cell["code"]), definition),
            "statistic_label": series_title(
                cell["statistic"], cell["base_rule"], cell["base_rule"], names.groups
            ),
            "base_in_words": names.base(cell["statistic"], cell["base_rule"]),
            "marks": [mark.value for mark in marks_of(cell["status"], cell["count"])],
        }

    @cached_property
    def requests(self) -> dict[int, TableRequest]:
        return {request.pk: request for request in requested.standing_of(self.about.wave)}

    @cached_property
    def _kept(self) -> dict[tuple[str, int | None], _Names]:
        return {}

    def _names(self, key: str, request: TableRequest | None) -> _Names:
        place = key, request.pk if request else None
        if place not in self._kept:
            self._kept[place] = _names_of(self.about.definition, key, request)
        return self._kept[place]


@dataclass(frozen=True)
class _Names:
    """What is the same for all cells of a question."""

    number: str
    wording: str
    version: int
    naming: Naming
    main_rule: BaseRule
    base_text: str
    groups: Mapping[str, str]

    def label(self, kind: str, code: str) -> str:
        return self.naming.labels.get((kind, code), code)

    def base(self, statistic: str, base_rule: str) -> str:
        """The questionnaire's own words for its own base; of another base what the rule or the statistic means."""
        if statistic == "percent_of_mentions":
            return _("Everything that was named")
        if statistic.startswith(AMONG):
            net = statistic.removeprefix(AMONG)
            return _("Those in the group “%(group)s”") % {"group": self.groups.get(net, net)}
        rule = rule_of(base_rule)
        is_own = rule == self.main_rule and statistic != "percent_without_dont_know"
        return self.base_text if is_own else base_words(rule)


def _names_of(definition: Definition, key: str, request: TableRequest | None) -> _Names:
    question = definition.by_key.get(key)
    if question is None:
        return _names_of_derived(definition, key)
    naming = naming_of(definition, question)
    own = {("net", net.code): net.label for net in request.nets.all()} if request else {}
    return _Names(
        number=question.number,
        wording=fill_pipes(question.text, definition),
        version=question.wording_version,
        naming=Naming({**naming.labels, **own}, naming.rows, naming.roles, naming.pinned),
        main_rule=question.analysis.base_rule,
        base_text=fill_pipes(question.analysis.base, definition),
        groups=groups_of(definition),
    )


def _names_of_derived(definition: Definition, key: str) -> _Names:
    """A figure over several questions has no wording of its own."""
    derived = next(found for found in definition.derived if found.key == key)
    over: list[Question] = [definition.by_key[name] for name in derived.over]
    return _Names(
        number="",
        wording=heading_of(definition, key),
        version=max(question.wording_version for question in over),
        naming=naming_of(definition, over[0]),
        main_rule=BaseRule("answered"),
        base_text=derived.base,
        groups={},
    )


def groups_of(definition: Definition) -> dict[str, str]:
    """Nets that other questions are counted among, by their labels."""
    return {code: net.label for code, (_owner, net) in definition.nets.items()}
