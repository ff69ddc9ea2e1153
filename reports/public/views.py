"""The public pages. They read releases and nothing else."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language_bidi
from django.views.decorators.http import require_safe

from reports.public.pages import ReleaseFacts, report_page
from reports.public.published import NothingPublished, Published, published, shelf, signed

A_FEW_MINUTES = 300


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "public/home.html", {"releases": shelf()})


@login_not_required
@require_safe
def report(request: HttpRequest, year: int, number: int | None = None) -> HttpResponse:
    """A release of an edition, or its newest one."""
    try:
        found = published(year, number)
    except NothingPublished as refusal:
        return render(request, "public/not_found.html", {"sentence": str(refusal)}, status=404)
    page = report_page(found.content, facts=facts_of(found), right_to_left=get_language_bidi())
    response = render(request, "public/report.html", {"page": page, "synthetic": page.report.synthetic})
    patch_cache_control(response, public=True, max_age=A_FEW_MINUTES)
    # The chosen language is in a cookie, and a cache must not give one reader's language to another.
    patch_vary_headers(response, ["Cookie"])
    return response


def facts_of(found: Published) -> ReleaseFacts:
    release = found.release
    return ReleaseFacts(
        number=release.number,
        content_hash=release.content_hash,
        published_at=release.decided_at,
        note=release.note,
        newest=found.newest,
        signed=signed(release),
        numbers=found.numbers,
    )
