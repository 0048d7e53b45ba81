"""Which codes a published record may be refused with, by other means than the check; "" for one that is accepted.

Python's json instead of orjson, the JSON Schemas of docs/reference by jsonschema instead of the models, and the
contract's tables written out again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fuzz.rules import ID, is_kind, of_shape, of_sides
from tests.fuzz.times import moment

ORDER = (
    "too-large", "not-json", "not-cloudevents", "raw-identifier", "unknown-type", "wrong-side", "wrong-topic",
    "key-mismatch", "not-your-own", "unknown-field", "missing-field", "bad-value", "time-in-future",
)  # fmt: skip
"""The contract's."""

SOURCE = re.compile(f"(clinic|center|registry):{ID}")
ELEVEN_DIGITS = re.compile(r"[0-9]{11}")
Body = dict[str, Any]


class NotJson(Exception):
    """Two readers would not agree on it, or none takes it."""


def codes(topic: str, key: bytes | None, value: bytes | None, appended_at: int, planted: bool) -> frozenset[str]:
    """The codes of which one must be the answer; "" is among them when it may be accepted.

    `planted`: an identifier was put where it may not stand.
    """
    raw = value or b""
    if len(raw) > 64 * 1024:
        return frozenset({"too-large"})
    try:
        body = strictly_read(raw)
    except NotJson:
        return frozenset({"not-json"})
    found = set(_problems(body, topic, key, appended_at))
    if planted:
        found.add("raw-identifier")
    first = min(found, key=ORDER.index, default="")
    doubtful = not planted and ELEVEN_DIGITS.search(_plain_text(body)) is not None
    return frozenset({first, "raw-identifier"} if doubtful and first != "not-cloudevents" else {first})


def strictly_read(raw: bytes) -> Any:
    """The JSON value. Raises NotJson also for what RFC 8259 leaves to the reader."""
    try:
        body = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_none, parse_int=_finite)
        _encodable(body)
    except (ValueError, RecursionError):
        raise NotJson from None
    if _depth(body) > 32 or any(value in (float("inf"), float("-inf")) for value in _leaves(body)):
        raise NotJson
    return body


def _once(pairs: list[tuple[str, Any]]) -> Body:
    if len(dict(pairs)) < len(pairs):
        raise NotJson
    return dict(pairs)


def _none(constant: str) -> Any:
    raise ValueError(constant)


def _finite(digits: str) -> Any:
    if abs(float(digits)) == float("inf"):
        raise ValueError
    return int(digits) if len(digits) < 4000 else float(digits)


def _encodable(body: Any) -> None:
    """Half of a surrogate pair is no text."""
    json.dumps(body, ensure_ascii=False).encode()


def _depth(body: Any) -> int:
    inside = body.values() if isinstance(body, dict) else body if isinstance(body, list) else None
    return 0 if inside is None else 1 + max(map(_depth, inside), default=0)


def _leaves(body: Any) -> Iterator[Any]:
    if isinstance(body, dict | list):
        for inner in body.values() if isinstance(body, dict) else body:
            yield from _leaves(inner)
    else:
        yield body


def _plain_text(body: Any) -> str:
    return unicodedata.normalize("NFKC", json.dumps(body, ensure_ascii=False))


def _problems(body: Any, topic: str, key: bytes | None, appended_at: int) -> Iterator[str]:
    if not isinstance(body, dict) or not _is_cloudevent(body):
        yield "not-cloudevents"
        return
    kind = body["type"].removesuffix(".v1") if body["type"].endswith(".v1") else ""
    subject = body.get("subject")
    if key is not None and isinstance(subject, str) and key != subject.encode():
        yield "key-mismatch"
    yield from _future(body.get("time"), appended_at)
    if not is_kind(kind):
        yield "unknown-type"
        return
    yield from of_shape(kind, body)
    yield from of_sides(kind, body, topic)


def _is_cloudevent(body: Body) -> bool:
    texts = [body.get(name) for name in ("specversion", "id", "source", "type")]
    if not all(isinstance(text, str) for text in texts):
        return False
    version, name, source, kind = texts
    well_formed = re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.v[0-9]+", str(kind))
    return version == "1.0" and 1 <= len(str(name)) <= 64 and bool(SOURCE.fullmatch(str(source)) and well_formed)


def _future(time: object, appended_at: int) -> Iterator[str]:
    at = moment(time)
    if at is not None and at > datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=appended_at, days=1):
        yield "time-in-future"
