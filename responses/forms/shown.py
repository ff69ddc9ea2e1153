"""What a template is given to draw one question: its controls, what is chosen in them and what is wrong.

Named tuples, because a page makes dozens of them and looks their markup up by all that they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from surveys.definition import Choice


class Control(NamedTuple):
    """A field to write in, or a list of choices to open."""

    name: str
    label: str
    value: str
    is_wrong: bool = False
    most: int = 0
    """How many characters may be written; 0 without a limit."""


class Option(NamedTuple):
    """A radio button or a checkbox.

    `after_or`: the first of those that exclude the others (`excludes`). `apart`: the first of those that are no answer
    to the question itself, such as not knowing, which stand apart from the answers.
    """

    id: str
    value: str
    label: str
    chosen: bool
    excludes: bool = False
    after_or: bool = False
    apart: bool = False
    other: Control | None = None


class Group(NamedTuple):
    """Controls that answer one thing: a question, a row of a grid, or the special answers beside a field."""

    name: str
    label: str
    options: tuple[Option, ...]
    errors: tuple[str, ...] = ()
    described_by: str = ""


class Shown(NamedTuple):
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
    targets: Mapping[str, str] | None = None
