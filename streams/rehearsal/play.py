"""Plays an example: its records through the timeline stage, tick by tick; then tells what differs. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

import orjson

from schemas.internal import pack as packed
from streams.clinical.pack import RulePack
from streams.rehearsal.example import Example, Expected
from streams.timeline.stage import TimelineStage
from streams.topics import CHILD_EVENTS
from streams.transport.port import decisions

Row = dict[str, Any]
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
    stage = TimelineStage(0, 1, zone, pack)
    stage.restore(())
    alerts: dict[str, Row] = {}
    for record in _log(example):
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


def _log(example: Example) -> Iterator[Arrived]:
    offset = 0
    left = sorted(range(len(example.record)), key=lambda place: example.record[place].time)
    for moment in example.moments:
        last = moment == example.now
        due = [place for place in left if last or example.record[place].time <= moment]
        left = [place for place in left if place not in due]
        for value in (*(_message(example, place, offset) for place in due), _tick(moment)):
            key = b"watermark" if value == _tick(moment) else example.child.encode()
            yield Arrived(offset, key, value, offset)
            offset += 1


def _message(example: Example, place: int, offset: int) -> bytes:
    meta = {"t": "event", "o": f"example/0/{place}", "a": offset, "v": offset}
    return packed(meta, orjson.dumps(example.event(place)))


def _tick(moment: datetime) -> bytes:
    now = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return packed({"t": "watermark", "now": now, "origin": 0})


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
