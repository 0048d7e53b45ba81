"""Waits until everything that was published before the call is queryable, by positions and never by sleeping blindly.

It follows the path: the ends of the clock and the sources, then of exchange, then of what each stage writes, each
until the reader's committed offset has passed it. Transaction markers take offsets too: stages and sink commit the
position behind them. A broker that does not answer, as while it restarts, is asked again until the time is up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from streams import endpoints, topics
from streams.clock.tick import connect_consumer, partitions_of
from streams.ends import end_offsets
from streams.errors import BrokerAway, Failure
from streams.settings import Settings

POLL_S = 0.05
ASK_MS = 5_000
SINK_SOURCES = (
    topics.TIMELINE_ENTRIES,
    topics.ALERTS,
    topics.REJECTED_EVENTS,
    topics.STORE_ROWS,
    topics.CHILD_EVENTS,
    topics.FACILITY_EVENTS,
    topics.ALERT_ACTIONS,
)
MOST_HOPS = 64
"""How often something may be handed on among the partitions of a stage. In intake: to the home of a subject, and from
there along its links. In timeline, from child to child: as often as the subject it came with was linked anew."""

Leg = tuple[str, tuple[str, ...]]
TO_INTAKE: Leg = ("huiyu-intake", (topics.CLOCK, *topics.SOURCE_TOPICS))
WITHIN_INTAKE: Leg = ("huiyu-intake", (topics.EXCHANGE,))
AMONG_CHILDREN: Leg = ("huiyu-timeline", (topics.CHILD_EVENTS,))
TO_STORE: tuple[Leg, ...] = (("huiyu-centers", (topics.FACILITY_EVENTS,)), ("huiyu-sink", SINK_SOURCES))
Ends = dict[TopicPartition, int]


class TooSlow(Failure):
    """Not everything was queryable within the time-out."""


def wait(settings: Settings, timeout_s: float) -> float:
    """Seconds until all that was published before the call is queryable. Raises TooSlow, BrokerAway, WrongTopics."""
    started = time.monotonic()
    with closing(connect_consumer(settings)) as consumer, closing(connect_admin(settings)) as admin:
        path = Path(consumer, admin, _partitions(consumer, settings), started + timeout_s)
        path.follow(TO_INTAKE)
        path.follow_hand_overs(WITHIN_INTAKE)
        path.follow_hand_overs(AMONG_CHILDREN)
        for leg in TO_STORE:
            path.follow(leg)
    return time.monotonic() - started


def connect_admin(settings: Settings) -> KafkaAdminClient:
    try:
        return KafkaAdminClient(
            bootstrap_servers=endpoints.kafka(settings),
            request_timeout_ms=ASK_MS,
            reconnect_backoff_max_ms=endpoints.RECONNECT_MS,
        )
    except (KafkaError, OSError) as error:
        raise BrokerAway(f"no Kafka broker answers at {endpoints.kafka(settings)}: is it running?") from error


def _partitions(consumer: KafkaConsumer, settings: Settings) -> dict[str, list[TopicPartition]]:
    """Of every topic on the way, asked once: just after a broker's restart some may seem to be missing."""
    legs = (TO_INTAKE, WITHIN_INTAKE, AMONG_CHILDREN, *TO_STORE)
    try:
        return {topic: partitions_of(consumer, topic, settings) for _, names in legs for topic in names}
    except (KafkaError, OSError) as error:
        raise BrokerAway(f"the Kafka broker stopped answering ({type(error).__name__})") from error


@dataclass(frozen=True, slots=True)
class Path:
    """The way of an event through the topics, to be followed until a deadline of `time.monotonic`."""

    consumer: KafkaConsumer
    admin: KafkaAdminClient
    partitions: Mapping[str, list[TopicPartition]]
    deadline: float

    def follow(self, leg: Leg) -> None:
        """Until the group has read what stands in its topics now. Raises TooSlow, BrokerAway."""
        group, names = leg
        self._reach(group, self._ends(names))

    def follow_hand_overs(self, leg: Leg) -> None:
        """Until the group adds nothing to its own topics any more; publishers who never rest are not waited for."""
        group, names = leg
        ends = self._ends(names)
        for _ in range(MOST_HOPS):
            self._reach(group, ends)
            before, ends = ends, self._ends(names)
            if ends == before:
                return

    def _ends(self, names: tuple[str, ...]) -> Ends:
        # One by one, the clock first: a tick is behind the sources' ends of its time, so reading these later holds it.
        found: Ends = {}
        for name in names:
            found |= self._asked(partial(end_offsets, self.consumer, self.partitions[name], ASK_MS))
        return {tp: end for tp, end in found.items() if end > 0}

    def _reach(self, group: str, limits: Ends) -> None:
        while behind := self._asked(lambda: lag(self.admin, group, limits)):
            if time.monotonic() > self.deadline:
                where = ", ".join(f"{tp.topic}/{tp.partition} by {n}" for tp, n in sorted(behind.items())[:4])
                raise TooSlow(
                    f"not all is queryable yet: {group} is behind on {where}: see `huiyu status` and the logs"
                )
            time.sleep(POLL_S)

    def _asked(self, question: Callable[[], Ends]) -> Ends:
        while True:
            try:
                return question()
            except (KafkaError, OSError) as error:
                if time.monotonic() > self.deadline:
                    raise BrokerAway(f"the Kafka broker stopped answering ({type(error).__name__})") from error
            time.sleep(POLL_S)


def lag(admin: KafkaAdminClient, group: str, limits: Ends) -> Ends:
    """Partitions on which the group has not committed up to the limit, and by how many offsets."""
    if not limits:
        return {}
    found = admin.list_group_offsets({group: list(limits)})[group]
    done = {tp: found[tp].offset if tp in found else 0 for tp in limits}
    return {tp: end - max(0, done[tp]) for tp, end in limits.items() if done[tp] < end}
