"""Writes ticks: the moment first, then the source topics' end offsets, so that the tick stands behind all of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from streams import endpoints
from streams.clock.moments import utc_text
from streams.ends import end_offsets
from streams.errors import BrokerAway, Failure, WrongTopics
from streams.settings import Settings
from streams.topics import CLOCK, SOURCE_TOPICS

SEND_S = 60
CLOSE_S = 5  # nothing is left to send then, unless the broker is away


class BeforeNow(Failure):
    """A tick before the pipeline's now: time does not go back."""


def connect_consumer(settings: Settings) -> KafkaConsumer:
    """A consumer that sees high watermarks; read_committed ends would miss acknowledged records of others."""
    servers = endpoints.kafka(settings)
    try:
        return KafkaConsumer(
            bootstrap_servers=servers,
            bootstrap_timeout_ms=10_000,
            enable_auto_commit=False,
            isolation_level="read_uncommitted",
            group_id=None,
            reconnect_backoff_max_ms=endpoints.RECONNECT_MS,
        )
    except Exception as error:
        raise BrokerAway(f"no Kafka broker answers at {servers} ({type(error).__name__}): is it running?") from error


def partitions_of(consumer: KafkaConsumer, topic: str, settings: Settings) -> list[TopicPartition]:
    """The topic's partitions; WrongTopics when they are not as many as configured."""
    found = consumer.partitions_for_topic(topic) or set()
    if len(found) != settings.partitions:
        message = f"topic {topic} has {len(found)} partitions, HUIYU_PARTITIONS says {settings.partitions}"
        raise WrongTopics(f"{message}: run `huiyu topics apply`, or set HUIYU_PARTITIONS to what was created")
    return [TopicPartition(topic, partition) for partition in sorted(found)]


def ends(consumer: KafkaConsumer, names: tuple[str, ...], settings: Settings) -> dict[TopicPartition, int]:
    """End offsets (high watermarks) of every partition of the topics."""
    wanted = [tp for name in names for tp in partitions_of(consumer, name, settings)]
    return end_offsets(consumer, wanted)


def last_tick(consumer: KafkaConsumer, settings: Settings) -> str:
    """The newest tick's moment, "" when there was none."""
    partitions = partitions_of(consumer, CLOCK, settings)
    limits = end_offsets(consumer, partitions)
    consumer.assign(partitions)
    waiting = {tp for tp, end in limits.items() if end > 0}
    for tp in waiting:
        consumer.seek(tp, max(0, limits[tp] - 2))
    newest = ""
    deadline = time.monotonic() + 30
    while waiting:
        for records in consumer.poll(500).values():
            newest = max([newest, *(str(orjson.loads(record.value)["at"]) for record in records)])
        waiting = {tp for tp in waiting if consumer.position(tp) < limits[tp]}
        if time.monotonic() > deadline:
            raise BrokerAway("the clock topic cannot be read to its end within 30 s")
    return newest


def connect_producer(settings: Settings) -> KafkaProducer:
    servers = endpoints.kafka(settings)
    try:
        return KafkaProducer(
            bootstrap_servers=servers,
            acks="all",
            enable_idempotence=True,
            reconnect_backoff_max_ms=endpoints.RECONNECT_MS,
        )
    except (KafkaError, OSError) as error:
        raise BrokerAway(f"no Kafka broker answers at {servers} ({type(error).__name__}): is it running?") from error


class Ticker:
    """Advances the pipeline's clock; keeps its connections, so that many ticks cost little. A context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer = connect_consumer(settings)
        self._producer = connect_producer(settings)
        self._newest, self._known_to = "", dict[TopicPartition, int]()

    def __enter__(self) -> Ticker:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close(timeout=CLOSE_S)
        self._consumer.close()

    def tick(self, at: datetime) -> str:
        """Advance the clock to `at`; returns its text. Raises BeforeNow, BrokerAway, WrongTopics.

        Who else ticks is asked just before sending. Two who send within the same few milliseconds may still both
        succeed; then the earlier tick stands behind the later one, where it changes nothing: *now* only grows.
        """
        moment = utc_text(at)
        try:
            limits = ends(self._consumer, SOURCE_TOPICS, self._settings)
            self._ask_newest()
            if moment < self._newest:
                raise BeforeNow(f"tick at {moment} is before the pipeline's now, {self._newest}: time does not go back")
            self._send(moment, limits)
        except (KafkaError, OSError) as error:
            raise BrokerAway(f"the Kafka broker stopped answering ({type(error).__name__}): tick again") from error
        return moment

    def _ask_newest(self) -> None:
        """Read the clock topic only when there is more in it than this ticker knows."""
        clock = ends(self._consumer, (CLOCK,), self._settings)
        if clock != self._known_to:
            self._newest, self._known_to = last_tick(self._consumer, self._settings), clock

    def _send(self, moment: str, limits: Mapping[TopicPartition, int]) -> None:
        sent = []
        for partition in range(self._settings.partitions):
            here = {tp.topic: end for tp, end in limits.items() if tp.partition == partition}
            value = orjson.dumps({"at": moment, "ends": here})
            sent.append(self._producer.send(CLOCK, value, b"tick", partition=partition))
        self._producer.flush(SEND_S)
        written = [acknowledged.get(0) for acknowledged in sent]
        next_to_known = {TopicPartition(CLOCK, record.partition): record.offset for record in written} == self._known_to
        self._known_to = {tp: end + 1 for tp, end in self._known_to.items()} if next_to_known else {}
        self._newest = moment


def tick(settings: Settings, at: datetime) -> str:
    """Advance the pipeline's clock once. Raises BeforeNow."""
    with Ticker(settings) as ticker:
        return ticker.tick(at)
