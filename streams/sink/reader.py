"""A Kafka consumer of committed records only, positions committed by hand; by default the sink's."""

from __future__ import annotations

from collections.abc import Collection

import structlog
from kafka import KafkaConsumer
from kafka import errors as kafka_errors
from kafka.structs import MemberState, OffsetAndMetadata, TopicPartition

from streams import endpoints
from streams.errors import BrokerAway, WrongTopics
from streams.settings import Settings
from streams.sink.rows import READERS, Message

GROUP = "huiyu-sink"
COMMIT_TIMEOUT_MS = 10_000
LOST = (
    kafka_errors.CommitFailedError,
    kafka_errors.RebalanceInProgressError,
    kafka_errors.IllegalGenerationError,
    kafka_errors.UnknownMemberIdError,
    kafka_errors.KafkaTimeoutError,
)
"""A commit that was not taken: another member reads on from the last one, and the same rows are written again."""

log = structlog.get_logger()


class Reader:
    """Reads, by default, every topic the store is fed from. Raises BrokerAway, WrongTopics when opened.

    Its positions are those of the fetcher, which pass transaction markers and aborted records: after everything was
    read they equal the end offsets, and `huiyu wait` compares just these.
    """

    def __init__(
        self, settings: Settings, max_records: int, group: str = GROUP, topics: Collection[str] = tuple(READERS)
    ) -> None:
        self._topics = topics
        servers = endpoints.kafka(settings)
        try:
            self._consumer = KafkaConsumer(
                bootstrap_servers=servers.split(","),
                bootstrap_timeout_ms=10_000,
                group_id=group,
                client_id=group,
                isolation_level="read_committed",
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                max_poll_records=max_records,
                max_partition_fetch_bytes=2 << 20,  # few large fetches: each one costs a round trip
                fetch_max_bytes=16 << 20,
                session_timeout_ms=6_000,
                heartbeat_interval_ms=1_500,
                metadata_max_age_ms=15_000,
                reconnect_backoff_max_ms=endpoints.RECONNECT_MS,
            )
        except (kafka_errors.KafkaError, OSError) as error:
            raise BrokerAway(f"no Kafka broker answers at {servers}: is it running?") from error
        self._committed: dict[TopicPartition, int] = {}
        self.taken: dict[TopicPartition, int] = {}
        """Its partitions, each with the position committed last, as of the last poll; replaced, never changed."""
        self._subscribe()

    def _subscribe(self) -> None:
        # In this order: who joins before the topics are known joins a second time when they are.
        self._consumer.subscribe(list(self._topics))
        missing = set(self._topics) - self._consumer.topics()
        if missing:
            self._consumer.close(autocommit=False)
            raise WrongTopics(f"topics are missing: {', '.join(sorted(missing))}: run `huiyu topics apply`")

    def poll(self, seconds: float) -> list[Message]:
        """What has been committed since; empty when nothing came within `seconds`."""
        self._finish_join()
        polled = self._consumer.poll(timeout_ms=max(0, int(seconds * 1000)))
        self.taken = {tp: self._committed.get(tp, 0) for tp in self._consumer.assignment()}
        return [record for records in polled.values() for record in records]

    def _finish_join(self) -> None:
        """Have a join awaited that went on when the last poll returned.

        kafka-python 3.0.12 forgets it when the metadata that called for it are no longer newer than the assignment: it
        then takes itself for rebalancing for ever, and reads and commits nothing of what was newly assigned.
        """
        if self._consumer.group_metadata().state is MemberState.REBALANCING:
            self._consumer._coordinator.request_rejoin()

    @property
    def assigned(self) -> bool:
        return bool(self._consumer.assignment())

    def commit(self, positions: dict[TopicPartition, int] | None = None) -> None:
        """Commit these positions, or those of now, where they moved since the last commit.

        Not those of partitions that were taken away meanwhile: their next owner has positions of its own.
        """
        owned = self._consumer.assignment()
        positions = {tp: p for tp, p in (positions or self.positions()).items() if tp in owned}
        moved = {tp: position for tp, position in positions.items() if self._committed.get(tp) != position}
        if not moved:
            return
        offsets = {tp: OffsetAndMetadata(position, "", -1) for tp, position in moved.items()}
        try:
            self._consumer.commit(offsets, timeout_ms=COMMIT_TIMEOUT_MS)
        except LOST as error:
            log.warning("positions were not committed, rows may be written again", error=type(error).__name__)
            self._committed = {}
            return
        self._committed = positions

    def positions(self) -> dict[TopicPartition, int]:
        """Those behind all that `poll` has given out."""
        known = {tp: self._consumer.position(tp, timeout_ms=0) for tp in self._consumer.assignment()}
        return {tp: position for tp, position in known.items() if position is not None}

    def close(self) -> None:
        """Leave the group, so that its partitions pass on at once."""
        self._consumer.close(autocommit=False)
