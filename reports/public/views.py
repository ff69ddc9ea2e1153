"""The public pages. They read releases and nothing else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.models import ReleasePicture, ReleasePrint
from reports.public.over_time import over_time
from reports.public.pages import ReleaseFacts, ReportPage, report_page
from reports.public.published import (
    NothingPublished,
    Published,
    published,
    shelf,
    signed,
    standing,
    withdrawn,
)
from reports.public.reading import read_report

A_FEW_MINUTES = 300

View = Callable[..., HttpResponse]


def readable(view: View) -> View:
    """A page about a release: found or a polite page, kept by caches for some minutes, in the reader's language."""

    @login_not_required
    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, year: int, number: int | None = None, **more: Any) -> HttpResponse:
        try:
            place = standing(year, number)
            key = (request.get_host(), request.is_secure(), request.path, get_language(), place)
            body = KEPT.get(key)
            if body is None:
                body = view(request, published(year, number), **more).content
                KEPT.keep(key, body)
        except NothingPublished as refusal:
            return render(request, "public/not_found.html", {"sentence": str(refusal)}, status=404)
        response = HttpResponse(body)
        patch_cache_control(response, public=True, max_age=A_FEW_MINUTES)
        # The chosen language is in a cookie, and a cache must not give one reader's language to another.
        patch_vary_headers(response, ["Cookie"])
        return response

    return wrapped


class Pages:
    """Pages as they were last made. A release never changes; what stands beside it is in the key."""

    def __init__(self) -> None:
        self.bodies: OrderedDict[Hashable, bytes] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable) -> bytes | None:
        with self.lock:
            if key in self.bodies:
                self.bodies.move_to_end(key)
            return self.bodies.get(key)

    def keep(self, key: Hashable, body: bytes) -> None:
        with self.lock:
            self.bodies[key] = body
            while len(self.bodies) > settings.REPORT_KEPT_PAGES:
                self.bodies.popitem(last=False)


KEPT = Pages()


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "public/home.html", {"releases": shelf()})


@login_not_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """The newest releases of all editions side by side."""
    found = [published(release.edition.year, release.number) for release in reversed(shelf())]
    reports = [read_report(one.content) for one in found]
    context = {
        "parts": over_time(reports, get_language_bidi()),
        "synthetic": any(report.synthetic for report in reports),
    }
    response = render(request, "public/over_time.html", context)
    patch_cache_control(response, public=True, max_age=A_FEW_MINUTES)
    patch_vary_headers(response, ["Cookie"])
    return response


@readable
def summary(request: HttpRequest, found: Published) -> HttpResponse:
    """A release of an edition, or its newest one: findings in one number, and the way to everything else."""
    return show(request, found, "public/summary.html", page_of(found), prints=prints_of(found))


def prints_of(found: Published) -> list[tuple[str, str]]:
    """(language, its own name) of each PDF that the worker has made."""
    names = dict(settings.LANGUAGES)
    made = ReleasePrint.objects.filter(release=found.release).values_list("language", flat=True)
    return [(code, str(names[code])) for code in made if code in names]


@readable
def whole(request: HttpRequest, found: Published) -> HttpResponse:
    return show(request, found, "public/report.html", page_of(found, on_one_page=True))


@readable
def part(request: HttpRequest, found: Published, questionnaire: str) -> HttpResponse:
    page = page_of(found, only=questionnaire)
    if not page.parts:
        raise NothingPublished(_("This release has no such part."))
    others = [
        (one.questionnaire, one.audience) for one in page.report.parts if one.questionnaire != questionnaire
    ]
    return show(request, found, "public/part.html", page, others=others)


@readable
def technologies(request: HttpRequest, found: Published) -> HttpResponse:
    page = page_of(found, only="-")
    if not page.articles:
        raise NothingPublished(_("This release has no such part."))
    return show(request, found, "public/technologies.html", page)


@readable
def figure(request: HttpRequest, found: Published, figure: str) -> HttpResponse:
    """One figure by itself, with its breakdowns, to share and to cite."""
    page = page_of(found, only=figure, with_breakdowns=True) if "." in figure else None
    views = [v for one in page.parts for section in one.sections for v in section.figures] if page else []
    if page is None or not views:
        raise NothingPublished(_("This release has no such figure."))
    return show(request, found, "public/one_figure.html", page, view=views[0], part=page.parts[0])


@readable
def method(request: HttpRequest, found: Published) -> HttpResponse:
    return show(request, found, "public/method_page.html", page_of(found, on_one_page=True, only="-"))


def page_of(
    found: Published, *, only: str = "", with_breakdowns: bool = False, on_one_page: bool = False
) -> ReportPage:
    place = [found.release.edition.year, found.release.number]
    address = reverse("reports:method", args=place)
    return report_page(
        found.content,
        facts=facts_of(found),
        right_to_left=get_language_bidi(),
        with_breakdowns=with_breakdowns,
        method="" if on_one_page else address,
        only=only,
        portrait_at=lambda sha256: reverse("reports:portrait", args=[*place, sha256]),
    )


def show(
    request: HttpRequest, found: Published, template: str, page: ReportPage, **more: Any
) -> HttpResponse:
    """Under the number of the release, whichever way led to it: so the canonical address never changes."""
    path = request.resolver_match.view_name if request.resolver_match else "reports:release"
    kwargs = dict(request.resolver_match.kwargs) if request.resolver_match else {}
    kwargs |= {"year": found.release.edition.year, "number": found.release.number}
    name = {"reports:latest": "reports:release"}.get(path, path)
    picture = picture_of(found, str(kwargs.get("figure", "")))
    context = {
        "page": page,
        "synthetic": page.report.synthetic,
        "address": request.build_absolute_uri(reverse(name, kwargs=kwargs)),
        "picture": request.build_absolute_uri(picture) if picture else "",
    }
    return render(request, template, context | more)


def picture_of(found: Published, figure: str) -> str:
    """Where the picture of the figure, or of the whole report, is in the reader's language; empty before it is made."""
    language = get_language() or ""
    made = ReleasePicture.objects.filter(release=found.release, language=language, figure=figure)
    if not made.exists():
        return ""
    place: list[Any] = [found.release.edition.year, found.release.number]
    if not figure:
        return reverse("reports:picture", args=[*place, language])
    return reverse("reports:figure_picture", args=[*place, figure, language])


def facts_of(found: Published) -> ReleaseFacts:
    release = found.release
    return ReleaseFacts(
        number=release.number,
        content_hash=release.content_hash,
        published_at=release.published_at,
        withdrawn=withdrawn(release),
        note=release.note,
        newest=found.newest,
        signed=signed(release),
        numbers=found.numbers,
    )
