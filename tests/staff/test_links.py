from __future__ import annotations

import csv
import io

import pytest

from responses.staff.links import data_address, links_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_links_csv_with_formula_in_a_cell_makes_it_text(start: str) -> None:
    content = links_csv([(f"{start}cmd|x@example.org", "https://example.org/i/abc")]).decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0] == ["address", "link"]
    assert rows[1][0].startswith("'")


def test_links_csv_keeps_addresses_and_links_as_they_are() -> None:
    content = links_csv([("é@example.org", "https://example.org/i/-abc")])

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines()[1] == "é@example.org,https://example.org/i/-abc"


def test_data_address_is_one_word() -> None:
    assert data_address(b"a,b\r\n") == "data:text/csv;charset=utf-8;base64,YSxiDQo="
