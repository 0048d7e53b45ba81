"""Bytes to a JSON object, strictly: size, UTF-8, no NaN, no name twice in an object, bounded nesting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import orjson

from schemas.problems import Problem

LARGEST_BYTES = 64 * 1024
DEEPEST = 32
READABLE_BYTES = 1 << 20
_SPACE, _NEWLINE, _RETURN, _TAB = b" \n\r\t"  # as numbers: `in` is four times faster with one than with bytes
(_BRACKET,) = b"["
_SPACE_AFTER_QUOTE = re.compile(rb'"\s')


def parsed(raw: bytes) -> dict[str, Any] | Problem:
    """The event as an object, or why it is none."""
    if len(raw) > LARGEST_BYTES:
        return Problem("too-large", "", "the event is too large", f"at most {LARGEST_BYTES:,} bytes")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return Problem("not-json", "", "not JSON in UTF-8", "a JSON object in UTF-8, without NaN or a byte order mark")
    flat = raw.count(b"{") == 2 and _BRACKET not in raw  # attributes, data, and nothing inside it: most events
    if not flat and raw.count(b"{") + raw.count(b"[") > DEEPEST and _is_deeper_than(DEEPEST, body):
        return Problem("not-json", "", "nested too deeply", f"at most {DEEPEST} levels")
    if not _has_plainly_unique_names(raw, body, flat) and _has_a_name_twice(raw):
        return Problem("not-json", "", "a name stands twice in one object", "each name once")
    if not isinstance(body, dict):
        return Problem("not-cloudevents", "", "no JSON object", "a CloudEvents 1.0 JSON object")
    return body


def readable(raw: bytes) -> dict[str, Any]:
    """What can still be read of an event that was refused, {} when nothing; up to 1 MiB."""
    try:
        body = orjson.loads(raw) if len(raw) <= READABLE_BYTES else None
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _is_deeper_than(levels: int, body: Any) -> bool:
    """Level by level: as deep as the parser goes, recursion would not."""
    at_level: list[Any] = [body]
    for _ in range(levels):
        at_level = [inner for value in at_level for inner in _inside(value)]
    return any(isinstance(value, dict | list) for value in at_level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _has_plainly_unique_names(raw: bytes, body: Any, flat: bool) -> bool:
    """True when the bytes hold as many `":` as the parsed objects have names; a name twice would be one more.

    Parsers differ in which of two equal names they take: such an event would mean two things. Looked for cheaply,
    because every event passes here; what this cannot tell, the slow way does.
    """
    spaced = _SPACE in raw or _NEWLINE in raw or _RETURN in raw or _TAB in raw
    if spaced and _SPACE_AFTER_QUOTE.search(raw) is not None:
        return False
    data = body.get("data") if flat and isinstance(body, dict) else None
    return raw.count(b'":') == (len(body) + len(data) if isinstance(data, dict) else _names(body))


def _names(value: Any) -> int:
    own = len(value) if isinstance(value, dict) else 0
    return own + sum(map(_names, _inside(value)))


def _has_a_name_twice(raw: bytes) -> bool:
    twice = False

    def read(pairs: list[tuple[str, Any]]) -> None:
        nonlocal twice
        twice = twice or len({name for name, _ in pairs}) < len(pairs)

    json.loads(raw, object_pairs_hook=read)
    return twice
