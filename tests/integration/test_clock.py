"""The clock, `wait` and the watchdog's questions against a broker that restarts, and with others at the same work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from streams.clock.tick import BeforeNow, Ticker, connect_consumer, partitions_of
from streams.clock.wait import TO_INTAKE, Path, TooSlow, connect_admin
from streams.embedded.stack import Stack
from streams.ends import end_offsets
from streams.sink.reader import GROUP, Reader
from streams.sink.rows import READERS
from streams.topics import ALERTS, CLOCK, SOURCE_TOPICS
from streams.transport.group import GroupSight
from tests.support.pipeline import read_topic, until

MORNING = datetime(2026, 3, 1, 8, tzinfo=UTC)
PATIENCE_S = 45.0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("clock") / "data", stages=(), partitions=2) as running:
        yield running


def test_of_two_who_tick_the_one_with_the_earlier_time_is_told_so(stack: Stack) -> None:
    with Ticker(stack.settings) as one, Ticker(stack.settings) as other:
        assert one.tick(MORNING) == "2026-03-01T08:00:00.000Z"
        other.tick(MORNING + timedelta(hours=2))
        with pytest.raises(BeforeNow, match="2026-03-01T10"):
            one.tick(MORNING + timedelta(hours=1))


def test_a_tick_stands_behind_what_is_acknowledged_in_an_open_transaction(stack: Stack) -> None:
    """Ends that are read_committed would miss it; so a hung transaction holds *now*, and is capped by the broker."""
    producer = KafkaProducer(bootstrap_servers=stack.kafka, transactional_id="a clinic's system", acks="all")
    producer.init_transactions()
    producer.begin_transaction()
    written = producer.send(SOURCE_TOPICS[0], b"{}", b"a", partition=1).get(30)
    with Ticker(stack.settings) as ticker:
        ticker.tick(MORNING + timedelta(hours=3))
    producer.abort_transaction()
    producer.close()
    newest = [record for record in read_topic(stack.kafka, CLOCK) if record.partition == 1][-1]
    assert orjson.loads(newest.value)["ends"][SOURCE_TOPICS[0]] > written.offset


def test_a_group_is_seen_as_it_is(stack: Stack) -> None:
    sight = GroupSight(stack.kafka, GROUP, READERS)
    until(sight.has_ownerless, "its partitions are without owners, once the broker has begun to keep groups")
    reader = Reader(stack.settings, 1_000)
    try:
        until(lambda: (reader.poll(0.2), reader.commit(), reader.taken)[-1], "the reader was given its partitions")
        until(
            lambda: (reader.poll(0.2), reader.commit(), not sight.has_ownerless())[-1], "every partition has an owner"
        )
        assert not sight.waiting(reader.taken)

        producer = KafkaProducer(bootstrap_servers=stack.kafka, transactional_id="a stage")
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(ALERTS, b"{}", b"a", partition=1).get(30)
        assert not sight.waiting(reader.taken)  # nobody may read it yet
        producer.commit_transaction()
        producer.close()
        until(lambda: sight.waiting(reader.taken) == {TopicPartition(ALERTS, 1)}, "the record waits")
        until(lambda: not sight.waiting(_turned(reader).taken), "it was taken")
    finally:
        reader.close()


def _turned(reader: Reader) -> Reader:
    reader.poll(0.2)
    reader.commit()
    return reader


def test_ends_are_asked_for_again_while_the_broker_does_not_name_a_topic(stack: Stack) -> None:
    """As just after its restart. The topic is made only when it has been asked for."""
    wanted = {TopicPartition(ALERTS, 0), TopicPartition("later", 0)}
    with closing(connect_consumer(stack.settings)) as consumer, ThreadPoolExecutor(1) as pool:
        asking = pool.submit(end_offsets, consumer, wanted)
        with pytest.raises(TimeoutError):
            asking.result(1.0)
        with closing(KafkaAdminClient(bootstrap_servers=stack.kafka)) as admin:
            admin.create_topics([NewTopic("later", 1, 1)])
        assert asking.result(30).keys() == wanted


def test_a_wait_outlives_a_restart_of_the_broker(stack: Stack) -> None:
    """No stage runs here, so its end can only be that not all is queryable."""
    with Ticker(stack.settings) as ticker:
        ticker.tick(MORNING + timedelta(days=1))
    consumer, admin = connect_consumer(stack.settings), connect_admin(stack.settings)
    partitions = {topic: partitions_of(consumer, topic, stack.settings) for topic in (CLOCK, *SOURCE_TOPICS)}
    with closing(consumer), closing(admin):
        path = Path(consumer, admin, partitions, time.monotonic() + PATIENCE_S)
        stack.kill("broker")
        with pytest.raises(TooSlow, match="huiyu-intake is behind on"):
            path.follow(TO_INTAKE)
