"""Each stage alone on its backlog, what this machine could do at most with the same records, and plain Faust."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from streams import topics
from streams.bench import bulk, faust_peer
from streams.bench.backlog import Backlog
from streams.bench.figures import Aim, Figure
from streams.bench.processes import StageProcess, measured_by
from streams.bench.progress import Pace, pace
from streams.demo.county import County, days
from streams.demo.signals import Ending
from streams.embedded.stack import Stack
from streams.run_stage import SOURCES
from streams.sink.rows import READERS
from streams.store.client import connect

CEILING, PEER = "streams.bench.ceiling", "streams.bench.faust_peer"
INPUTS: Mapping[str, tuple[str, ...]] = {**SOURCES, "sink": tuple(READERS)}
COUNTED: Mapping[str, tuple[str, ...]] = {**INPUTS, "intake": topics.SOURCE_TOPICS}
"""The topics whose records a stage's rate is about; intake's others are ticks and what it tells itself."""
FOLDS = {"timeline": topics.CHILD_EVENTS, "centers": topics.FACILITY_EVENTS}


def alone(stack: Stack, county: Path, ending: Ending) -> Iterator[Figure]:
    """A stack without stages: everything is published first, then one stage at a time runs."""
    published = yield from _publish(stack, county)
    ending.check()
    yield from _ceilings(stack)
    ending.check()
    yield from _stage(stack, "intake", published, f"{published:,} published records, all topics a backlog")
    for name, topic in FOLDS.items():
        ending.check()
        told = _measured(stack, CEILING, "raw", topic)
        on = f"{told['events']:,} events of {topic}, beside {_beside(told)}"
        yield from _stage(stack, name, told["events"], on)
    ending.check()
    yield from _sink(stack)
    ending.check()
    yield _peer(stack)


def _publish(stack: Stack, county: Path) -> Generator[Figure, None, int]:
    plan, seconds = list(days(county)), 0.0
    with County(stack.settings) as publisher:
        for day in plan:
            began = time.monotonic()
            publisher.publish(day.messages)
            seconds += time.monotonic() - began
            publisher.tick(day.tick_at)
        published = publisher.published
    on = f"kafka-python, acks=all, idempotent, {published:,} records, flushed once a simulated day"
    yield Figure("ceiling.producer", "one publisher alone", published / seconds, "events/s", on)
    return published


def _ceilings(stack: Stack) -> Iterator[Figure]:
    for name, mode, title in (
        ("getmany", "raw", "aiokafka getmany, nothing else"),
        ("checked", "checked", "aiokafka getmany and intake's validation"),
    ):
        found = _measured(stack, CEILING, mode, *topics.SOURCE_TOPICS)
        on = f"{found['records']:,} records of the source topics, one process"
        yield Figure(f"ceiling.{name}", title, found["records"] / found["seconds"], "events/s", on)


def _measured(stack: Stack, module: str, *arguments: str) -> Mapping[str, Any]:
    return measured_by(module, stack.layout, stack.settings, *arguments)


def _beside(told: Mapping[str, Any]) -> str:
    return f"{told['records'] // told['passes'] - told['events']:,} facts and watermarks"


def _stage(stack: Stack, name: str, events: int, on: str) -> Iterator[Figure]:
    found = _worked_off(stack, name)
    yield Figure(f"stage.{name}", name, found.rate(events), "events/s", on)
    yield Figure(f"stage.{name}.cpu", f"{name}, CPU an event", found.cpu_us(events), "µs", "the same run, its process")


def _worked_off(stack: Stack, name: str) -> Pace:
    with (
        Backlog(stack.settings, f"huiyu-{name}", INPUTS[name], COUNTED[name]) as backlog,
        StageProcess(stack.layout, stack.settings, name) as stage,
    ):
        return pace(backlog.worked_off_by(stage), backlog.total, stage.began)


def _sink(stack: Stack) -> Iterator[Figure]:
    told = _measured(stack, CEILING, "raw", *READERS)
    records, before = told["records"] // told["passes"], _inserted(stack)
    found = _worked_off(stack, "sink")
    rows = _inserted(stack) - before
    on = f"{records:,} messages of the {len(READERS)} topics that it reads"
    yield Figure("stage.sink", "sink", found.rate(records), "messages/s", on)
    yield Figure("stage.sink.cpu", "sink, CPU a message", found.cpu_us(records), "µs", "the same run, its process")
    on = f"{rows:,} rows inserted, the tables' logs of versions included"
    yield Figure("stage.sink.rows", "sink, rows into the store", found.rate(rows), "rows/s", on, Aim(50_000))


def _inserted(stack: Stack) -> int:
    """Rows that the engine has inserted since it started."""
    client = connect(stack.settings)
    try:
        return int(client.query("SELECT sum(value) FROM system.events WHERE event = 'InsertedRows'").result_rows[0][0])
    finally:
        client.close()


def _peer(stack: Stack) -> Figure:
    records = bulk.read(stack.settings, topics.CHILD_EVENTS, faust_peer.PARTITION)
    _make_peer_topics(stack)
    bulk.write(stack.settings, faust_peer.INPUT, {0: records})
    found = _measured(stack, PEER, str(len(records)))
    on = f"{found['events']:,} events: partition {faust_peer.PARTITION} of child-events, copied; an agent with a Table"
    return Figure("peer.faust", "plain Faust, the timeline's fold", found["events"] / found["seconds"], "events/s", on)


def _make_peer_topics(stack: Stack) -> None:
    admin = KafkaAdminClient(bootstrap_servers=stack.kafka)
    try:
        admin.create_topics([NewTopic(name, 1, 1) for name in (faust_peer.INPUT, faust_peer.OUTPUT)])
    finally:
        admin.close()
