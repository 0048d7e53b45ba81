"""A batch is written while the next is gathered: what is committed is what the store has acknowledged, in order."""

from __future__ import annotations

import threading

import pytest
from kafka.structs import TopicPartition

from streams.sink.batch import Batch
from streams.sink.writing import Positions, Writing

HERE = TopicPartition("timeline-entries", 0)


class Reading:
    """Positions that move with what is read, and what was committed of them."""

    def __init__(self) -> None:
        self.position = 0
        self.committed = list[int]()

    def positions(self) -> Positions:
        return {HERE: self.position}

    def commit(self, positions: Positions) -> None:
        self.committed.append(positions[HERE])


class Store:
    """Acknowledges a batch when it is told to; refuses those of an unlucky size."""

    def __init__(self) -> None:
        self.acknowledges = threading.Event()
        self.written = list[int]()

    def write(self, batch: Batch) -> None:
        assert self.acknowledges.wait(30)
        if batch.size == 13:
            raise OSError("no store")
        self.written.append(batch.size)


def a_pipeline() -> tuple[Reading, Store, Writing]:
    reading, store = Reading(), Store()
    return reading, store, Writing(reading, store)


def test_nothing_is_committed_before_the_store_has_acknowledged_it() -> None:
    reading, store, writing = a_pipeline()
    reading.position = 5
    writing.start(Batch(size=5))
    assert writing.goes_on()
    assert reading.committed == []
    store.acknowledges.set()
    writing.settle()
    assert not writing.goes_on()
    assert (store.written, reading.committed) == ([5], [5])
    writing.close()


def test_what_is_read_meanwhile_is_not_committed_with_the_batch() -> None:
    reading, store, writing = a_pipeline()
    reading.position = 5
    writing.start(Batch(size=5))
    reading.position = 9
    store.acknowledges.set()
    writing.start(Batch(size=4))
    assert reading.committed == [5]
    writing.settle()
    assert (store.written, reading.committed) == ([5, 4], [5, 9])
    writing.close()


def test_a_batch_that_the_store_refuses_ends_all_and_nothing_after_it_is_written() -> None:
    reading, store, writing = a_pipeline()
    store.acknowledges.set()
    writing.start(Batch(size=13))
    with pytest.raises(OSError, match="no store"):
        writing.start(Batch(size=4))
    writing.close()
    assert (store.written, reading.committed) == ([], [])


def test_without_a_batch_there_is_nothing_to_settle() -> None:
    reading, _, writing = a_pipeline()
    writing.settle()
    writing.close()
    assert reading.committed == []
