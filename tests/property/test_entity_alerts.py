"""Alerts about centres, staff and sources: in any order, with restarts and ticks anywhere, those that the last moment
calls for by a plain look at what was told, each message after what it follows from."""

from __future__ import annotations

import random
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.internal import pack
from streams.centers.stage import CentersStage
from streams.topics import ALERTS, FACILITY_EVENTS, STORE_ROWS
from tests.spec.center_cases import ZONE
from tests.support.builders import an_event, subject_of
from tests.support.simulated_broker import Runner, SimulatedBroker, run_to_end

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 27)
DAYS = st.dates(FIRST, LAST)
STAFF = "5" * 32
Event = dict[str, Any]


def fact(kind: str, subject: str, data: Event, day: date, record: str) -> Event:
    return an_event(kind, "registry:bureau", subject, data, f"{day}T08:00:00+08:00", recordid=record)


@st.composite
def _facts(draw: st.DrawFn) -> list[Event]:
    """Of each kind none or some; the greatest time holds, so no two records of a kind have the same day."""
    told: list[Event] = []
    center, source = "center:yucai", "source:clinic:chengguan"
    for day in draw(st.sets(DAYS, max_size=2)):
        data = {"name": "Y", "kind": "community", "ownership": "public", "inclusive_places": 0}
        told.append(fact("center.filed", center, data | {"places": draw(st.integers(0, 2))}, day, f"F{day}"))
    for day in draw(st.sets(DAYS, max_size=1)):
        told.append(fact("center.closed", center, {"date": draw(DAYS).isoformat()}, day, f"X{day}"))
    for day in draw(st.sets(DAYS, max_size=2)):
        data = {"center_id": "yucai", "topics": ["x"], "date": (draw(DAYS) - timedelta(days=190)).isoformat()}
        told.append(fact("guidance.delivered", center, data, day, f"G{day}"))
    for day in draw(st.sets(DAYS, max_size=1)):
        data = {"center_id": "yucai", "clinic_id": "chengguan", "services": ["checkup"]}
        data |= {"from_date": draw(DAYS).isoformat(), "until": draw(DAYS).isoformat()}
        told.append(fact("contract.signed", "contract:K1", data, day, f"K{day}"))
    for day in draw(st.sets(DAYS, max_size=2)):
        data = {"center_id": "yucai", "role": "carer", "certificate": "C"}
        data |= {"valid_until": (draw(DAYS) + timedelta(days=draw(st.sampled_from([0, 30, 60])))).isoformat()}
        told.append(fact("staff.certified", f"staff:{STAFF}", data, day, f"C{day}"))
    for day in draw(st.sets(DAYS, max_size=1)):
        told.append(
            fact("staff.left", f"staff:{STAFF}", {"center_id": "yucai", "date": draw(DAYS).isoformat()}, day, "L")
        )
    for day in draw(st.sets(DAYS, max_size=1)):
        data = {"side": "clinic", "cadence": draw(st.sampled_from(["weekly", "working-days", "irregular"]))}
        told.append(fact("source.registered", source, data, day, "S"))
    for child in draw(st.sets(st.sampled_from(["ann", "bea"]))):
        data = {"center_id": "yucai", "class_id": "c", "band": "mixed", "service": "full-day"}
        body = data | {"from_date": draw(DAYS).isoformat(), "until": draw(DAYS).isoformat()}
        at = f"{FIRST}T08:00:00+08:00"
        told.append(an_event("child.enrolled", "center:yucai", subject_of(child), body, at, recordid=f"E{child}"))
    return told


@dataclass
class Shown:
    """alert_id → its row as last told."""

    rows: dict[str, Event]

    def active(self) -> set[tuple[str, str, str | None]]:
        rows = [row for row in self.rows.values() if row["state"] != "resolved"]
        return {(row["rule"], row["state"], row["due_on"]) for row in rows}


def _told(facts: list[Event], heard: date | None, ticks: list[date], seed: int) -> Shown:
    rng, broker = random.Random(seed), SimulatedBroker()
    todo: list[Event | date | str] = [*facts, *facts[:2], *ticks, *(["heard"] if heard else [])]
    rng.shuffle(todo)
    for place, thing in enumerate([*todo, LAST]):
        if thing == "heard":
            told, now = {"clinic:chengguan": f"{heard}T02:00:00.000Z"}, _watermark_after(place, todo)
            broker.append(FACILITY_EVENTS, 0, b"", pack({"t": "heard", "origin": 0, "now": now, "heard": told}))
        elif isinstance(thing, date):
            hour = 11 if place == len(todo) else 10  # the last moment comes after every other one
            for origin in (0, 1):  # intake, and timeline behind it
                value = pack({"t": "watermark", "now": f"{thing}T{hour}:00:00.000Z", "origin": origin})
                broker.append(FACILITY_EVENTS, 0, b"watermark", value)
        elif isinstance(thing, dict):
            kind = "event" if thing["type"].startswith("child.") else "fact"
            meta = {"t": "event", "o": f"x/0/{broker.clock}", "a": broker.clock, "v": broker.clock}
            broker.append(FACILITY_EVENTS, 0, b"yucai", pack(meta | {"t": kind}, orjson.dumps(thing)))
    run_to_end([Runner(broker, (FACILITY_EVENTS,), 0, lambda p: CentersStage(p, 1, ZONE))], rng, 5, 0.2)
    return _read(broker)


def _watermark_after(place: int, todo: list[Event | date | str]) -> str:
    """The next one that advances: what was heard is told in front of the watermark with which it counts."""
    passed = max((day for day in todo[:place] if isinstance(day, date)), default=date.min)
    coming = next((day for day in todo[place:] if isinstance(day, date) and day > passed), None)
    return f"{coming}T10:00:00.000Z" if coming else f"{LAST}T11:00:00.000Z"


def _read(broker: SimulatedBroker) -> Shown:
    newest: dict[str, tuple[int, Event]] = {}
    bodies = [orjson.loads(record.value or b"") for record in broker.all(ALERTS, 1)]
    rows = [row for record in broker.all(STORE_ROWS, 1) for row in orjson.loads(record.value or b"")]
    for body in [*bodies, *(row for row in rows if row["table"] == "alerts")]:
        name = body["row"]["alert_id"]
        newest[name] = max(newest.get(name, (-1, {})), (body["version"], body["row"]), key=lambda told: told[0])
    return Shown({name: row for name, (_, row) in newest.items()})


def _expected(facts: list[Event], heard: date | None) -> set[tuple[str, str, str | None]]:
    """By the definitions, in ISO text, at the last day."""
    today, found = LAST.isoformat(), set[tuple[str, str, str | None]]()
    of = lambda kind: sorted((f for f in facts if f["type"] == f"{kind}.v1"), key=lambda f: f["time"])  # noqa: E731
    filed, gone = of("center.filed"), of("center.closed")
    shut = bool(gone and filed and gone[-1]["time"] >= filed[-1]["time"] and gone[-1]["data"]["date"] <= today)
    if filed and not shut:
        enrolled = [e for e in of("child.enrolled") if e["data"]["from_date"] <= today <= e["data"]["until"]]
        if len(enrolled) > filed[-1]["data"]["places"]:
            found.add(("over-capacity", "open", None))
        if not any(c["data"]["from_date"] <= today <= c["data"]["until"] for c in of("contract.signed")):
            found.add(("contract-missing", "open", None))
        visits = [g["data"]["date"] for g in of("guidance.delivered") if g["data"]["date"] <= today]
        last = max(visits, default=filed[-1]["time"][:10])
        year, month, day = (int(part) for part in last.split("-"))
        year, month = year + (month + 5) // 12, (month + 5) % 12 + 1
        due = date(year, month, min(day, monthrange(year, month)[1]))
        if due < LAST:
            found.add(("guidance-overdue", "open", due.isoformat()))
    staff, left = of("staff.certified"), of("staff.left")
    works = not (left and staff and left[-1]["time"] >= staff[-1]["time"] and left[-1]["data"]["date"] <= today)
    if staff and works and not shut:
        until = staff[-1]["data"]["valid_until"]
        if date.fromisoformat(until) - timedelta(days=30) <= LAST:
            found.add(("staff-uncertified", "escalated" if today > until else "open", until))
    for source in of("source.registered"):
        since = heard or date.fromisoformat(source["time"][:10])
        between = [since + timedelta(days=n) for n in range(1, max(1, (LAST - since).days))]
        weekly, cadence = len(between), source["data"]["cadence"]
        silent = {"weekly": weekly >= 10, "working-days": len([d for d in between if d.weekday() < 5]) >= 3}
        if silent.get(cadence):
            found.add(("source-silent", "open", None))
    return found


@settings(max_examples=100, deadline=None)
@given(_facts(), st.none() | DAYS, st.lists(DAYS, max_size=4), st.integers(0, 10_000))
def test_in_any_order_the_alerts_are_those_that_the_last_day_calls_for(
    facts: list[Event], heard: date | None, ticks: list[date], seed: int
) -> None:
    assert _told(facts, heard, ticks, seed).active() == _expected(facts, heard)
