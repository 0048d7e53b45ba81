"""What Faust and aiokafka do by themselves and must not do here; docs/decisions/004-faust-bites.md names each."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from faust.types import TP

from streams.intake.stage import IntakeStage
from streams.transport import shard as shards
from streams.transport.batches import Batch
from streams.transport.fatal import EXIT_CODE
from streams.transport.faust_app import make_app, together
from streams.transport.inbox import MOST_RECORDS_A_STEP
from streams.transport.lane import Lane
from streams.transport.port import Output
from streams.transport.shard import Part, Shard

SOURCES = ("clinic-events", "exchange")
HERE = TP("clinic-events", 0)
STREAMS = Path(__file__).parents[3] / "streams"
OURS = [path for path in STREAMS.rglob("*.py") if STREAMS / "bench" not in path.parents]
"""All but the bench, which runs plain Faust and aiokafka to compare with."""


def ends_with(script: str) -> int:
    """Run a script in a process of its own; its exit code."""
    return ended(script).returncode


def ended(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)


def batch(start: int, records: int, end: int | None = None) -> Batch:
    found = Batch([object()] * records)
    found.start, found.end = start, start + records if end is None else end
    return found


FAILING_LANE = """
import asyncio
from streams.intake.stage import IntakeStage
from streams.transport.batches import Batch
from streams.transport.faust_app import make_app
from streams.transport.shard import Shard
from streams.transport.lane import Lane

class Failing(Shard):
    async def process(self, parts):
        raise ValueError("of a child")

async def main():
    app = make_app("g", "nowhere:1", ("clinic-events",), 1)
    shard = Failing("intake", 0, (), "", lambda p: IntakeStage(p, 1))
    shard.next = {"clinic-events": 0}
    lane, batch = Lane(shard, app), Batch()
    batch.end = 1
    await lane.put(("clinic-events", batch, app.consumer_generation_id))
    await asyncio.sleep(30)

asyncio.run(main())
"""

FAILING_AGENT = """
import asyncio
from streams.transport.faust_app import make_app
from streams.transport.lanes import Lanes
from streams.transport.worker import _connect

class Stream:
    async def events(self):
        raise ValueError("of a child")
        yield

async def main():
    app = make_app("g", "nowhere:1", ("clinic-events",), 1)
    _connect(app, Lanes(app, None, None), ("clinic-events",))
    (agent,) = app.agents.values()
    await agent.fun(Stream())

asyncio.run(main())
"""


@pytest.mark.parametrize("script", [FAILING_LANE, FAILING_AGENT])
def test_an_error_ends_the_process_and_acknowledges_nothing(script: str) -> None:
    assert ends_with(script) == EXIT_CODE


def a_consumer() -> Any:
    return make_app("huiyu-intake", "nowhere:1", SOURCES, 1).consumer


async def test_only_what_is_durable_is_committed_whatever_faust_takes_for_acknowledged() -> None:
    consumer = a_consumer()
    consumer._acked[HERE] += [0, 1, 2]
    await consumer._add_gap(HERE, 3, 9)
    assert consumer._new_offset(HERE) is None
    assert consumer._filter_tps_with_pending_acks() == []
    consumer.done[HERE] = 2
    consumer._acked[HERE] += [5, 6]
    assert consumer._new_offset(HERE) == 2
    assert consumer._filter_tps_with_pending_acks() == [HERE]


async def test_what_was_durable_before_a_rebalance_is_not_committed_after_it() -> None:
    consumer = a_consumer()
    consumer.done[HERE] = 2
    await consumer.on_partitions_revoked({HERE})
    assert consumer._new_offset(HERE) is None


async def fetched(timeout: float) -> Any:
    """As when Faust's fetcher has come back with a range in which there are markers only."""
    return {HERE: batch(3, 0, end=5)}, {HERE}


async def test_a_batch_of_markers_comes_through_also_after_faust_saw_later_offsets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer = a_consumer()
    monkeypatch.setattr(consumer, "_wait_next_records", fetched)
    consumer.flow_active = True
    consumer._read_offset[HERE] = 99
    ((_, message),) = [found async for found in consumer.getmany(0.1)]
    assert [(tp, batch.start, batch.end) for tp, batch in message.value] == [(HERE, 3, 5)]
    assert consumer._read_offset[HERE] is None


class Cluster:
    """The metadata of a broker: topic → partitions."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return set(range(self._counts[topic])) if topic in self._counts else None


def test_partition_p_of_every_source_goes_to_one_member() -> None:
    cluster = Cluster(dict.fromkeys(SOURCES, 4))
    groups = together(SOURCES, 4)._get_copartitioned_groups(set(SOURCES), cluster, {"one": SOURCES, "two": SOURCES})
    assert groups == {4: [set(SOURCES)]}


@pytest.mark.parametrize(
    ("counts", "other"),
    [
        ({"clinic-events": 4}, SOURCES),
        ({"clinic-events": 4, "exchange": 3}, SOURCES),
        ({"clinic-events": 4, "exchange": 4}, SOURCES[:1]),
    ],
    ids=["a topic is missing", "a topic has fewer partitions", "a worker reads fewer topics"],
)
def test_an_assignor_that_cannot_keep_partitions_together_ends_the_process(
    counts: dict[str, int], other: tuple[str, ...]
) -> None:
    script = f"""
from streams.transport.faust_app import together
from tests.unit.transport.test_bites import SOURCES, Cluster
together(SOURCES, 4)._get_copartitioned_groups(set(SOURCES), Cluster({counts}), dict(one=SOURCES, two={other}))
"""
    assert ends_with(script) == EXIT_CODE


def test_faust_is_told_to_begin_at_the_beginning_with_raw_bytes_and_fresh_metadata() -> None:
    conf = make_app("huiyu-intake", "nowhere:1", SOURCES, 1).conf
    assert (conf.consumer_auto_offset_reset, conf.value_serializer, conf.producer_acks) == ("earliest", "raw", -1)
    assert conf.consumer_metadata_max_age_ms <= 15_000
    assert conf.topic_disable_leader


class Noted(BaseException):
    """Enough was seen."""


class NotingConsumer:
    """Notes what an aiokafka consumer is asked for, up to the beginnings."""

    asked: dict[str, Any]

    def __init__(self, **options: Any) -> None:
        type(self).asked = {"options": options}

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def assign(self, partitions: list[Any]) -> None:
        self.asked["assigned"] = {tp.topic for tp in partitions}

    def pause(self, *partitions: Any) -> None:
        self.asked["paused"] = {tp.topic for tp in partitions}

    async def beginning_offsets(self, partitions: list[Any]) -> None:
        raise Noted


def a_shard() -> Shard:
    return Shard("intake", 0, SOURCES, "nowhere:1", lambda p: IntakeStage(p, 1))


async def test_a_shard_reads_its_state_from_the_beginning_with_its_sources_assigned_and_paused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shards, "AIOKafkaConsumer", NotingConsumer)
    with pytest.raises(Noted):
        await a_shard()._load()
    asked = NotingConsumer.asked
    assert asked["options"]["auto_offset_reset"] == "earliest"
    assert asked["options"]["isolation_level"] == "read_committed"
    assert asked["assigned"] == {"intake-state", *SOURCES}
    assert asked["paused"] == set(SOURCES)


class Sending(AIOKafkaProducer):  # type: ignore[misc]
    """Notes the batches that it is to send."""

    sizes: list[int]

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> str:
        self.sizes.append(batch.size())
        return "sent"


async def test_what_is_sent_is_cut_into_batches_that_the_broker_takes() -> None:
    producer = Sending(bootstrap_servers="nowhere:1", max_batch_size=1 << 20)
    producer.sizes = []
    await shards._send(producer, "store-rows", 0, [Output("store-rows", 0, b"k", b"v" * 200_000) for _ in range(12)])
    assert len(producer.sizes) > 1
    assert max(producer.sizes) <= 1 << 20


class Group:
    """What a lane sees of Faust: a generation, positions to commit, and where it was sought to."""

    def __init__(self) -> None:
        self.consumer_generation_id = 1
        self.consumer, self.done = self, dict[TP, int]()
        self.sought: list[tuple[TP, int]] = []

    async def seek(self, tp: TP, offset: int) -> None:
        self.sought.append((tp, offset))


class Following(Shard):
    """Takes what it is given; counts how often it was opened, and the records of each step."""

    def __init__(self) -> None:
        super().__init__("intake", 0, SOURCES, "nowhere:1", lambda p: IntakeStage(p, 1))
        self.next = dict.fromkeys(SOURCES, 0)
        self.opened, self.steps = 0, list[int]()

    async def open(self) -> Shard:
        self.opened += 1
        return self

    async def process(self, parts: list[Part]) -> None:  # type: ignore[override]
        self.steps.append(sum(len(batch) for _, batch in parts))
        self.next |= {topic: batch.end for topic, batch in parts}


async def a_lane(*arrivals: tuple[str, Batch, int]) -> tuple[Following, Group]:
    shard, group = Following(), Group()
    lane = Lane(shard, group, pace_s=0)  # type: ignore[arg-type]
    for arrival in arrivals:
        await lane.put(arrival)
        if arrival[1].start:  # each of these in a step of its own
            for _ in range(10):
                await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    await lane.close()
    return shard, group


async def test_a_gap_reloads_and_seeks_once_and_drops_what_was_in_flight() -> None:
    ahead = [("clinic-events", batch(start, 5), 1) for start in (5, 10, 15)]
    shard, group = await a_lane(*ahead, ("clinic-events", batch(0, 20), 1))
    assert shard.opened == 1
    assert group.sought == [(HERE, 0)]
    assert shard.next["clinic-events"] == 20
    assert group.done[HERE] == 20


async def test_a_batch_of_an_old_generation_is_dropped() -> None:
    shard, group = await a_lane(("clinic-events", batch(0, 5), 0))
    assert (shard.steps, group.done) == ([], {})


async def test_a_burst_on_one_topic_is_taken_in_steps_and_what_is_urgent_goes_with_the_first() -> None:
    burst = [("clinic-events", batch(0, MOST_RECORDS_A_STEP // 2), 1)] * 3
    shard, _ = await a_lane(*burst, ("exchange", batch(0, 1), 1))
    assert shard.steps == [1 + MOST_RECORDS_A_STEP, MOST_RECORDS_A_STEP // 2]


@pytest.mark.parametrize(
    "unused", [".Table(", "GlobalTable(", 'exactly_once"', ".timer(", ".crontab(", ".test_context("]
)
def test_what_of_faust_is_not_safe_is_not_used(unused: str) -> None:
    assert not [path.name for path in OURS if unused in path.read_text()]


def test_only_the_transport_knows_faust_and_aiokafka() -> None:
    others = [path for path in OURS if STREAMS / "transport" not in path.parents]
    assert not [p.name for p in others if "import faust" in (text := p.read_text()) or "aiokafka import" in text]


def test_a_stage_that_begins_while_the_broker_is_away_ends_with_an_error() -> None:
    """Its supervisor starts it again."""
    script = """
from streams.transport.worker import run_stage
run_stage("intake", ("clinic-events",), "127.0.0.1:1", 1, None, lambda: None, 1)
"""
    end = ended(script)
    assert end.returncode == 1
    assert "Unable connect" in end.stderr
