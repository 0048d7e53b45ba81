"""The way to the broker: a producer's options, a topic's partitions, and the broker's errors as failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from streams import endpoints
from streams.errors import BrokerAway, WrongTopics
from streams.publish.outcomes import NotDelivered

STRUCTURED = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
"""Header of a CloudEvent in structured mode (Kafka protocol binding 1.0.2, 3.3); huiyu itself does not need it."""


class Link:
    """`kafka`: bootstrap servers. `client`: further options of kafka-python's KafkaProducer."""

    def __init__(self, kafka: str, answer_within_s: float, client: Mapping[str, Any]) -> None:
        self.kafka, self.answer_within_s, self._client = kafka, answer_within_s, client
        self._partitions: dict[str, int] = {}

    def producer(self, **options: Any) -> KafkaProducer:
        """A producer that waits for all replicas and writes nothing twice. Raises BrokerAway."""
        given = {
            "bootstrap_servers": self.kafka.split(","),
            "acks": "all",
            "enable_idempotence": True,
            "batch_size": 256 << 10,
            "max_request_size": 1 << 20,
            "allow_auto_create_topics": False,
            "bootstrap_timeout_ms": int(self.answer_within_s * 1000),
            "max_block_ms": int(self.answer_within_s * 1000),
            "reconnect_backoff_max_ms": endpoints.RECONNECT_MS,
        }
        try:
            return KafkaProducer(**{**given, **options, **self._client})
        except (KafkaError, OSError) as error:
            raise self.away() from error

    def partitions_of(self, producer: KafkaProducer, topic: str) -> int:
        """How many partitions a topic has. Raises WrongTopics, NotDelivered."""
        if topic not in self._partitions:
            try:
                self._partitions[topic] = len(producer.partitions_for(topic))
            except KafkaTimeoutError as error:
                message = f"the broker at {self.kafka} has no topic {topic}: run `huiyu topics apply` there"
                raise WrongTopics(message) from error
            except KafkaError as error:
                raise self.refused(topic, error) from error
        return self._partitions[topic]

    def send(self, producer: KafkaProducer, topic: str, partition: int, key: bytes, value: bytes) -> Any:
        """The future of an event. Raises BrokerAway, NotDelivered."""
        try:
            return producer.send(topic, value, key, STRUCTURED, partition)
        except KafkaTimeoutError as error:
            raise self.away() from error
        except KafkaError as error:
            raise self.refused(topic, error) from error

    def away(self, seconds: float | None = None, acknowledged: int = 0) -> BrokerAway:
        known = f" ({acknowledged:,} events were acknowledged before)" if acknowledged else ""
        waited = f"{self.answer_within_s if seconds is None else seconds:g} s"
        return BrokerAway(f"no Kafka broker answers at {self.kafka} within {waited}{known}: is it running?")

    def refused(self, topic: str, error: KafkaError) -> NotDelivered:
        return NotDelivered(f"the broker at {self.kafka} does not take events on {topic}: {type(error).__name__}")
