"""What lets programs find the reports: a feed, a map of the site, a description of each data set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as draw_sitemap
from django.contrib.syndication.views import Feed
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.models import Release
from reports.opendata.tables import LICENCE
from reports.public.data import public_files
from reports.public.published import (
    IN_ORDER,
    NothingPublished,
    approved,
    published,
    with_synthetic,
    withdrawn,
)

MOST = 50


class Releases(Feed):  # type: ignore[type-arg]  # it is no generic class when the program runs
    """Releases and corrections, newest first."""

    feed_type = Atom1Feed
    link = "/"
    author_name = "Enquiry"

    def title(self) -> str:
        return _("Enquiry: reports and corrections")

    def subtitle(self) -> str:
        return _("Every release of every yearly report, with the note that says what is different.")

    def items(self) -> list[Release]:
        found = approved().select_related("edition", "withdrawal")
        newest = found.order_by(Greatest("decided_at", "public_from").desc(), "-pk")
        return list(with_synthetic(newest)[:MOST])

    def item_title(self, item: Any) -> str:
        words = _("%(title)s %(year)s, release %(number)s") % {
            "title": item.edition.title,
            "year": item.edition.year,
            "number": item.number,
        }
        return f"{words} ({_('synthetic demonstration')})" if item.synthetic == "true" else words

    def item_description(self, item: Any) -> str:
        note = withdrawn(item)
        if note:
            return _("Withdrawn: %(note)s") % {"note": note}
        return str(item.note) or _("Published.")

    def item_link(self, item: Any) -> str:
        return reverse("reports:release", args=[item.edition.year, item.number])

    def item_pubdate(self, item: Release) -> datetime | None:
        return item.published_at

    item_updateddate = item_pubdate


class Pages(Sitemap):  # type: ignore[type-arg]  # nor is this
    """The newest release of every edition with its parts and files. A demonstration is nothing to be found."""

    def items(self) -> list[tuple[str, list[Any]]]:
        newest = approved().order_by("edition_id", *IN_ORDER).distinct("edition_id").values("pk")
        found: list[tuple[str, list[Any]]] = [("reports:home", [])]
        for release in approved().filter(pk__in=newest).select_related("edition").order_by("pk"):
            content = published(release.edition.year, release.number).content
            if content["synthetic"]:
                continue
            place = [release.edition.year, release.number]
            found += [(f"reports:{name}", place) for name in ("release", "method", "data")]
            found += [("reports:part", [*place, part["questionnaire"]]) for part in content["parts"]]
        return found

    def location(self, item: tuple[str, list[Any]]) -> str:
        name, args = item
        return reverse(name, args=args)


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    return Releases()(request)


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    return draw_sitemap(request, {"pages": Pages()})


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be found; what belongs to somebody alone is never looked at."""
    lines = ["User-agent: *", "Disallow: /i/", "Disallow: /staff/", "Disallow: /admin/"]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('reports:sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def dataset(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """The release as a data set of schema.org, which search engines of data read."""
    try:
        found = published(year, number)
    except NothingPublished as refusal:
        return JsonResponse({"detail": str(refusal)}, status=404)
    return JsonResponse(_dataset(request, found), content_type="application/ld+json")


def _dataset(request: HttpRequest, found: Any) -> dict[str, Any]:
    release, content = found.release, found.content
    place = [release.edition.year, release.number]
    dates = [part[name] for part in content["parts"] for name in ("opens", "closes") if part.get(name)]
    files = [file for file in public_files(request, found) if "/" not in file.name]
    made_up = f" ({_('synthetic demonstration')})" if content["synthetic"] else ""
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": f"{release.edition.title} {release.edition.year}{made_up}",
        "description": " ".join(part["population"] for part in content["parts"]),
        "url": request.build_absolute_uri(reverse("reports:release", args=place)),
        "identifier": f"sha256:{release.content_hash}",
        "version": str(release.number),
        "datePublished": release.published_at.date().isoformat(),
        "license": LICENCE,
        "isAccessibleForFree": True,
        "temporalCoverage": f"{min(dates)}/{max(dates)}" if dates else "",
        "creator": {"@type": "Organization", "name": "Enquiry"},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": file.media_type.partition(";")[0],
                "contentUrl": request.build_absolute_uri(reverse("reports:file", args=[*place, file.name])),
                "sha256": file.sha256,
            }
            for file in files
        ],
    }
