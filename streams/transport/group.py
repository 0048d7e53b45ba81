"""What the broker knows of a consumer group, asked with clients of its own: the group's may be what has stopped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams.endpoints import RECONNECT_MS
from streams.ends import end_offsets
from streams.transport.fatal import log

ASK_MS = 10_000


class GroupSight:
    """Whether a group's input waits and its partitions have owners. A broker that does not answer accuses nobody."""

    def __init__(self, broker: str, group: str, topics: Collection[str]) -> None:
        self._servers, self._group, self._topics = broker.split(","), group, tuple(topics)
        self._consumer: KafkaConsumer | None = None
        self._admin: KafkaAdminClient | None = None

    def waiting(self, positions: Mapping[TopicPartition, int]) -> set[TopicPartition]:
        """Partitions in which committed records stand at or after the position."""
        if not positions:
            return set()
        try:
            ends = end_offsets(self._connected(), positions.keys(), ASK_MS)
        except (KafkaError, OSError) as error:
            self._unanswered(error)
            return set()
        return {tp for tp, position in positions.items() if position < ends.get(tp, 0)}

    def has_ownerless(self) -> bool:
        """True when a partition of the group's topics belongs to no member."""
        try:
            wanted = {TopicPartition(t, p) for t in self._topics for p in self._partitions(t)}
            return bool(wanted - self._owned())
        except (KafkaError, OSError) as error:
            self._unanswered(error)
            return False

    def _partitions(self, topic: str) -> set[int]:
        return self._connected().partitions_for_topic(topic) or set()

    def _owned(self) -> set[TopicPartition]:
        if self._admin is None:
            self._admin = KafkaAdminClient(bootstrap_servers=self._servers, reconnect_backoff_max_ms=RECONNECT_MS)
        return given_to(self._admin.describe_groups([self._group])[self._group]["members"])

    def _connected(self) -> KafkaConsumer:
        """One that sees ends as its group does: behind an open transaction nothing waits yet."""
        if self._consumer is None:
            self._consumer = KafkaConsumer(
                bootstrap_servers=self._servers,
                group_id=None,
                enable_auto_commit=False,
                isolation_level="read_committed",
                metadata_max_age_ms=15_000,
                reconnect_backoff_max_ms=RECONNECT_MS,
            )
        return self._consumer

    def _unanswered(self, error: Exception) -> None:
        log.info("the watchdog's question was not answered", error=type(error).__name__)
        clients, self._consumer, self._admin = (self._consumer, self._admin), None, None
        for client in filter(None, clients):
            client.close()


def given_to(members: Sequence[Mapping[str, Any]]) -> set[TopicPartition]:
    """The partitions that any of the members was given; one that joins just now has no assignment at all."""
    given = [member["member_assignment"] or {} for member in members]
    parts = [part for assignment in given for part in assignment.get("assigned_partitions", ())]
    return {TopicPartition(part["topic"], number) for part in parts for number in part["partitions"]}
