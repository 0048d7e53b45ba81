"""Plays an example: its records through the stages that raise alerts, tick by tick; then tells what differs. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

import orjson

from schemas.identifiers import child_id
from schemas.internal import EVENT, FACT, HEARD, WATERMARK
from schemas.internal import pack as packed
from streams.centers.stage import CentersStage
from streams.clinical.pack import RulePack
from streams.clock.moments import utc_text
from streams.rehearsal.example import Example, ExampleRecord, Expected, is_fact
from streams.timeline.stage import TimelineStage
from streams.topics import ALERTS, CHILD_EVENTS, FACILITY_EVENTS
from streams.transport.port import Output, Stage, decisions

Row = dict[str, Any]
Message = tuple[bytes, bytes]
"""(key, value)"""
Key = Callable[[Example, ExampleRecord], str]
"""The key under which a stage reads a record; "" when it does not."""
COMPARED = ("due_on", "milestone", "resolution")


class Arrived(NamedTuple):
    """A record of child-events, as a consumer hands it out."""

    offset: int
    key: bytes
    value: bytes
    timestamp: int
    topic: str = CHILD_EVENTS
    partition: int = 0


def play(example: Example, pack: RulePack, zone: tzinfo) -> list[Row]:
    """The newest row of every alert, the records published before the tick that follows them in time.

    Records dated after `now` are published before it: they do not count yet.
    """
    alerts: dict[str, Row] = {}
    timeline, centers = Played(TimelineStage(0, 1, zone, pack)), Played(CentersStage(0, 1, zone, pack))
    for moment, due in _batches(example):
        sent = timeline.read([*_records(example, due, _child), *_passed(example, moment)])
        to_centers = [(out.key or b"", out.value or b"") for out in sent if out.topic == FACILITY_EVENTS]
        sent += centers.read([*_records(example, due, _center), *_passed(example, moment), *to_centers])
        told = (orjson.loads(out.value or b"") for out in sent if out.topic == ALERTS)
        alerts |= {body["row"]["alert_id"]: body["row"] for body in told}
    return list(alerts.values())


class Played:
    """A stage of one partition that reads message after message."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.offset = stage, 0
        stage.restore(())

    def read(self, messages: Iterable[Message]) -> list[Output]:
        """What it sends of some messages."""
        sent: list[Output] = []
        for key, value in messages:
            record = Arrived(self.offset, key, value, self.offset)
            self.offset += 1
            for decision in decisions(self.stage, [record], {CHILD_EVENTS: self.offset}):
                sent += decision.outputs
                decision.install()
        return sent


def differences(example: Example, alerts: list[Row]) -> list[str]:
    """One line for each alert that is not as expected, or that nobody expected."""
    seen = [alert for alert in alerts if not example.rules or alert["rule"] in example.rules]
    lines = []
    for expected in example.expect:
        found = next((alert for alert in seen if _is(expected, alert)), None)
        if found is None:
            lines.append(f"expected {_wanted(expected)}; there is {_all(seen)}")
        else:
            seen.remove(found)
    return lines + [f"not expected: {_told(alert)}" for alert in seen if alert["state"] != "resolved"]


def _batches(example: Example) -> Iterator[tuple[datetime, list[int]]]:
    """(tick, places of the records that are published before it, in the order of the example)"""
    left = sorted(range(len(example.record)), key=lambda place: example.record[place].time)
    for moment in example.moments:
        due = [place for place in left if moment == example.now or example.record[place].time <= moment]
        left = [place for place in left if place not in due]
        yield moment, due


def _records(example: Example, due: Iterable[int], key_of: Key) -> Iterator[Message]:
    """Facts of the registry, and the records that `key_of` gives a key."""
    for place in due:
        record = example.record[place]
        key = record.subject if is_fact(record) else key_of(example, record)
        if key:
            yield key.encode(), _message(example, place)


def _child(example: Example, record: ExampleRecord) -> str:
    return child_id(record.subject) if record.subject else example.child


def _center(example: Example, record: ExampleRecord) -> str:
    return str(record.data.get("center_id", ""))


def _passed(example: Example, moment: datetime) -> list[Message]:
    return [(b"heard", _heard(example, moment)), (b"watermark", _tick(moment))]


def _message(example: Example, place: int) -> bytes:
    kind = FACT if is_fact(example.record[place]) else EVENT
    meta = {"t": kind, "o": f"example/0/{place}", "a": place, "v": place}
    return packed(meta, orjson.dumps(example.event(place)))


def _heard(example: Example, moment: datetime) -> bytes:
    """Until when each registered source was heard: by its records of before."""
    registered = {record.subject.removeprefix("source:") for record in example.record}
    heard: dict[str, str] = {}
    for record in example.record:
        if record.time <= moment and record.source in registered:
            heard[record.source] = max(utc_text(record.time), heard.get(record.source, ""))
    return packed({"t": HEARD, "origin": 0, "now": utc_text(moment), "heard": heard})


def _tick(moment: datetime) -> bytes:
    return packed({"t": WATERMARK, "now": utc_text(moment), "origin": 0})


def _is(expected: Expected, alert: Row) -> bool:
    wanted = {name: value for name in COMPARED if (value := getattr(expected, name)) is not None}
    same = all(str(alert[name]) == str(value) for name, value in wanted.items())
    return same and (expected.rule, expected.state) == (alert["rule"], alert["state"])


def _wanted(expected: Expected) -> str:
    return " ".join(f"{name}={value}" for name, value in expected if value is not None)


def _all(alerts: list[Row]) -> str:
    return ", ".join(map(_told, alerts)) or "none"


def _told(alert: Row) -> str:
    shown = {name: alert[name] for name in ("rule", "state", *COMPARED)}
    return " ".join(f"{name}={value}" for name, value in shown.items() if value not in (None, ""))
