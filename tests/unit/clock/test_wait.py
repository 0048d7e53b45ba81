"""`wait` against a broker that goes on while it is asked: it restarts, or a stage adds to its own topic."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaConnectionError
from kafka.structs import OffsetAndMetadata

from streams.clock.wait import AMONG_CHILDREN, Path, TooSlow
from streams.errors import BrokerAway
from streams.topics import CHILD_EVENTS

HERE = TopicPartition(CHILD_EVENTS, 0)


@dataclass
class Broker:
    """One partition of child-events and how far timeline has read it; stands in for kafka-python's two clients."""

    end: int = 1
    read: int = 0
    hops: int = 0
    """How often a record that timeline has read still goes on to another child."""
    silent: int = 0
    """Questions that are not answered."""

    def end_offsets(self, partitions: list[TopicPartition], timeout_ms: int) -> Mapping[TopicPartition, int]:
        self._hear()
        return dict.fromkeys(partitions, self.end)

    def list_group_offsets(self, wanted: Mapping[str, list[TopicPartition]]) -> Mapping[str, object]:
        self._hear()
        self._timeline_reads()
        return {group: {tp: OffsetAndMetadata(self.read, "", -1) for tp in tps} for group, tps in wanted.items()}

    def _hear(self) -> None:
        if self.silent:
            self.silent -= 1
            raise KafkaConnectionError("restarting")

    def _timeline_reads(self) -> None:
        if self.read < self.end:
            self.read = self.end
            if self.hops:
                self.hops -= 1
                self.end += 1


def a_path(broker: Broker, timeout_s: float = 60) -> Path:
    return Path(broker, broker, {CHILD_EVENTS: [HERE]}, time.monotonic() + timeout_s)


@pytest.mark.parametrize("hops", range(6))
def test_records_that_go_from_child_to_child_are_followed_to_the_last(hops: int) -> None:
    broker = Broker(hops=hops)
    a_path(broker).follow_hand_overs(AMONG_CHILDREN)
    assert (broker.hops, broker.read) == (0, broker.end)


def test_publishers_who_never_rest_do_not_hold_it() -> None:
    broker = Broker(hops=1_000_000)
    a_path(broker).follow_hand_overs(AMONG_CHILDREN)
    assert broker.hops


def test_a_broker_that_restarts_is_asked_again() -> None:
    broker = Broker(silent=3)
    a_path(broker).follow(AMONG_CHILDREN)
    assert broker.read == broker.end


def test_a_broker_that_stays_away_is_named_when_the_time_is_up() -> None:
    with pytest.raises(BrokerAway, match="stopped answering"):
        a_path(Broker(silent=1_000_000), timeout_s=0).follow(AMONG_CHILDREN)


def test_a_stage_that_does_not_get_on_is_named_when_the_time_is_up() -> None:
    class Stopped(Broker):
        def _timeline_reads(self) -> None:
            pass

    with pytest.raises(TooSlow, match="huiyu-timeline is behind on child-events/0 by 1"):
        a_path(Stopped(), timeout_s=0).follow(AMONG_CHILDREN)
