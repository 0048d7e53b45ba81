"""One batch on its way into the store while the next is gathered; its positions are committed once it is there."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from kafka.structs import TopicPartition

from streams.sink.batch import Batch

Positions = dict[TopicPartition, int]


class Commits(Protocol):
    """What is needed of the reader."""

    def positions(self) -> Positions: ...
    def commit(self, positions: Positions) -> None: ...


class Writes(Protocol):
    """What is needed of the writer."""

    def write(self, batch: Batch) -> None: ...


class Writing:
    """Batches are written and committed one after the other, in the order in which they were gathered.

    Used by one thread, the reader's. An error of a batch is raised where it is settled; nothing of it was committed.
    """

    def __init__(self, reader: Commits, writer: Writes) -> None:
        self._reader, self._writer = reader, writer
        self._thread = ThreadPoolExecutor(1, "write")
        self._job: Future[None] | None = None
        self._positions: Positions = {}

    def goes_on(self) -> bool:
        """True until the store has acknowledged the batch, or refused it."""
        return self._job is not None and not self._job.done()

    def start(self, batch: Batch) -> None:
        """Write the batch, which brings all that was read to the reader's present positions."""
        self.settle()
        self._positions = self._reader.positions()
        self._job = self._thread.submit(self._writer.write, batch)

    def settle(self) -> None:
        """Wait for the batch and commit its positions. Raises what ended its write."""
        job, self._job = self._job, None
        if job is not None:
            job.result()
            self._reader.commit(self._positions)

    def close(self) -> None:
        """Give the thread back; a batch that was not settled is not committed."""
        self._thread.shutdown()
