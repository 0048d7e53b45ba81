"""Messages as the stages write them, with only what a test is about named in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from schemas.internal import pack


@dataclass(frozen=True, slots=True)
class AMessage:
    """A Kafka record as the sink reads it."""

    topic: str
    value: bytes | None = None
    partition: int = 3
    offset: int = 70
    timestamp: int = 1_772_415_000_123
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()


def a_timeline_row(**columns: Any) -> dict[str, Any]:
    row = {
        "child_id": "c1",
        "kind": "checkup.recorded",
        "source": "clinic:chengguan",
        "record_id": "V-1",
        "subject": "cn-id:5f",
        "occurred_at": "2026-03-02T01:30:00.250Z",
        "local_date": "2026-03-02",
        "revision": 2,
        "age_days": 281,
        "center_id": "",
        "class_id": "",
        "clinic_id": "chengguan",
        "data": {"clinic_id": "chengguan", "weight_kg": 9.6},
        "waz": 0.73,
        "haz": None,
        "wlz": None,
        "baz": None,
        "hcz": None,
        "wst_wfa": 0,
        "wst_lhfa": None,
        "wst_wfl": -4,
        "flags": ["milestone-too-early"],
        "recorded_at": "2026-03-02T01:41:12.000Z",
        "accepted_at": "2026-03-02T02:00:00.000Z",
        "origin": "clinic-events/3/17",
        "event_id": "e1",
    }
    return row | columns


def a_timeline_entry(version: int = 5, deleted: bool = False, **columns: Any) -> AMessage:
    body = {"version": version, "deleted": deleted, "row": a_timeline_row(**columns)}
    return AMessage("timeline-entries", orjson.dumps(body))


def a_store_row(table: str, row: dict[str, Any], version: int = 5, deleted: bool = False, **more: Any) -> AMessage:
    body = {"table": table, "version": version, "deleted": deleted, "row": row}
    return AMessage("store-rows", orjson.dumps([body]), **more)


def an_alert_row(**columns: Any) -> dict[str, Any]:
    row = {
        "alert_id": "a1",
        "rule": "checkup-overdue",
        "rule_version": 1,
        "severity": "warning",
        "child_id": "c1",
        "center_id": "",
        "clinic_id": "chengguan",
        "milestone": "m6",
        "state": "open",
        "resolution": "",
        "due_on": "2026-01-02",
        "raised_at": "2026-03-02T01:30:00.000Z",
        "changed_at": "2026-03-02T01:30:00.000Z",
        "detail": {"subject": "cn-id:5f"},
    }
    return row | columns


def an_alert(version: int = 5, **columns: Any) -> AMessage:
    row = an_alert_row(**columns)
    transition = {"at": row["changed_at"], "state": row["state"], "resolution": row["resolution"]}
    return AMessage("alerts", orjson.dumps({"version": version, "transition": transition, "row": row}))


def an_accepted_event(
    topic: str = "child-events", kind: str = "event", origin: str = "clinic-events/3/17", **more: Any
) -> AMessage:
    meta = {"t": kind, "o": origin, "a": 1_772_415_000_000, "v": 1_772_415_000_100}
    return AMessage(topic, pack(meta, b'{"type":"checkup.recorded.v1"}'), **{"key": b"c1", **more})


def a_rejection(**headers: str) -> AMessage:
    problems = [
        {"code": "missing-field", "path": "/data/sex", "message": "is missing", "allowed": None},
        {"code": "bad-value", "path": "/data/weight_kg", "message": "out of range", "allowed": "0.3 to 60"},
    ]
    told = {
        "code": "missing-field",
        "detail": orjson.dumps(problems).decode(),
        "origin": "clinic-events/3/17",
        "sha256": "ab" * 32,
        "size": "512",
        "source": "clinic:chengguan",
        "type": "child.registered.v1",
        "subject": "cn-id:5f",
        "received_at": "2026-03-02T01:30:00.000Z",
    }
    pairs = [(name, value.encode()) for name, value in (told | headers).items()]
    return AMessage("rejected-events", b"{}", headers=pairs)
