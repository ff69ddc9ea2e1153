"""A translation file beside the definition that it translates: read together, stamped, and begun. No database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from surveys.definition import Definition
from surveys.exceptions import QuestionnaireProblems
from surveys.reading import read
from surveys.reading.fields import Report
from surveys.reading.translations import Translation, check_translation, is_translation, read_translation
from surveys.reading.yaml_text import plain
from surveys.translating import TranslationState, compare, fingerprint, is_for_respondents, losses, own_name
from surveys.validation.problem import Problem
from surveys.wordings import texts

SHIPPED = Path(__file__).resolve().parents[1] / "questionnaires"
SOURCES = re.compile(r"^sources:.*?(?=^[a-z_]+:|\Z)", re.MULTILINE | re.DOTALL)
"""The block of fingerprints, up to the next name at the start of a line or the end of the file."""


@dataclass(frozen=True, slots=True)
class Pair:
    definition: Definition
    translation: Translation

    @property
    def state(self) -> TranslationState:
        given = self.translation
        return compare(
            texts(self.definition),
            given.texts,
            given.sources,
            language=given.language,
            reviewed_by=given.reviewed_by,
        )

    def problems(self) -> tuple[Problem, ...]:
        """Everything that a loaded translation must not have, and places and links that got lost in it."""
        source = texts(self.definition)
        lost = (
            Problem(f"texts.{path}", message)
            for path, text in self.translation.texts.items()
            for message in losses(source.get(path, ""), text)
        )
        return (*check_translation(self.definition, self.translation), *lost)


def shipped_translations() -> tuple[Path, ...]:
    return tuple(sorted(SHIPPED.glob("*.*.yaml")))


def read_pair(file: Path) -> Pair:
    """Raises QuestionnaireProblems when the file, or the definition beside it, cannot be read as what it is."""
    translation = _translation(file.read_text(encoding="utf-8"))
    definition = definition_beside(file, translation.questionnaire)
    if translation.version != definition.version:
        message = (
            f"The questionnaire is version {definition.version} now. Write it and translate what changed."
        )
        raise QuestionnaireProblems([Problem("version", message)])
    return Pair(definition, translation)


def _translation(text: str) -> Translation:
    data, problems = plain(text)
    report = Report(problems)
    if not is_translation(data):
        report.add("texts", "This is no translation file: it has no `texts`.")
        raise QuestionnaireProblems(report.problems)
    translation = read_translation(data, report)
    if report.problems:
        raise QuestionnaireProblems(report.problems)
    return translation


def definition_beside(file: Path, key: str) -> Definition:
    beside = file.parent / f"{key}.yaml"
    if not beside.is_file():
        message = f"There is no definition {beside.name} beside the file. Put both into one folder."
        raise QuestionnaireProblems([Problem("questionnaire", message)])
    return read(beside.read_text(encoding="utf-8"))


def stamps(pair: Pair, only: frozenset[str] = frozenset()) -> dict[str, str]:
    """Fingerprints of the present source texts. With `only`, those of other texts that have one stay as they are."""
    known = pair.translation.sources if only else {}
    return {
        path: fingerprint(text) if path in only or path not in known else known[path]
        for path, text in texts(pair.definition).items()
        if path in pair.translation.texts
    }


def stamped(text: str, sources: dict[str, str]) -> str:
    """The text of a file with this block of fingerprints at its end, in the place of the one it has."""
    # In quotes: of eight hexadecimal digits some would be read as a number.
    lines = "".join(f'  {path}: "{stamp}"\n' for path, stamp in sources.items())
    bare = f"{SOURCES.sub('', text).rstrip()}\n"
    return f"{bare}sources:\n{lines}" if lines else bare


def skeleton(definition: Definition, language: str) -> str:
    """A file to fill in: every text of the source as a comment above its path."""
    source = texts(definition)
    for_respondents = [path for path in source if is_for_respondents(path)]
    for_report = [path for path in source if not is_for_respondents(path)]
    return "\n".join(
        [
            f"# {definition.title}: {own_name(language)}",
            "# The source of each text stands above it. Names in [brackets] and {braces} stay as they are.",
            f"questionnaire: {definition.key}",
            f"version: {definition.version}",
            f"language: {language}",
            'reviewed_by: ""',
            "texts:",
            "  # What respondents read: a wave opens the language when all of it is here.",
            *_to_fill(for_respondents, source),
            "  # What stands in reports and on staff pages alone: it may follow later.",
            *_to_fill(for_report, source),
            "",
        ]
    )


def _to_fill(paths: list[str], source: dict[str, str]) -> Iterator[str]:
    for path in paths:
        lines = source[path].splitlines()
        yield from (f"  # {line}".rstrip() for line in lines)
        yield f"  {path}: |-\n" if len(lines) > 1 else f'  {path}: ""'
