"""What the OpenAPI document says of each address beside its path: bodies, headers, answers, errors."""

from __future__ import annotations

from typing import Any

from streams.serve import upload
from streams.serve.answers import ProblemDetails
from streams.serve.forms import TYPES, Form
from streams.serve.problem import MEDIA_TYPE, TITLES

Responses = dict[int | str, dict[str, Any]]

EVENT = {"$ref": "schemas/envelope.json"}
LIST = {"type": "array", "items": EVENT}
LINES = {"type": "string", "description": "one event a line"}
SCHEMAS = {Form.EVENT: EVENT, Form.EVENT_OR_LIST: {"oneOf": [EVENT, LIST]}, Form.LIST: LIST, Form.LINES: LINES}
BINARY = """
With headers `ce-specversion`, `ce-id`, `ce-source`, `ce-type`, `ce-time`, `ce-subject` (and `ce-recordid`,
`ce-revision`, `ce-recordedtime`) an `application/json` body is the data of one event: CloudEvents binary mode.
Bodies may be gzip.
"""
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "names the request: sent again with the same events it is answered the same, nothing is sent twice",
}
EVENTS: dict[str, Any] = {
    "parameters": [KEY],
    "requestBody": {
        "required": True,
        "description": BINARY.strip(),
        "content": {name: {"schema": SCHEMAS[form]} for name, form in TYPES.items()},
    },
}
SHEETS: dict[str, Any] = {
    "parameters": [
        KEY,
        {
            "name": "filename",
            "in": "query",
            "required": False,
            "schema": {"type": "string"},
            "description": "the file's name, where the body is the file itself: its ending says what it is",
        },
    ],
    "requestBody": {
        "required": True,
        "description": "A spreadsheet by a template of `huiyu template`, at most 5 MiB: the file, or a form with it.",
        "content": {
            **{name: {"schema": {"type": "string", "format": "binary"}} for name in upload.TYPES},
            upload.FORM: {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}},
        },
    },
}


def problems(*codes: str) -> Responses:
    """The errors with these codes, by status."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}}}
    return {status: {"description": title, "content": content} for status, title in map(TITLES.__getitem__, codes)}
