"""A simulated county through every stage in memory, and what the sink makes of their outputs in a real store."""

from __future__ import annotations

import random
from pathlib import Path
from zoneinfo import ZoneInfo

from streams.centers.stage import CentersStage
from streams.demo.county import Message, days
from streams.intake.home import home_partition
from streams.intake.stage import IntakeStage
from streams.settings import Settings
from streams.sink.batch import Batch
from streams.sink.rows import READERS, rows_of
from streams.sink.writer import Writer
from streams.timeline.stage import TimelineStage
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, FACILITY_EVENTS, SOURCE_TOPICS
from tests.support.simulated_broker import Runner, SimulatedBroker, Stored, run_to_end, tick

PARTITIONS = 2
ZONE = ZoneInfo("Asia/Shanghai")


def runners_on(broker: SimulatedBroker) -> list[Runner]:
    """Each partition of each stage."""
    intake = [
        Runner(broker, (*SOURCE_TOPICS, CLOCK, EXCHANGE), p, lambda p: IntakeStage(p, PARTITIONS))
        for p in range(PARTITIONS)
    ]
    folds = [
        runner
        for p in range(PARTITIONS)
        for runner in (
            Runner(broker, (CHILD_EVENTS,), p, lambda p: TimelineStage(p, PARTITIONS, ZONE)),
            Runner(broker, (FACILITY_EVENTS,), p, lambda p: CentersStage(p, PARTITIONS, ZONE)),
        )
    ]
    return intake + folds


def told_of(county: Path, seed: int) -> SimulatedBroker:
    """Publish the county day by day, each with its tick, and let the stages come to their end."""
    broker, rng = SimulatedBroker(), random.Random(seed)
    runners = runners_on(broker)
    for day in days(county):
        for message in day.messages:
            broker.append(message.topic, _partition(message), message.key, message.value)
        tick(broker, PARTITIONS, day.tick_at)
        run_to_end(runners, rng, most=400, reload_rate=0.01)
    return broker


def _partition(message: Message) -> int:
    if message.partition is not None:
        return message.partition % PARTITIONS
    return home_partition(message.key.decode("utf-8", "replace"), PARTITIONS) if message.key else 0


def store_twice(broker: SimulatedBroker, settings: Settings) -> None:
    """Write everything, then the first half of each partition again: as a sink that read on from an old position."""
    logs = [log for (topic, _), log in broker.logs.items() if topic in READERS]
    writer = Writer(settings, lambda: False, patience=5.0)
    try:
        for part in (logs, [log[: len(log) // 2] for log in logs]):
            writer.write(_rows(part))
    finally:
        writer.close()


def _rows(logs: list[list[Stored]]) -> Batch:
    batch = Batch()
    for log in logs:
        for record in log:
            batch.add(rows_of(record))
    return batch
