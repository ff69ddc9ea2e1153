"""What a template needs to draw one question: its controls, what is chosen in them and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from responses.forms import sentences
from responses.forms.names import control_id, entry_name, main_name, other_name, special_name
from responses.forms.reading import OTHER_CHARS, Fields, Problem, places
from surveys.definition import Choice, Kind, Question, Role, Sensitivity
from surveys.ordering import Shuffle
from surveys.paging import ShownPart

LONGEST_RADIO_LIST = 25
"""A longer list, countries for example, is a drop-down field, in which a name can be typed."""
MATRIX_ROWS = 6
MATRIX_COLUMNS = 8
UNITS: dict[str, Callable[[], tuple[str, str]]] = {"percent": lambda: ("%", _("Percentage"))}
"""Unit of a number -> (sign behind the field, label of the field)."""


@dataclass(frozen=True, slots=True)
class Control:
    """A field to write in, or a list of choices to open."""

    name: str
    label: str
    value: str
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A radio button or a checkbox. `after_or`: the first of those that exclude the others (`excludes`)."""

    id: str
    value: str
    label: str
    chosen: bool
    excludes: bool = False
    after_or: bool = False
    other: Control | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Controls that answer one thing: a question, a row of a grid, or the special answers beside a field."""

    name: str
    label: str
    options: tuple[Option, ...]
    errors: tuple[str, ...] = ()
    described_by: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as a page shows it. `targets`: name of a group of controls -> id of its first one."""

    id: str
    template: str
    text: str
    hints: tuple[str, ...]
    errors: tuple[str, ...] = ()
    described_by: str = ""
    input_type: str = "radio"
    is_alone: bool = False
    is_matrix: bool = False
    unit_sign: str = ""
    controls: tuple[Control, ...] = ()
    choices: tuple[Choice, ...] = ()
    groups: tuple[Group, ...] = ()
    special: Group | None = None
    targets: dict[str, str] = field(default_factory=dict)


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
    return replace(DRAWERS[part.question.kind](drawing), is_alone=is_alone)


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

    def group(self, name: str, label: str, choices: Sequence[Choice], *, of_row: bool = False) -> Group:
        chosen = self.fields.get(name, ())
        ordered = _exclusive_last(choices)
        start = next((c.code for c in ordered if c.exclusive), None) if not _all_exclusive(ordered) else None
        options = tuple(
            self._option(name, choice, choice.code in chosen, choice.code == start) for choice in ordered
        )
        self.targets[name] = options[0].id
        errors = tuple(p.sentence for p in self.problems if p.name == name) if of_row else ()
        described_by = f"{name}-error" if errors else ""
        return Group(name=name, label=label, options=options, errors=errors, described_by=described_by)

    def _option(self, name: str, choice: Choice, chosen: bool, after_or: bool) -> Option:
        other = self._other(choice) if choice.role is Role.OTHER_SPECIFY else None
        return Option(
            id=control_id(name, choice.code),
            value=choice.code,
            label=choice.label,
            chosen=chosen,
            excludes=choice.exclusive,
            after_or=after_or,
            other=other,
        )

    def _other(self, choice: Choice) -> Control:
        name = other_name(self.question, choice.code)
        self.targets[name] = name
        label = _("In a few words, up to %(most)d characters") % {"most": OTHER_CHARS}
        return Control(name, label, self.text_of(name), is_wrong=self.is_wrong(name))

    def special(self) -> Group | None:
        if not self.question.special:
            return None
        return self.group(special_name(self.question), _("Other answers"), self.question.special)

    def control(self, name: str, label: str) -> Control:
        self.targets[name] = name
        return Control(name, label, self.text_of(name), is_wrong=self.is_wrong(name))


def _ids(base: str, has_hint: bool, has_error: bool) -> str:
    return " ".join(([f"{base}-hint"] if has_hint else []) + ([f"{base}-error"] if has_error else []))


def _exclusive_last(choices: Sequence[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda choice: choice.exclusive)


def _all_exclusive(choices: Sequence[Choice]) -> bool:
    return all(choice.exclusive for choice in choices)


def _single(drawing: _Drawing) -> Shown:
    name = drawing.id
    if len(drawing.order) > LONGEST_RADIO_LIST:
        chosen = drawing.control(name, drawing.question.text)
        base = drawing.base("drop_down", own=[name])
        return replace(base, choices=drawing.order, controls=(chosen,))
    group = drawing.group(name, drawing.question.text, drawing.order)
    base = drawing.base("choices", own=drawing.targets)
    return replace(base, groups=(replace(group, options=_without_or(group.options)),))


def _without_or(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """One of several radio buttons excludes the others anyway."""
    return tuple(replace(option, after_or=False) for option in options)


def _multiple(drawing: _Drawing) -> Shown:
    group = drawing.group(drawing.id, drawing.question.text, drawing.order)
    base = drawing.base("choices", [_how_many(drawing.question)], own=drawing.targets)
    return replace(base, input_type="checkbox", groups=(group,))


def _how_many(question: Question) -> str:
    most = question.max_choices
    if not most:
        return _("Choose all that apply.")
    return ngettext("Choose up to %(most)d.", "Choose up to %(most)d.", most) % {"most": most}


def _grid(drawing: _Drawing) -> Shown:
    question = drawing.question
    several = question.kind is Kind.GRID_MULTIPLE
    groups = tuple(
        drawing.group(main_name(question, row), row.label, drawing.order, of_row=True) for row in drawing.rows
    )
    if not several:
        groups = tuple(replace(group, options=_without_or(group.options)) for group in groups)
    hints = [_how_many(question)] if several and not question.help else []
    is_matrix = not several and len(groups) <= MATRIX_ROWS and len(drawing.order) <= MATRIX_COLUMNS
    base = drawing.base("grid", hints)
    input_type = "checkbox" if several else "radio"
    return replace(base, groups=groups, input_type=input_type, is_matrix=is_matrix, choices=drawing.order)


def _ranking(drawing: _Drawing) -> Shown:
    question = drawing.question
    controls = tuple(
        drawing.control(entry_name(question, place), sentences.place_label(place))
        for place in places(question)
    )
    special = drawing.special()
    base = drawing.base("ranking", own=drawing.targets)
    listed = tuple(choice for choice in drawing.order if choice not in question.special)
    return replace(base, controls=controls, choices=listed, special=special, input_type="checkbox")


def _number(drawing: _Drawing) -> Shown:
    unit = drawing.question.unit
    sign, label = UNITS[unit]() if unit in UNITS else (unit, _("Number"))
    control = drawing.control(drawing.id, label)
    special = drawing.special()
    base = drawing.base("number", own=drawing.targets)
    return replace(base, controls=(control,), special=special, unit_sign=sign, input_type="checkbox")


def _open_list(drawing: _Drawing) -> Shown:
    question = drawing.question
    controls = tuple(
        drawing.control(entry_name(question, place), sentences.place_label(place))
        for place in places(question)
    )
    special = drawing.special()
    limit = _("Up to %(most)d characters each.") % {"most": question.max_chars}
    base = drawing.base("open_list", [limit] if question.max_chars else [], own=drawing.targets)
    return replace(base, controls=controls, special=special, input_type="checkbox")


def _open_text(drawing: _Drawing) -> Shown:
    question = drawing.question
    control = drawing.control(drawing.id, question.text)
    special = drawing.special()
    limit = _("Up to %(most)d characters.") % {"most": question.max_chars}
    base = drawing.base("open_text", [limit] if question.max_chars else [], own=drawing.targets)
    return replace(base, controls=(control,), special=special, input_type="checkbox")


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
