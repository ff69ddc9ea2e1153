from __future__ import annotations

from django.utils.translation import gettext as _

from reports.lines import Naming, group_label, naming_of
from surveys.definition import Definition
from surveys.wordings import fill_pipes


def heading_of(definition: Definition, key: str) -> str:
    """The text of a question, or the label of a derived figure."""
    question = definition.by_key.get(key)
    if question is not None:
        return fill_pipes(f"{question.number} {question.text}", definition)
    return next((derived.label for derived in definition.derived if derived.key == key), key)


def names_of(definition: Definition, key: str) -> Naming:
    """What cells of a table count, in words; a derived figure takes those of the first question it is over."""
    question = definition.by_key.get(key)
    over = next((derived.over for derived in definition.derived if derived.key == key), ())
    return naming_of(definition, question or definition.by_key[over[0]])


def breakdown_title(definition: Definition, breakdown: str) -> str:
    if not breakdown:
        return _("Everybody")
    found = definition.partitions.get(breakdown)
    return _("By %(name)s") % {"name": found[1].title if found else breakdown}


def part_label(definition: Definition, breakdown: str, part: str) -> str:
    return group_label(definition, breakdown, part) if part else _("Share or figure")
