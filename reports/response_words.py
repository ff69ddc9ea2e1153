"""What response metrics are called on pages, and what each of them means in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reports.dispositions import Code
from reports.response_figures import BREAK_OFF, COMPLETION, PARTICIPATION, Caution, Reason
from reports.response_rates import Found

Words = Mapping[str, Any]

HEADLINE = ("RR2", "RR1", "RR4", "COOP2", "REF1", BREAK_OFF)
"""The rates that are published, the first of them in front."""

FAMILIES: Words = {
    "RR": _("Response rate"),
    "COOP": _("Cooperation rate"),
    "REF": _("Refusal rate"),
    "CON": _("Contact rate"),
}
OTHERS: Words = {
    BREAK_OFF: _("Break-off rate"),
    COMPLETION: _("Completion rate"),
    PARTICIPATION: _("Participation rate"),
}


def name_of(rate: str) -> str:
    """Of a rate, with the sign that the standard has for it: “Response rate 2 (RR2)”."""
    if rate in OTHERS:
        return str(OTHERS[rate])
    family = rate.rstrip("123456")
    # Translators: the name of a kind of rate, the number of its formula, and its sign, for example RR2.
    return gettext("%(family)s %(number)s (%(sign)s)") % {
        "family": FAMILIES[family],
        "number": rate.removeprefix(family),
        "sign": rate,
    }


MEANINGS: Words = {
    "RR1": _("Complete answers, out of all cases that are or may be eligible. The lowest that it can be."),
    "RR2": _("Complete and partial answers, out of all cases that are or may be eligible."),
    "RR3": _("Complete answers, out of the eligible cases and the share e of the unknown ones."),
    "RR4": _("Complete and partial answers, out of the eligible cases and the share e of the unknown ones."),
    "RR5": _(
        "Complete answers, out of the cases known to be eligible. Right only where no case is unknown, or e is zero."
    ),
    "RR6": _(
        "Complete and partial answers, out of the cases known to be eligible. Right only where no case is unknown, or"
        " e is zero."
    ),
    "COOP1": _("Complete answers, out of the eligible cases that were reached."),
    "COOP2": _("Complete and partial answers, out of the eligible cases that were reached."),
    "COOP3": _("Complete answers, out of the cases that were reached and able to answer."),
    "COOP4": _("Complete and partial answers, out of the cases that were reached and able to answer."),
    "REF1": _("Refusals and break-offs, out of all cases that are or may be eligible."),
    "REF2": _("Refusals and break-offs, out of the eligible cases and the share e of the unknown ones."),
    "REF3": _("Refusals and break-offs, out of the cases known to be eligible."),
    "CON1": _("Cases that were reached, out of all that are or may be eligible."),
    "CON2": _("Cases that were reached, out of the eligible ones and the share e of the unknown ones."),
    "CON3": _("Cases that were reached, out of those known to be eligible."),
    BREAK_OFF: _(
        "Begun and not sent, or sent with fewer answers than a partial one has, out of all who began."
    ),
    COMPLETION: _("Sent, out of those who began."),
    PARTICIPATION: _("Sent, out of those who came in, or for whom there was a code."),
}

LETTERS: Words = {
    "i": _("Complete"),
    "p": _("Partial"),
    "r": _("Refused or broken off"),
    "nc": _("Not reached"),
    "o": _("Other eligible cases; sent and not counted among them"),
    "uo": _("Unknown whether eligible"),
    "ne": _("Not eligible"),
}

NUMBERS: Words = {
    "cases": _("Cases of the list"),
    "handed_out": _("Codes made and not withdrawn"),
    "opened": _("Opened"),
    "started": _("Started"),
    "finished": _("Finished"),
}

REASONS: Words = {
    Reason.FEW: _("fewer than 10"),
    Reason.TELLS: _("It would tell of fewer than ten people how they stand."),
    Reason.NOT_RECORDED: _("Nobody counts who looks at the first page and goes."),
    Reason.NO_CASES: _("There is no case to be out of."),
}

CAUTIONS: Words = {
    Caution.FEW_RESPONSES: _(
        "Fewer responses have been counted than the smallest base of the rules, so there are no rates yet."
    ),
    Caution.INTERIM: _("The wave is still open: these are numbers on the way, and will change."),
    Caution.ESTIMATED: _(
        "People came through other doors as well, and no response says by which it came. How many of the list's are"
        " complete, partial or not eligible is estimated: in the share that the list has of all that were sent."
    ),
    Caution.E_HIGHEST: _(
        "No case is known to be not eligible, so e is taken as 1. RR3 and RR4 are then the lowest that they can be."
    ),
    Caution.TOO_MANY_BY_HAND: _(
        "More cases were entered by hand than there are from which nothing came back. None of them is used."
    ),
    Caution.FEW_OPTED_OUT: _(
        "Fewer than ten want no e-mail and have not begun. How many these are is told nowhere, so they count among"
        " those of whom it is unknown whether they are eligible, and not among those who refused."
    ),
    Caution.NOT_COUNTED: _(
        "Some that were sent are not counted: they wait in the box, were taken back, or cannot be read. They stand"
        " under the other eligible cases."
    ),
    Caution.OWN_LINKS: _(
        "Some links were sent by whoever uploaded the list. They are taken as delivered; if some came back, enter"
        " them below."
    ),
    Caution.CONTACTS_GONE: _(
        "What was known of the invited had been forgotten when this was first counted: several invitations of one"
        " organisation are cases of their own, and everybody counts as sent a message."
    ),
}

FOUND: Words = {
    Found.DEFAULT: _("the share among the cases of which it is known"),
    Found.STATED: _("as stated by staff"),
    Found.HIGHEST: _("the highest there is, as no case is known to be not eligible"),
}

BY_HAND: Mapping[Code, Any] = {
    Code.REFUSED: _("Refused in another way (2.11)"),
    Code.AWAY: _("Away for the whole field period (2.26)"),
    Code.DEAD: _("Died (2.31)"),
    Code.UNABLE: _("Too ill or otherwise unable to answer (2.32)"),
    Code.LANGUAGE: _("Reads none of the languages (2.33)"),
    Code.OTHER: _("Eligible, and did not answer for another reason (2.36)"),
    Code.NOT_ELIGIBLE: _("Not eligible any more, such as somebody who left the post (4.1)"),
    Code.DUPLICATE: _("The same person or organisation twice (4.81)"),
}
