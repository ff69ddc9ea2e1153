"""Why a respondent cannot do what they asked for, one class for each reason."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from surveys.models import Wave


class AlreadySent(Exception):
    def __init__(self) -> None:
        super().__init__(_("Your answers have been sent. They cannot be opened or changed any more."))


class ClosedByColleague(Exception):
    def __init__(self) -> None:
        super().__init__(
            _("A colleague has already answered for your organisation, which answers once. Thank you.")
        )


class DraftGone(Exception):
    def __init__(self) -> None:
        super().__init__(_("These answers are not saved here any more. Open your link again to begin anew."))


class WaveClosed(Exception):
    def __init__(self) -> None:
        super().__init__(_("This survey has closed. Thank you for your interest."))


class WaveNotOpenYet(Exception):
    def __init__(self, wave: Wave) -> None:
        local = wave.opens_at.astimezone(ZoneInfo(wave.time_zone))
        opens = {
            "day": date_format(local, "DATE_FORMAT"),
            "time": date_format(local, "H:i"),
            "zone": wave.time_zone,
        }
        super().__init__(_("This survey opens on %(day)s at %(time)s (%(zone)s).") % opens)


class TooLateToWithdraw(Exception):
    def __init__(self) -> None:
        super().__init__(_("This survey has closed, so answers cannot be taken back any more."))


class AnswersNotValid(Exception):
    """What was sent does not fit the questionnaire; `problems` maps each item to a sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(_("Some answers do not fit their questions. Look at them again, then send."))


class LinkReplaced(Exception):
    """The link was good when the page was asked for, and was handed on before the page could do anything."""

    def __init__(self) -> None:
        super().__init__(_("This link was handed on to somebody else just now. It opens nothing any more."))


class Revoked(Exception):
    """The access code was withdrawn with its batch."""

    def __init__(self) -> None:
        super().__init__(_("The access codes of this batch were withdrawn. Yours opens nothing any more."))


class DoorClosed(Exception):
    """The wave does not take people by the way that this one came."""

    def __init__(self) -> None:
        super().__init__(_("There is no questionnaire under this address in this browser."))


class NothingOpens(Exception):
    """One answer for a code or a link that is wrong, used, withdrawn or too late."""

    def __init__(self) -> None:
        super().__init__(_("This code or link opens nothing here; compare it with what you were given"))


class NoComeBack(Exception):
    def __init__(self) -> None:
        super().__init__(_("This come-back code does not open the answers; compare it with what you noted"))


class CannotForward(Exception):
    """Why an invitation cannot be handed on."""


class MailNotSetUp(CannotForward):
    def __init__(self) -> None:
        super().__init__(_("This site sends no e-mail at present, so invitations cannot be handed on here."))


class NotByEmail(CannotForward):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This invitation was not made for an e-mail address, so it cannot be handed on to another one here."
            )
        )


class AlreadyForwarded(CannotForward):
    def __init__(self) -> None:
        super().__init__(_("This invitation has been handed on once already. It cannot be handed on again."))


class AlreadyBegun(CannotForward):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Answering has begun under this link, so it cannot be handed on any more. You can go on or stop."
            )
        )


class OtherMailDomain(CannotForward):
    def __init__(self, domain: str) -> None:
        super().__init__(
            _("The address must end with “@%(domain)s”, like the one that was invited.") % {"domain": domain}
        )


class AddressNotTaken(CannotForward):
    """One sentence for an address that is invited already and for any other that the wave cannot take."""

    def __init__(self) -> None:
        super().__init__(_("The invitation cannot be handed on to this address. Nothing was sent."))


class MailNotSent(CannotForward):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The e-mail could not be sent, so nothing was changed: your link works as before. Try again later."
            )
        )
