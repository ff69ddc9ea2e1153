"""The read API against its own schema: requests that fit it and requests that do not, made by schemathesis in process.

Nothing travels over a network. What the schema says of an answer must hold for every answer, refusals included.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation

from tests.public.content import released

EXAMPLES = 300 if os.environ.get("DEEP") == "1" else 6
WITHOUT_PARAMETERS = "editions_list"
OPERATIONS = (
    WITHOUT_PARAMETERS,
    "edition",
    "release",
    "release_content",
    "figures_list",
    "figure",
    "lines_list",
    "lines_csv",
    "codebook",
)
REAL = {"year": 2019, "number": "1", "figure": "enterprise.policy"}
LATEST = {**REAL, "number": "latest"}
Application = Callable[..., Any]
quiet = settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def operations(application: Application) -> dict[str, APIOperation]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    found = (result.ok() for result in schema.get_all_operations())
    return {operation.definition.raw["operationId"]: operation for operation in found}


@pytest.fixture
def application(db: None) -> Iterator[Application]:
    """The site as a web server calls it, but that it leaves the connection of the test's transaction open."""
    released()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_operation_of_the_schema_is_tried(application: Application) -> None:
    named = set(operations(application)) - {"api_v1_schema_retrieve"}

    assert named == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_request_that_fits_the_schema_is_answered_as_it_says(application: Application, name: str) -> None:
    operation = operations(application)[name]
    answered = set()

    @quiet
    @given(case=operation.as_strategy(), real=st.sampled_from([REAL, LATEST, None]))
    def answer(case: schemathesis.Case, real: dict[str, Any] | None) -> None:
        if real is not None:
            case.path_parameters.update({key: real[key] for key in case.path_parameters})
        answered.add(case.call_and_validate().status_code)

    answer()
    assert 200 in answered


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != WITHOUT_PARAMETERS])
def test_request_that_does_not_fit_is_refused_as_the_schema_says(application: Application, name: str) -> None:
    operation = operations(application)[name]

    @quiet
    @given(case=operation.as_strategy(GenerationMode.NEGATIVE))
    def answer(case: schemathesis.Case) -> None:
        case.call_and_validate()

    answer()


def test_answer_that_its_schema_does_not_describe_is_found() -> None:
    """The control: an application that promises a number and gives a word."""
    description = {"application/json": {"schema": {"type": "integer"}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Naive", "version": "1"},
        "paths": {"/": {"get": {"responses": {"200": {"description": "", "content": description}}}}},
    }

    def naive(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'"a word"']

    schema = schemathesis.openapi.from_dict(document)
    schema.app = naive

    with pytest.raises(FailureGroup):
        schema["/"]["GET"].Case().call_and_validate()
