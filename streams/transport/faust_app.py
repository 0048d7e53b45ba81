"""Faust, changed where it would lose, double or silently stop: whole batches in, an explicit ledger of offsets out.

Each override is here because something broke without it; `docs/decisions/001-shards-not-tables.md` tells what. A test
fails when one of the overridden methods disappears from Faust or changes its signature.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import faust
from faust.assignor.partition_assignor import PartitionAssignor
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from streams.transport.batches import Batch
from streams.transport.fatal import die, log

SESSION_TIMEOUT_S = 6.0
PACE_S = 0.02
"""Seconds from one fetch to the next after one that brought little: each costs broker and stage as much as dozens of
records. The first after a pause is handed on at once."""

MANY = 200
"""Records of a fetch that mean there are more."""

Fetch = list[tuple[TP, Batch]]
"""All that one fetch returned, by partition."""


class CommittedReader(driver.AIOKafkaConsumerThread):  # type: ignore[misc]
    """Reads committed records only; Faust sets that only under its own exactly_once."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer


class BatchConsumer(driver.Consumer):  # type: ignore[misc]
    """One message = all that one fetch returned; commits exactly what `done` says is durable.

    A message for each partition's batch would take several turns of the event loop, each as long as a stage's step.
    """

    done: dict[TP, int]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.done = {}

    def _new_consumer_thread(self) -> CommittedReader:
        return CommittedReader(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self._seek_quietly()
            return
        fetch = [(tp, batch) for tp, batch in records.items() if batch and self._is_wanted(tp, active)]
        if fetch:
            began = time.monotonic()
            # Otherwise Faust drops a rewound batch when one from before the seek came in between.
            self._read_offset[fetch[0][0]] = None
            yield fetch[0][0], self._message(fetch, generation)
            if sum(len(batch) for _, batch in fetch) < MANY:
                await asyncio.sleep(began + PACE_S - time.monotonic())

    def _is_wanted(self, tp: TP, active: set[TP] | None) -> bool:
        return active is None or tp in active or tp in self._buffered_partitions

    async def _seek_quietly(self) -> None:
        try:
            await self.perform_seek()
        except Exception as error:  # noqa: BLE001 - IllegalStateError while rebalancing; it seeks again on resume
            log.info("seek while rebalancing", error=type(error).__name__)

    def _message(self, fetch: Fetch, generation: int) -> ConsumerMessage:
        tp, batch = fetch[0]
        where = (tp.topic, tp.partition, batch.end - 1)
        return ConsumerMessage(*where, 0.0, 0, [], None, fetch, None, 0, 0, tp, generation_id=generation)

    # The ledger instead of Faust's gap arithmetic, which can pass a message that is still in flight.
    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        return None

    def _new_offset(self, tp: TP) -> int | None:
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.done.get(tp)

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> list[TP]:
        return list(self.done)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        await super().on_partitions_revoked(revoked)
        self.done.clear()


class BatchTransport(driver.Transport):  # type: ignore[misc]
    Consumer = BatchConsumer


def together(sources: tuple[str, ...], partitions: int) -> type[PartitionAssignor]:
    """An assignor that gives partition p of every source to one member, and exits when it cannot.

    After a broker restart the leader's metadata may lack a topic: Faust would then assign nothing to anybody, silently.
    """

    class Together(PartitionAssignor):  # type: ignore[misc]
        @classmethod
        def _get_copartitioned_groups(
            cls, topics: set[str], cluster: Any, subscriptions: Mapping[str, Iterable[str]]
        ) -> Mapping[int, Iterable[set[str]]]:
            counts = {topic: len(cluster.partitions_for_topic(topic) or ()) for topic in set(topics) | set(sources)}
            uneven = any(set(subscribed) != set(topics) for subscribed in subscriptions.values())
            if set(counts.values()) != {partitions} or set(topics) != set(sources) or uneven:
                die("metadata lacks topics, or workers differ in their subscriptions", partitions=counts)
            return {partitions: [set(topics)]}

    return Together


class BatchApp(faust.App):  # type: ignore[misc]
    """A Faust app on `BatchTransport`."""

    def _new_transport(self) -> BatchTransport:
        return BatchTransport(self.conf.broker_consumer, self, loop=self.loop)

    def _create_directories(self) -> None:
        """None: the folders are for tables on disk, and one that is killed would leave them behind."""


def make_app(group: str, broker: str, sources: tuple[str, ...], partitions: int) -> BatchApp:
    """The Faust app of one stage; its consumer group is `group`."""
    return BatchApp(
        group,
        broker=[f"kafka://{server.strip()}" for server in broker.split(",")],
        store="memory://",
        topic_partitions=partitions,
        topic_disable_leader=True,
        web_enabled=False,
        value_serializer="raw",
        producer_acks=-1,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=256 << 10,  # of one partition: the others are not fetched until it was taken
        consumer_metadata_max_age_ms=15_000,
        broker_max_poll_records=2_000,
        broker_session_timeout=SESSION_TIMEOUT_S,
        broker_heartbeat_interval=2.0,
        broker_rebalance_timeout=30.0,
        broker_request_timeout=30.0,
        broker_commit_interval=0.2,
        stream_buffer_maxsize=4,
        stream_recovery_delay=0.0,
        PartitionAssignor=together(sources, partitions),
    )
