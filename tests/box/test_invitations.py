from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from accounts.permissions import NotPermitted
from responses.actions.invite import AlreadyInvited, EmailDoorShut, WaveTakesNoInvitations, invite
from responses.invitations import (
    Expected,
    InvitationRow,
    InvitationRows,
    Problems,
    expected_of,
    read_csv,
    read_list,
)
from responses.models import Invitation
from responses.sealing import read_token, session_key, token_hash
from tests.box.field import CLOSED, NOW, Field
from tests.box.people import audited, member_of_staff
from tests.services import acting_as

PERSONS = Expected(needs_unit=False, languages={"en", "de"}, language="en", invited={"known@example.org"})
ORGANISATIONS = Expected(needs_unit=True, languages={"en"}, language="en")
GOOD = "email,language\r\nAda@Example.org,de\r\n\r\n grace@example.org ,\r\n"
ROWS = InvitationRows(
    (InvitationRow("ada@example.org", "", "de"), InvitationRow("grace@example.org", "", "en"))
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_list_in_any_usual_form_is_read(encoding: str, separator: str, line_end: str) -> None:
    text = GOOD.replace("\r\n", line_end).replace(",", separator)

    assert read_list(text.encode(encoding), PERSONS) == ROWS


def test_list_of_organisations_needs_the_unit() -> None:
    rows = read_list(b'email,unit\na@example.org,"Acme, Inc."\nb@example.org,\n', ORGANISATIONS)

    assert isinstance(rows, Problems)
    assert [(problem.line, problem.column) for problem in rows.problems] == [(3, "unit")]


def test_list_with_an_address_that_is_invited_already_passes_it_over() -> None:
    result = read_list(b"email\nKNOWN@example.org\nnew@example.org\n", PERSONS)

    assert isinstance(result, InvitationRows)
    assert ([row.email for row in result.rows], result.known) == (["new@example.org"], 1)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", [(0, "")]),
        (b"\n\n", [(0, "")]),
        (b"email\n", [(0, "")]),
        (b"email,name\nj@example.org,J\n", [(1, "name")]),
        ("email\nm\xfcller@example.org\n".encode("latin-1"), [(2, "")]),
        (b"name\nAda\n", [(1, "name"), (1, "email")]),
        (b"email,email\na@example.org,b@example.org\n", [(1, "email")]),
        (b"email,unit\na@example.org,x\n", [(1, "unit")]),
        (b'email\n"a@example.org\n', [(2, "")]),
        (b"email,language\na@example.org\n", [(2, "")]),
        (b"email\na@example.org\nA@EXAMPLE.ORG\n", [(3, "email")]),
        (b"email,time_zone\na@example.org,Mars/Base\n", [(2, "time_zone")]),
        (b"email\nnot-an-address\n", [(2, "email")]),
        (b"email,language\na@example.org,tlh\n", [(2, "language")]),
        (b"email\n=cmd()@example.org\n", [(2, "email")]),
        (
            b"email\n+a@example.org\n@b@example.org\n-c@example.org\n",
            [(2, "email"), (3, "email"), (4, "email")],
        ),
        (b"email\n" + b"a" * 250 + b"@example.org\n", [(2, "email")]),
        (b'email\n"a\x00@example.org"\n', [(2, "email")]),
    ],
)
def test_list_with_faults_names_line_and_column_of_each(data: bytes, where: list[tuple[int, str]]) -> None:
    result = read_list(data, PERSONS)

    assert isinstance(result, Problems)
    assert [(problem.line, problem.column) for problem in result.problems] == where
    assert all(problem.message.endswith(".") for problem in result.problems)


def test_formula_after_a_tab_is_a_problem_in_a_list_with_commas() -> None:
    result = read_list(b'email,language\n"\ta@example.org",en\n', PERSONS)

    assert isinstance(result, Problems)
    assert (result.problems[0].line, result.problems[0].column) == (2, "email")


def test_all_problems_of_a_list_are_named_at_once() -> None:
    lines = ["email", "nobody", "=1+1", "a@example.org", "a@example.org"]

    result = read_list("\n".join(lines).encode(), PERSONS)

    assert isinstance(result, Problems)
    assert [problem.line for problem in result.problems] == [2, 3, 5]


def test_list_with_too_many_rows_is_refused() -> None:
    text = "email\n" + "".join(f"p{n}@example.org\n" for n in range(50_001))

    result = read_list(text.encode(), PERSONS)

    assert isinstance(result, Problems)
    assert "50,000" in result.problems[0].message


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_problems(data: bytes) -> None:
    assert isinstance(read_list(data, PERSONS), InvitationRows | Problems)


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_cells_are_rows_or_problems(cells: list[str]) -> None:
    target = io.StringIO()
    csv.writer(target).writerows([["email"], *([cell] for cell in cells)])
    data = target.getvalue().encode("utf-8", "replace")

    assert isinstance(read_list(data, PERSONS), InvitationRows | Problems)


def test_invite_gives_links_whose_tokens_open_the_invitations(field: Field) -> None:
    fieldworker = member_of_staff("fieldwork")
    rows = read_csv(b"email,language\na@example.org,en\nb@example.org,\n", wave=field.wave)
    assert isinstance(rows, InvitationRows)

    with acting_as("web"):
        links = invite(wave=field.wave, rows=rows.rows, by=fieldworker, now=NOW)

    stored = {bytes(one.token_hash): one.email for one in Invitation.objects.all()}
    opened = {stored[token_hash(session_key(read_token(token) or b""))] for _email, token in links}
    event = AuditEvent.objects.latest("id")
    assert [email for email, _token in links] == ["a@example.org", "b@example.org"]
    assert opened == {"a@example.org", "b@example.org"}
    assert (event.action, event.details) == ("invitations.added", {"count": 2, "mailed": False})


def test_invite_by_somebody_without_the_role_is_refused(field: Field) -> None:
    rows = [InvitationRow("a@example.org", "", "en")]

    with pytest.raises(NotPermitted):
        invite(wave=field.wave, rows=rows, by=member_of_staff("analyst"), now=NOW)

    assert not Invitation.objects.exists()


def test_invite_of_somebody_already_invited_writes_nothing(field: Field) -> None:
    fieldworker = member_of_staff("fieldwork")
    invite(wave=field.wave, rows=[InvitationRow("a@example.org", "", "en")], by=fieldworker, now=NOW)
    rows = [InvitationRow("b@example.org", "", "en"), InvitationRow("a@example.org", "", "en")]

    with pytest.raises(AlreadyInvited):
        invite(wave=field.wave, rows=rows, by=fieldworker, now=NOW)

    assert Invitation.objects.count() == 1
    assert audited() == ["invitations.added"]
    assert expected_of(field.wave).invited == {"a@example.org"}


def test_invite_to_a_closed_wave_is_refused(field: Field) -> None:
    rows = [InvitationRow("a@example.org", "", "en")]

    with pytest.raises(WaveTakesNoInvitations):
        invite(wave=field.wave, rows=rows, by=member_of_staff("fieldwork"), now=CLOSED)


def test_invite_of_one_organisation_in_several_spellings_makes_one_unit(organisations: Field) -> None:
    fieldworker = member_of_staff("fieldwork")
    first = [
        InvitationRow("a@example.org", "Acme  Group", "en"),
        InvitationRow("b@example.org", "Bolt", "en"),
    ]
    later = [InvitationRow("c@example.org", "ACME group", "en")]

    with acting_as("web"):
        invite(wave=organisations.wave, rows=first, by=fieldworker, now=NOW)
        invite(wave=organisations.wave, rows=later, by=fieldworker, now=NOW)

    units = Invitation.objects.order_by("email").values_list("unit", flat=True)
    assert list(units) == ["Acme  Group", "Bolt", "Acme  Group"]


def test_wave_whose_door_for_links_is_shut_invites_nobody(field: Field) -> None:
    field.wave.doors = ["code"]

    with pytest.raises(EmailDoorShut, match="that door is not open"):
        invite(wave=field.wave, rows=ROWS.rows, by=member_of_staff("fieldwork"), now=NOW)

    assert not Invitation.objects.exists()
