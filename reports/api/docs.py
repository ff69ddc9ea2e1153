"""The page that explains the read API: its operations from the schema, and examples that can be tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from reports.api.schema import schema
from reports.public.published import shelf

A_FEW_MINUTES = 300


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    where: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    media_type: str
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    path: str
    words: str
    parameters: tuple[Parameter, ...]
    answers: tuple[Answer, ...]


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    newest = next(iter(shelf()), None)
    base = request.build_absolute_uri("/").rstrip("/")
    year = newest.edition.year if newest is not None else 2019
    release = f"{base}{reverse('reports:api-release', args=[year, None])}"
    context = {
        "operations": list(operations(schema())),
        "base": base,
        "release": release,
        "lines": f"{release}lines.csv?kind=net&status=shown",
        "newest": newest,
    }
    response = render(request, "public/api.html", context)
    patch_cache_control(response, public=True, max_age=A_FEW_MINUTES)
    patch_vary_headers(response, ["Cookie"])
    return response


def operations(found: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in found["paths"].items():
        one = methods["get"]
        yield Operation(
            name=one["operationId"],
            path=path,
            words=one.get("description", "").replace("`", ""),
            parameters=tuple(_parameter(parameter) for parameter in one.get("parameters", ())),
            answers=tuple(_answers(one["responses"])),
        )


def _parameter(found: Mapping[str, Any]) -> Parameter:
    return Parameter(
        found["name"],
        found["in"],
        found["schema"].get("type", ""),
        found.get("description", "").replace("`", ""),
    )


def _answers(found: Mapping[str, Any]) -> Iterator[Answer]:
    for status, answer in found.items():
        words = answer.get("description", "").replace("`", "")
        yield Answer(status, ", ".join(answer.get("content", ())), words)
