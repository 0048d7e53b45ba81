"""Children and records for the curve, as intake hands them to timeline. Pure.

No simulated county: a hundred thousand whole lives would take minutes to make. Each child has a registration, and each
record is what centres and clinics send most: attendance, a morning check, and one checkup in twenty.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from schemas.internal import WATERMARK, Origin, event_meta, pack
from streams.transport.port import partition_of

APPENDED_AT = 1_782_864_000_000
"""2026-07-01, ms since 1970."""

NOW = "2026-06-30T15:59:00.000Z"
CHECKUP_EVERY = 20
STRIDE = 7_919
"""A prime: records visit the children in no order of theirs, all of them before any comes twice."""

Pair = tuple[bytes | None, bytes | None]


def watermarks(partitions: int) -> dict[int, list[Pair]]:
    """A tick that all of intake's partitions have passed, for each partition of child-events."""
    values = [pack({"t": WATERMARK, "now": NOW, "origin": origin}) for origin in range(partitions)]
    return {partition: [(b"tick", value) for value in values] for partition in range(partitions)}


def registrations(numbers: Iterable[int], partitions: int) -> dict[int, list[Pair]]:
    """Messages that register children, by partition."""
    return _dealt(((number, _registration(number)) for number in numbers), "clinic-events", partitions)


def records(prefix: str, count: int, children: int, partitions: int) -> dict[int, list[Pair]]:
    """`count` new records spread over `children` children, by partition."""
    made = ((place * STRIDE % children, place) for place in range(count))
    return _dealt(
        ((child, _record(child, f"{prefix}{place}", place)) for child, place in made), "center-events", partitions
    )


def _dealt(events: Iterator[tuple[int, dict[str, Any]]], topic: str, partitions: int) -> dict[int, list[Pair]]:
    dealt: dict[int, list[Pair]] = defaultdict(list)
    for offset, (number, event) in enumerate(events):
        name = _token(number)
        partition = partition_of(name, partitions)
        meta = event_meta(Origin(topic, partition, offset, APPENDED_AT))
        dealt[partition].append((name.encode(), pack(meta, orjson.dumps(event))))
    return dealt


def _registration(number: int) -> dict[str, Any]:
    born = f"{2020 + number % 6}-{1 + number % 12:02}-{1 + number % 28:02}"
    data = {"sex": "female", "birth_date": born, "clinic_id": f"clinic-{number % 14}"}
    return _event(
        number, "child.registered", f"clinic:clinic-{number % 14}", f"{born}T10:00:00+08:00", "registration", data
    )


def _record(number: int, name: str, place: int) -> dict[str, Any]:
    day = f"2026-{1 + place % 6:02}-{1 + place % 28:02}"
    if place % CHECKUP_EVERY == 0:
        data: dict[str, Any] = {"clinic_id": f"clinic-{number % 14}", "weight_kg": 9.6, "length_height_cm": 75.5}
        return _event(number, "checkup.recorded", f"clinic:clinic-{number % 14}", f"{day}T09:30:00+08:00", name, data)
    where = {"center_id": f"center-{number % 30}", "class_id": "toddler-1"}
    if place % 2:
        data = where | {"date": day, "status": "present"}
        return _event(
            number, "attendance.recorded", f"center:center-{number % 30}", f"{day}T08:10:00+08:00", name, data
        )
    data = where | {"kind": "morning", "temperature_c": 36.6, "action": "admitted"}
    return _event(number, "health-check.recorded", f"center:center-{number % 30}", f"{day}T08:20:00+08:00", name, data)


def _event(number: int, kind: str, source: str, time: str, name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "source": source,
        "type": f"{kind}.v1",
        "time": time,
        "subject": f"cn-id:{_token(number)}",
        "recordid": name,
        "revision": 1,
        "data": data,
        "id": f"{name}-{number}",
    }


def _token(number: int) -> str:
    return hashlib.blake2b(f"bench/{number}".encode(), digest_size=16).hexdigest()
