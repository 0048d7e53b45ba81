"""`python -m streams.bench.ceiling MODE TOPIC…`: how fast this machine reads what a stage reads, and no more.

`raw`: aiokafka's getmany and nothing else. `checked`: also the validation that intake makes of each record.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.check import Accepted, check
from streams import endpoints
from streams.bench.bulk import at_the_beginning, reader
from streams.settings import Settings

PASSES = {"raw": 3, "checked": 1}
"""A raw pass over the backlog takes under a second."""
EVENT = b'{"t":"event"'
"""How an internal message begins that carries an event."""

Handle = Callable[[list[Any]], int]


def main() -> None:
    """Print {seconds, records, accepted, events, passes} of the topics named on the command line."""
    gc.set_threshold(200_000, 20, 100)  # as the stages do
    mode, *topics = sys.argv[1:]
    settings = Settings()
    found = asyncio.run(_measure(endpoints.kafka(settings), topics, settings.partitions, mode))
    print(json.dumps(found))


async def _measure(broker: str, topics: Iterable[str], partitions: int, mode: str) -> dict[str, float]:
    tps = [TopicPartition(topic, partition) for topic in topics for partition in range(partitions)]
    consumer = reader(broker)
    await consumer.start()
    try:
        handle = _checked if mode == "checked" else _raw
        passes = [await _pass(consumer, tps, handle) for _ in range(PASSES[mode])]
        seconds, records, accepted = (sum(column) for column in zip(*passes, strict=True))
        _, _, events = await _pass(consumer, tps, _events)
    finally:
        await consumer.stop()
    return {"seconds": seconds, "records": records, "accepted": accepted, "events": events, "passes": len(passes)}


async def _pass(consumer: AIOKafkaConsumer, tps: list[TopicPartition], handle: Handle) -> tuple[float, int, int]:
    """(seconds, records, what `handle` counted) of one pass over everything."""
    ends = await at_the_beginning(consumer, tps)
    records = counted = 0
    left = {tp for tp in tps if ends[tp] > 0}
    began = time.monotonic()
    while left:
        for tp, batch in (await consumer.getmany(timeout_ms=200)).items():
            records += len(batch)
            counted += handle(batch)
            if await consumer.position(tp) >= ends[tp]:
                left.discard(tp)
        left = {tp for tp in left if await consumer.position(tp) < ends[tp]}
    return time.monotonic() - began, records, counted


def _raw(batch: list[Any]) -> int:
    return len(batch)


def _checked(batch: list[Any]) -> int:
    return sum(isinstance(check(r.value, r.key, r.topic, r.timestamp), Accepted) for r in batch)


def _events(batch: list[Any]) -> int:
    return sum((record.value or b"").startswith(EVENT) for record in batch)


if __name__ == "__main__":
    main()
