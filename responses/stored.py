"""What is stored of respondents, in plain words: one line for each group of columns, for the page that says so.

What a column is about stands in `config/columns.py`, how long it lives in `config/retention.py`, who may read it in
`config/grants.py`. Tests hold this table to those three, so that the page never says less than there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.columns import About, classified
from config.retention import RULES, Lifetime, Rule
from responses.days import Days

Words = str | Promise

ABOUT_RESPONDENTS: Mapping[About, Promise] = {
    About.CONTACT: gettext_lazy("Who was invited"),
    About.DRAFT: gettext_lazy("Answers that were saved and not sent"),
    About.BALLOT: gettext_lazy("Answers that were sent and lie in the ballot box"),
    About.RESPONSE: gettext_lazy("Answers after the box was opened"),
    About.OPEN_TEXT: gettext_lazy("What was written in own words"),
}


class Reader(Enum):
    """Who can read something, with the database role that they read it by."""

    WEB = ("web", gettext_lazy("the web server"))
    WEB_UNOPENED = ("web", gettext_lazy("the web server, which cannot open it"))
    HOLDER = (
        "web",
        gettext_lazy("whoever has your link"),
    )
    CODERS = ("web", gettext_lazy("staff who sort texts into themes"))
    WORKER = ("worker", gettext_lazy("the worker"))
    MAILER = ("worker", gettext_lazy("the program that sends e-mail, which alone has the key"))
    BOX = ("worker", gettext_lazy("the worker with the key"))
    INVITERS = ("", gettext_lazy("those who invited you"))

    def __init__(self, role: str, words: Promise) -> None:
        self.role = role
        self.words = words


@dataclass(frozen=True)
class Line:
    """Columns of one table that are one thing to a person."""

    table: str
    columns: str
    what: Words
    why: Words
    readers: tuple[Reader, ...]
    stays: Words = ""
    """Until when, where the columns outlive what made them somebody's."""

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        return tuple((self.table, column) for column in self.columns.split())

    @property
    def about(self) -> About:
        return classified()[self.places[0]]

    @property
    def rule(self) -> Rule:
        column = self.columns.split()[0]
        return next(rule for rule in RULES[self.table] if column in rule.columns.split())

    def until(self, days: Days | None) -> Words:
        return UNTIL[self.rule.ends](days) if self.rule.ends else self.stays


WEB_AND_WORKER = (Reader.WEB, Reader.WORKER)

LINES: tuple[Line, ...] = (
    Line(
        "responses_invitation",
        "email",
        gettext_lazy("Your e-mail address, if you were invited by e-mail"),
        gettext_lazy("So that the invitation reaches you"),
        (Reader.INVITERS, *WEB_AND_WORKER),
    ),
    Line(
        "responses_invitation",
        "unit",
        gettext_lazy("The organisation that was invited, if it answers as a whole"),
        gettext_lazy("So that it answers once"),
        (Reader.INVITERS, *WEB_AND_WORKER),
    ),
    Line(
        "responses_invitation",
        "language",
        gettext_lazy("The language of the invitation"),
        gettext_lazy(
            "So that the first page is in it; the one that you choose is kept in your browser alone"
        ),
        (Reader.INVITERS, *WEB_AND_WORKER),
    ),
    Line(
        "responses_invitation",
        "time_zone",
        gettext_lazy("The time zone that was given for you, if one was"),
        gettext_lazy("So that e-mail comes at a decent hour"),
        (Reader.INVITERS, *WEB_AND_WORKER),
    ),
    Line(
        "responses_invitation",
        "mailed_token",
        gettext_lazy(
            "Your personal link, sealed to the key of the program that sends e-mail, until you have sent"
        ),
        gettext_lazy(
            "A reminder must carry the same link; whoever holds that key and the database could open what you saved"
        ),
        (Reader.WEB_UNOPENED, Reader.MAILER),
    ),
    Line(
        "responses_invitation",
        "entry_hash batch_id",
        gettext_lazy("A keyed fingerprint of your access code or of your account at a portal, and its batch"),
        gettext_lazy("So that a code or an account is known again, and a batch can be withdrawn"),
        WEB_AND_WORKER,
    ),
    Line(
        "responses_invitation",
        "token_hash",
        gettext_lazy("A fingerprint of your personal link, from which nobody can make the link"),
        gettext_lazy("So that your link is known again"),
        WEB_AND_WORKER,
    ),
    Line(
        "responses_invitation",
        "door state mail forwarded",
        gettext_lazy(
            "How the invitation reached you, whether its address takes e-mail, and whether it was begun, used, declined"
            " or handed on: no day, no time"
        ),
        gettext_lazy(
            "So that it is used once, and to say how many of those asked have answered; no page shows it"
        ),
        WEB_AND_WORKER,
        gettext_lazy(
            "It stays as a number of invitations, after everything that says whose they were has gone"
        ),
    ),
    Line(
        "responses_invitation",
        "id wave_id",
        gettext_lazy("A random number for the invitation, and which survey it is to"),
        gettext_lazy("So that saved answers find their invitation"),
        WEB_AND_WORKER,
        gettext_lazy(
            "It stays as a number of invitations, after everything that says whose they were has gone"
        ),
    ),
    Line(
        "responses_message",
        "id mailing_id invitation_id state",
        gettext_lazy("That an e-mail was to be sent to you, and whether it was handed over: no day, no time"),
        gettext_lazy("So that you get each one once"),
        WEB_AND_WORKER,
    ),
    Line(
        "responses_codebatch",
        "contact_point",
        gettext_lazy("Who hands out access codes"),
        gettext_lazy("So that a batch of codes is known again"),
        WEB_AND_WORKER,
    ),
    Line(
        "responses_codebatch",
        "id wave_id size language revoked used unused",
        gettext_lazy("How many codes there are in a batch, and how many were used, from ten up"),
        gettext_lazy("To say how many of those asked have answered"),
        WEB_AND_WORKER,
        gettext_lazy("It stays as a number"),
    ),
    Line(
        "responses_spenttoken",
        "token_hash forget_at",
        gettext_lazy("A fingerprint of the word by which a portal lets somebody in"),
        gettext_lazy("So that it lets in once"),
        WEB_AND_WORKER,
    ),
    Line(
        "responses_failurecount",
        "id range_hash hour count",
        gettext_lazy(
            "How many wrong codes came from one range of addresses in an hour, the range as a keyed fingerprint"
        ),
        gettext_lazy("So that nobody can try codes out; nothing is noted of a code that was right"),
        WEB_AND_WORKER,
    ),
    Line(
        "responses_failurekey",
        "day key",
        gettext_lazy("The key of these fingerprints, a new one each day"),
        gettext_lazy("So that they say nothing once it is gone"),
        WEB_AND_WORKER,
    ),
    Line(
        "responses_draft",
        "sealed",
        gettext_lazy("Your answers so far, locked with your personal link, all of one size"),
        gettext_lazy("So that you can go on later"),
        (Reader.HOLDER,),
    ),
    Line(
        "responses_draft",
        "id invitation_id",
        gettext_lazy("Which invitation they belong to"),
        gettext_lazy("So that your link finds them"),
        WEB_AND_WORKER,
    ),
    Line(
        "responses_ballot",
        "id wave_id sealed",
        gettext_lazy(
            "Your finished answers, sealed and all of one size, under a random number; nothing says whose"
        ),
        gettext_lazy("So that they wait until enough others have answered"),
        (Reader.BOX,),
    ),
    Line(
        "responses_withdrawal",
        "id wave_id receipt_hash",
        gettext_lazy("The fingerprint of a receipt that was handed back"),
        gettext_lazy("So that the answers under it are taken out"),
        (Reader.BOX,),
    ),
    Line(
        "responses_response",
        "receipt_hash",
        gettext_lazy("A fingerprint of your receipt, which does not say who you are"),
        gettext_lazy("So that you can take your answers back"),
        (Reader.BOX,),
    ),
    Line(
        "responses_record",
        "response_id answers codings",
        gettext_lazy(
            "The answers that you chose, and later the themes of what you wrote: no name, address, time, language or"
            " device"
        ),
        gettext_lazy("They are what the report is made of"),
        (Reader.WORKER,),
    ),
    Line(
        "responses_response",
        "id wave_id marks weight",
        gettext_lazy("The same answers as numbers, under a random number, and which survey they are from"),
        gettext_lazy("So that they can be counted"),
        (Reader.WORKER,),
    ),
    Line(
        "responses_tally",
        "id wave_id question code count",
        gettext_lazy("The country, and whatever else is kept apart: only how many people gave each answer"),
        gettext_lazy("Together with the other answers it could tell who you are"),
        (Reader.WORKER,),
    ),
    Line(
        "responses_opentext",
        "text",
        gettext_lazy("Short answers in your own words"),
        gettext_lazy("So that they are sorted into themes"),
        (Reader.CODERS, Reader.WORKER),
    ),
    Line(
        "responses_opentext",
        "id wave_id question choice forgotten",
        gettext_lazy("Which question they answer, under a random number of their own"),
        gettext_lazy("So that they are sorted into themes"),
        (Reader.CODERS, Reader.WORKER),
    ),
    Line(
        "responses_opentext",
        "language may_quote",
        gettext_lazy("The language of the page that they were written on, and whether you let us quote"),
        gettext_lazy(
            "So that they are read by people who know the language, and never quoted against your will"
        ),
        (Reader.CODERS, Reader.WORKER),
    ),
    Line(
        "responses_decision",
        "id text_id place codes state proposal",
        gettext_lazy("What two people thought that the theme is, each without seeing the other, and a third"),
        gettext_lazy("So that it does not hang on one person"),
        (Reader.CODERS, Reader.WORKER),
    ),
    Line(
        "responses_decision",
        "note answer",
        gettext_lazy("What they asked each other about it"),
        gettext_lazy("So that texts that are hard to place are placed alike"),
        (Reader.CODERS, Reader.WORKER),
    ),
    Line(
        "responses_workingtranslation",
        "id text_id language words",
        gettext_lazy("A translation made for those people"),
        gettext_lazy("So that they understand it"),
        (Reader.CODERS, Reader.WORKER),
    ),
    Line(
        "responses_quotation",
        "id wave_id text_id comment_id code words",
        gettext_lazy("If you let us quote: words of yours that two people have made safe to print"),
        gettext_lazy("So that the report can show what people say"),
        (Reader.CODERS, Reader.WORKER),
    ),
    Line(
        "responses_coding",
        "id text_id code",
        gettext_lazy("The themes that they were sorted into"),
        gettext_lazy("So that they can be counted"),
        (Reader.CODERS, Reader.WORKER),
    ),
    Line(
        "responses_textlink",
        "text_id response_id row entry",
        gettext_lazy("Which answers a text belongs to"),
        gettext_lazy("So that its theme is counted with them"),
        (Reader.WORKER,),
    ),
    Line(
        "responses_comment",
        "id wave_id question text may_quote",
        gettext_lazy("A final comment, apart from all other answers, and whether it may be quoted"),
        gettext_lazy("It is read, and quoted only if you agreed; what was quoted stays in the report"),
        (Reader.CODERS, Reader.WORKER),
    ),
)


def lines_about(about: About) -> Iterator[Line]:
    return (line for line in LINES if line.about is about)


def _contacts_end(days: Days | None) -> str:
    if days is None:
        return _("At most 30 days after the survey has closed")
    return _("At the latest on %(day)s") % {"day": days.contacts_gone}


def _drafts_end(days: Days | None) -> str:
    if days is None:
        return _(
            "When you send or delete them, at most 30 days after the survey has closed; they are never used"
        )
    return _("When you send or delete them, at the latest on %(day)s; they are never used") % {
        "day": days.contacts_gone
    }


def _ballots_end(days: Days | None) -> str:
    if days is None:
        return _(
            "When the box is opened; what is never opened goes with the key, at most 30 days after the close"
        )
    return _("When the box is opened; what is never opened goes with the key, at the latest on %(day)s") % {
        "day": days.key_gone
    }


def _receipts_end(days: Days | None) -> str:
    if days is None:
        return _("Until the box is opened for the last time, in the night after the survey has closed")
    return _("Until the box is opened for the last time, in the night after %(closes)s") % {
        "closes": days.closes
    }


def _responses_end(days: Days | None) -> str:
    if days is None or days.years is None:
        return _("As many years after the close as the first page of the survey says")
    return ngettext(
        "Until %(year)s, one year after the close",
        "Until %(year)s, %(years)s years after the close",
        days.years,
    ) % {"year": days.closing_year + days.years, "years": days.years}


def _words_end(days: Days | None) -> str:
    return _(
        "At most twelve months after the report was first published; without a report, as long as the answers"
    )


def _entry_ends(days: Days | None) -> str:
    return _("Within a day")


UNTIL = {
    Lifetime.ENTRY: _entry_ends,
    Lifetime.CONTACT: _contacts_end,
    Lifetime.DRAFT: _drafts_end,
    Lifetime.BALLOT: _ballots_end,
    Lifetime.RECEIPT: _receipts_end,
    Lifetime.RESPONSE: _responses_end,
    Lifetime.WORDS: _words_end,
}
