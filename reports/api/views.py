"""The read API: releases, and nothing that is not in one. Every view names its own permission; the default is no."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reports.api import answers, lines, serializers
from reports.opendata.lines import COLUMNS
from reports.opendata.tables import csv_of
from reports.public.data import definitions_of
from reports.public.published import NothingPublished, Published, published, releases_of, shelf

A_FEW_MINUTES, A_DAY, A_YEAR = 300, 24 * 60 * 60, 365 * 24 * 60 * 60

YEAR = OpenApiParameter("year", int, OpenApiParameter.PATH, description="Year of the edition.")
NUMBER = OpenApiParameter(
    "number", str, OpenApiParameter.PATH, description="Number of the release, or `latest`."
)
FIGURE = OpenApiParameter(
    "figure", str, OpenApiParameter.PATH, description="For example enterprise.ent_policy."
)
NOT_FOUND = OpenApiResponse(serializers.Refusal, "Nothing is published there.")
BAD_FILTER = OpenApiResponse(serializers.Refusal, "There is no such filter, or no such page.")
FILTERS = [
    OpenApiParameter(name, str, description=f"Only lines of this {name}: {COLUMNS[name][1]}")
    for name in lines.FILTERED
]
PAGING = [
    OpenApiParameter(
        "page",
        {"type": "integer", "minimum": 1, "maximum": lines.LAST},
        description="Counted from 1. A page behind the last one is empty.",
    ),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": lines.MOST},
        description=f"{lines.USUAL} if it is not said.",
    ),
]


class PublicView(APIView):
    """Open to everybody, in JSON only, with sentences for refusals. Pages of other sites may read it as well."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        made = super().finalize_response(request, response, *args, **kwargs)
        made["Access-Control-Allow-Origin"] = "*"
        return made


class ReleaseView(PublicView):
    """Answers about one release. Its content never changes, so that its hash serves as the entity tag."""

    def find(self, year: int, number: int | None) -> Published:
        try:
            return published(year, number)
        except NothingPublished as refusal:
            raise NotFound(str(refusal)) from refusal

    def answer(
        self,
        request: Request,
        found: Published,
        number: int | None,
        response: HttpResponse,
        *,
        mark: str = "",
    ) -> HttpResponseBase:
        """A named release may be kept for long, the newest for a few minutes only. `mark`: what part of it this is."""
        etag = f'"{found.release.content_hash}"'
        if mark:
            etag = f'"{hashlib.sha256((found.release.content_hash + mark).encode()).hexdigest()}"'
        response["ETag"] = etag
        if found.content["synthetic"]:
            response["X-Robots-Tag"] = "noindex, nofollow"
        patch_cache_control(response, public=True, max_age=A_FEW_MINUTES if number is None else A_DAY)
        return get_conditional_response(request._request, etag=etag, response=response) or response


class EditionsView(PublicView):
    """The editions that have a release."""

    @extend_schema(operation_id="editions_list", responses=serializers.EditionList)
    def get(self, request: Request) -> Response:
        response = Response({"editions": [answers.edition_link(release) for release in shelf()]})
        patch_cache_control(response, public=True, max_age=A_FEW_MINUTES)
        return response


class EditionView(PublicView):
    """An edition with its releases."""

    @extend_schema(
        operation_id="edition", parameters=[YEAR], responses={200: serializers.Edition, 404: NOT_FOUND}
    )
    def get(self, request: Request, year: int) -> Response:
        try:
            response = Response(answers.edition(releases_of(year)))
        except NothingPublished as refusal:
            raise NotFound(str(refusal)) from refusal
        patch_cache_control(response, public=True, max_age=A_FEW_MINUTES)
        return response


class OneReleaseView(ReleaseView):
    """A release: what it is, and everything in it."""

    @extend_schema(
        operation_id="release",
        parameters=[YEAR, NUMBER],
        responses={200: serializers.Release, 404: NOT_FOUND},
    )
    def get(self, request: Request, year: int, number: int | None) -> HttpResponseBase:
        found = self.find(year, number)
        return self.answer(request, found, number, Response(answers.whole_release(found)))


class ContentView(ReleaseView):
    """The frozen content, byte for byte as it was hashed."""

    @extend_schema(
        operation_id="release_content",
        parameters=[YEAR, NUMBER],
        responses={200: serializers.Content, 404: NOT_FOUND},
    )
    def get(self, request: Request, year: int, number: int | None) -> HttpResponseBase:
        found = self.find(year, number)
        response = HttpResponse(found.release.content.encode(), content_type="application/json")
        response["Content-Disposition"] = f'inline; filename="{found.file_name}"'
        return self.answer(request, found, number, response)


class FiguresView(ReleaseView):
    """The figures of a release, each with its headline."""

    @extend_schema(
        operation_id="figures_list",
        parameters=[YEAR, NUMBER],
        responses={200: serializers.FigureList, 404: NOT_FOUND},
    )
    def get(self, request: Request, year: int, number: int | None) -> HttpResponseBase:
        found = self.find(year, number)
        return self.answer(request, found, number, Response(answers.figure_list(found)))


class FigureView(ReleaseView):
    """A figure with every number that is published of it."""

    @extend_schema(
        operation_id="figure",
        parameters=[YEAR, NUMBER, FIGURE],
        responses={200: serializers.OneFigure, 404: NOT_FOUND},
    )
    def get(self, request: Request, year: int, number: int | None, figure: str) -> HttpResponseBase:
        found = self.find(year, number)
        answer = answers.one_figure(found, figure)
        if answer is None:
            raise NotFound(_("This release has no figure “%(figure)s”.") % {"figure": figure})
        return self.answer(request, found, number, Response(answer))


class LinesView(ReleaseView):
    """Every number of a release as one line, page by page, or those that are asked for."""

    @extend_schema(
        operation_id="lines_list",
        parameters=[YEAR, NUMBER, *FILTERS, *PAGING],
        responses={200: serializers.LineList, 400: BAD_FILTER, 404: NOT_FOUND},
    )
    def get(self, request: Request, year: int, number: int | None) -> HttpResponseBase:
        found = self.find(year, number)
        wanted = self.asked(request, (*lines.FILTERED, *lines.PAGED))
        try:
            page = lines.page_of(lines.chosen(found.content, wanted), wanted)
        except lines.BadFilter as refusal:
            raise ParseError(str(refusal)) from refusal
        answer = answers.line_list(found, page, request.path, wanted)
        return self.answer(request, found, number, Response(answer), mark=request.META["QUERY_STRING"])

    def asked(self, request: Request, known: tuple[str, ...]) -> dict[str, str]:
        for name in request.query_params:
            if name not in known:
                raise ParseError(
                    _("There is no filter “%(name)s”. There are: %(known)s.")
                    % {"name": name, "known": ", ".join(known)}
                )
        return {name: str(value) for name, value in request.query_params.items()}


class LinesAsCsvView(LinesView):
    """The same, all of them, as CSV."""

    @extend_schema(
        operation_id="lines_csv",
        parameters=[YEAR, NUMBER, *FILTERS],
        responses={(200, "text/csv"): str, 400: BAD_FILTER, 404: NOT_FOUND},
    )
    def get(self, request: Request, year: int, number: int | None) -> HttpResponseBase:
        found = self.find(year, number)
        wanted = self.asked(request, lines.FILTERED)
        body = csv_of(lines.chosen(found.content, wanted))
        response = HttpResponse(body, content_type="text/csv; charset=utf-8")
        return self.answer(request, found, number, response, mark=f"csv {request.META['QUERY_STRING']}")


class CodebookView(ReleaseView):
    """The questionnaires of a release: wording, answers, routes, groups, and rules for counting."""

    @extend_schema(
        operation_id="codebook",
        parameters=[YEAR, NUMBER],
        responses={200: serializers.Codebook, 404: NOT_FOUND},
    )
    def get(self, request: Request, year: int, number: int | None) -> HttpResponseBase:
        found = self.find(year, number)
        answer = answers.codebook(found, definitions_of(found))
        return self.answer(request, found, number, Response(answer), mark="codebook")


@extend_schema(exclude=True)
class NowhereView(PublicView):
    """Any other address below the API."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound(_("There is nothing at this address. The API begins at /api/v1/editions/."))
