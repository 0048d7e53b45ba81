"""What a consumer group has before it, and how a stage works it off."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from streams import endpoints
from streams.bench.processes import Broken, StageProcess
from streams.bench.progress import Sample
from streams.clock.tick import connect_consumer, partitions_of
from streams.settings import Settings

POLL_S = 0.05
LIMIT_S = 480.0
COORDINATOR_S = 20.0


class Backlog(AbstractContextManager["Backlog"]):
    """What stands in `counted` now; done when nothing is left in `topics` either, which the group may write itself."""

    def __init__(self, settings: Settings, group: str, topics: tuple[str, ...], counted: tuple[str, ...]) -> None:
        self._group = group
        self._consumer: KafkaConsumer = connect_consumer(settings)
        self._admin = KafkaAdminClient(bootstrap_servers=endpoints.kafka(settings))
        self._all = [tp for topic in topics for tp in partitions_of(self._consumer, topic, settings)]
        counting = [tp for tp in self._all if tp.topic in counted]
        self._begin = self._committed()
        ends = self._consumer.end_offsets(counting)
        self._limits = {tp: end for tp, end in ends.items() if end > self._begin[tp]}
        self.total = sum(end - self._begin[tp] for tp, end in self._limits.items())

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._admin.close()
        self._consumer.close()

    def worked_off_by(self, stage: StageProcess) -> list[Sample]:
        """Samples until nothing is left. Raises Broken."""
        samples, deadline = list[Sample](), time.monotonic() + LIMIT_S
        while True:
            stage.check()
            done, left = self._look()
            samples.append(Sample(time.monotonic(), done, stage.cpu))
            if not left:
                return samples
            if time.monotonic() > deadline:
                raise Broken(f"{stage.name} has not worked off its backlog within {LIMIT_S:.0f} s")
            time.sleep(POLL_S)

    def _look(self) -> tuple[int, bool]:
        """(offsets done of what is counted, whether anything is left): positions first, then ends, which only grow."""
        committed = self._committed()
        ends = self._consumer.end_offsets(self._all)
        done = sum(min(committed[tp], limit) - self._begin[tp] for tp, limit in self._limits.items())
        return done, any(committed[tp] < ends[tp] for tp in self._all)

    def _committed(self) -> dict[TopicPartition, int]:
        found = self._asked()
        return {tp: max(0, found[tp].offset) if tp in found else 0 for tp in self._all}

    def _asked(self) -> Mapping[TopicPartition, OffsetAndMetadata]:
        """The first question on a fresh broker makes the topic that holds the answer, and that takes a while."""
        deadline = time.monotonic() + COORDINATOR_S
        while True:
            try:
                found: Mapping[TopicPartition, OffsetAndMetadata] = self._admin.list_group_offsets(
                    {self._group: self._all}
                )[self._group]
                return found
            except KafkaError as error:
                if not error.retriable or time.monotonic() > deadline:
                    raise
            time.sleep(POLL_S)
