"""Intake is order-free: whatever comes first, in the end every event went to the same places."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.internal import unpack
from streams.intake.home import home_partition
from streams.intake.stage import IntakeStage
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, FACILITY_EVENTS, REJECTED_EVENTS, SOURCE_TOPICS, STORE_ROWS
from tests.support.builders import a_checkup, a_registration, a_source, an_event, child_of, subject_of
from tests.support.pipeline import topic_of
from tests.support.simulated_broker import Runner, SimulatedBroker, run_to_end

PARTITIONS = 3
SOURCES = (*SOURCE_TOPICS, CLOCK, EXCHANGE)


def _attendance(subject: str, day: str) -> dict[str, Any]:
    data = {"center_id": "yucai", "class_id": "c1", "date": day, "status": "present"}
    return an_event("attendance.recorded", "center:yucai", subject, data, f"{day}T08:00:00+08:00")


def _link(alias: str, to: str, revision: int = 1) -> dict[str, Any]:
    at = "2026-02-01T08:00:00+08:00"
    return an_event(
        "identity.linked", "clinic:chengguan", alias, {"same_as": to}, at, recordid=f"L-{alias}", revision=revision
    )


def _retracted(event: dict[str, Any]) -> dict[str, Any]:
    kind = event["type"].removesuffix(".v1")
    more = {"recordid": event.get("recordid", event["id"]), "revision": event.get("revision", 1) + 1}
    data = {"kind": kind, "reason": "wrong child"}
    return an_event("record.retracted", event["source"], event["subject"], data, "2026-02-03T08:00:00+08:00", **more)


def _county() -> list[dict[str, Any]]:
    """A registered child, one known by link only, one whose link was withdrawn, one nobody knows, a nameless clinic."""
    linked, unlinked, nobody = (subject_of(n, "birth-cert") for n in ("linked", "unlinked", "nobody"))
    withdrawn = _link(unlinked, subject_of("ann"))
    return [
        a_source("clinic:chengguan"),
        a_source("center:yucai"),
        a_registration("ann"),
        a_checkup("ann", "2026-01-02T09:00:00+08:00"),
        a_checkup("linked", "2026-01-03T09:00:00+08:00", subject=linked),
        _attendance(linked, "2026-01-05"),
        _attendance(subject_of("ann"), "2026-01-05"),
        _link(linked, subject_of("ann")),
        withdrawn,
        _retracted(withdrawn),
        a_checkup("unlinked", "2026-01-04T09:00:00+08:00", subject=unlinked),
        a_checkup("nobody", "2026-01-04T09:00:00+08:00", subject=nobody),
        _attendance(nobody, "2026-01-06"),
        a_checkup("ann", "2026-01-08T09:00:00+08:00", clinic="unregistered"),
    ]


@dataclass
class Outcome:
    """What the stages behind intake have in the end."""

    delivered: set[tuple[str, str]]
    counted: list[str]
    unlinked: dict[tuple[str, str], int]
    rejected: int
    now: set[str]


def _publish(broker: SimulatedBroker, events: list[dict[str, Any]], rng: random.Random) -> None:
    for event in events:
        home = home_partition(event["subject"], PARTITIONS)
        partition = rng.randrange(PARTITIONS) if rng.random() < 0.3 else home
        broker.append(topic_of(event), partition, event["subject"].encode(), orjson.dumps(event))
    for partition in range(PARTITIONS):
        ends = {topic: broker.end(topic, partition) for topic in SOURCE_TOPICS}
        broker.append(CLOCK, partition, b"tick", orjson.dumps({"at": "2026-03-01T00:00:00.000Z", "ends": ends}))


def _outcome(broker: SimulatedBroker) -> Outcome:
    routes: dict[str, tuple[int, str]] = {}
    delivered: set[tuple[str, str]] = set()
    now: dict[tuple[int, int], str] = {}
    arrived: list[tuple[str, str, str]] = []
    for record in broker.all(CHILD_EVENTS, PARTITIONS):
        meta, raw = unpack(record.value or b"")
        if meta["t"] == "route":
            routes[meta["subject"]] = max(routes.get(meta["subject"], (0, "")), (meta["epoch"], meta["child"]))
        elif meta["t"] == "event":
            event = orjson.loads(raw)
            arrived.append((event["id"], event["subject"], (record.key or b"").decode()))
        elif meta["t"] == "watermark":
            now[record.partition, meta["origin"]] = meta["now"]
    for name, subject, child in arrived:
        delivered.add((name, routes.get(subject, (0, child))[1]))
    counted = sorted(
        orjson.loads(unpack(r.value or b"")[1])["id"]
        for r in broker.all(FACILITY_EVENTS, PARTITIONS)
        if unpack(r.value or b"")[0]["t"] == "event"
    )
    rows: dict[tuple[str, str], int] = {}
    for row in [row for record in broker.all(STORE_ROWS, PARTITIONS) for row in orjson.loads(record.value or b"")]:
        if row["table"] == "unlinked":
            named = (row["row"]["subject"], row["row"]["source"])
            rows[named] = 0 if row["deleted"] else row["row"]["records"]
    unlinked = {named: records for named, records in rows.items() if records}
    rejected = len(broker.all(REJECTED_EVENTS, PARTITIONS))
    return Outcome(delivered, counted, unlinked, rejected, set(now.values()) if len(now) == PARTITIONS**2 else set())


def _run(events: list[dict[str, Any]], seed: int) -> Outcome:
    rng, broker = random.Random(seed), SimulatedBroker()
    _publish(broker, events, rng)
    runners = [Runner(broker, SOURCES, p, lambda p: IntakeStage(p, PARTITIONS)) for p in range(PARTITIONS)]
    run_to_end(runners, rng)
    return _outcome(broker)


@settings(max_examples=150, deadline=None)
@given(st.permutations(_county()), st.integers(0, 10_000))
def test_any_order_sends_every_event_to_the_same_places(events: list[dict[str, Any]], seed: int) -> None:
    outcome = _run(events, seed)
    ann = child_of(subject_of("ann"))
    nobody, unlinked = subject_of("nobody", "birth-cert"), subject_of("unlinked", "birth-cert")
    of_ann = {(name, child) for name, child in outcome.delivered if child == ann}
    expected = {e["id"] for e in events if e["subject"] in (subject_of("ann"), subject_of("linked", "birth-cert"))}
    foreign = {e["id"] for e in events if e["source"] == "clinic:unregistered"}
    assert {name for name, _ in of_ann} == expected - foreign
    assert all(child == child_of(unlinked) for name, child in outcome.delivered - of_ann)
    assert outcome.counted == sorted(e["id"] for e in events if e["source"] == "center:yucai")
    assert outcome.unlinked[nobody, "clinic:chengguan"] == outcome.unlinked[nobody, "center:yucai"] == 1
    assert outcome.unlinked[subject_of("ann"), "clinic:unregistered"] == 1
    assert outcome.rejected == 0
    assert outcome.now == {"2026-03-01T00:00:00.000Z"}


@settings(max_examples=60, deadline=None)
@given(st.permutations(_county()), st.integers(0, 10_000))
def test_sending_everything_twice_delivers_to_the_same_places(events: list[dict[str, Any]], seed: int) -> None:
    twice, once = _run(events + events[::-1], seed), _run(events, seed + 1)
    ann = child_of(subject_of("ann"))
    assert {d for d in twice.delivered if d[1] == ann} == {d for d in once.delivered if d[1] == ann}
    assert set(twice.counted) == set(once.counted)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2_040), st.integers(0, 10_000))
def test_beyond_the_bound_a_centre_s_events_count_whenever_its_source_is_registered(place: int, seed: int) -> None:
    events = [
        _attendance(subject_of("nobody"), "2026-01-05") | {"recordid": f"A{n}", "id": f"{n}"} for n in range(2_040)
    ]
    outcome = _run([*events[:place], a_source("center:yucai"), *events[place:]], seed)
    assert set(outcome.counted) == {event["id"] for event in events}
    assert outcome.unlinked == {(subject_of("nobody"), "center:yucai"): 2_000}
    assert outcome.rejected == 40
    assert outcome.now == {"2026-03-01T00:00:00.000Z"}
