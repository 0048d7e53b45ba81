"""One partition of one stage: its state, valid for as long as nobody else opened the same transactional id.

Outputs, changed state and the next source offsets of a decision are ONE Kafka transaction. The offsets in the state
topic are the truth; the consumer group's commits are advisory. Memory changes only after the commit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.transport.batches import Batch
from streams.transport.fatal import log
from streams.transport.port import Decision, Output, Record, Stage, decisions
from streams.transport.state_version import FIRST, check, header, version_of

OFFSET = b"\0offset/"
OPEN_LIMIT_S = TRANSACTION_LIMIT_S = 120.0
"""Seconds; twice what may be waited for rightly: the broker ends a dead producer's transaction after 60."""
Part = tuple[str, Batch]


class Gap(Exception):
    """A batch starts after what this shard has seen: its state is old, or input was skipped."""


class Shard:
    """Partition `partition` of `sources`, folded by one `Stage` under one transactional producer."""

    def __init__(
        self,
        name: str,
        partition: int,
        sources: tuple[str, ...],
        broker: str,
        make_stage: Callable[[int], Stage],
        version: int = FIRST,
    ) -> None:
        self.name, self.partition, self.sources, self.broker = name, partition, sources, broker
        self.stage, self.version = make_stage(partition), version
        self.next: dict[str, int] = {}
        self.rests = 0
        """Commits that moved no position: what was left of earlier decisions."""
        self.moved_at = time.monotonic()
        self._producer: AIOKafkaProducer | None = None

    async def open(self) -> Shard:
        """Take the partition over, and finish what a kill cut short between two commits.

        Whoever cancels it closes the shard too: a producer that goes on opening would fence the next owner.
        Raises TimeoutError, OtherVersion.
        """
        await self.close()
        async with asyncio.timeout(OPEN_LIMIT_S):
            keys = await self._take_over()
        await self._fold((), self.next)
        log.info("shard opened", stage=self.name, partition=self.partition, keys=keys)
        return self

    async def _take_over(self) -> int:
        """Fence the previous owner, then read the state topic to its end: in this order the state is the newest."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self.broker,
            transactional_id=f"{self.name}-{self.partition}",
            transaction_timeout_ms=60_000,
            linger_ms=0,
            max_batch_size=1 << 20,
            max_request_size=4 << 20,
        )
        await self._producer.start()
        return await self._load()

    async def close(self) -> None:
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await producer.stop()

    async def _load(self) -> int:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.broker,
            enable_auto_commit=False,
            isolation_level="read_committed",
            max_partition_fetch_bytes=4 << 20,
            auto_offset_reset="earliest",  # 'latest' can win a race with the seek: then nothing is read
        )
        await consumer.start()
        try:
            state = await self._read_state(consumer)
            self.next = {
                key[len(OFFSET) :].decode(): int(state.pop(key)) for key in list(state) if key.startswith(OFFSET)
            }
            missing = [TopicPartition(t, self.partition) for t in self.sources if t not in self.next]
            if missing:  # nothing ever committed: seen nothing, whatever the group's offset says
                beginnings = await consumer.beginning_offsets(missing)
                self.next.update({tp.topic: offset for tp, offset in beginnings.items()})
            self.stage.restore(state.items())
            return len(state)
        finally:
            await consumer.stop()

    async def _read_state(self, consumer: AIOKafkaConsumer) -> dict[bytes, bytes]:
        tp = TopicPartition(f"{self.name}-state", self.partition)
        sources = [TopicPartition(topic, self.partition) for topic in self.sources]
        consumer.assign([tp, *sources])  # unassigned topics cost seconds of metadata look-up: assign and pause them
        consumer.pause(*sources)
        begin = (await consumer.beginning_offsets([tp]))[tp]
        end = (await consumer.end_offsets([tp]))[tp]
        consumer.seek(tp, begin)
        state: dict[bytes, bytes] = {}
        versions: dict[bytes, int] = {}
        while await consumer.position(tp) < end:  # by position: transaction markers take offsets too
            for record in (await consumer.getmany(tp, timeout_ms=500)).get(tp, ()):
                if record.value is None:
                    state.pop(record.key, None)
                else:
                    state[record.key] = record.value
                    if record.key.startswith(OFFSET):
                        versions[record.key] = version_of(record.headers)
        check(versions.values(), self.version, f"{tp.topic}/{tp.partition}")
        return state

    async def process(self, parts: Sequence[Part]) -> None:
        """Fold batches in the order read; raises Gap when one starts after what this shard has seen."""
        positions, records = self._fresh(parts)
        if positions == self.next:
            return
        await self._fold(records, positions)

    async def _fold(self, records: Sequence[Record], positions: dict[str, int]) -> None:
        for decision in decisions(self.stage, records, positions):
            async with asyncio.timeout(TRANSACTION_LIMIT_S):  # each: a long release is many of them
                await self._commit(decision, positions)

    def _fresh(self, parts: Sequence[Part]) -> tuple[dict[str, int], list[Record]]:
        positions, records = dict(self.next), list[Record]()
        for topic, batch in parts:
            seen = positions[topic]
            if batch.start > seen:
                raise Gap(f"{topic}/{self.partition}: want {seen}, got {batch.start}")
            if batch.end > seen:
                records.extend(r for r in batch if r.offset >= seen)
                positions[topic] = batch.end
        return positions, records

    async def _commit(self, decision: Decision, positions: dict[str, int]) -> None:
        topic, version = f"{self.name}-state", [header(self.version)]
        state = [Output(topic, self.partition, key, value) for key, value in decision.changes.items()]
        moved = [(OFFSET + t.encode(), b"%d" % offset) for t, offset in positions.items() if offset != self.next[t]]
        state += [Output(topic, self.partition, key, value, version) for key, value in moved]
        if state or decision.outputs:
            await self._write([*decision.outputs, *state])
        decision.install()
        self.rests += positions == self.next
        self.next, self.moved_at = positions, time.monotonic()

    async def _write(self, outputs: Sequence[Output]) -> None:
        """One transaction."""
        producer = self._producer
        assert producer is not None, "a closed shard cannot commit"
        await producer.begin_transaction()
        sent: list[asyncio.Future[Any]] = []
        for (topic, partition), here in _by_partition(outputs).items():
            sent += await _send(producer, topic, partition, here)
        await asyncio.gather(*sent)
        await producer.commit_transaction()


def _by_partition(outputs: Sequence[Output]) -> dict[tuple[str, int], list[Output]]:
    grouped: dict[tuple[str, int], list[Output]] = {}
    for output in outputs:
        grouped.setdefault((output.topic, output.partition), []).append(output)
    return grouped


async def _send(producer: AIOKafkaProducer, topic: str, partition: int, outputs: Sequence[Output]) -> list[Any]:
    """Hand over as few batches as fit; returns the delivery futures."""
    futures: list[Any] = []
    batch = producer.create_batch()
    for output in outputs:
        if not _fits(batch, output):
            futures.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            if not _fits(batch, output):
                raise ValueError(f"a record for {topic} is larger than a batch may be")
    futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures


def _fits(batch: Any, output: Output) -> bool:
    """Append it to the batch, unless that is full."""
    headers = list(output.headers) if output.headers else []
    return batch.append(key=output.key, value=output.value, timestamp=None, headers=headers) is not None
