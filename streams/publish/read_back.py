"""Reads back from the source topics what a publication that was interrupted had sent without hearing of it."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import AuthorizationError, KafkaError

from streams import endpoints
from streams.ends import end_offsets
from streams.errors import BrokerAway
from streams.publish.outcomes import Position
from streams.publish.progress import Places
from streams.topics import SOURCE_TOPICS

SILENCE_S = 60
There = dict[bytes, deque[Position]]
"""By an event's digest where it lies, the first one first."""


class MayNotRead(Exception):
    """The broker lets this user write and not read."""


def digest(event: bytes) -> bytes:
    return hashlib.sha256(event).digest()


class SourceTopics:
    """A consumer of the source topics; a context manager. Raises BrokerAway."""

    def __init__(self, servers: str) -> None:
        self._servers = servers
        try:
            self._consumer = KafkaConsumer(
                bootstrap_servers=servers,
                isolation_level="read_committed",
                enable_auto_commit=False,
                group_id=None,
                bootstrap_timeout_ms=10_000,
                reconnect_backoff_max_ms=endpoints.RECONNECT_MS,
            )
        except (KafkaError, OSError) as error:
            raise BrokerAway(f"no Kafka broker answers at {servers} within 10 s: is it running?") from error

    def __enter__(self) -> SourceTopics:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()

    def ends(self) -> Places:
        """Where each partition of each topic that there is ends. Raises MayNotRead, BrokerAway."""
        try:
            found = {topic: self._consumer.partitions_for_topic(topic) or set() for topic in SOURCE_TOPICS}
            partitions = [TopicPartition(topic, each) for topic, all_ in found.items() for each in all_]
            ends = end_offsets(self._consumer, partitions) if partitions else {}
        except AuthorizationError as error:
            raise MayNotRead from error
        except KafkaError as error:
            raise self._away(error) from error
        places: Places = {}
        for tp, end in ends.items():
            places.setdefault(tp.topic, {})[tp.partition] = end
        return places

    def since(self, places: Iterable[tuple[str, int, int]]) -> There:
        """All events from these (topic, partition, offset) on. Raises MayNotRead, BrokerAway."""
        ends = self.ends()
        waiting = {TopicPartition(t, p): at for t, p, at in places if at < ends.get(t, {}).get(p, 0)}
        self._consumer.assign(list(waiting))
        for tp, at in waiting.items():
            self._consumer.seek(tp, at)
        found: There = {}
        heard = time.monotonic()
        while waiting:
            for records in self._poll().values():
                heard = time.monotonic()
                for record in records:
                    place = Position(record.topic, record.partition, record.offset)
                    found.setdefault(digest(record.value or b""), deque()).append(place)
            waiting = {
                tp: at for tp, at in waiting.items() if self._consumer.position(tp) < ends[tp.topic][tp.partition]
            }
            if time.monotonic() - heard > SILENCE_S:
                raise self._away(TimeoutError())
        return found

    def _poll(self) -> dict[TopicPartition, list[Any]]:
        try:
            found: dict[TopicPartition, list[Any]] = self._consumer.poll(500)
        except AuthorizationError as error:
            raise MayNotRead from error
        except KafkaError as error:
            raise self._away(error) from error
        return found

    def _away(self, error: Exception) -> BrokerAway:
        kind = type(error).__name__
        return BrokerAway(f"the source topics at {self._servers} cannot be read back ({kind}): try again later")
