"""Centre days: any order, any duplication, any split into batches, ticks and restarts anywhere: the same figures."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.internal import pack
from streams.centers.stage import CentersStage
from streams.topics import FACILITY_EVENTS, STORE_ROWS
from tests.support.builders import an_event, subject_of
from tests.support.simulated_broker import Runner, SimulatedBroker, run_to_end

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 9)
DAYS = st.dates(FIRST, LAST + timedelta(days=2))
CHILDREN = st.sampled_from(["ann", "bea", "cui"])
Event = dict[str, Any]


def _event(kind: str, child: str, record: str, revision: int, day: date, data: dict[str, Any], hour: int = 8) -> Event:
    body = {"center_id": "yucai", **data}
    at = f"{day}T{hour:02d}:00:00+08:00"
    return an_event(kind, "center:yucai", subject_of(child), body, at, recordid=record, revision=revision)


@st.composite
def _publications(draw: st.DrawFn) -> list[Event]:
    """Some records, each published up to three times with other contents or retracted."""
    events: list[Event] = []
    for number in range(draw(st.integers(1, 7))):
        child, record = draw(CHILDREN), f"R{number}"
        make = draw(st.sampled_from([_enrolled, _withdrawn, _attended, _checked]))
        for revision in range(1, draw(st.integers(1, 3)) + 1):
            event = make(draw, child, record, revision)
            if revision > 1 and draw(st.booleans()):
                data = {"kind": event["type"].removesuffix(".v1"), "reason": "wrong"}
                event = an_event("record.retracted", event["source"], event["subject"], data, event["time"],
                                 recordid=record, revision=revision)  # fmt: skip
            events.append(event)
    return events


def _enrolled(draw: st.DrawFn, child: str, record: str, revision: int) -> Event:
    data = {"class_id": "c", "band": "mixed", "service": "full-day", "from_date": draw(DAYS).isoformat()}
    until = draw(st.none() | DAYS)
    return _event(
        "child.enrolled", child, record, revision, FIRST, data | ({"until": until.isoformat()} if until else {})
    )


def _withdrawn(draw: st.DrawFn, child: str, record: str, revision: int) -> Event:
    return _event("child.withdrawn", child, record, revision, FIRST, {"date": draw(DAYS).isoformat()})


def _attended(draw: st.DrawFn, child: str, record: str, revision: int) -> Event:
    day = draw(DAYS)
    data: dict[str, Any] = {
        "class_id": "c",
        "date": day.isoformat(),
        "status": draw(st.sampled_from(["present", "absent"])),
    }
    if data["status"] == "absent" and (reason := draw(st.sampled_from([None, "sick", "unknown", "personal"]))):
        data["absence_reason"] = reason
    return _event("attendance.recorded", child, record, revision, day, data, draw(st.integers(7, 9)))


def _checked(draw: st.DrawFn, child: str, record: str, revision: int) -> Event:
    data = {
        "class_id": "c",
        "kind": draw(st.sampled_from(["morning", "noon"])),
        "action": draw(st.sampled_from(["admitted", "sent-home"])),
    }
    data |= {"temperature_c": draw(st.sampled_from([36.5, 37.4, 37.5, 38.0]))}
    return _event("health-check.recorded", child, record, revision, draw(DAYS), data)


def _shown(events: list[Event], seed: int, ticks: list[date]) -> dict[str, dict[str, Any]]:
    """date → figures, as the stage has shown them in the end."""
    rng, broker = random.Random(seed), SimulatedBroker()
    todo: list[Event | date] = [*events, *ticks]
    rng.shuffle(todo)
    for thing in [*todo, LAST]:
        if isinstance(thing, date):
            value = pack({"t": "watermark", "now": f"{thing}T10:00:00.000Z", "origin": 0})
            broker.append(FACILITY_EVENTS, 0, b"watermark", value)
        else:
            meta = {"t": "event", "o": f"center-events/0/{broker.clock}", "a": broker.clock, "v": broker.clock}
            broker.append(FACILITY_EVENTS, 0, b"yucai", pack(meta, orjson.dumps(thing)))
    runner = Runner(broker, (FACILITY_EVENTS,), 0, lambda p: CentersStage(p, 1, ZONE))
    run_to_end([runner], rng, most=5, reload_rate=0.2)
    shown: dict[str, dict[str, Any]] = {}
    versions: dict[str, int] = {}
    for row in [row for record in broker.all(STORE_ROWS, 1) for row in orjson.loads(record.value or b"")]:
        if row["table"] == "center_days":
            day = row["row"].pop("date")
            assert row["version"] > versions.get(day, -1), "a later row must have a greater version"
            versions[day] = row["version"]
            shown[day] = {} if row["deleted"] else row["row"]
    return {day: row for day, row in shown.items() if row}


def _expected(events: list[Event]) -> dict[str, dict[str, Any]]:
    """The same figures, counted by plain loops over the publications that hold."""
    holding: dict[tuple[str, str], Event] = {}
    for event in events:
        name = (event["subject"], event["recordid"])
        if name not in holding or event["revision"] > holding[name]["revision"]:
            holding[name] = event
    standing = [e for e in holding.values() if e["type"] != "record.retracted.v1"]
    days = {}
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        row, makes_day = _day(standing, day)
        if makes_day or row["enrolled"]:
            days[day.isoformat()] = row
    return days


def _day(standing: list[Event], day: date) -> tuple[dict[str, Any], bool]:
    here = day.isoformat()
    of = lambda kind: [e for e in standing if e["type"] == f"{kind}.v1"]  # noqa: E731
    attended: dict[str, Event] = {}
    for event in sorted(of("attendance.recorded"), key=lambda e: (e["time"], e["recordid"])):
        if event["data"]["date"] == here:
            attended[event["subject"]] = event
    checks = [e for e in of("health-check.recorded") if e["time"][:10] == here]
    enrolled = set()
    for place in of("child.enrolled"):
        data = place["data"]
        gone = [w["data"]["date"] for w in of("child.withdrawn") if w["subject"] == place["subject"]]
        if data["from_date"] <= here <= data.get("until", "9999") and not any(
            data["from_date"] < g <= here for g in gone
        ):
            enrolled.add(place["subject"])
    absent = [e["data"] for e in attended.values() if e["data"]["status"] == "absent"]
    row = {
        "center_id": "yucai",
        "enrolled": len(enrolled),
        "present": len(attended) - len(absent),
        "absent": len(absent),
    }
    row |= {"absent_sick": sum(d.get("absence_reason") == "sick" for d in absent)}
    row |= {"absent_unknown": sum(d.get("absence_reason", "unknown") == "unknown" for d in absent)}
    row |= {"checked": len({c["subject"] for c in checks if c["data"]["kind"] == "morning"})}
    row |= {"fever": len({c["subject"] for c in checks if c["data"]["temperature_c"] >= 37.5}), "symptomatic": 0}
    row |= {"sent_home": len({c["subject"] for c in checks if c["data"]["action"] == "sent-home"})}
    return row, bool(attended or checks)


@settings(max_examples=250, deadline=None)
@given(_publications(), st.integers(0, 10_000), st.lists(st.dates(FIRST, LAST), max_size=3))
def test_any_order_gives_the_figures_that_plain_counting_gives(
    events: list[Event], seed: int, ticks: list[date]
) -> None:
    assert _shown(events, seed, ticks) == _expected(events)


@settings(max_examples=100, deadline=None)
@given(_publications(), st.integers(0, 10_000))
def test_what_is_sent_twice_counts_once(events: list[Event], seed: int) -> None:
    assert _shown(events + events, seed, []) == _expected(events)
