"""One partition of timeline as a test sees it: send it messages, look at the tables that its outputs make.

Every output is checked on its way in: a row's versions only grow, and nothing is said that was known already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from schemas.internal import pack
from streams.clinical.pack import RulePack, national
from streams.timeline.stage import TimelineStage
from streams.transport.port import Decision, Output
from tests.support.builders import child_of

ZONE = ZoneInfo("Asia/Shanghai")
NEVER_BEFORE_MS = 1_780_272_000_000
KEYS = {
    "timeline": ("child_id", "kind", "source", "record_id"),
    "children": ("child_id",),
    "milestones": ("child_id", "milestone"),
    "vaccination_status": ("child_id", "dose"),
    "alerts": ("alert_id",),
    "unlinked": ("subject", "source", "writer", "partition"),
    "watermarks": ("stage", "partition"),
}

Row = dict[str, Any]
Message = tuple[bytes, bytes]
"""(key, value) of a record of child-events."""


@dataclass(frozen=True)
class Arrived:
    """A record of child-events as a consumer hands it out."""

    offset: int
    key: bytes
    value: bytes
    topic: str = "child-events"
    partition: int = 0

    @property
    def timestamp(self) -> int:
        return NEVER_BEFORE_MS + self.offset


def only(*rules: str) -> RulePack:
    """The national rules, but of those that raise alerts these alone."""
    told = orjson.loads(national().dumps())
    told["rules"] = [rule for rule in told["rules"] if rule["id"] in rules]
    return RulePack.loads(orjson.dumps(told))


def event_message(event: Row, *, child: str = "", number: int = 0, visible: int | None = None) -> Message:
    """An event as intake sends it to its child; `number`: its offset, and its append time in ms after the start."""
    appended = NEVER_BEFORE_MS + number
    shown = appended if visible is None else NEVER_BEFORE_MS + visible
    meta = {"t": "event", "o": f"clinic-events/0/{number}", "a": appended, "v": shown}
    return (child or child_of(event["subject"])).encode(), pack(meta, orjson.dumps(event))


def watermark(now: str, origin: int = 0) -> Message:
    """A tick that one partition of intake has passed; `now`: a date stands for noon of that day in the county."""
    text = now if "T" in now else f"{now}T04:00:00.000Z"
    return b"watermark", pack({"t": "watermark", "now": text, "origin": origin})


def fact(event: Row, number: int = 0) -> Message:
    """A registry record as intake sends it into every partition."""
    appended = NEVER_BEFORE_MS + number
    meta = {"t": "fact", "o": f"registry-events/0/{number}", "a": appended, "v": appended}
    return event["subject"].encode(), pack(meta, orjson.dumps(event))


def heard(now: str, origin: int = 0, **until: str) -> Message:
    """What one partition of intake tells in front of its watermark `now`: clinic → the day until which it was heard."""
    told = {f"clinic:{clinic}": f"{day}T04:00:00.000Z" for clinic, day in until.items()}
    text = f"{now}T04:00:00.000Z"
    return b"heard", pack({"t": "heard", "origin": origin, "now": text, "heard": told})


def route(subject: str, epoch: int, child: str, told: str, before: str = "") -> Message:
    """What intake tells the child `told`: the subject's records belong to `child`, and were those of `before`."""
    meta = {"t": "route", "subject": subject, "epoch": epoch, "child": child}
    return told.encode(), pack(meta | ({"from": before} if before else {}))


def marker(subject: str, epoch: int, child: str) -> Message:
    """What the child that had a subject before `epoch` tells the one that has it since: all is handed over."""
    return child.encode(), pack({"t": "moved", "subject": subject, "epoch": epoch})


def bodies_of(topic: str, value: bytes | None) -> list[Row]:
    """What a message tells of: a store-rows message of many rows, any other of one."""
    body = orjson.loads(value or b"")
    return body if topic == "store-rows" else [body]


@dataclass
class Tables:
    """The newest version of every row; alert_history in the order it was told."""

    rows: dict[str, dict[tuple[str, ...], Row]] = field(default_factory=lambda: {table: {} for table in KEYS})
    versions: dict[tuple[str, tuple[str, ...]], int] = field(default_factory=dict)
    history: list[Row] = field(default_factory=list)
    rejected: list[Output] = field(default_factory=list)
    sent_on: list[Output] = field(default_factory=list)
    to_centers: list[Output] = field(default_factory=list)

    def take(self, outputs: Iterable[Output]) -> None:
        told: set[tuple[str, tuple[str, ...]]] = set()
        for output in outputs:
            if output.topic == "rejected-events":
                self.rejected.append(output)
            elif output.topic == "child-events":
                self.sent_on.append(output)
            elif output.topic == "facility-events":
                self.to_centers.append(output)
            else:
                for body in bodies_of(output.topic, output.value):
                    named = self.take_one(output.topic, body, output.key)
                    assert named not in told, f"{named} was told twice in one decision"
                    told.add(named)

    def take_one(self, topic: str, body: Row, key: bytes | None) -> tuple[str, tuple[str, ...]]:
        """A message's row, checked against what was told before; returns the table and the row's key."""
        table = {"timeline-entries": "timeline", "alerts": "alerts"}.get(topic) or body["table"]
        row, deleted = body["row"], body.get("deleted", False)
        named = tuple(row[column] for column in KEYS[table])
        assert topic == "store-rows" or key == row["child_id"].encode()
        assert body["version"] > self.versions.get((table, named), -1), f"{table} {named}: version does not grow"
        assert (None if deleted else row) != self.rows[table].get(named), f"{table} {named}: nothing new is told"
        self.versions[table, named] = body["version"]
        if deleted:
            del self.rows[table][named]
        else:
            self.rows[table][named] = row
        if topic == "alerts":
            self.history.append({"milestone": row["milestone"], **body["transition"]})
        return table, named

    def of(self, table: str) -> list[Row]:
        return list(self.rows[table].values())


class Shard:
    """A stage, its log and its state topic; `send` is one committed batch."""

    def __init__(self, partitions: int = 1, partition: int = 0, pack: RulePack | None = None) -> None:
        self.partition, self.partitions, self.pack = partition, partitions, pack or only("checkup-overdue")
        self.tables = Tables()
        self.state: dict[bytes, bytes] = {}
        self.end = 0
        self.restart()

    def restart(self) -> None:
        """As after a kill: a new stage, from the state topic alone."""
        self.stage = TimelineStage(self.partition, self.partitions, ZONE, self.pack)
        self.stage.restore(self.state.items())

    def records(self, messages: Sequence[Message]) -> list[Arrived]:
        found = [Arrived(self.end + place, key, value) for place, (key, value) in enumerate(messages)]
        self.end += len(found)
        return found

    def send(self, *messages: Message) -> Decision:
        """Decide on one batch, commit it, install it."""
        decision = self.stage.decide(self.records(messages), {"child-events": self.end})
        self.commit(decision)
        return decision

    def commit(self, decision: Decision) -> None:
        self.tables.take(decision.outputs)
        for key, value in decision.changes.items():
            if value is None:
                self.state.pop(key, None)
            else:
                self.state[key] = value
        decision.install()
