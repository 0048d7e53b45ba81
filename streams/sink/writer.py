"""Writes batches into ClickHouse, their inserts side by side."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from streams.settings import Settings
from streams.sink.batch import LAST, Batch, Columns
from streams.sink.connection import Connection

PATIENCE = 60.0
"""Seconds of trying before the process ends and leaves the rest to the supervisor; nothing is committed meanwhile."""

SIDE_BY_SIDE = 4
"""Inserts that wait for the store at a time."""


class Writer:
    """Writes batches, the inserts of one side by side: much of an insert's time is waiting."""

    def __init__(self, settings: Settings, stopping: Callable[[], bool], patience: float = PATIENCE) -> None:
        self._connections = queue.SimpleQueue[Connection]()
        for _ in range(SIDE_BY_SIDE):
            self._connections.put(Connection(settings, stopping, patience))
        self._threads = ThreadPoolExecutor(SIDE_BY_SIDE, "insert")

    def write(self, batch: Batch) -> None:
        """Returns when ClickHouse has acknowledged every row.

        Raises StoreAway or StoreBusy when that took too long, StoreRefused and BadMessage at once; no insert of the
        batch goes on then.
        """
        jobs = list[Future[None]]()
        try:
            for columns in batch.inserts():
                if LAST in columns.targets:
                    _finish(jobs)
                jobs.append(self._threads.submit(self._insert, columns))
        finally:
            wait(jobs)
        _finish(jobs)

    def check(self) -> None:
        """Returns when the store answers and has our databases. Raises as `write` does."""
        with self._connection() as connection:
            connection.check()

    def close(self) -> None:
        self._threads.shutdown()
        for _ in range(SIDE_BY_SIDE):
            self._connections.get().close()

    def _insert(self, columns: Columns) -> None:
        with self._connection() as connection:
            connection.insert(columns)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        connection = self._connections.get()
        try:
            yield connection
        finally:
            self._connections.put(connection)


def _finish(jobs: list[Future[None]]) -> None:
    """Wait for them; raises what the first of them raised."""
    for job in jobs:
        job.result()
