"""A shard on the real broker: a series of commits that a kill cut short is finished by the partition's next owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka.errors import ProducerFenced

from streams.embedded.stack import Stack
from streams.topics import CHILD_EVENTS, STORE_ROWS
from streams.transport.batches import Batch
from streams.transport.port import Decision, Output, Record
from streams.transport.shard import Shard
from tests.support.pipeline import read_topic

LEFT = b"left"


@dataclass
class Countdown:
    """A stage to which a record gives three outputs to write, of which each decision writes one."""

    left: int = 0

    def restore(self, state: Iterable[tuple[bytes, bytes]]) -> None:
        self.left = int(dict(state).get(LEFT, b"0"))

    def decide(self, records: Sequence[Record], positions: Mapping[str, int]) -> Decision:
        left = self.left + 3 * len(records)
        if not left:
            return Decision()
        output = Output(STORE_ROWS, 0, b"countdown", b"%d" % left)
        return Decision([output], {LEFT: b"%d" % (left - 1)}, lambda: self._set(left - 1), more=left > 1)

    def _set(self, left: int) -> None:
        self.left = left


class FirstRecord:
    """The first record of a partition."""

    topic, partition, offset, timestamp, key, value = CHILD_EVENTS, 0, 0, 0, b"", b""


class Killed(BaseException):
    """Stands for the end of the process."""


class Mortal(Shard):
    """Its process ends when it has written one transaction."""

    async def _write(self, outputs: Sequence[Output]) -> None:
        if self.next[CHILD_EVENTS]:
            raise Killed
        await super()._write(outputs)


async def test_an_owner_that_wakes_up_when_its_partition_is_anothers_writes_nothing(tmp_path: Path) -> None:
    """The first has the partition open and a batch in hand, as a frozen process has; the second opens it meanwhile."""
    with Stack(tmp_path / "data", stages=(), partitions=1) as stack:
        given = ("timeline", 0, (CHILD_EVENTS,), stack.kafka, lambda _: Countdown())
        zombie, owner = Shard(*given), Shard(*given)
        batch = Batch([FirstRecord()])
        batch.start, batch.end = 0, 1
        try:
            await zombie.open()
            await owner.open()
            with pytest.raises(ProducerFenced):
                await zombie.process([(CHILD_EVENTS, batch)])
            assert read_topic(stack.kafka, STORE_ROWS) == []
            assert [record.value for record in read_topic(stack.kafka, "timeline-state")] == []

            await owner.process([(CHILD_EVENTS, batch)])
            assert [record.value for record in read_topic(stack.kafka, STORE_ROWS)] == [b"3", b"2", b"1"]
        finally:
            await zombie.close()
            await owner.close()


async def test_what_a_kill_left_of_a_decision_is_committed_when_the_partition_is_opened(tmp_path: Path) -> None:
    with Stack(tmp_path / "data", stages=(), partitions=1) as stack:
        given = ("timeline", 0, (CHILD_EVENTS,), stack.kafka, lambda _: Countdown())
        first, second = Mortal(*given), Shard(*given)
        try:
            await first.open()
            batch = Batch([FirstRecord()])
            batch.start, batch.end = 0, 1
            with pytest.raises(Killed):
                await first.process([(CHILD_EVENTS, batch)])

            await second.open()
            assert second.next == {CHILD_EVENTS: 1}
            assert [record.value for record in read_topic(stack.kafka, STORE_ROWS)] == [b"3", b"2", b"1"]

            await second.process([(CHILD_EVENTS, batch)])  # as Kafka gives it out again
            assert len(read_topic(stack.kafka, STORE_ROWS)) == 3
        finally:
            await first.close()
            await second.close()
