"""The files of a release. They never change, so that every copy may be kept for as long as anybody likes."""

from __future__ import annotations

from functools import lru_cache

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
from reports.public.reading import read_report
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


@login_not_required
@require_safe
def questionnaire_pdf(
    request: HttpRequest, year: int, number: int, questionnaire: str, language: str
) -> HttpResponse:
    """The questionnaire as respondents could print it."""
    try:
        release = published(year, number).release
    except NothingPublished as refusal:
        return render(request, "public/not_found.html", {"sentence": str(refusal)}, status=404)
    content = printed_questionnaire(release.edition, questionnaire, language)
    if content is None:
        sentence = _("This release has no such file.")
        return render(request, "public/not_found.html", {"sentence": sentence}, status=404)
    name = f"enquiry-{year}-questionnaire-{questionnaire}-{language}.pdf"
    return _answer(request, File(name, "application/pdf", content))


@login_not_required
@require_safe
def file(request: HttpRequest, year: int, number: int, name: str) -> HttpResponse:
    try:
        found = _find(request, published(year, number), name)
    except NothingPublished as refusal:
        return render(request, "public/not_found.html", {"sentence": str(refusal)}, status=404)
    return _answer(request, found)


@login_not_required
@require_safe
def pdf(request: HttpRequest, year: int, number: int, language: str) -> HttpResponse:
    """The report on paper, as the worker has made it."""
    try:
        release = published(year, number).release
        kept = ReleasePrint.objects.filter(release=release, language=language).first()
        if kept is None:
            raise NothingPrinted
    except NothingPublished as refusal:
        return render(request, "public/not_found.html", {"sentence": str(refusal)}, status=404)
    name = f"enquiry-{year}-release-{number}-{language}.pdf"
    return _answer(request, File(name, "application/pdf", bytes(kept.content)))


@login_not_required
@require_safe
def picture(request: HttpRequest, year: int, number: int, language: str, figure: str = "") -> HttpResponse:
    """A figure, or the report as a whole, as the worker has drawn it for links that are shared."""
    try:
        release = published(year, number).release
        kept = ReleasePicture.objects.filter(release=release, language=language, figure=figure).first()
        if kept is None:
            raise NothingDrawn
    except NothingPublished as refusal:
        return render(request, "public/not_found.html", {"sentence": str(refusal)}, status=404)
    name = f"enquiry-{year}-release-{number}-{figure or 'report'}-{language}.png"
    return _answer(request, File(name, "image/png", bytes(kept.content)), is_shown=True)


@login_not_required
@require_safe
def portrait(request: HttpRequest, year: int, number: int, sha256: str) -> HttpResponse:
    """A picture of an expert, as long as a public release shows it."""
    try:
        found = published(year, number)
        named = {comment.portrait for comment in read_report(found.content).editorial.comments}
        kept = _portrait(sha256, named)
    except NothingPublished as refusal:
        return render(request, "public/not_found.html", {"sentence": str(refusal)}, status=404)
    return _answer(request, File(f"portrait-{sha256}.jpg", "image/jpeg", bytes(kept.content)), is_shown=True)


def _portrait(sha256: str, named: set[str]) -> Portrait:
    found = Portrait.objects.filter(pk=sha256).first() if sha256 in named else None
    if found is None:
        raise NothingPublished(_("This release has no such file."))
    return found


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


def _find(request: HttpRequest, release: Published, name: str) -> File:
    for one in public_files(request, release):
        if one.name == name:
            return one
    raise NothingPublished(_("This release has no such file."))


def _answer(request: HttpRequest, found: File, *, is_shown: bool = False) -> HttpResponse:
    """`is_shown`: in the page that asks for it, and not kept as a file."""
    etag = quote_etag(found.sha256)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(found.body, content_type=found.media_type)
        how = "inline" if is_shown else "attachment"
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
