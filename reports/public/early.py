"""A release before it is public, for named readers: the page as it will be, with their names on it."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.actions import early_reading
from reports.models import NamedReader
from reports.public.pages import ReleaseFacts, report_page


@login_not_required
@require_safe
def early(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    reader = early_reading.visit(token=token, now=now)
    if reader is None:
        sentence = _("This link is not good any more, or was never one. Ask whoever sent it to you.")
        response = render(request, "public/not_found.html", {"sentence": sentence}, status=404)
    elif reader.release.published_at is not None and reader.release.published_at <= now:
        response = redirect("reports:release", reader.release.edition.year, reader.release.number)
    else:
        response = render(request, "public/early.html", _context(reader))
    add_never_cache_headers(response)
    return response


def _context(reader: NamedReader) -> dict[str, object]:
    release = reader.release
    facts = ReleaseFacts(
        number=None,
        content_hash=release.content_hash,
        published_at=None,
        note=release.note,
        watermark=watermark(reader),
    )
    page = report_page(
        json.loads(release.content), facts=facts, right_to_left=get_language_bidi(), with_breakdowns=True
    )
    return {
        "page": page,
        "synthetic": page.report.synthetic,
        "public_from": release.public_from,
        "expires_at": reader.expires_at,
    }


def watermark(reader: NamedReader) -> str:
    whose = ", ".join(filter(None, (reader.name, reader.organisation)))
    return _("Personal copy of %(whose)s, not public yet") % {"whose": whose}
