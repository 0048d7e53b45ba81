"""The log of deliveries on its topic: an entry lies in the partition of the alert that it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from typing import Self

from kafka import KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from streams.clock.tick import connect_consumer, connect_producer
from streams.ends import end_offsets
from streams.errors import BrokerAway
from streams.notify.entries import Entry
from streams.settings import Settings
from streams.topics import DELIVERIES

FLUSH_S = 30.0


class Journal:
    """Writes entries, and reads those of some partitions from the beginning. Raises BrokerAway."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: KafkaProducer = connect_producer(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()

    def write(self, entries: Iterable[tuple[int, Entry]]) -> None:
        """Returns when the broker has all of them. `entries`: (partition, entry)"""
        try:
            sent = [
                self._producer.send(DELIVERIES, entry.packed(), entry.alert_id.encode(), partition=partition)
                for partition, entry in entries
            ]
            for future in sent:
                future.get(FLUSH_S)
        except KafkaError as error:
            raise BrokerAway(f"an entry of the log of deliveries was not written ({type(error).__name__})") from error

    def read(self, partitions: Collection[int]) -> Iterator[tuple[int, Entry]]:
        """(partition, entry), each partition's in their order."""
        with closing(connect_consumer(self._settings)) as consumer:
            wanted = [TopicPartition(DELIVERIES, partition) for partition in sorted(partitions)]
            ends = {tp: end for tp, end in end_offsets(consumer, wanted).items() if end > 0}
            if not ends:
                return
            consumer.assign(list(ends))
            consumer.seek_to_beginning()
            while any(consumer.position(tp) < end for tp, end in ends.items()):
                for records in consumer.poll(timeout_ms=500).values():
                    yield from ((record.partition, Entry.unpacked(record.value)) for record in records)
