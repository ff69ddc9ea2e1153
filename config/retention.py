"""How long each column lives, beside what it is about (`config/columns.py`). A test keeps both tables whole.

A class is either kept on purpose (`KEPT`, with the reason) or all its columns stand in `RULES`: which lifetime ends
them, or why they stay when the rest of their row has gone. Who deletes is `reports.actions.retention`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from config.columns import About


class Lifetime(StrEnum):
    """What ends a column's life; the value is the word for it in the audit log."""

    CONTACT = "contact"
    """Thirty days after the wave's close."""
    DRAFT = "draft"
    """Thirty days after the wave's close, and earlier when it was sent, deleted, or the box was emptied."""
    BALLOT = "ballot"
    """The last opening of the box; what cannot be opened goes with the key."""
    RECEIPT = "receipts"
    """The last opening of the box, after which nothing can be withdrawn."""
    RESPONSE = "response"
    """As many years after the wave's close as its texts promise in [retention years]."""
    WORDS = "open_text"
    """Twelve months after the edition's first release; without a release, as the responses. Codes stay with these."""
    ENTRY = "entry"
    """A day: what was wrong at the doors, and words of portals that have let somebody in. Hourly tasks end it."""
    IMPORT = "import"
    """The end of the import, a day at most: files of answers from elsewhere. The worker and an hourly task end it."""
    SESSION = "session"
    """The end of a session of staff."""
    UNSAVED = "unsaved"
    """Saving it or throwing it away; else thirty days after it was typed."""


@dataclass(frozen=True)
class Rule:
    """Some columns of one table: what ends them, or (`because`) why they stay."""

    columns: str
    ends: Lifetime | None = None
    because: str = ""


KEPT: dict[About, str] = {
    About.AUDIT: "A log that forgets proves nothing; it names staff alone.",
    About.PUBLISHED: "Figures that were published stay readable; they are protected against giving anybody away.",
    About.DEFINITION: "What was asked explains the figures; it is about nobody.",
    About.SYSTEM: "The running of the programme is about nobody.",
}

ACCOUNT = "An account is closed by hand; releases and the audit log name who acted."

READERS = (
    "Who read a report early, and what an expert wrote for it, is part of how it was made; both are told so on their"
    " page, and a link opens nothing once it has ended."
)

RULES: dict[str, tuple[Rule, ...]] = {
    "reports_unsavedtext": (Rule("id edition_id place language by_id text seen kept_at", Lifetime.UNSAVED),),
    "reports_namedreader": (
        Rule("id release_id name organisation kind token_hash expires_at ended_at by_id at", because=READERS),
    ),
    "reports_readervisit": (Rule("id reader_id at", because=READERS),),
    "reports_expertlink": (
        Rule(
            "id edition_id place name role organisation language token_hash expires_at ended_at comment by_id at",
            because=READERS,
        ),
    ),
    "reports_expertword": (Rule("id link_id kind text interests portrait_id by_id at", because=READERS),),
    "responses_invitation": (
        Rule("email unit language time_zone token_hash entry_hash batch_id mailed_token", Lifetime.CONTACT),
        Rule(
            "id wave_id door state mail forwarded",
            because="How many were asked, and how many answered; without a person.",
        ),
    ),
    "responses_codebatch": (
        Rule("contact_point", Lifetime.CONTACT),
        Rule(
            "id wave_id size language revoked used unused",
            because="How many codes were given out; about nobody.",
        ),
    ),
    "responses_spenttoken": (Rule("token_hash forget_at", Lifetime.ENTRY),),
    "responses_failurecount": (Rule("id range_hash hour count", Lifetime.ENTRY),),
    "responses_failurekey": (Rule("day key", Lifetime.ENTRY),),
    "responses_message": (Rule("id mailing_id invitation_id state", Lifetime.CONTACT),),
    "responses_draft": (Rule("id invitation_id sealed", Lifetime.DRAFT),),
    "responses_ballot": (Rule("id wave_id sealed", Lifetime.BALLOT),),
    "responses_withdrawal": (Rule("id wave_id receipt_hash", Lifetime.BALLOT),),
    "responses_response": (
        Rule("receipt_hash", Lifetime.RECEIPT),
        Rule("id wave_id marks weight", Lifetime.RESPONSE),
    ),
    "responses_record": (Rule("response_id answers codings", Lifetime.RESPONSE),),
    "responses_tally": (Rule("id wave_id question code count", Lifetime.RESPONSE),),
    "responses_opentext": (
        Rule("text", Lifetime.WORDS),
        Rule("id wave_id question choice forgotten language may_quote", Lifetime.RESPONSE),
    ),
    "responses_textlink": (Rule("text_id response_id row entry", Lifetime.RESPONSE),),
    "responses_coding": (Rule("id text_id code", Lifetime.RESPONSE),),
    "responses_decision": (
        Rule("note answer", Lifetime.WORDS),
        Rule("id text_id place codes state proposal", Lifetime.RESPONSE),
    ),
    "responses_workingtranslation": (Rule("id text_id language words", Lifetime.WORDS),),
    "responses_quotation": (Rule("id wave_id text_id comment_id code words", Lifetime.WORDS),),
    "responses_redaction": (Rule("id quotation_id by_id step", Lifetime.WORDS),),
    "responses_codinground": (
        Rule(
            "id wave_id question first_id second_id third_id revision seed",
            because="It shows that two people coded and a third decided.",
        ),
    ),
    "responses_codingend": (
        Rule(
            "wave_id asked_by_id asked_on done_on obstacle",
            because="It shows that the links between texts and answers were cut, and on whose word.",
        ),
    ),
    "responses_comment": (Rule("id wave_id question text may_quote", Lifetime.WORDS),),
    "responses_importfile": (Rule("sealed", Lifetime.IMPORT),),
    "django_session": (Rule("session_key session_data expire_date", Lifetime.SESSION),),
    "accounts_role": (Rule("id key name permissions", because="What a role may do is about nobody."),),
    "accounts_user": (
        Rule(
            "id password last_login is_superuser email name is_active is_staff session_version languages",
            because=ACCOUNT,
        ),
    ),
    "accounts_user_groups": (Rule("id user_id group_id", because=ACCOUNT),),
    "accounts_user_roles": (Rule("id user_id role_id", because=ACCOUNT),),
    "accounts_user_user_permissions": (Rule("id user_id permission_id", because=ACCOUNT),),
    "auth_group": (Rule("id name", because="A group of accounts is about nobody."),),
    "auth_group_permissions": (
        Rule("id group_id permission_id", because="A group of accounts is about nobody."),
    ),
    "accounts_failedlogin": (Rule("subject failures last_at", Lifetime.ENTRY),),
    "accounts_secondfactor": (Rule("user_id sealed last_step", because=ACCOUNT),),
    "accounts_recoverycode": (Rule("id user_id code_hash", because=ACCOUNT),),
    "surveys_keycustody": (
        Rule(
            "wave_id made_on first_holder_id first_held_on second_holder_id second_held_on asked_by_id asked_on"
            " confirmed_by_id confirmed_on destroyed_on obstacle reminded_on",
            because="It shows that the key was destroyed, when, and on whose word.",
        ),
    ),
}


def ruled() -> Iterator[tuple[str, str, Rule]]:
    """(table, column, its rule) for every column that has one."""
    for table, rules in RULES.items():
        for rule in rules:
            for column in rule.columns.split():
                yield table, column, rule


def ending(lifetime: Lifetime) -> frozenset[tuple[str, str]]:
    """The columns whose life a lifetime ends."""
    return frozenset((table, column) for table, column, rule in ruled() if rule.ends is lifetime)
