"""Question pages from markup that was rendered before: everything that is the same for everybody is kept as text.

The templates stay the one source of the markup. Each piece of a page (its frame, a question without its choices, one
choice chosen and not chosen) is rendered through them once, with slots where the respondent's own things go; a
request only joins the pieces in the order of this respondent, with the typed values escaped. Kept pieces are found
by all that they were made from, texts included, so that none is ever out of date.

A slot is known by a number that each process draws for itself: nobody who writes a text or an answer can name one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import repeat
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from responses.forms.shown import Group, Option, Shown
from surveys.definition import Choice

PIECES_KEPT = 16_384
FRAMES_KEPT = 2_048
_OWN = secrets.token_hex(16)
_SLOT = re.compile(f"slot{_OWN}([a-z_]+)0")
FOLDER = "enquiry/question"


@dataclass(frozen=True, slots=True)
class Frozen:
    """Rendered markup with slots: `texts[0]`, slot `names[0]`, `texts[1]` and so on."""

    texts: tuple[str, ...]
    names: tuple[str, ...]

    def filled(self, values: Mapping[str, Iterator[str]]) -> str:
        """The markup with the next value of its name in each slot; values are markup already."""
        found = [self.texts[0]]
        for name, text in zip(self.names, self.texts[1:], strict=True):
            found += (next(values[name]), text)
        return "".join(found)


@dataclass(frozen=True, slots=True)
class Slot:
    """Stands in a list for everything that will be there."""

    slot: str


def slot(name: str) -> str:
    return f"slot{_OWN}{name}0"


VALUE, OPTIONS, SPECIAL, ROWS, ENTRIES, COLUMNS = "value", "options", "special", "rows", "entries", "columns"


def page(template: str, context: Mapping[str, Any], slots: Mapping[str, str | Iterable[str]]) -> SafeString:
    """A page from its template. `slots`: what differs from request to request, each as markup already.

    The context must be hashable, and is all that the template is given: no request.
    """
    frame = _page(template, get_language(), tuple(context.items()), tuple(slots))
    values = {name: repeat(v) if isinstance(v, str) else iter(v) for name, v in slots.items()}
    return mark_safe(frame.filled(values))  # noqa: S308  # nosec  # what fills it was escaped


@lru_cache(maxsize=FRAMES_KEPT)
def _page(
    template: str, language: str, context: tuple[tuple[str, Any], ...], slots: tuple[str, ...]
) -> Frozen:
    stands_in = {name: mark_safe(slot(name)) for name in slots}  # noqa: S308  # nosec  # letters
    return _split(get_template(template).render({**dict(context), **stands_in}))


def question(shown: Shown) -> str:
    """A question as its template draws it. With something wrong in it, the template itself does."""
    if _is_wrong(shown):
        return get_template(shown.template).render({"q": shown})
    language = get_language()
    values = {
        VALUE: (escape(control.value) for control in shown.controls),
        OPTIONS: (_options(group, shown.input_type, language) for group in shown.groups),
        ROWS: iter((_rows(shown, language),)) if shown.template.endswith("/grid.html") else iter(()),
        ENTRIES: (_entries(shown.choices, control.value) for control in shown.controls),
        COLUMNS: iter((_columns(shown.choices),)) if shown.is_matrix else iter(()),
        SPECIAL: (_options(group, "checkbox", language) for group in (shown.special,) if group),
    }
    return _question(_without_own(shown), language).filled(values)


def questions(all_shown: Iterable[Shown]) -> SafeString:
    markup = "".join(question(shown) for shown in all_shown)
    return mark_safe(markup)  # noqa: S308  # nosec  # rendered by templates; typed text is escaped above


def checked(asked: str, heading: str, said: Sequence[str], *, is_ranked: bool, address: str) -> SafeString:
    """An answer as the page says it on which all are checked. `address`: where it is changed."""
    one = len(said) == 1
    values = [linebreaksbr(said[0])] if one else [escape(text) for text in said]
    piece = _checked(asked, heading, len(said), is_ranked, address, get_language())
    return mark_safe(piece.filled({VALUE: iter(values)}))  # noqa: S308  # nosec  # what fills it was escaped


@lru_cache(maxsize=PIECES_KEPT)
def _checked(asked: str, heading: str, number: int, is_ranked: bool, address: str, language: str) -> Frozen:
    said = (mark_safe(_VALUE),) * number  # noqa: S308  # nosec  # letters
    own = {"asked": asked, "heading": heading, "is_ranked": is_ranked, "address": address}
    return _split(get_template("respond/checked.html").render({**own, "said": said}))


def _is_wrong(shown: Shown) -> bool:
    return (
        bool(shown.errors)
        or any(group.errors for group in shown.groups)
        or any(control.is_wrong for control in _written_in(shown))
    )


def _written_in(shown: Shown) -> Iterator[Any]:
    yield from shown.controls
    for group in shown.groups:
        yield from (option.other for option in group.options if option.other)


# What the templates ask a stand-in for is its slot, before anything else.
_LIST: Any = (Slot(slot(OPTIONS)),)
_SPECIAL_LIST: Any = (Slot(slot(SPECIAL)),)
_ROW_LIST: Any = (Slot(slot(ROWS)),)
_EACH_ENTRY: Any = (Slot(slot(ENTRIES)),)
_EACH_COLUMN: Any = (Slot(slot(COLUMNS)),)
_VALUE = slot(VALUE)


def _without_own(shown: Shown) -> Shown:
    """The question with slots where the respondent's order and values go."""
    changes: dict[str, Any] = {}
    if shown.controls:
        changes["controls"] = tuple(control._replace(value=_VALUE) for control in shown.controls)
    if shown.groups:
        is_grid = shown.template.endswith("/grid.html")
        changes["groups"] = _ROW_LIST if is_grid else tuple(_without_options(g) for g in shown.groups)
    if shown.choices:
        changes["choices"] = _EACH_COLUMN if shown.groups else _EACH_ENTRY
    if shown.special:
        changes["special"] = shown.special._replace(options=_SPECIAL_LIST)
    return shown._replace(targets=None, **changes)


def _without_options(group: Group) -> Group:
    return group._replace(options=_LIST)


@lru_cache(maxsize=PIECES_KEPT)
def _question(shown: Shown, language: str) -> Frozen:
    return _split(get_template(shown.template).render({"q": shown}))


def _rows(shown: Shown, language: str) -> str:
    return "".join(
        _row(_without_options(group), shown.input_type, language).filled(
            {OPTIONS: iter((_options(group, shown.input_type, language),))}
        )
        for group in shown.groups
    )


@lru_cache(maxsize=PIECES_KEPT)
def _row(group: Group, input_type: str, language: str) -> Frozen:
    return _piece("row", {"group": group, "input_type": input_type})


def _options(group: Group, input_type: str, language: str) -> str:
    return "".join([_option_markup(option, group.name, input_type, language) for option in group.options])


def _option_markup(option: Option, name: str, input_type: str, language: str) -> str:
    if option.other is None:
        return _option(option, name, input_type, language).texts[0]
    empty = option._replace(other=option.other._replace(value=_VALUE))
    value = escape(option.other.value)
    return _option(empty, name, input_type, language).filled({VALUE: iter((value,))})


@lru_cache(maxsize=PIECES_KEPT)
def _option(option: Option, name: str, input_type: str, language: str) -> Frozen:
    return _piece("option", {"option": option, "name": name, "input_type": input_type})


def _entries(choices: Iterable[Choice], chosen: str) -> str:
    return "".join([_entry(choice, choice.code == chosen) for choice in choices])


@lru_cache(maxsize=PIECES_KEPT)
def _entry(choice: Choice, is_chosen: bool) -> str:
    return _piece("entry", {"choice": choice, "chosen": choice.code if is_chosen else ""}).texts[0]


def _columns(choices: Iterable[Choice]) -> str:
    return "".join([_column(choice) for choice in choices])


@lru_cache(maxsize=PIECES_KEPT)
def _column(choice: Choice) -> str:
    return _piece("column", {"choice": choice}).texts[0]


def _piece(name: str, context: dict[str, Any]) -> Frozen:
    return _split(get_template(f"{FOLDER}/{name}.html").render(context))


def _split(markup: str) -> Frozen:
    texts = _SLOT.split(markup)
    return Frozen(tuple(texts[::2]), tuple(texts[1::2]))
