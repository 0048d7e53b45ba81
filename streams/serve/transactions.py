"""Sends a request's events in one Kafka transaction: they are all there, or none is.

A few threads, each with a transactional producer of its own. Whatever goes wrong, the producer is replaced: the next
one has the same transactional id, and the broker ends what the former left open.
"""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams import endpoints
from streams.embedded.probes import listens
from streams.errors import BrokerAway
from streams.intake.home import home_partition
from streams.publish.link import STRUCTURED
from streams.publish.outcomes import NotDelivered, Position
from streams.serve.acceptance import Outgoing
from streams.serve.log import Send
from streams.settings import Settings

PRODUCERS = 4
ANSWER_MS, DELIVER_MS = 5_000, 10_000
OPEN_MS = 15_000
"""After this the broker ends a transaction by itself: what is behind it in its partitions is not read before."""

T = TypeVar("T")

log = structlog.get_logger("huiyu.serve")


class Transactions:
    """`begin` starts one; at most four run, the others wait their turn."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._servers = endpoints.kafka(settings)
        self._name = name
        self._numbers = itertools.count()
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(PRODUCERS, "transaction", self._number)

    def begin(self, work: Callable[[Send], T], deadline: float) -> Future[T]:
        """`work` is called in a thread, with what sends; it may compute. Past the deadline (monotonic) nothing begins.

        The future raises BrokerAway or NotDelivered (whether anything was sent is then not known), or what `work` does.
        """
        return self._threads.submit(self._run, work, deadline)

    def connect(self) -> None:
        """Connect every thread: what a killed process left open is ended now, not when the broker's patience ends.

        Raises BrokerAway.
        """
        together = threading.Barrier(PRODUCERS)  # or one thread would do it four times
        for connected in [self._threads.submit(self._connect, together) for _ in range(PRODUCERS)]:
            connected.result()

    def _connect(self, together: threading.Barrier) -> None:
        try:
            together.wait(ANSWER_MS / 1_000)
        except threading.BrokenBarrierError as error:
            raise BrokerAway("not every thread is free to connect") from error
        self._producer()

    def close(self) -> None:
        """Wait for what runs; what waits is not begun."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _number(self) -> None:
        self._own.id = f"huiyu-serve-{self._name}-{next(self._numbers)}"

    def _run(self, work: Callable[[Send], T], deadline: float) -> T:
        if time.monotonic() > deadline:
            raise BrokerAway("its turn did not come in time")
        return work(self._send)

    def _send(self, events: Sequence[Outgoing]) -> list[Position]:
        if not events:
            return []
        producer = self._producer()
        try:
            return _sent(producer, events)
        except KafkaError as error:
            self._replace()
            log.warning("transaction failed", error=type(error).__name__)
            kind = BrokerAway if getattr(error, "retriable", True) else NotDelivered
            raise kind(f"the broker did not take the events ({type(error).__name__})") from error

    def _producer(self) -> Any:
        if getattr(self._own, "producer", None) is None:
            # Where nobody listens no client is made: one that cannot be made leaves its thread behind, see probes.py.
            if not any(map(listens, self._servers.split(","))):
                raise BrokerAway(f"no Kafka broker answers at {self._servers}")
            self._own.producer = self._connected()
        return self._own.producer

    def _connected(self) -> Any:
        try:
            producer = KafkaProducer(**self._options())
        except (KafkaError, OSError) as error:
            raise BrokerAway(f"no Kafka broker answers at {self._servers} ({type(error).__name__})") from error
        try:
            producer.init_transactions()
        except KafkaError as error:
            producer.close(timeout=0)
            raise BrokerAway(f"the broker begins no transaction ({type(error).__name__})") from error
        return producer

    def _options(self) -> dict[str, Any]:
        return {
            "bootstrap_servers": self._servers.split(","),
            "transactional_id": self._own.id,
            "transaction_timeout_ms": OPEN_MS,
            "acks": "all",
            "enable_idempotence": True,
            "linger_ms": 0,  # a transaction is sent at once
            "batch_size": 256 << 10,
            "max_request_size": 1 << 20,
            "allow_auto_create_topics": False,
            "bootstrap_timeout_ms": ANSWER_MS,
            "max_block_ms": ANSWER_MS,
            "request_timeout_ms": ANSWER_MS,
            "delivery_timeout_ms": DELIVER_MS,
            "reconnect_backoff_max_ms": endpoints.RECONNECT_MS,
        }

    def _replace(self) -> None:
        producer, self._own.producer = self._own.producer, None
        with suppress(KafkaError):
            producer.close(timeout=DELIVER_MS / 1_000)  # by then what it still holds has expired


def _sent(producer: Any, events: Sequence[Outgoing]) -> list[Position]:
    """One transaction. Raises KafkaError; then it is not known whether the broker has it all or nothing."""
    producer.begin_transaction()
    futures = [_send(producer, event) for event in events]
    producer.flush(DELIVER_MS / 1_000)
    written = [future.get(0) for future in futures]
    producer.commit_transaction()
    return [Position(found.topic_partition.topic, found.partition, found.offset) for found in written]


def _send(producer: Any, event: Outgoing) -> Any:
    partition = home_partition(event.subject, len(producer.partitions_for(event.topic)))
    return producer.send(event.topic, event.value, event.subject.encode(), STRUCTURED, partition)


def name_of(port: int) -> str:
    """The same after a restart, another for another process: the host's, and the port that it listens on."""
    return f"{socket.gethostname()}-{port}"
