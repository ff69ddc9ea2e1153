"""Whether an answer of the API has the shape that its own schema describes."""

from __future__ import annotations

from typing import Any

import jsonschema
from django.test import Client


def check_answer(client: Client, path: str) -> None:
    schema = client.get("/api/v1/schema/").json()
    entry = next(entry for pattern, entry in schema["paths"].items() if matches(pattern, path))
    shape = entry["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(client.get(path).json(), json_schema(shape | {"components": schema["components"]}))


def matches(pattern: str, path: str) -> bool:
    asked, found = pattern.strip("/").split("/"), path.strip("/").split("/")
    return len(asked) == len(found) and all(
        a.startswith("{") or a == f for a, f in zip(asked, found, strict=True)
    )


def json_schema(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema lists the type null."""
    if isinstance(node, list):
        return [json_schema(part) for part in node]
    if not isinstance(node, dict):
        return node
    made = {key: json_schema(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [made, {"type": "null"}]} if node.get("nullable") else made
