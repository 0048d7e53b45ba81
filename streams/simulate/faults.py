"""Records that must be refused: broken, misplaced, out of range, in the future, telling too much."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import orjson

from streams.simulate.books import JSON
from streams.simulate.facilities import token
from streams.simulate.plan import Plan

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ANY_PARTITION = 256
"""Partitions are numbered below this; a publisher takes the number modulo as many as there are."""
Rejected = tuple[str, str]
"""(topic, code)."""
Maker = Callable[[JSON, Random], JSON]


def identity_number(random: Random) -> str:
    """A number that nobody has, with a valid date and check character."""
    born = f"{random.randrange(1950, 2020)}0{random.randrange(1, 9)}1{random.randrange(1, 9)}"
    digits = f"110105{born}{random.randrange(1000):03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


def make_faults(plan: Plan, events: list[JSON], random: Random) -> tuple[list[JSON], Counter[Rejected]]:
    """(raw records with the line of events.jsonl after which each comes, rejections by topic and code)."""
    share = {"none": 0, "light": 400, "heavy": 60}[plan.faults]
    if not share:
        return [], Counter()
    checkups = [event for event in events if event["type"] == "checkup.recorded.v1"]
    makers = list(MAKERS.items())
    faults, codes = [], Counter[Rejected]()
    for number in range(max(2 * len(makers), len(events) // share)):
        code, make = makers[number % len(makers)]
        event = orjson.loads(orjson.dumps(random.choice(checkups)))
        event |= {"id": token(plan.seed, "fault", number), "recordid": f"F{number:06d}", "revision": 1}
        fault = {"topic": "clinic-events", "key": event["subject"], **make(event, random)}
        fault["after"] = random.randrange(1, len(events) + 1)
        if random.random() < 0.1:
            fault["partition"] = random.randrange(ANY_PARTITION)
        faults.append(fault)
        codes[fault["topic"], code.partition("/")[0]] += 1
    return sorted(faults, key=lambda fault: int(fault["after"])), codes


def _json(event: JSON) -> JSON:
    return {"value": orjson.dumps(event).decode()}


def _with(**changes: Any) -> Maker:
    return lambda event, _: _json(event | changes)


def _data(**changes: Any) -> Maker:
    return lambda event, _: _json(event | {"data": event["data"] | changes})


def _without(name: str) -> Maker:
    return lambda event, _: _json({key: value for key, value in event.items() if key != name})


def _raw(value: bytes) -> Maker:
    return lambda _event, _random: {"value_base64": base64.b64encode(value).decode()}


def _told(event: JSON, random: Random) -> JSON:
    return _json(event | {"data": event["data"] | {"conclusions": [f"id {identity_number(random)}"]}})


def _called(event: JSON, random: Random) -> JSON:
    number = f"13{random.randrange(10**9):09d}"
    return _json(event | {"data": event["data"] | {"conclusions": [f"call {number}"]}})


MAKERS: dict[str, Maker] = {
    "too-large": _data(conclusions=["x" * 60] * 1200),
    "not-json": _raw(b'{"specversion": "1.0", '),
    "not-json/utf8": _raw(b'{"id": "\xff\xfe"}'),
    "not-json/nan": lambda event, _: {"value": orjson.dumps(event).decode().replace('"1.0"', "NaN", 1)},
    "not-cloudevents": _with(specversion="0.3"),
    "not-cloudevents/source": _with(source="hospital 7"),
    "raw-identifier": _told,
    "raw-identifier/mobile": _called,
    "unknown-type": _with(type="checkup.performed.v1"),
    "unknown-type/version": _with(type="checkup.recorded.v2"),
    "wrong-side": lambda event, _: _json(event | {"source": "center:somewhere"}),
    "wrong-topic": lambda event, _: {**_json(event), "topic": "center-events"},
    "key-mismatch": lambda event, _: {**_json(event), "key": "cn-id:" + "0" * 32},
    "not-your-own": _data(clinic_id="somebody-else"),
    "unknown-field": _data(wieght_kg=9.1),
    "missing-field": lambda event, _: _json(event | {"data": {"weight_kg": 9.0}}),
    "missing-field/time": _without("time"),
    "bad-value": _data(weight_kg=950),
    "bad-value/text": _data(weight_kg="9.5"),
    "bad-value/revision": _with(revision=0),
    "time-in-future": _with(time="2099-01-01T08:00:00+08:00"),
}
