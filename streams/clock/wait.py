"""Waits until everything that was published before the call is queryable, by positions and never by sleeping blindly.

It follows the path: the ends of the clock and the sources, then of exchange, then of what each stage writes, each
until the reader's committed offset has passed it. Transaction markers take offsets too: stages and sink commit the
position behind them.
"""

from __future__ import annotations

import time

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from streams import endpoints, topics
from streams.clock.tick import connect_consumer, ends
from streams.errors import BrokerAway, Failure
from streams.settings import Settings

POLL_S = 0.05
SINK_SOURCES = (
    topics.TIMELINE_ENTRIES,
    topics.ALERTS,
    topics.REJECTED_EVENTS,
    topics.STORE_ROWS,
    topics.CHILD_EVENTS,
    topics.FACILITY_EVENTS,
)
LEGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("huiyu-intake", (topics.CLOCK, *topics.SOURCE_TOPICS)),
    ("huiyu-intake", (topics.EXCHANGE,)),
    ("huiyu-timeline", (topics.CHILD_EVENTS,)),
    ("huiyu-timeline", (topics.CHILD_EVENTS,)),  # what one child handed over to another
    ("huiyu-centers", (topics.FACILITY_EVENTS,)),
    ("huiyu-sink", SINK_SOURCES),
)


class TooSlow(Failure):
    """Not everything was queryable within the time-out."""


def wait(settings: Settings, timeout_s: float) -> float:
    """Seconds until all that was published before the call is queryable. Raises TooSlow, BrokerAway."""
    started = time.monotonic()
    consumer = connect_consumer(settings)
    try:
        admin = KafkaAdminClient(bootstrap_servers=endpoints.kafka(settings))
    except Exception as error:
        consumer.close()
        raise BrokerAway(f"no Kafka broker answers at {endpoints.kafka(settings)}") from error
    try:
        for group, names in LEGS:
            _leg(settings, consumer, admin, group, names, started + timeout_s)
        return time.monotonic() - started
    finally:
        admin.close()
        consumer.close()


def _leg(
    settings: Settings,
    consumer: KafkaConsumer,
    admin: KafkaAdminClient,
    group: str,
    names: tuple[str, ...],
    deadline: float,
) -> None:
    # Clock first: a tick is behind the sources' ends of its time, so reading these later holds it too.
    limits = {tp: end for name in names for tp, end in ends(consumer, (name,), settings).items() if end > 0}
    while behind := lag(admin, group, limits):
        if time.monotonic() > deadline:
            where = ", ".join(f"{tp.topic}/{tp.partition} by {n}" for tp, n in sorted(behind.items())[:4])
            raise TooSlow(f"not all is queryable yet: {group} is behind on {where}: see `huiyu status` and the logs")
        time.sleep(POLL_S)


def lag(admin: KafkaAdminClient, group: str, limits: dict[TopicPartition, int]) -> dict[TopicPartition, int]:
    """Partitions on which the group has not committed up to the limit, and by how many offsets."""
    if not limits:
        return {}
    found = admin.list_group_offsets({group: list(limits)})[group]
    done = {tp: found[tp].offset if tp in found else 0 for tp in limits}
    return {tp: end - max(0, done[tp]) for tp, end in limits.items() if done[tp] < end}
