"""Rows that intake itself writes for the store: what waits in the park, and until when a source was heard. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from streams import topics
from streams.clock.moments import utc_text, utc_text_of_ms
from streams.intake.arrival import Arrival
from streams.intake.lots import Identity, Lot
from streams.intake.memory import Draft
from streams.records import stronger
from streams.transport.port import Output

Waiting = tuple[int, int, int]
"""How many records wait, and when the broker had the first and the last of them (ms since 1970)."""
NONE: Waiting = (0, 0, 0)


def unlinked_rows(draft: Draft, partition: int) -> list[Output]:
    """One row per subject and source of which other records wait than before; deleted when none is left."""
    changed = [
        (subject, source, now.get(source, NONE))
        for subject, before, now in ((s, _waiting(old), _waiting(new)) for s, old, new in draft.touched_subjects())
        for source in sorted(before.keys() | now.keys())
        if before.get(source) != now.get(source)
    ]
    if not changed:
        return []
    version = draft.next_sequence()
    return [_unlinked(partition, version, subject, source, waiting) for subject, source, waiting in changed]


def _waiting(lot: Lot) -> dict[str, Waiting]:
    """By source what waits: a record that was retracted meanwhile waits for nothing."""
    times: dict[str, list[int]] = defaultdict(list)
    for arrival in _holding(lot):
        if not arrival.event.retraction:
            times[arrival.event.source].append(arrival.origin.appended_at)
    return {source: (len(found), min(found), max(found)) for source, found in times.items()}


def _holding(lot: Lot) -> Iterator[Arrival]:
    """The publication that holds of each record; they are compared only where there are several."""
    several: dict[Identity, Arrival] = {}
    for arrival in lot.arrivals.values():
        if lot.records[arrival.identity] == 1:
            yield arrival
            continue
        held = several.get(arrival.identity)
        if held is None or _is_stronger(arrival, held):
            several[arrival.identity] = arrival
    yield from several.values()


def _is_stronger(one: Arrival, other: Arrival) -> bool:
    if one.event.revision != other.event.revision:
        return one.event.revision > other.event.revision
    return stronger(one.publication(), other.publication())


def _unlinked(partition: int, version: int, subject: str, source: str, waiting: Waiting) -> Output:
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
