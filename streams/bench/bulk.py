"""Writes and copies records as fast as the client can: to set up what a measurement reads, and as a ceiling."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams import endpoints
from streams.settings import Settings

Pair = tuple[bytes | None, bytes | None]


def write(settings: Settings, topic: str, records: Mapping[int, Sequence[Pair]]) -> None:
    """(key, value) pairs by partition, all acknowledged when it returns."""
    asyncio.run(_write(endpoints.kafka(settings), topic, records))


async def _write(broker: str, topic: str, records: Mapping[int, Sequence[Pair]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker, acks="all", linger_ms=0, max_batch_size=1 << 20)
    await producer.start()
    try:
        sent = [await _send(producer, topic, partition, pairs) for partition, pairs in records.items()]
        await asyncio.gather(*(future for futures in sent for future in futures))
    finally:
        await producer.stop()


async def _send(producer: AIOKafkaProducer, topic: str, partition: int, pairs: Sequence[Pair]) -> list[Any]:
    futures, batch = [], producer.create_batch()
    for key, value in pairs:
        if batch.append(key=key, value=value, timestamp=None) is None:
            futures.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None)
    futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures


def read(settings: Settings, topic: str, partition: int) -> list[Pair]:
    """Every committed record of one partition."""
    return asyncio.run(_read(endpoints.kafka(settings), TopicPartition(topic, partition)))


async def _read(broker: str, tp: TopicPartition) -> list[Pair]:
    consumer, found = reader(broker), list[Pair]()
    await consumer.start()
    try:
        end = await at_the_beginning(consumer, [tp])
        while await consumer.position(tp) < end[tp]:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [(record.key, record.value) for record in records]
    finally:
        await consumer.stop()
    return found


def reader(broker: str) -> AIOKafkaConsumer:
    """A consumer without a group, with the fetch size of the stages."""
    return AIOKafkaConsumer(
        bootstrap_servers=broker,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=1 << 20,
    )


async def at_the_beginning(consumer: AIOKafkaConsumer, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """Assign partitions and seek to where they begin; where they end."""
    parts = list(tps)
    consumer.assign(parts)
    beginnings = await consumer.beginning_offsets(parts)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(parts)
    for tp, offset in beginnings.items():
        consumer.seek(tp, offset)
    return ends


def parts_of(pairs: Iterable[Pair], partitions: int) -> dict[int, list[Pair]]:
    """Records dealt to partitions in turn."""
    given = list(pairs)
    return {partition: list(islice(given, partition, None, partitions)) for partition in range(partitions)}
