"""Plays an example: its records through the stages that raise alerts, tick by tick; then tells what differs. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

import orjson

from schemas.internal import EVENT, FACT, HEARD, WATERMARK
from schemas.internal import pack as packed
from streams.centers.stage import CentersStage
from streams.clinical.pack import RulePack
from streams.clock.moments import utc_text
from streams.rehearsal.example import Example, ExampleRecord, Expected
from streams.timeline.stage import TimelineStage
from streams.topics import CHILD_EVENTS
from streams.transport.port import Stage, decisions

Row = dict[str, Any]
Key = Callable[[ExampleRecord], str]
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
    stages: tuple[tuple[Stage, Key], ...] = (
        (TimelineStage(0, 1, zone, pack), lambda record: example.child),
        (CentersStage(0, 1, zone, pack), lambda record: str(record.data.get("center_id", ""))),
    )
    for stage, key_of in stages:
        stage.restore(())
        for record in _log(example, key_of):
            for decision in decisions(stage, [record], {CHILD_EVENTS: record.offset + 1}):
                told = (orjson.loads(out.value or b"") for out in decision.outputs if out.topic == "alerts")
                alerts |= {body["row"]["alert_id"]: body["row"] for body in told}
                decision.install()
    return list(alerts.values())


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


def _log(example: Example, key_of: Key) -> Iterator[Arrived]:
    """What a stage reads: facts of the registry, and the records that `key_of` gives a key."""
    offset = 0
    left = sorted(range(len(example.record)), key=lambda place: example.record[place].time)
    for moment in example.moments:
        last = moment == example.now
        due = [place for place in left if last or example.record[place].time <= moment]
        left = [place for place in left if place not in due]
        keys = {place: example.record[place].subject or key_of(example.record[place]) for place in due}
        told = [(key.encode(), _message(example, place)) for place, key in keys.items() if key]
        for key, value in (*told, (b"heard", _heard(example, moment)), (b"watermark", _tick(moment))):
            yield Arrived(offset, key, value, offset)
            offset += 1


def _message(example: Example, place: int) -> bytes:
    kind = FACT if example.record[place].subject else EVENT
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
