"""YAML text to plain data, with every fault of the writing reported under its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import yaml

from surveys.validation.problem import Problem

LONGEST_FILE = 2_000_000
TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Switch:
    """`true`, and what YAML 1.1 takes for it: the word is kept, as it may have been meant as a code."""

    on: bool
    word: str


def plain(text: str) -> tuple[Any, tuple[Problem, ...]]:
    """The data of one YAML document. Syntax that cannot be read at all gives one problem and no data."""
    if len(text) > LONGEST_FILE:
        return None, (Problem("file", f"The file is longer than {LONGEST_FILE:,} characters."),)
    loader = yaml.SafeLoader(text) if text.isprintable() or _readable(text) else None
    if loader is None:
        return None, (Problem("file", "The file holds control characters. Save it as plain UTF-8 text."),)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        return None, (_syntax_problem(error),)
    except RecursionError:
        return None, (Problem("file", "The lists in the file are nested too deeply to be read."),)
    conversion = _Conversion(loader)
    return (conversion.value(node, "") if node else None), tuple(conversion.problems)


def _readable(text: str) -> bool:
    return not yaml.reader.Reader.NON_PRINTABLE.search(text)


def _syntax_problem(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "file"
    return Problem(
        where, f"This is not YAML: {error.problem or error.context}. Check indents and quotes here."
    )


class _Conversion:
    def __init__(self, loader: yaml.SafeLoader) -> None:
        self.loader = loader
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, path: str) -> Any:
        # An alias gives the same node again; following it could repeat it without end.
        if id(node) in self.seen:
            self._report(path, "Anchors and aliases are not read here. Write the lines out.")
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, f"{path}[{n}]") for n, child in enumerate(node.value)]
        return self._scalar(cast("yaml.ScalarNode", node), path)

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            inner = f"{path}.{key}" if path else key
            value = self.value(value_node, inner)
            if key in found:
                self._report(inner, f"`{key}` stands twice in the same place. Keep one of them.")
            elif key_node.tag != f"{TAG}str":
                self._report(inner, f"`{key}` is not a name. Put it in quotes if it is meant as one.")
            found.setdefault(key, value)
        return found

    def _scalar(self, node: yaml.ScalarNode, path: str) -> Any:
        kind = node.tag.removeprefix(TAG)
        if kind == "bool":
            return Switch(self.loader.construct_yaml_bool(node), node.value)
        if kind in ("int", "float", "null"):
            return self.loader.construct_object(node)
        if kind not in ("str", "timestamp", "value", "merge"):
            self._report(path, f"The tag {node.tag} is not read here. Write a plain text.")
        return node.value

    def _report(self, path: str, message: str) -> None:
        self.problems.append(Problem(path or "file", message))
