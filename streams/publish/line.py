"""Delivers events of a spool to the broker in rounds: what has been sent is known before anything more is sent.

A round puts at most one batch into a partition. A batch is written whole or not at all, so that no event of a subject
can come to lie behind a later one that was not sent again after it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from streams.errors import Failure
from streams.intake.home import home_partition
from streams.publish.link import Link
from streams.publish.outcomes import Position
from streams.publish.spool import Spooled

BATCH_BYTES, RECORD_BYTES = 128 << 10, 200
"""Of a partition in a round, and what a record has around its value; far below the producer's batch_size."""
PATIENCE_MS = 2**31 - 1
"""The producer keeps trying: only it knows what it has sent, and with it nothing is sent twice."""
LINGER_MS = 600_000
"""Nothing leaves before the round is complete: `flush` sends it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a round: which events the broker has, and where; why not all, if not all."""

    positions: dict[int, Position] = field(default_factory=dict)
    trouble: Failure | None = None


def in_one_round(events: Sequence[Spooled], partition_of: Callable[[str], int]) -> dict[int, list[Spooled]]:
    """By partition the events that go into one batch, in order: a partition that is full takes no more. Pure."""
    room: dict[int, int] = defaultdict(lambda: BATCH_BYTES)
    found: dict[int, list[Spooled]] = defaultdict(list)
    for event in events:
        partition = partition_of(event.subject)
        room[partition] -= len(event.value) + len(event.subject) + RECORD_BYTES
        if room[partition] >= 0 or not found[partition]:
            found[partition].append(event)
        else:
            room[partition] = -1
    return found


class Line:
    """One producer at a time; `closing` ends what waits for the broker, `waits` hears of a broker that is away."""

    def __init__(self, link: Link, closing: threading.Event, waits: Callable[[Failure], None]) -> None:
        self._link, self._closing, self._waits = link, closing, waits
        self._producer: KafkaProducer | None = None

    def deliver(self, topic: str, events: Sequence[Spooled]) -> Outcome:
        """Send the first of these events, and wait until it is known which the broker has."""
        try:
            return self._round(topic, events)
        except Failure as trouble:
            self.close()
            return Outcome(trouble=trouble)

    def close(self) -> None:
        """Nothing more is sent."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                producer.close(timeout=1)
            except KafkaTimeoutError:
                # kafka-python 3.0.12 goes on sending then, without a way to end it in its public interface.
                producer._sender.force_close()

    def _round(self, topic: str, events: Sequence[Spooled]) -> Outcome:
        if self._producer is None:
            self._producer = self._link.producer(linger_ms=LINGER_MS, delivery_timeout_ms=PATIENCE_MS)
        partitions = self._link.partitions_of(self._producer, topic)
        chosen = in_one_round(events, lambda subject: home_partition(subject, partitions))
        futures = {
            event.number: (partition, self._send(topic, partition, event))
            for partition, group in chosen.items()
            for event in group
        }
        self._flush(self._producer)
        return self._outcome(topic, futures)

    def _send(self, topic: str, partition: int, event: Spooled) -> Any:
        return self._link.send(self._producer, topic, partition, event.subject.encode(), event.value)

    def _flush(self, producer: KafkaProducer) -> None:
        waited = 0
        while not self._closing.is_set():
            try:
                producer.flush(1.0)
            except KafkaTimeoutError:
                waited += 1
                if waited >= self._link.answer_within_s:
                    self._waits(self._link.away(waited))
            else:
                return

    def _outcome(self, topic: str, futures: dict[int, tuple[int, Any]]) -> Outcome:
        positions = {
            number: Position(topic, partition, future.value.offset)
            for number, (partition, future) in futures.items()
            if future.succeeded()
        }
        error = next((future.exception for _, future in futures.values() if future.failed()), None)
        if error is None:
            return Outcome(positions)
        self.close()  # what it knows of the partition is of no use any more
        if not isinstance(error, KafkaError):
            raise error
        return Outcome(positions, self._link.refused(topic, error))
