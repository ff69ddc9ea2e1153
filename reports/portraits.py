"""A picture of a person as it is kept: a small square drawn anew, so that only what is seen is left of the file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 320
DRAFT = 4 * SIDE
"""A larger picture is made this small first, in its own colours: turning it over at full size takes hundreds of MB."""
LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 85


class NoPortrait(Exception):
    pass


class TooLarge(NoPortrait):
    def __init__(self) -> None:
        super().__init__(
            _("The picture is larger than 5 MB or has more than 40 million pixels. Choose a smaller one.")
        )


class NotAPicture(NoPortrait):
    def __init__(self) -> None:
        super().__init__(_("This file is no picture that can be read here. Choose a JPEG, PNG or WebP file."))


def portrait_of(uploaded: bytes) -> bytes:
    """The middle square of a picture, 320 pixels wide, upright, without anything that stood beside it in the file.

    Raises TooLarge before a picture is unpacked, and NotAPicture for anything else.
    """
    from PIL import Image, UnidentifiedImageError

    if len(uploaded) > LARGEST_FILE:
        raise TooLarge
    try:
        with Image.open(io.BytesIO(uploaded), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise TooLarge
            square = _upright(found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise NotAPicture from error
    # A picture of its own: what the file said beside the pixels stays behind.
    clean = Image.new("RGB", square.size)
    clean.paste(square)
    written = io.BytesIO()
    clean.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def _upright(picture: Image) -> Image:
    """Its middle square as it was seen through the camera. The middle is the same whichever way it is turned."""
    from PIL.ImageOps import exif_transpose

    picture.draft(None, (DRAFT, DRAFT))
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    small = min(side, DRAFT)
    middle = picture.resize((small, small), box=(left, top, left + side, top + side))
    return _on_white(exif_transpose(middle)).resize((SIDE, SIDE))


def _on_white(picture: Image) -> Image:
    from PIL.Image import new

    shown = picture.convert("RGBA")
    white = new("RGBA", shown.size, "white")
    white.alpha_composite(shown)
    return white.convert("RGB")
