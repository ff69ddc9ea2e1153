"""The receipt as a small text file, for keeping."""

from __future__ import annotations

import base64

from django.utils.translation import gettext as _

FILE_NAME = "receipt.txt"


def receipt_text(*, receipt: str, survey: str, until: str, address: str) -> str:
    lines = (
        _("Receipt: %(receipt)s") % {"receipt": receipt},
        _("Survey: %(survey)s") % {"survey": survey},
        _("With this receipt you can withdraw your answers until %(until)s:") % {"until": until},
        address,
        _("Nobody can find the receipt out for you, and it does not say who you are."),
    )
    return "\r\n".join(lines) + "\r\n"


def file_address(text: str) -> str:
    """The file inside the page itself, so that it lies nowhere on the server. The mark of UTF-8 is for old editors."""
    content = base64.b64encode(text.encode("utf-8-sig")).decode("ascii")
    return f"data:text/plain;charset=utf-8;base64,{content}"
