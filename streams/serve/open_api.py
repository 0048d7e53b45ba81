"""The OpenAPI document of the API, as it is checked in."""

from __future__ import annotations

from typing import Any

from streams.serve.answers import ProblemDetails
from streams.serve.application import application


def open_api() -> dict[str, Any]:
    """Made from the addresses and the models; nothing is connected."""
    document = application().openapi()
    document["components"]["schemas"][ProblemDetails.__name__] = ProblemDetails.model_json_schema()
    return document
