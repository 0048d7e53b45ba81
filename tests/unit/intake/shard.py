"""One partition of intake as a test sees it: publish to it, commit what it decides, look at what it wrote."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import orjson

from schemas.internal import unpack
from streams.intake.stage import IntakeStage
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, FACILITY_EVENTS, REJECTED_EVENTS, SOURCE_TOPICS, STORE_ROWS
from tests.support.builders import an_event
from tests.support.pipeline import topic_of
from tests.support.simulated_broker import Runner, SimulatedBroker, Stored

SOURCES = (*SOURCE_TOPICS, CLOCK, EXCHANGE)


class Shard:
    """The only partition of an intake."""

    def __init__(self) -> None:
        self.broker = SimulatedBroker()
        self.runner = Runner(self.broker, SOURCES, 0, lambda p: IntakeStage(p, 1))

    def publish(self, *events: dict[str, Any], keyless: bool = False) -> list[Stored]:
        """Append events to their topics; nothing is decided yet."""
        return [
            self.broker.append(topic_of(e), 0, None if keyless else e["subject"].encode(), orjson.dumps(e))
            for e in events
        ]

    def settle(self, most: int = 1_000_000) -> None:
        """Decide until nothing is left to read."""
        while self.runner.behind():
            self.runner.step(random.Random(1), most)

    def send(self, *events: dict[str, Any], keyless: bool = False) -> list[Stored]:
        stored = self.publish(*events, keyless=keyless)
        self.settle()
        return stored

    def counted(self) -> list[str]:
        """Ids of the events that went to their centre."""
        return [each.event["id"] for each in self.sent(FACILITY_EVENTS) if each.meta["t"] == "event"]

    def delivered(self) -> list[str]:
        """Ids of the events that went to a child."""
        return [each.event["id"] for each in self.sent(CHILD_EVENTS) if each.meta["t"] == "event"]

    def sent(self, topic: str) -> list[Sent]:
        return [Sent(r.key or b"", *unpacked(r.value or b"")) for r in self.broker.all(topic, 1)]

    def rejected(self) -> list[Stored]:
        return self.broker.all(REJECTED_EVENTS, 1)

    def unlinked(self) -> dict[tuple[str, str], int]:
        """(subject, source) → records that wait, by the rows that intake wrote for the store."""
        rows: dict[tuple[str, str], int] = {}
        for body in [row for record in self.broker.all(STORE_ROWS, 1) for row in orjson.loads(record.value or b"")]:
            if body["table"] == "unlinked":
                named = (body["row"]["subject"], body["row"]["source"])
                assert body["deleted"] == (body["row"]["records"] == 0)
                rows.pop(named, None)
                if not body["deleted"]:
                    rows[named] = body["row"]["records"]
        return rows


@dataclass(frozen=True)
class Sent:
    """An internal message: its key, its metadata, its event ({} where it has none)."""

    key: bytes
    meta: dict[str, Any]
    event: dict[str, Any]


def unpacked(value: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    meta, raw = unpack(value)
    return meta, orjson.loads(raw) if raw else {}


def attendance(subject: str, number: int = 0, center: str = "yucai", **more: Any) -> dict[str, Any]:
    """A centre's record, one of many."""
    data = {"center_id": center, "class_id": "c1", "date": "2026-01-05", "status": "present"}
    at = "2026-01-05T08:00:00+08:00"
    return an_event("attendance.recorded", f"center:{center}", subject, data, at, recordid=f"A{number}", **more)


def link(alias: str, to: str, **more: Any) -> dict[str, Any]:
    at = "2026-02-01T08:00:00+08:00"
    return an_event("identity.linked", "clinic:chengguan", alias, {"same_as": to}, at, **{"recordid": "L", **more})


def retracted(event: dict[str, Any]) -> dict[str, Any]:
    kind = event["type"].removesuffix(".v1")
    more = {"recordid": event.get("recordid", event["id"]), "revision": event.get("revision", 1) + 1}
    data = {"kind": kind, "reason": "wrong child"}
    return an_event("record.retracted", event["source"], event["subject"], data, "2026-02-03T08:00:00+08:00", **more)
