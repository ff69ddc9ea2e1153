"""The files of a release. They never change, so that every copy may be kept for as long as anybody likes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.models import Portrait, ReleasePicture, ReleasePrint
from reports.opendata import Facts, File, files_of
from reports.public.published import NothingPublished, Published, published
from reports.public.reading import read_editorial
from reports.public.views import page_of, readable, show
from responses.extracts import printed_questionnaire, printed_questionnaires
from surveys.definition import Definition
from surveys.models import Questionnaire
from surveys.queries import definition_of

A_YEAR = 31_536_000
KEPT = 4
"""Releases whose files a process keeps in memory."""


@readable
def data(request: HttpRequest, found: Published) -> HttpResponse:
    files = public_files(request, found)
    plain = [file for file in files if "/" not in file.name]
    page = page_of(found, only="-")
    more = {"files": plain, "number": len(files) - len(plain), "printed": _printed(found)}
    return show(request, found, "public/data.html", page, **more)


def _printed(found: Published) -> list[tuple[str, str, str]]:
    """(questionnaire, language, its own name) of each questionnaire that was printed."""
    names = dict(settings.LANGUAGES)
    return [
        (key, language, str(names.get(language, language)))
        for key, language in printed_questionnaires(found.release.edition)
    ]


Make = Callable[..., File]


def served(make: Make) -> Callable[..., HttpResponse]:
    """A file of a release that never changes, or a polite page that says what is not there."""

    @login_not_required
    @require_safe
    @wraps(make)
    def wrapped(request: HttpRequest, year: int, number: int, **more: str) -> HttpResponse:
        try:
            return _answer(request, make(request, published(year, number), **more))
        except NothingPublished as refusal:
            return render(request, "public/not_found.html", {"sentence": str(refusal)}, status=404)

    return wrapped


class NoSuchFile(NothingPublished):
    def __init__(self) -> None:
        super().__init__(_("This release has no such file."))


class NothingDrawn(NothingPublished):
    def __init__(self) -> None:
        super().__init__(
            _("There is no picture of this in this language, or it is still being drawn. Come back later.")
        )


class NothingPrinted(NothingPublished):
    def __init__(self) -> None:
        super().__init__(
            _("There is no PDF of this release in this language, or it is still being made. Come back later.")
        )


@served
def questionnaire_pdf(request: HttpRequest, found: Published, questionnaire: str, language: str) -> File:
    """The questionnaire as respondents could print it."""
    content = printed_questionnaire(found.release.edition, questionnaire, language)
    if content is None:
        raise NoSuchFile
    name = f"enquiry-{found.release.edition.year}-questionnaire-{questionnaire}-{language}.pdf"
    return File(name, "application/pdf", content)


@served
def file(request: HttpRequest, found: Published, name: str) -> File:
    for one in public_files(request, found):
        if one.name == name:
            return one
    raise NoSuchFile


@served
def pdf(request: HttpRequest, found: Published, language: str) -> File:
    """The report on paper, as the worker has made it."""
    kept = ReleasePrint.objects.filter(release=found.release, language=language).first()
    if kept is None:
        raise NothingPrinted
    return File(f"{_named_after(found)}-{language}.pdf", "application/pdf", bytes(kept.content))


@served
def picture(request: HttpRequest, found: Published, language: str, figure: str = "") -> File:
    """A figure, or the report as a whole, as the worker has drawn it for links that are shared."""
    kept = ReleasePicture.objects.filter(release=found.release, language=language, figure=figure).first()
    if kept is None:
        raise NothingDrawn
    name = f"{_named_after(found)}-{figure or 'report'}-{language}.png"
    return File(name, "image/png", bytes(kept.content))


@served
def portrait(request: HttpRequest, found: Published, sha256: str) -> File:
    """A picture of an expert, as long as a public release shows it."""
    comments = read_editorial(found.content.get("report") or {}).comments
    is_shown = any(comment.portrait == sha256 for comment in comments)
    kept = Portrait.objects.filter(pk=sha256).first() if is_shown else None
    if kept is None:
        raise NoSuchFile
    return File(f"portrait-{sha256}.jpg", "image/jpeg", bytes(kept.content))


def _named_after(found: Published) -> str:
    return f"enquiry-{found.release.edition.year}-release-{found.release.number}"


def _answer(request: HttpRequest, found: File) -> HttpResponse:
    """A picture is shown in its place; any other file is kept by whoever asks for it."""
    etag = quote_etag(found.sha256)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(found.body, content_type=found.media_type)
        how = "inline" if found.media_type.startswith("image/") else "attachment"
        response["Content-Disposition"] = f'{how}; filename="{found.name.rpartition("/")[2]}"'
    response["ETag"] = etag
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def public_files(request: HttpRequest, found: Published) -> tuple[File, ...]:
    """The files of a release, made when somebody first asks for one of them."""
    release = found.release
    address = request.build_absolute_uri(
        reverse("reports:release", args=[release.edition.year, release.number])
    )
    return _made(release.pk, release.content_hash, address)


@lru_cache(maxsize=KEPT)
def _made(release_id: int, content_hash: str, address: str) -> tuple[File, ...]:
    from reports.models import Release

    release = Release.objects.select_related("edition").get(pk=release_id)
    found = Published(release, (release.number or 0,))
    assert release.published_at is not None
    facts = Facts(
        release.edition.year, release.number or 0, release.published_at, release.content_hash, address
    )
    return files_of(found.content, facts, definitions_of(found))


def definitions_of(found: Published) -> dict[str, Definition]:
    """Questionnaire -> the version of it that the release is of."""
    asked = {(part["questionnaire"], part["version"]) for part in found.content["parts"]}
    stored = Questionnaire.objects.filter(key__in={key for key, _version in asked})
    return {one.key: definition_of(one) for one in stored if (one.key, one.version) in asked}
