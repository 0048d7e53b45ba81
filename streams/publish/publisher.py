"""The SDK's publisher: checks an event, chooses topic, key and partition, sends it, and knows when it is safe."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from streams import endpoints
from streams.errors import BrokerAway, WrongTopics
from streams.intake.home import home_partition
from streams.publish.envelope import new_event, new_reporting_completed
from streams.publish.offline import validated
from streams.publish.outcomes import NotDelivered, Receipt
from streams.settings import Settings

IN_FLIGHT = 20_000
"""Events that may wait for their acknowledgement; kafka-python itself has no limit to what it buffers."""
ATTEMPTS = 3
STRUCTURED = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
"""Header of a CloudEvent in structured mode (Kafka protocol binding 1.0.2, 3.3); huiyu itself does not need it."""


class Publisher:
    """A context manager; leaving it waits until everything is acknowledged. For one thread.

    `kafka`: bootstrap servers, else HUIYU_KAFKA, else the embedded broker. `source`: who is publishing, for `record`
    and `reporting_completed`. `answer_within_s`: how long a broker may take to answer at all; `deliver_within_s`: to
    acknowledge an event, restarts of the broker included. `client`: further options of kafka-python's KafkaProducer,
    for example `security_protocol`. Raises BrokerAway when no broker answers.
    """

    def __init__(
        self,
        kafka: str | None = None,
        source: str | None = None,
        settings: Settings | None = None,
        *,
        answer_within_s: float = 10.0,
        deliver_within_s: float = 120.0,
        client: Mapping[str, Any] | None = None,
    ) -> None:
        self._kafka = kafka or endpoints.kafka(settings or Settings())
        self._source = source
        self._answer_within_s, self._deliver_within_s = answer_within_s, deliver_within_s
        self._acknowledged = 0
        self._waiting: deque[Receipt] = deque()
        self._partitions: dict[str, int] = {}
        self._producer = self._connected(client or {})

    @property
    def acknowledged(self) -> int:
        """Events of which it is known that the broker has them."""
        return self._acknowledged

    def publish(self, event: Mapping[str, Any] | bytes) -> Receipt:
        """Check and send one event. Raises Refused; BrokerAway, WrongTopics, NotDelivered also for earlier ones."""
        valid = validated(event, time.time_ns() // 1_000_000)
        partition = home_partition(valid.subject, self._partitions_of(valid.topic))
        key = valid.subject.encode()
        future = self._send(valid.topic, partition, key, valid.value)
        receipt = Receipt(valid.topic, partition, key, valid.value, future)
        self._waiting.append(receipt)
        if len(self._waiting) >= IN_FLIGHT:
            self._settle(keep=IN_FLIGHT // 2)
        return receipt

    def record(self, kind: str, subject: str, data: Mapping[str, Any], time: datetime | str, **more: Any) -> Receipt:
        """Publish a record of this publisher's source; `more` as in `new_event`: recordid, revision, recordedtime."""
        return self.publish(new_event(kind, self._own_source(), subject, data, time, **more))

    def reporting_completed(self, through: datetime) -> Receipt:
        """Say that everything up to `through` has been sent; systems do so once a day."""
        return self.publish(new_reporting_completed(self._own_source(), through, datetime.now(UTC)))

    def flush(self) -> int:
        """Wait until the broker has acknowledged everything; how many so far. Raises BrokerAway, NotDelivered.

        After either of them it can be called again: what is not acknowledged by then is sent again.
        """
        self._send_failed_again()
        self._settle(keep=0)
        return self._acknowledged

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.flush()
        finally:
            self._close()

    def _own_source(self) -> str:
        if self._source is None:
            raise ValueError("say who is publishing: Publisher(source='clinic:…')")
        return self._source

    def _connected(self, client: Mapping[str, Any]) -> KafkaProducer:
        options = {
            "bootstrap_servers": self._kafka.split(","),
            "acks": "all",
            "enable_idempotence": True,
            "linger_ms": 5,
            "batch_size": 256 << 10,
            "max_request_size": 1 << 20,
            "allow_auto_create_topics": False,
            "bootstrap_timeout_ms": int(self._answer_within_s * 1000),
            "max_block_ms": int(self._answer_within_s * 1000),
            "delivery_timeout_ms": int(self._deliver_within_s * 1000),
            "reconnect_backoff_max_ms": endpoints.RECONNECT_MS,
        }
        try:
            return KafkaProducer(**{**options, **client})
        except (KafkaError, OSError) as error:
            raise self._away(self._answer_within_s) from error

    def _partitions_of(self, topic: str) -> int:
        if topic not in self._partitions:
            try:
                self._partitions[topic] = len(self._producer.partitions_for(topic))
            except KafkaTimeoutError as error:
                message = f"the broker at {self._kafka} has no topic {topic}: run `huiyu topics apply` there"
                raise WrongTopics(message) from error
            except KafkaError as error:
                raise self._refused_by_broker(topic, error) from error
        return self._partitions[topic]

    def _settle(self, keep: int) -> None:
        """Wait for the oldest until at most `keep` are unknown; what failed on the way is sent again."""
        while len(self._waiting) > keep:
            receipt = self._waiting[0]
            try:
                if not receipt.future.succeeded():
                    receipt.future.get(self._deliver_within_s + self._answer_within_s)
            except KafkaTimeoutError as error:
                raise self._away(self._deliver_within_s) from error
            except KafkaError as error:
                if receipt.attempts >= ATTEMPTS:
                    raise self._refused_by_broker(receipt.topic, error) from error
                self._send_failed_again()
                continue
            self._waiting.popleft()
            self._acknowledged += 1

    def _send_failed_again(self) -> None:
        """A producer that lost its place fails what was in flight; publishing an event twice changes nothing."""
        for receipt in self._waiting:
            if receipt.future.failed():
                receipt.attempts += 1
                receipt.future = self._send(receipt.topic, receipt.partition, receipt.key, receipt.value)

    def _send(self, topic: str, partition: int, key: bytes, value: bytes) -> Any:
        try:
            return self._producer.send(topic, value, key, STRUCTURED, partition)
        except KafkaTimeoutError as error:
            raise self._away(self._answer_within_s) from error
        except KafkaError as error:
            raise self._refused_by_broker(topic, error) from error

    def _away(self, seconds: float) -> BrokerAway:
        known = f" ({self._acknowledged:,} events were acknowledged before)" if self._acknowledged else ""
        return BrokerAway(f"no Kafka broker answers at {self._kafka} within {seconds:g} s{known}: is it running?")

    def _refused_by_broker(self, topic: str, error: KafkaError) -> NotDelivered:
        return NotDelivered(f"the broker at {self._kafka} does not take events on {topic}: {type(error).__name__}")

    def _close(self) -> None:
        # What could not be delivered has been raised already, or the caller is leaving with another error.
        with contextlib.suppress(KafkaTimeoutError):
            self._producer.close(timeout=5)
