"""Intake and timeline together: any order of registrations, links, withdrawals and records, split over two partitions.

In the end every record of a child that exists is in its timeline, and what waits is counted once, wherever it waits.
"""

from __future__ import annotations

import random
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.intake.home import home_partition
from streams.intake.stage import IntakeStage
from streams.timeline.stage import TimelineStage
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, SOURCE_TOPICS, STORE_ROWS, TIMELINE_ENTRIES
from tests.support.builders import a_checkup, a_registration, a_source, child_of, subject_of
from tests.support.pipeline import topic_of
from tests.support.simulated_broker import Runner, SimulatedBroker, run_to_end
from tests.unit.intake.shard import link, retracted

PARTITIONS = 2
ALIAS, BO = subject_of("al", "birth-cert"), subject_of("bo")
AT = "2026-01-02T09:00:00+08:00"
LINK = link(ALIAS, BO)
REGISTRATION = {**a_registration("al"), "subject": ALIAS, "id": "registration-of-al", "recordid": "R"}
OWN, OF_ALIAS = a_checkup("bo", AT, recordid="V1"), a_checkup("", AT, subject=ALIAS, recordid="V2")
ALWAYS = [a_source("clinic:chengguan"), REGISTRATION, LINK, OWN, OF_ALIAS]


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    more = draw(st.lists(st.sampled_from([retracted(LINK), OWN, OF_ALIAS, retracted(OF_ALIAS)]), max_size=3))
    return draw(st.permutations(ALWAYS + more))


def _run(events: list[dict[str, Any]], seed: int) -> SimulatedBroker:
    rng, broker = random.Random(seed), SimulatedBroker()
    for event in events:
        home = home_partition(event["subject"], PARTITIONS)
        partition = rng.randrange(PARTITIONS) if rng.random() < 0.3 else home
        broker.append(topic_of(event), partition, event["subject"].encode(), orjson.dumps(event))
    sources = (*SOURCE_TOPICS, CLOCK, EXCHANGE)
    runners = [Runner(broker, sources, p, lambda p: IntakeStage(p, PARTITIONS)) for p in range(PARTITIONS)]
    zone = ZoneInfo("Asia/Shanghai")
    runners += [
        Runner(broker, (CHILD_EVENTS,), p, lambda p: TimelineStage(p, PARTITIONS, zone)) for p in range(PARTITIONS)
    ]
    run_to_end(runners, rng, most=4, reload_rate=0.1)
    return broker


def _timeline(broker: SimulatedBroker) -> dict[tuple[str, str, str], Any]:
    """(child, kind, record) → accepted_at of the rows that stand."""
    rows: dict[tuple[str, str, str], tuple[int, Any]] = {}
    for record in broker.all(TIMELINE_ENTRIES, PARTITIONS):
        body = orjson.loads(record.value or b"")
        row = body["row"]
        key = (row["child_id"], row["kind"], row["record_id"])
        accepted = None if body["deleted"] else row["accepted_at"]
        rows[key] = max(rows.get(key, (-1, None)), (body["version"], accepted), key=lambda told: told[0])
    return {key: accepted for key, (_, accepted) in rows.items() if accepted is not None}


def _unlinked(broker: SimulatedBroker) -> dict[str, int]:
    """Subject → records that wait, summed over who says so, as the view does."""
    told: dict[tuple[Any, ...], tuple[int, int]] = {}
    for body in [row for record in broker.all(STORE_ROWS, PARTITIONS) for row in orjson.loads(record.value or b"")]:
        if body["table"] == "unlinked":
            row = body["row"]
            key = (row["subject"], row["source"], row["writer"], row["partition"])
            records = 0 if body["deleted"] else row["records"]
            told[key] = max(told.get(key, (-1, 0)), (body["version"], records), key=lambda one: one[0])
    sums: dict[str, int] = {}
    for (subject, *_), (_, records) in told.items():
        sums[subject] = sums.get(subject, 0) + records
    return {subject: records for subject, records in sums.items() if records}


@settings(max_examples=200, deadline=None)
@given(histories(), st.integers(0, 10_000))
def test_the_child_of_a_linked_registration_has_all_its_records(events: list[dict[str, Any]], seed: int) -> None:
    broker = _run(events, seed)
    ids = {event["id"] for event in events}
    of_alias = {("checkup.recorded", "V2")} if retracted(OF_ALIAS)["id"] not in ids else set()
    withdrawn = retracted(LINK)["id"] in ids
    if withdrawn:
        expected = {(child_of(ALIAS), *record) for record in of_alias | {("child.registered", "R")}}
    else:
        records = of_alias | {("child.registered", "R"), ("identity.linked", "L"), ("checkup.recorded", "V1")}
        expected = {(child_of(BO), *record) for record in records}
    assert set(_timeline(broker)) == expected
    assert _unlinked(broker) == ({BO: 1} if withdrawn else {})
