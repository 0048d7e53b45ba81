"""Bugs planted in how positions are committed: the usual books report each of them, and nothing without it.

A bug is planted by replacing the one piece, here and nowhere else; every kill and every freeze comes at a chosen point.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from kafka import KafkaProducer

from streams.intake.stage import IntakeStage
from streams.settings import Settings
from streams.sink import loop
from streams.sink.batch import Batch as Rows
from streams.sink.reader import Reader
from streams.sink.writer import Writer
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, FACILITY_EVENTS, SOURCE_TOPICS
from streams.transport import shard as shards
from streams.transport.batches import Batch
from streams.transport.port import Decision, Output, Record
from streams.transport.shard import OFFSET, Shard
from tests.integration.test_sink import Publisher
from tests.support.builders import a_registration, a_source
from tests.support.pipeline import read_topic
from tests.support.sent_on import sent_on
from tests.support.stores import Offsets, a_migrated_stack, a_sink, ask, eventually
from tests.unit.sink.messages import a_timeline_entry

SOURCES = (*SOURCE_TOPICS, CLOCK, EXCHANGE)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_migrated_stack(tmp_path_factory.mktemp("planted")) as settings:
        send(settings, "registry-events", a_source("clinic:chengguan"))
        yield settings


def send(settings: Settings, topic: str, *events: dict[str, Any]) -> None:
    """Publish to partition 0."""
    producer = KafkaProducer(bootstrap_servers=settings.kafka, acks="all")
    for event in events:
        producer.send(topic, orjson.dumps(event), event["subject"].encode(), partition=0).get(30)
    producer.close()


def registrations(settings: Settings, name: str) -> list[str]:
    """Children whose registrations wait now; their ids."""
    at = "2026-01-01T10:00:00+08:00"
    events = [a_registration(f"{name} {number}", id=f"{name} {number}", at=at) for number in range(3)]
    send(settings, "clinic-events", *events)
    return [event["id"] for event in events]


def owner(settings: Settings, kind: type[Shard] = Shard) -> Any:
    """Who takes intake's partition over, as if it were the only one."""
    return kind("intake", 0, SOURCES, str(settings.kafka), lambda p: IntakeStage(p, 1))


@asynccontextmanager
async def opened(shard: Any) -> AsyncIterator[Any]:
    try:
        yield await shard.open()
    finally:
        await shard.close()


def waiting(shard: Shard) -> list[tuple[str, Batch]]:
    """What Kafka gives this owner next."""
    found = []
    for topic, seen in shard.next.items():
        batch = Batch(r for r in read_topic(shard.broker, topic) if r.partition == 0 and r.offset >= seen)
        if len(batch):
            batch.start, batch.end = seen, batch[-1].offset + 1
            found.append((topic, batch))
    return found


async def read_all(shard: Shard) -> None:
    while parts := waiting(shard):
        await shard.process(parts)


async def differences(settings: Settings, names: Sequence[str]) -> list[str]:
    """What the books say of these events when a sound owner has read all."""
    async with opened(owner(settings)) as shard:
        await read_all(shard)
    found = sent_on((r for r in read_topic(str(settings.kafka), CHILD_EVENTS) if r.partition == 0), 1, {})
    found.sent = [name for name in found.sent if name in names]
    return found.differences(names)


def is_position(output: Output) -> bool:
    return output.topic == "intake-state" and (output.key or b"").startswith(OFFSET)


class KilledBefore(Shard):
    """Its process ends as it is about to write."""

    async def _write(self, outputs: Sequence[Output]) -> None:
        raise Killed


class KilledAfter(Shard):
    """Its process ends when it has written."""

    async def _write(self, outputs: Sequence[Output]) -> None:
        await super()._write(outputs)
        raise Killed


class PositionFirst(Shard):
    """Planted: commits before delivery. Its process ends between the two."""

    async def _write(self, outputs: Sequence[Output]) -> None:
        await super()._write([output for output in outputs if is_position(output)])
        raise Killed


class PositionLast(Shard):
    """Planted: the offset lies outside the transaction. Its process ends between the two."""

    async def _write(self, outputs: Sequence[Output]) -> None:
        await super()._write([output for output in outputs if not is_position(output)])
        raise Killed


async def after_a_kill(settings: Settings, kind: type[Shard]) -> list[str]:
    await differences(settings, ())
    names = registrations(settings, kind.__name__)
    async with opened(owner(settings, kind)) as shard:
        with pytest.raises(Killed):
            await read_all(shard)
    return await differences(settings, names)


@pytest.mark.parametrize("kind", [KilledBefore, KilledAfter])
async def test_a_kill_before_or_after_a_commit_is_no_difference(settings: Settings, kind: type[Shard]) -> None:
    assert await after_a_kill(settings, kind) == []


@pytest.mark.parametrize(("kind", "fate"), [(PositionFirst, "lost"), (PositionLast, "sent 2 times")])
async def test_a_position_apart_from_what_it_stands_for_is_reported(
    settings: Settings, kind: type[Shard], fate: str
) -> None:
    name = kind.__name__
    assert await after_a_kill(settings, kind) == [f"{name} {number}: {fate}" for number in range(3)]


class Freezing(Shard):
    """Is frozen when it has decided, until it is thawed."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.frozen, self.thawed = asyncio.Event(), asyncio.Event()

    async def _write(self, outputs: Sequence[Output]) -> None:
        self.frozen.set()
        await self.thawed.wait()
        await super()._write(outputs)


async def behind_the_back_of_the_frozen(settings: Settings, name: str) -> tuple[list[str], BaseException | None]:
    """(what the books say, how it ended for the owner that was frozen while another took over)."""
    await differences(settings, ())
    names = registrations(settings, name)
    async with opened(owner(settings, Freezing)) as old:
        writing = asyncio.ensure_future(old.process(waiting(old)))
        await asyncio.wait_for(old.frozen.wait(), 30)
        assert len(await differences(settings, names)) == 0
        old.thawed.set()
        await asyncio.wait({writing}, timeout=60)
        return await differences(settings, names), writing.exception()


async def test_an_owner_that_wakes_up_too_late_writes_nothing(settings: Settings) -> None:
    found, error = await behind_the_back_of_the_frozen(settings, "fenced")
    assert found == []
    assert isinstance(error, KafkaError)


async def test_an_owner_without_a_fence_is_reported(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def unfenced(**options: Any) -> AIOKafkaProducer:
        return AIOKafkaProducer(**options | {"transactional_id": str(uuid.uuid4())})

    monkeypatch.setattr(shards, "AIOKafkaProducer", unfenced)
    found, error = await behind_the_back_of_the_frozen(settings, "unfenced")
    assert error is None
    assert found == [f"unfenced {number}: sent 2 times" for number in range(3)]


class KilledWriter(Writer):
    """Its process ends as it is about to write rows."""

    def write(self, batch: Rows) -> None:
        if batch.size:
            raise Killed


def hasty(reader: Reader, writer: Writer, stopping: Callable[[], bool], ready: Callable[[], None]) -> None:
    """Planted: a sink that commits before the store has the rows."""
    while not stopping():
        batch = loop.gather(reader, stopping)
        reader.commit()
        writer.write(batch)


def rows_after_a_kill(settings: Settings, work: Callable[..., None], record_id: str) -> list[tuple[Any, ...]]:
    """The rows of a record when a sink was killed with it in its hands, and the next one has read all."""
    publisher, offsets = Publisher(settings, record_id), Offsets(str(settings.kafka))
    with a_sink(settings):
        eventually(offsets.passed, "everything before is read")
    publisher.commit(a_timeline_entry(record_id=record_id))
    reader = Reader(settings, 1_000)
    with pytest.raises(Killed):
        work(reader, KilledWriter(settings, lambda: False), lambda: False, lambda: None)
    reader.close()
    with a_sink(settings):
        eventually(offsets.passed, "everything is read")
    for client in (publisher, offsets):
        client.close()
    return ask(settings, f"SELECT record_id FROM timeline WHERE record_id = '{record_id}'")


def test_a_sink_that_is_killed_with_rows_in_its_hands_loses_none(settings: Settings) -> None:
    assert rows_after_a_kill(settings, loop.work, "patient") == [("patient",)]


def test_rows_of_a_sink_that_commits_first_are_missed(settings: Settings) -> None:
    assert rows_after_a_kill(settings, hasty, "hasty") == []


class Forgetful:
    """Remembers the keys that it was restored with; a record named "drop" deletes the key "kept"."""

    def __init__(self) -> None:
        self.keys: set[bytes] = set()

    def restore(self, state: Iterable[tuple[bytes, bytes]]) -> None:
        self.keys = {key for key, _ in state}

    def decide(self, records: Sequence[Record], positions: Mapping[str, int]) -> Decision:
        return Decision([], dict.fromkeys([b"kept"], None if records[-1].key == b"drop" else b"1") if records else {})


class Aborted(Shard):
    """Its process ends inside a transaction, when all was sent."""

    async def _write(self, outputs: Sequence[Output]) -> None:
        producer = self._producer
        await producer.begin_transaction()
        futures = await shards._send(producer, "centers-state", self.partition, outputs)
        await asyncio.gather(*futures)
        raise Killed


class Named:
    """A record with a key."""

    topic, partition, timestamp, value = FACILITY_EVENTS, 1, 0, b""

    def __init__(self, offset: int, key: bytes) -> None:
        self.offset, self.key = offset, key


async def taken(settings: Settings, kind: type[Shard], *records: Named) -> tuple[set[bytes], int]:
    """(keys, next offset) that an owner finds when it opens; it takes the records then."""
    given = ("centers", 1, (FACILITY_EVENTS,), str(settings.kafka), lambda _: Forgetful())
    async with opened(kind(*given)) as shard:
        found = (set(shard.stage.keys), shard.next[FACILITY_EVENTS])
        if records:
            batch = Batch(records)
            batch.start, batch.end = shard.next[FACILITY_EVENTS], records[-1].offset + 1
            await shard.process([(FACILITY_EVENTS, batch)])
        return found


async def test_a_state_topic_with_an_aborted_first_transaction_is_an_empty_state(settings: Settings) -> None:
    with pytest.raises(Killed):
        await taken(settings, Aborted, Named(0, b"keep"))
    assert await taken(settings, Shard, Named(0, b"keep")) == (set(), 0)
    assert await taken(settings, Shard, Named(1, b"drop")) == ({b"kept"}, 1)
    assert await taken(settings, Shard) == (set(), 2), "a tombstone in the state is no key"
