"""Reading a list of invitations: a CSV file as offices send it, with every problem named at once."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from responses.models import Invitation
from surveys.definition import Unit
from surveys.models import Wave

MOST_ROWS = 50_000
MOST_BYTES = 20 * 1024 * 1024
LONGEST = {"email": 254, "unit": 200, "language": 20, "time_zone": 60}
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class InvitationRow:
    email: str
    unit: str
    language: str
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class InvitationRows:
    """`known`: how many lines name an address that is invited already; nothing is done with these."""

    rows: tuple[InvitationRow, ...]
    known: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1 as editors do; line 0 and an empty column mean the file as a whole."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Problems:
    problems: tuple[Problem, ...]


class FileUnreadable(Exception):
    """Nothing of the file can be read; the message says how to save it."""

    def __init__(self, message: str, line: int = 0) -> None:
        self.line = line
        super().__init__(message)


@dataclass(frozen=True)
class Expected:
    """What a wave's list has to hold, and the addresses that are invited already."""

    needs_unit: bool
    languages: Collection[str]
    language: str
    invited: Collection[str] = field(default_factory=frozenset)

    @property
    def columns(self) -> tuple[str, ...]:
        unit = ("unit",) if self.needs_unit else ()
        return ("email", *unit, "language", "time_zone")


def expected_of(wave: Wave) -> Expected:
    questionnaire = wave.questionnaire
    return Expected(
        needs_unit=questionnaire.unit == Unit.ORGANISATION,
        languages=frozenset(questionnaire.wordings.values_list("language", flat=True).distinct()),
        language=questionnaire.language,
        invited=frozenset(
            Invitation.objects.filter(wave=wave).exclude(email="").values_list("email", flat=True)
        ),
    )


def read_csv(data: bytes, *, wave: Wave) -> InvitationRows | Problems:
    """The rows of a list for this wave, or everything that is wrong with it. Writes nothing."""
    return read_list(data, expected_of(wave))


def read_list(data: bytes, expected: Expected) -> InvitationRows | Problems:
    try:
        lines = list(_lines(decode(data)))
    except FileUnreadable as problem:
        return Problems((Problem(problem.line, "", str(problem)),))
    reading = _Reading(expected)
    reading.read(lines)
    if reading.problems:
        return Problems(tuple(reading.problems))
    return InvitationRows(tuple(reading.rows), reading.known)


def decode(data: bytes) -> str:
    """UTF-8, with its mark or without, or UTF-16."""
    if len(data) > MOST_BYTES:
        raise FileUnreadable(_("The file is larger than 20 MB. Split it into several lists."))
    try:
        return data.decode(_encoding(data))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileUnreadable(
            _(
                "The file is not saved as UTF-8: there is a character on line %(line)s that cannot be read. In Excel, "
                "choose Save as and the type “CSV UTF-8 (comma delimited)”; in LibreOffice, the character set UTF-8."
            )
            % {"line": line},
            line,
        ) from error


def _encoding(data: bytes) -> str:
    """UTF-16 without its mark is known by the zero bytes of its plain letters."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = data[:64]
    zeros = start[1::2].count(0), start[::2].count(0)
    if len(start) >= 2 and max(zeros) > len(start) // 4:
        return "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
    return "utf-8-sig"


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each line that is not blank."""
    header = text.lstrip("\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        message = _(
            "The line cannot be read as CSV. Look for a quotation mark that is opened and not closed."
        )
        raise FileUnreadable(message, line) from error


class _Reading:
    def __init__(self, expected: Expected) -> None:
        self.expected = expected
        self.problems: list[Problem] = []
        self.rows: list[InvitationRow] = []
        self.first_line: dict[str, int] = {}
        self.known = 0

    def read(self, lines: list[tuple[int, list[str]]]) -> None:
        if not lines:
            self._add(
                0,
                "",
                _("The file is empty. Its first line names the columns: %(columns)s.") % self._columns(),
            )
            return
        columns = self._header(*lines[0])
        if self.problems:
            return
        if len(lines) == 1:
            self._add(0, "", _("The file has a header and no addresses under it."))
        if len(lines) - 1 > MOST_ROWS:
            self._add(0, "", _("The file has more than 50,000 rows. Split it into several lists."))
            return
        for line, cells in lines[1:]:
            self._row(line, columns, cells)

    def _columns(self) -> Mapping[str, str]:
        return {"columns": ", ".join(self.expected.columns)}

    def _header(self, line: int, cells: list[str]) -> list[str]:
        columns = [cell.strip().lower() for cell in cells]
        for column in dict.fromkeys(columns):
            if column not in self.expected.columns:
                self._add(
                    line,
                    column,
                    _("This column is not known here. Remove it; a list has: %(columns)s.") % self._columns(),
                )
            elif columns.count(column) > 1:
                self._add(line, column, _("This column stands here twice."))
        for column in self.expected.columns[: 2 if self.expected.needs_unit else 1]:
            if column not in columns:
                self._add(line, column, _("This column is missing."))
        return columns

    def _row(self, line: int, columns: list[str], cells: list[str]) -> None:
        if len(cells) != len(columns):
            self._add(
                line,
                "",
                _("The line has %(found)s cells, the header %(wanted)s.")
                % {"found": len(cells), "wanted": len(columns)},
            )
            return
        before = len(self.problems)
        row = dict(zip(columns, cells, strict=True))
        for column, cell in row.items():
            self._check_cell(line, column, cell)
        values = {column: cell.strip() for column, cell in row.items()}
        if len(self.problems) == before:
            self._check_email(line, values["email"].lower())
            self._check_others(line, values)
        if len(self.problems) == before:
            self._keep(values)

    def _keep(self, values: Mapping[str, str]) -> None:
        email = values["email"].lower()
        if email in self.expected.invited:
            self.known += 1
            return
        language = values.get("language") or self.expected.language
        self.rows.append(InvitationRow(email, values.get("unit", ""), language, values.get("time_zone", "")))

    def _check_cell(self, line: int, column: str, cell: str) -> None:
        if cell.startswith(FORMULA_SIGNS) or cell.strip().startswith(FORMULA_SIGNS):
            self._add(
                line, column, _("The cell begins like a formula (= + - @ or a tab). Remove that character.")
            )
        elif not cell.strip().isprintable():
            self._add(line, column, _("The cell holds a line break or a character that cannot be shown."))
        elif len(cell.strip()) > LONGEST[column]:
            self._add(
                line, column, _("The cell is longer than %(limit)s characters.") % {"limit": LONGEST[column]}
            )

    def _check_email(self, line: int, email: str) -> None:
        try:
            validate_email(email)
        except ValidationError:
            self._add(
                line, "email", _("This is not an e-mail address. It should look like name@example.org.")
            )
            return
        first = self.first_line.setdefault(email, line)
        if first != line:
            self._add(line, "email", _("This address stands on line %(first)s already.") % {"first": first})

    def _check_others(self, line: int, values: Mapping[str, str]) -> None:
        if self.expected.needs_unit and not values["unit"]:
            self._add(line, "unit", _("Name the organisation: the questionnaire is answered once for each."))
        language = values.get("language")
        if language and language not in self.expected.languages:
            known = ", ".join(sorted(self.expected.languages))
            self._add(
                line,
                "language",
                _("The questionnaire has no such language. It has: %(known)s.") % {"known": known},
            )

        zone = values.get("time_zone")
        if zone and zone not in available_timezones():
            self._add(line, "time_zone", _("There is no such time zone. A name looks like Europe/Berlin."))

    def _add(self, line: int, column: str, message: str) -> None:
        self.problems.append(Problem(line, column, message))
