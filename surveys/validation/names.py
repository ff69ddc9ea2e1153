"""Keys, codes and numbers: well formed, used once, and known where they are named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from surveys.definition import Choice
from surveys.validation.draft import Draft, Located
from surveys.validation.problem import Problem, near

KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*\Z")
KEY_RULE = "Write a key in small letters, digits and _, beginning with a letter."
CODE_RULE = "Write a code in letters, digits and _."

Named = tuple[str, str]
"""(path, name)."""


def check_names(draft: Draft) -> Iterator[Problem]:
    definition = draft.definition
    yield from _keys("questionnaire", [("questionnaire.key", definition.key)])
    yield from _keys("page", ((f"pages[{n}].key", page.key) for n, page in enumerate(definition.pages)))
    yield from _keys("section or question", _sections_and_questions(draft))
    yield from _keys("code list", ((f"code_lists.{name}", name) for name in draft.code_lists))
    yield from _keys("frame", ((f"code_frames.{frame.key}", frame.key) for frame in definition.code_frames))
    yield from _keys(
        "derived figure", ((f"derived[{n}].key", d.key) for n, d in enumerate(definition.derived))
    )
    yield from _keys("class", _classes(draft))
    yield from _repeated("question number", ((q.at("number"), q.question.number) for q in draft.located))
    yield from _repeated("finding", ((f"findings[{n}].id", f.id) for n, f in enumerate(definition.findings)))
    for n, page in enumerate(definition.pages):
        controls = ((f"pages[{n}].controls[{c}].key", control.key) for c, control in enumerate(page.controls))
        yield from _keys("control", controls)


def check_codes(draft: Draft) -> Iterator[Problem]:
    for name, choices in draft.code_lists.items():
        yield from _codes((f"code_lists.{name}[{n}]", choice.code) for n, choice in enumerate(choices))
    for located in draft.located:
        yield from _codes(_own_codes(located))
        yield from _codes((located.at(f"rows[{n}]"), row.code) for n, row in enumerate(located.question.rows))
        yield from _clashes_with_list(located)


def check_references(draft: Draft) -> Iterator[Problem]:
    """Names of findings and frames."""
    findings = {finding.id for finding in draft.definition.findings}
    named: set[str] = set()
    for path, ids in _reproduced(draft):
        named.update(ids)
        for n, finding in enumerate(ids):
            if finding not in findings:
                yield Problem(f"{path}[{n}]", f"There is no finding `{finding}`.{near(finding, findings)}")
    for n, entry in enumerate(draft.definition.findings):
        if entry.id not in named:
            message = f"No question and no derived figure reproduces {entry.id}. Name it in `reproduces`."
            yield Problem(f"findings[{n}].id", message)
    for located in draft.located:
        frame = located.question.code_frame
        if frame and frame not in draft.definition.frames:
            message = f"There is no code frame `{frame}`.{near(frame, draft.definition.frames)}"
            yield Problem(located.at("code_frame"), message)


def _sections_and_questions(draft: Draft) -> Iterator[Named]:
    yield from ((f"sections[{n}].key", section.key) for n, section in enumerate(draft.definition.sections))
    yield from ((located.at("key"), located.question.key) for located in draft.located)


def _classes(draft: Draft) -> Iterator[Named]:
    for located in draft.located:
        for partition in located.question.analysis.partitions:
            yield located.at(f"analysis.classes.{partition.key}"), partition.key


def _reproduced(draft: Draft) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from ((located.at("reproduces"), located.question.reproduces) for located in draft.located)
    yield from ((f"derived[{n}].reproduces", d.reproduces) for n, d in enumerate(draft.definition.derived))


def _own_codes(located: Located) -> Iterator[Named]:
    """Codes of one question are told apart wherever they come from: the list, special, assigned."""
    question = located.question
    if not located.code_list:
        yield from _coded(located.at("choices"), question.choices)
    yield from _coded(located.at("special"), question.special)
    yield from ((located.at(f"assigned[{n}]"), code.code) for n, code in enumerate(question.assigned))


def _clashes_with_list(located: Located) -> Iterator[Problem]:
    if located.code_list:
        listed = {choice.code for choice in located.question.choices}
        for path, code in _own_codes(located):
            if code in listed:
                yield Problem(
                    f"{path}.code", f"`{code}` is in the list as well. Give one of them another code."
                )


def _coded(path: str, choices: Iterable[Choice]) -> Iterator[Named]:
    return ((f"{path}[{n}]", choice.code) for n, choice in enumerate(choices))


def _codes(named: Iterable[Named]) -> Iterator[Problem]:
    listed = [(f"{path}.code", code) for path, code in named]
    for path, code in listed:
        if code and not CODE.match(code):
            yield Problem(path, f"`{code}` is not a code. {CODE_RULE}")
    yield from _repeated("code", listed)


def _keys(what: str, named: Iterable[Named]) -> Iterator[Problem]:
    listed = list(named)
    for path, key in listed:
        if key and not KEY.match(key):
            yield Problem(path, f"`{key}` is not a key. {KEY_RULE}")
    yield from _repeated(what, listed)


def _repeated(what: str, named: Iterable[Named]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, name in named:
        if name and name in first:
            yield Problem(path, f"The {what} `{name}` is used already, at {first[name]}. Choose another.")
        first.setdefault(name, path)
