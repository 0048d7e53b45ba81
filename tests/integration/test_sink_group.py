"""The sink as a member of its group: it goes on committing whatever happens to the group."""

from __future__ import annotations

import time
from pathlib import Path

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from streams.embedded.stack import Stack
from streams.sink.reader import GROUP, Reader
from tests.support.pipeline import until


def test_a_join_that_ends_between_two_polls_does_not_end_the_commits(tmp_path: Path) -> None:
    """The topic grows, so the sink must join again; the join is over before the sink asks what became of it."""
    with Stack(tmp_path / "data", stages=(), partitions=2) as stack:
        reader = Reader(stack.settings, 1_000)
        until(lambda: _works(reader), "the sink joined")
        admin = KafkaAdminClient(bootstrap_servers=stack.kafka)
        admin.create_partitions({"store-rows": 3})
        grown = TopicPartition("store-rows", 2)
        asking = KafkaConsumer(bootstrap_servers=stack.kafka, group_id=GROUP)
        until(lambda: 2 in (asking.partitions_for_topic("store-rows") or ()), "the topic grew")
        assert asking.committed(grown) is None
        reader._consumer.topics()  # asks for the topics anew, as it does by itself every quarter of a minute
        reader.poll(0)
        time.sleep(0.5)
        until(lambda: _works(reader) and asking.committed(grown) is not None, "the new partition is committed", 40)
        for client in (asking, admin, reader):
            client.close()


def _works(reader: Reader) -> bool:
    reader.poll(0.2)
    reader.commit()
    return reader.assigned
