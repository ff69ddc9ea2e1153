from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what would start one."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def links_csv(links: Iterable[Sequence[str]]) -> bytes:
    """Address and link of each person, with the mark of UTF-8 that spreadsheets look for."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("address", "link"))
    for address, link in links:
        writer.writerow((plain_cell(address), plain_cell(link)))
    return text.getvalue().encode("utf-8-sig")


def data_address(content: bytes) -> str:
    """The file inside the page itself, so that it is stored nowhere on the server and can be had only here."""
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(content).decode("ascii")
