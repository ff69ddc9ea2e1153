"""Rows of the database for each part of a definition, and parts for rows. Texts are not in them."""

from surveys.rows.reading import read_definition
from surveys.rows.writing import write_codes, write_derived, write_frames, write_pages, write_sections

__all__ = [
    "read_definition",
    "write_codes",
    "write_derived",
    "write_frames",
    "write_pages",
    "write_sections",
]
