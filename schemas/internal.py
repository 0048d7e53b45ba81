"""How stages talk to each other: one line of JSON metadata, a newline, then the event's original bytes.

The original bytes travel unchanged, so a later stage can still reject an event with exactly what was received,
and nothing that intake validated is validated or serialised twice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

EVENT, FACT, TICK, WATERMARK, ROUTE, KNOWN, MOVED = "event", "fact", "tick", "watermark", "route", "known", "moved"
FOLLOW, PATH, HEARD, CARD = "follow", "path", "heard", "card"
"""Kinds of internal message (`meta["t"]`)."""
WATERMARK_KEY = b"watermark"


class Origin(NamedTuple):
    """Where a published event lies in the log, and when the broker appended it (ms since 1970, UTC)."""

    topic: str
    partition: int
    offset: int
    appended_at: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str, appended_at: int) -> Origin:
        topic, partition, offset = text.rsplit("/", 2)
        return cls(topic, int(partition), int(offset), appended_at)


def pack(meta: dict[str, Any], raw: bytes = b"") -> bytes:
    """One internal message; `raw` is the event as it was published (empty for ticks, routes and the like)."""
    return orjson.dumps(meta) + b"\n" + raw


def unpack(value: bytes) -> tuple[dict[str, Any], bytes]:
    """(metadata, the event's original bytes)."""
    head, _, raw = value.partition(b"\n")
    return orjson.loads(head), raw


def event_meta(origin: Origin, visible_at: int | None = None) -> dict[str, Any]:
    """Metadata of an event: `o` its origin, `a` its append time, `v` the append time of what made it visible."""
    shown = origin.appended_at if visible_at is None else max(visible_at, origin.appended_at)
    return {"t": EVENT, "o": str(origin), "a": origin.appended_at, "v": shown}
