"""The sink's loop: gather a batch, write it, commit. The only place of the sink that knows time and signals."""

from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from streams import endpoints
from streams.embedded.ready import announce
from streams.settings import Settings
from streams.sink.batch import Batch
from streams.sink.reader import GROUP, Reader
from streams.sink.rows import READERS, rows_of
from streams.sink.writer import Writer
from streams.sink.writing import Writing
from streams.transport.group import GroupSight
from streams.transport.watchdog import InputIsTaken, PartitionsAreAssigned, Seen, Watchdog

PACE = 0.3
"""Seconds from one batch to the next while rows come: a batch is up to a dozen inserts, which cost the store the same
with few rows as with many. What comes after a pause is written at once."""

PACE_IN_A_RUSH = 0.8
"""The same while many come: a backlog costs the store far less in large batches."""

MANY = 500
"""Records of one poll that mean there are more."""

FULL = 20_000
"""Rows of a full batch: ClickHouse takes few large inserts far better than many small ones."""

IDLE = 0.2
"""Seconds of one empty poll: positions that passed transaction markers are committed as often, signals are seen."""

BREATH = 0.02
"""Seconds between two polls of one batch, in which fetches gather: each poll costs as much as dozens of records."""


def run_until_stopped(settings: Settings) -> None:
    """Set up reader and writer, and run the loop until a signal stops it."""
    stop = _stopped_by_signals()
    # A batch is some hundred thousand objects that all live until the insert: the collector would walk them in vain.
    gc.set_threshold(200_000, 20, 100)
    writer = Writer(settings, stop.is_set)
    writer.check()
    reader = Reader(settings, FULL)
    sight = GroupSight(endpoints.kafka(settings), GROUP, READERS)
    Watchdog(lambda: look(reader, sight), (InputIsTaken(), PartitionsAreAssigned())).start()
    try:
        work(reader, writer, stop.is_set, announce)
    finally:
        reader.close()
        writer.close()


def look(reader: Reader, sight: GroupSight) -> Seen:
    """What the watchdog sees of this process; called in its thread."""
    taken = reader.taken
    waiting = {tp: taken[tp] for tp in sight.waiting(taken)}
    return Seen(turned=time.monotonic(), waiting=waiting, left_out=not taken and sight.has_ownerless())


def work(reader: Reader, writer: Writer, stopping: Callable[[], bool], ready: Callable[[], None]) -> None:
    """Gather, write, commit, and gather the next while one is written.

    What was gathered when the stop came is still written.
    """
    writing, announced = Writing(reader, writer), False
    began = 0.0
    try:
        while not stopping():
            if not announced and reader.assigned:
                ready()
                announced = True
            batch = gather(reader, stopping, began, writing.goes_on)
            writing.settle()
            if batch.size:
                began = time.monotonic()
                writing.start(batch)
            else:
                reader.commit()  # the positions passed markers
        writing.settle()
    finally:
        writing.close()


def gather(
    reader: Reader, stopping: Callable[[], bool], before: float = 0.0, writing: Callable[[], bool] = lambda: False
) -> Batch:
    """Rows until the batch is full, or its time has come and no other is being written; empty after an idle poll.

    `before`: when the last batch began to be written, on the monotonic clock.
    """
    batch, pace = Batch(), PACE
    while batch.size < FULL and not stopping():
        records = reader.poll(BREATH if batch.size or writing() else IDLE)
        for record in records:
            batch.add(rows_of(record))
        if len(records) > MANY:
            pace = PACE_IN_A_RUSH
        if not writing() and (not batch.size or time.monotonic() >= before + pace):
            break
        if len(records) <= MANY:
            time.sleep(BREATH)
    return batch


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return stop
