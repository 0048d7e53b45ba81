"""What the broker knows of a stack: how far each stage is behind, and the newest tick."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import CoordinatorNotAvailableError, KafkaError

from streams.clock.tick import last_tick
from streams.clock.wait import lag
from streams.embedded.probes import broker_answers
from streams.ends import end_offsets
from streams.errors import BrokerAway, WrongTopics
from streams.run_stage import SOURCES
from streams.settings import Settings
from streams.sink.reader import GROUP as SINK_GROUP
from streams.sink.rows import READERS
from streams.topics import CLOCK

ASK_MS = 5_000
READ: Mapping[str, tuple[str, ...]] = {**SOURCES, "sink": tuple(READERS)}
"""Stage → the topics that it reads."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Stage → how far it is behind; the newest tick, None before the first."""

    lags: Mapping[str, int | None]
    last_tick: datetime | None


def positions(servers: str, settings: Settings) -> Positions:
    """Raises BrokerAway, WrongTopics."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
    if not broker_answers(servers):
        raise BrokerAway(f"no Kafka broker answers at {servers}")
    try:
        return _asked(servers, settings)
    except (KafkaError, OSError) as error:
        raise BrokerAway(f"the Kafka broker at {servers} stopped answering ({type(error).__name__})") from error


def _asked(servers: str, settings: Settings) -> Positions:
    consumer = KafkaConsumer(
        bootstrap_servers=servers, bootstrap_timeout_ms=ASK_MS, group_id=None, enable_auto_commit=False
    )
    with closing(consumer), closing(KafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=ASK_MS)) as admin:
        lags = {stage: _behind(consumer, admin, stage, topics) for stage, topics in READ.items()}
        here = settings.model_copy(update={"kafka": servers, "partitions": len(_partitions(consumer, CLOCK))})
        newest = last_tick(consumer, here)
    return Positions(lags, datetime.fromisoformat(newest) if newest else None)


def _behind(consumer: KafkaConsumer, admin: KafkaAdminClient, stage: str, topics: tuple[str, ...]) -> int | None:
    """Between what the stage's group has committed and the ends; None where the broker keeps no groups yet."""
    wanted = [tp for topic in topics for tp in _partitions(consumer, topic)]
    ends = end_offsets(consumer, wanted, ASK_MS)
    group = SINK_GROUP if stage == "sink" else f"huiyu-{stage}"
    try:
        return sum(lag(admin, group, {tp: end for tp, end in ends.items() if end > 0}).values())
    except CoordinatorNotAvailableError:
        return None


def _partitions(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    """As many as there are: the number that the shell's settings say may be another stack's."""
    found = consumer.partitions_for_topic(topic)
    if not found:
        raise WrongTopics(f"topic {topic} is missing: run `huiyu topics apply`")
    return [TopicPartition(topic, partition) for partition in sorted(found)]
