"""Rules that hold for every model of the project."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

KEPT = {"Edition", "Wave", "Questionnaire", "Release"}

RELATIONS = [
    field
    for model in apps.get_models()
    if model.__module__.split(".")[0] in {"accounts", "surveys", "responses", "reports"}
    for field in model._meta.get_fields()
    if isinstance(field, models.ForeignKey)
]


@pytest.mark.parametrize("field", RELATIONS, ids=lambda field: f"{field.model.__name__}.{field.name}")
def test_foreign_key_to_what_must_stay_is_protected(field: models.ForeignKey) -> None:
    target = field.related_model.__name__

    on_delete = field.remote_field.on_delete

    assert target not in KEPT or on_delete is models.PROTECT


def test_relations_of_what_must_stay_are_found() -> None:
    found = {field.related_model.__name__ for field in RELATIONS}

    assert {"Edition", "Wave", "Questionnaire"} <= found
