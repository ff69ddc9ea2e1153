"""From a question and what is in its fields to what a template draws, for every kind of question."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from responses.forms import sentences
from responses.forms.names import control_id, entry_name, main_name, other_name, special_name
from responses.forms.reading import OTHER_CHARS, Fields, Problem, places
from responses.forms.shown import Control, Group, Option, Shown
from surveys.definition import SUBSTANTIVE_ROLES, Choice, Kind, Question, Role, Sensitivity
from surveys.ordering import Shuffle
from surveys.paging import ShownPart

LONGEST_RADIO_LIST = 25
"""A longer list, countries for example, is a drop-down field, in which a name can be typed."""
MATRIX_ROWS = 6
MATRIX_COLUMNS = 8
UNITS: dict[str, Callable[[], tuple[str, str]]] = {"percent": lambda: ("%", _("Percentage"))}
"""Unit of a number -> (sign behind the field, label of the field)."""
NO_ANSWERS = frozenset({Role.DONT_KNOW, Role.PREFER_NOT})
WRITTEN = frozenset({Kind.OPEN_LIST, Kind.OPEN_TEXT})


def shown(
    part: ShownPart,
    *,
    shuffle: Shuffle,
    fields: Fields,
    problems: Sequence[Problem] = (),
    is_alone: bool = False,
) -> Shown:
    """Draw a question with what is in its fields."""
    drawing = _Drawing(part, shuffle, fields, problems)
    return DRAWERS[part.question.kind](drawing)._replace(is_alone=is_alone)


class _Drawing:
    """The question at hand, and small things that several kinds share."""

    def __init__(
        self, part: ShownPart, shuffle: Shuffle, fields: Fields, problems: Sequence[Problem]
    ) -> None:
        self.question = part.question
        self.rows = part.rows
        self.order = shuffle.choices(part.question)
        self.fields = fields
        self.problems = problems
        self.id = main_name(part.question)
        self.targets: dict[str, str] = {}

    def base(self, template: str, hints: Sequence[str] = (), own: Collection[str] = ()) -> Shown:
        """`own`: names of the groups whose problems are said under the question and not beside a row."""
        given = [self.question.help] if self.question.help else []
        if self.question.analysis.sensitivity is Sensitivity.HIGH and not self.question.detached:
            given.append(_("Your answer is mixed with those of others before anybody reads it."))
        if self.question.kind in WRITTEN and not _warns_of_names(self.question.help):
            given.append(_("Do not write names of persons, or anything else by which somebody is known."))
        errors = tuple(p.sentence for p in self.problems if p.name in own)
        return Shown(
            id=self.id,
            template=f"enquiry/question/{template}.html",
            text=self.question.text,
            hints=(*given, *hints),
            errors=errors,
            described_by=_ids(self.id, bool(given or hints), bool(errors)),
            targets=self.targets,
        )

    def text_of(self, name: str) -> str:
        values = self.fields.get(name, ())
        return values[0] if values else ""

    def is_wrong(self, name: str) -> bool:
        return any(problem.name == name for problem in self.problems)

    @cached_property
    def listed(self) -> Listed:
        """The question's choices as every row of it offers them."""
        return Listed.of(self.order)

    def group(self, name: str, label: str, listed: Listed, *, several: bool, of_row: bool = False) -> Group:
        """`several`: an "or" stands before those that exclude the others, as each of several radio buttons does."""
        chosen = self.fields.get(name, ())
        after_or = listed.after_or if several else None
        options = tuple(
            [
                Option(
                    control_id(name, choice.code),
                    choice.code,
                    choice.label,
                    choice.code in chosen,
                    choice.exclusive,
                    choice.code == after_or,
                    choice.code == listed.apart,
                    self._other(choice) if choice.role is Role.OTHER_SPECIFY else None,
                )
                for choice in listed.choices
            ]
        )
        self.targets[name] = options[0].id
        errors = tuple(p.sentence for p in self.problems if p.name == name) if of_row else ()
        described_by = f"{name}-error" if errors else ""
        return Group(name=name, label=label, options=options, errors=errors, described_by=described_by)

    def _other(self, choice: Choice) -> Control:
        name = other_name(self.question, choice.code)
        label = _("In a few words and without names of persons, up to %(most)d characters")
        return self.control(name, label % {"most": OTHER_CHARS}, OTHER_CHARS)

    def special(self) -> Group | None:
        if not self.question.special:
            return None
        listed = Listed.of(self.question.special)
        group = self.group(special_name(self.question), _("Other answers"), listed, several=False)
        # They exclude what is written beside them, whatever their choices say of each other.
        options = tuple(option._replace(excludes=True) for option in group.options)
        return group._replace(options=options)

    def control(self, name: str, label: str, most: int = 0) -> Control:
        self.targets[name] = name
        return Control(name, label, self.text_of(name), self.is_wrong(name), most)


def _ids(base: str, has_hint: bool, has_error: bool) -> str:
    return " ".join(([f"{base}-hint"] if has_hint else []) + ([f"{base}-error"] if has_error else []))


class Listed(NamedTuple):
    """Choices in the order of a list. The codes that something stands before: an "or", and the space of no answers."""

    choices: Sequence[Choice]
    after_or: str | None
    apart: str | None

    @classmethod
    def of(cls, choices: Sequence[Choice]) -> Listed:
        ordered = _exclusive_last(choices)
        return cls(ordered, _first_exclusive(ordered), _first_without_answer(ordered))


def _exclusive_last(choices: Sequence[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda choice: choice.exclusive)


def _first_exclusive(ordered: Sequence[Choice]) -> str | None:
    """The code that an "or" stands before; none where every choice excludes the others."""
    found = next((choice.code for choice in ordered if choice.exclusive), None)
    return None if ordered[0].exclusive else found


def _first_without_answer(ordered: Sequence[Choice]) -> str | None:
    """The code of the first non-response answer, where answers stand before it."""
    has_answers = any(choice.role in SUBSTANTIVE_ROLES for choice in ordered)
    return next((choice.code for choice in ordered if choice.role in NO_ANSWERS and has_answers), None)


def _warns_of_names(help_text: str) -> bool:
    """Whether a question's own help says already what the hint at every open field says."""
    phrase = pgettext(
        "a phrase in authors' own hints; where it stands, ours is left out", "do not write names"
    )
    return phrase.casefold() in help_text.casefold()


def _single(drawing: _Drawing) -> Shown:
    name = drawing.id
    if len(drawing.order) > LONGEST_RADIO_LIST:
        chosen = drawing.control(name, drawing.question.text)
        base = drawing.base("drop_down", own=[name])
        return base._replace(choices=drawing.order, controls=(chosen,))
    group = drawing.group(name, drawing.question.text, drawing.listed, several=False)
    base = drawing.base("choices", own=drawing.targets)
    return base._replace(groups=(group,))


def _multiple(drawing: _Drawing) -> Shown:
    group = drawing.group(drawing.id, drawing.question.text, drawing.listed, several=True)
    base = drawing.base("choices", [_how_many(drawing.question)], own=drawing.targets)
    return base._replace(input_type="checkbox", groups=(group,))


def _how_many(question: Question) -> str:
    most = question.max_choices
    if not most:
        return _("Choose all that apply.")
    return ngettext("Choose up to %(most)d.", "Choose up to %(most)d.", most) % {"most": most}


def _grid(drawing: _Drawing) -> Shown:
    question = drawing.question
    several = question.kind is Kind.GRID_MULTIPLE
    groups = tuple(
        drawing.group(main_name(question, row), row.label, drawing.listed, several=several, of_row=True)
        for row in drawing.rows
    )
    hints = [_how_many(question)] if several and not question.help else []
    is_matrix = not several and len(groups) <= MATRIX_ROWS and len(drawing.order) <= MATRIX_COLUMNS
    base = drawing.base("grid", hints)
    input_type = "checkbox" if several else "radio"
    return base._replace(groups=groups, input_type=input_type, is_matrix=is_matrix, choices=drawing.order)


def _ranking(drawing: _Drawing) -> Shown:
    question = drawing.question
    controls = tuple(
        drawing.control(entry_name(question, place), sentences.place_label(place))
        for place in places(question)
    )
    special = drawing.special()
    base = drawing.base("ranking", own=drawing.targets)
    ranked = tuple(choice for choice in drawing.order if choice not in question.special)
    return base._replace(controls=controls, choices=ranked, special=special, input_type="checkbox")


def _number(drawing: _Drawing) -> Shown:
    unit = drawing.question.unit
    sign, label = UNITS[unit]() if unit in UNITS else (unit, _("Number"))
    control = drawing.control(drawing.id, label)
    special = drawing.special()
    base = drawing.base("number", _bounds(drawing.question), own=drawing.targets)
    return base._replace(controls=(control,), special=special, unit_sign=sign, input_type="checkbox")


def _bounds(question: Question) -> list[str]:
    """What may be written, where the question's own help does not say anything."""
    lowest, highest = question.minimum, question.maximum
    if question.help or lowest is None or highest is None:
        return []
    sentence = _("Write a whole number from %(lowest)d to %(highest)d.")
    return [sentence % {"lowest": lowest, "highest": highest}]


def _open_list(drawing: _Drawing) -> Shown:
    question = drawing.question
    controls = tuple(
        drawing.control(entry_name(question, place), sentences.place_label(place), question.max_chars or 0)
        for place in places(question)
    )
    special = drawing.special()
    limit = _("Up to %(most)d characters each.") % {"most": question.max_chars}
    base = drawing.base("open_list", [limit] if question.max_chars else [], own=drawing.targets)
    return base._replace(controls=controls, special=special, input_type="checkbox")


def _open_text(drawing: _Drawing) -> Shown:
    question = drawing.question
    control = drawing.control(drawing.id, question.text, question.max_chars or 0)
    special = drawing.special()
    limit = _("Up to %(most)d characters.") % {"most": question.max_chars}
    base = drawing.base("open_text", [limit] if question.max_chars else [], own=drawing.targets)
    return base._replace(controls=(control,), special=special, input_type="checkbox")


DRAWERS: dict[Kind, Callable[[_Drawing], Shown]] = {
    Kind.SINGLE: _single,
    Kind.MULTIPLE: _multiple,
    Kind.RANKING: _ranking,
    Kind.GRID_SINGLE: _grid,
    Kind.GRID_MULTIPLE: _grid,
    Kind.NUMBER: _number,
    Kind.OPEN_LIST: _open_list,
    Kind.OPEN_TEXT: _open_text,
}
