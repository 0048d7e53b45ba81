"""The forms in which events come in a request: which one its headers say, and the events' own bytes. Pure.

An event is checked and published as the bytes that it came in, never written anew: what a parser would hide (a name
that stands twice, a NaN) the check still sees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from email.message import Message
from enum import Enum
from urllib.parse import unquote

import orjson

from streams.serve.problem import HttpProblem

MOST_EVENTS = 5_000
"""Of one request: they are one transaction, and one answer lists them all."""

Headers = Sequence[tuple[str, str]]
"""Names in lower case, each as often as it came."""


class Form(Enum):
    """What a body holds."""

    EVENT = "one event"
    EVENT_OR_LIST = "one event or a list"
    LIST = "a list"
    LINES = "one event a line"
    DATA = "the data of one event, whose attributes are headers"


TYPES = {
    "application/json": Form.EVENT_OR_LIST,
    "application/cloudevents+json": Form.EVENT,
    "application/cloudevents-batch+json": Form.LIST,
    "application/x-ndjson": Form.LINES,
    "application/jsonl": Form.LINES,
    "application/x-jsonlines": Form.LINES,
}
TAKEN = ", ".join(TYPES)
SPACE = " \t\n\r"
_ESCAPED = re.compile(r"\\(.)")
# Numbers stay text: they are not used, and one of a million digits would be slow to read.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)


def form_of(headers: Headers) -> Form:
    """Raises HttpProblem (415, 400)."""
    (given,) = _at_most_one(headers, "content-type") or [""]
    parsed = Message()
    parsed["content-type"] = given
    form = TYPES.get(parsed.get_content_type()) if given else None
    charset = str(parsed.get_param("charset", "utf-8")).lower()
    if form is None or charset not in ("utf-8", "utf8", "us-ascii"):
        raise HttpProblem("wrong-type", f"Content-Type is not one of {TAKEN}, in UTF-8", {"Accept-Post": TAKEN})
    is_binary = form is Form.EVENT_OR_LIST and any(name == "ce-specversion" for name, _ in headers)
    return Form.DATA if is_binary else form


def events_of(form: Form, headers: Headers, body: bytes) -> list[bytes]:
    """The bytes of each event. Raises HttpProblem (400, 413)."""
    match form:
        case Form.EVENT:
            found = [_one(body)]
        case Form.DATA:
            found = [_with_attributes(headers, body)]
        case Form.LINES:
            found = [line for line in map(bytes.strip, body.split(b"\n")) if line]
        case _:
            is_list = form is Form.LIST or body.lstrip(SPACE.encode())[:1] == b"["
            found = _elements(body) if is_list else [_one(body)]
    if len(found) > MOST_EVENTS:
        raise HttpProblem("too-large", f"more than {MOST_EVENTS:,} events in one request: send several")
    return found


def _one(body: bytes) -> bytes:
    """A body that is no JSON is nobody's event; whatever else is wrong with it the check says."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise HttpProblem("not-readable", "the body is not JSON in UTF-8") from error
    return body


def _elements(body: bytes) -> list[bytes]:
    """The bytes of each element of a JSON list."""
    try:
        return [text.encode() for text in _sliced(body.decode())]
    except (ValueError, RecursionError, IndexError) as error:
        raise HttpProblem("not-readable", "the body is not a JSON list in UTF-8") from error


def _sliced(text: str) -> list[str]:
    at = _after_space(text, 0)
    if text[at] != "[":
        raise ValueError
    at = _after_space(text, at + 1)
    found: list[str] = []
    while text[at] != "]":
        if found:
            if text[at] != ",":
                raise ValueError
            at = _after_space(text, at + 1)
        end = _DECODER.raw_decode(text, at)[1]
        found.append(text[at:end])
        at = _after_space(text, end)
    if text[at + 1 :].strip(SPACE):
        raise ValueError
    return found


def _after_space(text: str, at: int) -> int:
    while text[at] in SPACE:
        at += 1
    return at


def _with_attributes(headers: Headers, data: bytes) -> bytes:
    """Binary mode (CloudEvents HTTP binding 1.0.2, 3.1): headers `ce-…` are attributes, percent-encoded."""
    data = _one(data)  # one whole value: it can add nothing to the object around it
    attributes: dict[str, str | int] = {}
    for name in dict.fromkeys(name for name, _ in headers if name.startswith("ce-")):
        (value,) = _at_most_one(headers, name)
        attributes[name.removeprefix("ce-")] = _attribute(name, value)
    if "data" in attributes:
        raise HttpProblem("not-readable", "ce-data is no attribute: the data is the body")
    return orjson.dumps(attributes)[:-1] + b',"data":' + data + b"}"


def _attribute(name: str, value: str) -> str | int:
    """Headers have no numbers; the one attribute that is one is read as what it is written."""
    if value[:1] == value[-1:] == '"' and len(value) > 1:
        value = _ESCAPED.sub(r"\1", value[1:-1])
    try:
        text = unquote(value.encode("ascii").decode(), errors="strict")
    except UnicodeError as error:
        raise HttpProblem("not-readable", f"{name} is not percent-encoded UTF-8") from error
    return int(text) if name == "ce-revision" and text.isascii() and text.isdigit() and len(text) < 12 else text


def _at_most_one(headers: Headers, name: str) -> list[str]:
    found = [value for each, value in headers if each == name]
    if len(found) > 1:
        raise HttpProblem("not-readable", f"the header {name} stands twice")
    return found
