"""The schema of the read API, and what every operation of it has in common."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

REFUSAL = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}}
TOO_MANY = {"description": "Too many requests in a minute. `Retry-After` says when to come back."} | REFUSAL


def with_limit(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: any operation can be refused because there were too many."""
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["429"] = TOO_MANY
    return result


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found
