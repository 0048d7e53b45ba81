"""Rows that intake itself writes for the store: what waits in the park, and until when a source was heard. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

from streams import topics
from streams.clock.moments import utc_text, utc_text_of_ms
from streams.intake.arrival import Arrival
from streams.intake.memory import Draft
from streams.transport.port import Output


def unlinked_rows(draft: Draft, partition: int) -> list[Output]:
    """One row per subject and source whose parked events changed; it is deleted when none is left."""
    changed = [
        (subject, source, _waiting(after, source))
        for subject, before, after in draft.touched_subjects()
        for source in sorted({arrival.event.source for arrival in (*before.values(), *after.values())})
        if _waiting(before, source) != _waiting(after, source)
    ]
    if not changed:
        return []
    version = draft.next_sequence()
    return [_unlinked(partition, version, subject, source, waiting) for subject, source, waiting in changed]


def _waiting(arrivals: dict[Any, Arrival], source: str) -> tuple[int, int, int]:
    """(records, first and last append time) of one source's publications."""
    own = [arrival for arrival in arrivals.values() if arrival.event.source == source]
    times = [arrival.origin.appended_at for arrival in own]
    return len({arrival.identity for arrival in own}), min(times, default=0), max(times, default=0)


def _unlinked(partition: int, version: int, subject: str, source: str, waiting: tuple[int, int, int]) -> Output:
    records, first, last = waiting
    row = {"subject": subject, "source": source, "writer": "intake", "partition": partition, "records": records}
    row["first_at"] = utc_text_of_ms(first) if records else None
    row["last_at"] = utc_text_of_ms(last) if records else None
    return _row(partition, "unlinked", version, subject, row, deleted=not records)


def heard_rows(draft: Draft, partition: int) -> list[Output]:
    """Until when each source was heard of in this partition; sent with a tick."""
    return [
        _row(partition, "source_heard", _version(until), source, _heard(source, partition, until))
        for source, until in sorted(draft.report_heard().items())
    ]


def heard_until(times: Iterable[str]) -> str:
    """The greatest of some RFC 3339 times, as UTC text."""
    return max(utc_text(datetime.fromisoformat(time.upper())) for time in times)


def _heard(source: str, partition: int, until: str) -> dict[str, Any]:
    return {"source": source, "partition": partition, "heard_until": until}


def _version(until: str) -> int:
    return int(datetime.fromisoformat(until).astimezone(UTC).timestamp() * 1000)


def _row(partition: int, table: str, version: int, key: str, row: dict[str, Any], deleted: bool = False) -> Output:
    value = orjson.dumps({"table": table, "version": version, "deleted": deleted, "row": row})
    return Output(topics.STORE_ROWS, partition, key.encode(), value)
