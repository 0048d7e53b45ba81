"""A subject whose records move from child to child: in the end each record is where its newest route says, once."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.timeline.stage import TimelineStage
from streams.transport.port import partition_of
from tests.property.test_timeline_order import matches
from tests.property.timeline_oracle import Event, Truth
from tests.support.builders import a_checkup, a_registration, child_of, subject_of
from tests.support.simulated_broker import Runner, SimulatedBroker, run_to_end
from tests.unit.timeline import shard as rules
from tests.unit.timeline.shard import ZONE, Message, Tables, bodies_of, event_message, route, watermark

PARTITIONS = 2
ALIAS = subject_of("a certificate", "birth-cert")
NAMES = ("ann", "bo", "cy", "di")
"""Two of them are never registered; between them they live in both partitions."""
REGISTERED = NAMES[:2]
LAST = "2025-12-20"


def own_events() -> list[Event]:
    return [a_registration(name, "2025-06-01", recordid="R") for name in REGISTERED] + [
        a_checkup(name, "2025-07-02T09:00:00+08:00", recordid="V") for name in REGISTERED
    ]


def of_alias(recordid: str, day: str, revision: int) -> Event:
    return a_checkup("", f"{day}T09:00:00+08:00", subject=ALIAS, recordid=recordid, revision=revision)


alias_events = st.builds(
    of_alias, st.sampled_from("VWXY"), st.sampled_from(("2025-06-05", "2025-09-02", "2025-12-02")), st.integers(1, 3)
)
moves = st.sampled_from(NAMES).map(lambda name: child_of(subject_of(name)))


def as_intake_sends(steps: list[Event | str]) -> tuple[list[Message], str]:
    """Events to the child their subject belongs to at that time, moves to both children; and the last child."""
    at, epoch, messages = child_of(ALIAS), 0, []
    for number, step in enumerate(steps):
        if isinstance(step, dict):
            child = at if step["subject"] == ALIAS else child_of(step["subject"])
            messages.append(event_message(step, child=child, number=number))
        elif step != at:
            epoch += 1
            messages += [route(ALIAS, epoch, step, told, before=at) for told in (at, step)]
            at = step
    return messages, at


def tables_of(broker: SimulatedBroker) -> Tables:
    """All that was told, in the order of versions; what is one key is one partition's."""
    records = [r for topic in ("timeline-entries", "alerts", "store-rows") for r in broker.all(topic, PARTITIONS)]
    told = [(record, body) for record in records for body in bodies_of(record.topic, record.value)]
    tables = Tables()
    for record, body in sorted(told, key=lambda one: (one[0].partition, one[1]["version"])):
        if body.get("table") not in ("watermarks", "source_heard", "events"):
            tables.take_one(record.topic, body, record.key)
    return tables


@settings(max_examples=150, deadline=None)
@given(st.lists(alias_events, max_size=6), st.lists(moves, max_size=5), st.data(), st.integers(0, 10_000))
def test_records_end_where_the_newest_route_says(events: list[Event], routes: list[str], data: Any, seed: int) -> None:
    steps = data.draw(st.permutations([*own_events(), *events, *routes]))
    messages, at = as_intake_sends(steps)
    broker, rng = SimulatedBroker(), random.Random(seed)
    for key, value in messages:
        broker.append("child-events", partition_of(key.decode(), PARTITIONS), key, value)
    for partition in range(PARTITIONS):
        for origin in range(PARTITIONS):
            broker.append("child-events", partition, *watermark(LAST, origin))
    runners = [Runner(broker, ("child-events",), p, a_stage) for p in range(PARTITIONS)]
    run_to_end(runners, rng, most=4, reload_rate=0.2)

    tables = tables_of(broker)
    for name in REGISTERED:
        child = child_of(subject_of(name))
        own = [e for e in steps if isinstance(e, dict) and e["subject"] == subject_of(name)]
        matches(only(tables, child), Truth(own + (events if at == child else []), date.fromisoformat(LAST)))
    waiting = {} if at in map(child_of, map(subject_of, REGISTERED)) else waits(events)
    assert {(r["subject"], r["source"]): r["records"] for r in tables.of("unlinked")} == waiting


def a_stage(partition: int) -> TimelineStage:
    return TimelineStage(partition, PARTITIONS, ZONE, rules.only("checkup-overdue"))


def waits(events: list[Event]) -> dict[tuple[str, str], int]:
    records = {event["recordid"] for event in events}
    return {(ALIAS, "clinic:chengguan"): len(records)} if records else {}


def only(tables: Tables, child: str) -> Tables:
    """The tables of one child."""
    found = Tables()
    for table in ("timeline", "children", "milestones", "alerts"):
        found.rows[table] = {key: row for key, row in tables.rows[table].items() if row["child_id"] == child}
    return found
