"""Rows that intake itself writes for the store: what waits in the park, and until when a source was heard. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from streams.clock.moments import utc_text_of, utc_text_of_ms
from streams.intake.arrival import Arrival
from streams.intake.draft import Draft
from streams.intake.lots import Identity, Lot, Waits
from streams.records import stronger
from streams.store_rows import StoreRows

Waiting = tuple[int, int, int]
"""How many records wait, and when the broker had the first and the last of them (ms since 1970)."""
NONE: Waiting = (0, 0, 0)


def unlinked_rows(draft: Draft, partition: int, rows: StoreRows) -> None:
    """One row per subject and source of which other records wait than before; deleted when none is left."""
    changed = [
        (subject, source, now.get(source, NONE))
        for subject, before, now in ((s, _waiting(old), _waiting(new)) for s, old, new in draft.touched_subjects())
        for source in sorted(before.keys() | now.keys())
        if before.get(source) != now.get(source)
    ]
    if changed:
        version = draft.next_sequence()
        for subject, source, waiting in changed:
            rows.add("unlinked", version, _unlinked(partition, subject, source, waiting), deleted=not waiting[0])


def parked_rows(draft: Draft, rows: StoreRows) -> None:
    """One row per publication that waits more than before, in full; deleted for each that waits no longer."""
    changed = [pair for _, old, new in draft.touched_subjects() for pair in _moved(old, new)]
    if changed:
        version = draft.next_sequence()
        for arrival, waits in changed:
            rows.add("events", version, _parked(arrival), deleted=not waits)


def _moved(before: Lot, after: Lot) -> Iterator[tuple[Arrival, bool]]:
    """(publication, whether it waits now) of all that began or ended to wait."""
    for place, arrival in before.arrivals.items():
        held = after.arrivals.get(place)
        if held is None or held.origin != arrival.origin:
            yield arrival, False
    for place, arrival in after.arrivals.items():
        held = before.arrivals.get(place)
        if held is None or held.origin != arrival.origin:
            yield arrival, True


def _parked(arrival: Arrival) -> dict[str, Any]:
    origin = arrival.origin
    row = {"topic": origin.topic, "partition": origin.partition, "offset": origin.offset, "via": "parked"}
    row |= {"child_id": "", "center_id": "", "appended_at": origin.appended_at, "visible_at": origin.appended_at}
    return row | {"raw": arrival.raw.decode()}


def _waiting(lot: Lot) -> Waits:
    """By source what waits: a record that was retracted meanwhile waits for nothing. Counted once for each lot."""
    if lot.counted is None:
        lot.counted = _counted(lot)
    return lot.counted


def _counted(lot: Lot) -> Waits:
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


def _unlinked(partition: int, subject: str, source: str, waiting: Waiting) -> dict[str, Any]:
    records, first, last = waiting
    row = {"subject": subject, "source": source, "writer": "intake", "partition": partition, "records": records}
    row["first_at"] = utc_text_of_ms(first) if records else None
    row["last_at"] = utc_text_of_ms(last) if records else None
    return row


def heard_rows(draft: Draft, partition: int, rows: StoreRows) -> None:
    """Until when each source was heard of in this partition; sent with a tick."""
    for source, until in sorted(draft.report_heard().items()):
        rows.add("source_heard", _version(until), _heard(source, partition, until))


def heard_until(times: Iterable[str]) -> str:
    """The greatest of some RFC 3339 times, as UTC text."""
    return max(map(utc_text_of, times))


def _heard(source: str, partition: int, until: str) -> dict[str, Any]:
    return {"source": source, "partition": partition, "heard_until": until}


def _version(until: str) -> int:
    return int(datetime.fromisoformat(until).astimezone(UTC).timestamp() * 1000)
