"""A CSV file as a stream of lines: encoding and delimiter given or found, a line at a time in memory."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

from responses.importing.problems import Fault, Problem, Unusable, quoted

LONGEST_LINE = 1_000_000
LONGEST_CELL = 100_000
DELIMITERS = (",", ";", "\t", "|")
CHUNK = 1 << 16
SAMPLE = 1 << 16
"""Bytes of lines with other letters than plain ones, from which an encoding is guessed."""
WORKBOOK = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF_8 = "utf-8"
# What Excel writes above the header so that it finds the delimiter again.
SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1 as editors do; a cell with line breaks in it makes one line of several."""

    number: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """A file whose header was read. `lines` can be gone through once."""

    header: tuple[str, ...]
    lines: Iterator[Line]
    encoding: str
    guessed: bool
    """Whether the encoding is neither given nor told by the bytes themselves."""
    delimiter: str


@contextmanager
def open_table(raw: BinaryIO, *, encoding: str = "", delimiter: str = "") -> Iterator[Table]:
    """Raises Unusable, here or while the lines are gone through, where the file as a whole cannot be read."""
    found, guessed = encoding_of(raw, encoding)
    raw.seek(0)
    text = io.TextIOWrapper(raw, encoding=found, newline="")
    try:
        header, lines, delimiter = _begun(_Source(text), delimiter)
        yield Table(header, lines, found, guessed, delimiter)
    finally:
        # The bytes belong to the caller, who closes them.
        text.detach()


def _begun(source: _Source, delimiter: str) -> tuple[tuple[str, ...], Iterator[Line], str]:
    first, before = source.first_line()
    told = SEPARATOR_LINE.fullmatch(first)
    if told:
        delimiter = delimiter or told[1]
        first = source.next_line()
        before += 1
    delimiter = delimiter or max(DELIMITERS, key=first.count)
    lines = _lines(source, first, before, delimiter)
    header = next((line for line in lines if not line.is_blank), None)
    if header is None:
        raise Unusable(Problem(Fault.EMPTY_FILE))
    return tuple(cell.strip() for cell in header.cells), lines, delimiter


def encoding_of(raw: BinaryIO, given: str) -> tuple[str, bool]:
    """(encoding, whether it is a guess). Every byte is looked at, so that reading does not fail half-way."""
    start = raw.read(4)
    if start.startswith((WORKBOOK, OLD_WORKBOOK)):
        raise Unusable(Problem(Fault.WORKBOOK))
    if given:
        # UTF-8 with its mark is UTF-8; the mark would otherwise become part of the first name.
        name = "utf-8-sig" if codecs.lookup(given).name == UTF_8 else given
        _check_decodes(raw, name)
        return name, False
    for mark, name in MARKS:
        if start.startswith(mark):
            _check_decodes(raw, name)
            return name, False
    if _undecodable_line(raw, UTF_8) is None:
        return UTF_8, False
    best = from_bytes(_sample(raw)).best()
    if best is None or _undecodable_line(raw, best.encoding) is not None:
        raise Unusable(Problem(Fault.ENCODING_NOT_FOUND))
    return best.encoding, True


def _check_decodes(raw: BinaryIO, encoding: str) -> None:
    line = _undecodable_line(raw, encoding)
    if line is not None:
        raise Unusable(Problem(Fault.NOT_DECODED, line=line, values={"encoding": encoding}))


def _undecodable_line(raw: BinaryIO, encoding: str) -> int | None:
    """The first line with a byte that is no letter in this encoding."""
    raw.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        chunk = raw.read(CHUNK)
        try:
            line += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].count(b"\n")
        except UnicodeError:
            # An encoding that looks for its mark and does not find it names no place.
            return line
        if not chunk:
            return None


def _sample(raw: BinaryIO) -> bytes:
    """Lines with other letters than plain ones; the others are the same in most encodings."""
    raw.seek(0)
    found: list[bytes] = []
    size = 0
    while size < SAMPLE and (line := raw.readline(CHUNK)):
        if not line.isascii():
            found.append(line)
            size += len(line)
    return b"".join(found)


class _Source:
    """Lines of the text for the CSV reader. None longer than the limit comes into memory."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.next_line():
            yield line

    def next_line(self) -> str:
        line = self.text.readline(LONGEST_LINE)
        self.number += 1
        if len(line) >= LONGEST_LINE:
            raise Unusable(Problem(Fault.LINE_TOO_LONG, line=self.number, values={"limit": LONGEST_LINE}))
        if "\0" in line:
            raise Unusable(Problem(Fault.NUL, line=self.number))
        return line

    def first_line(self) -> tuple[str, int]:
        """The first line that is not blank, and how many stand before it."""
        line = self.next_line()
        while line and not line.strip():
            line = self.next_line()
        return line, self.number - 1


def _lines(source: _Source, first: str, before: int, delimiter: str) -> Iterator[Line]:
    def texts() -> Iterator[str]:
        yield first
        yield from source

    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(texts(), delimiter=delimiter, strict=True)
    number = before + 1
    try:
        for cells in reader:
            if cells:
                yield Line(number, cells)
            number = before + reader.line_num + 1
    except csv.Error as error:
        raise Unusable(Problem(Fault.NOT_CSV, line=number, found=quoted(str(error)))) from error
