"""The sink's loop: gather a batch, write it, commit. The only place of the sink that knows time and signals."""

from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog

from streams import endpoints
from streams.embedded.ready import announce
from streams.settings import Settings
from streams.sink.batch import Batch
from streams.sink.reader import GROUP, Reader
from streams.sink.rows import READERS, rows_of
from streams.sink.writer import Writer
from streams.transport.group import GroupSight
from streams.transport.watchdog import InputIsTaken, PartitionsAreAssigned, Seen, Watchdog

LINGER = 0.1
"""Seconds a row waits for others when few come: what is published is queryable about that much later."""

LINGER_IN_A_RUSH = 0.4
"""Seconds it waits at most while many come: a backlog costs the store far less in large batches."""

MANY = 500
"""Records of one poll that mean there are more."""

FULL = 20_000
"""Rows of a full batch: ClickHouse takes few large inserts far better than many small ones."""

IDLE = 0.2
"""Seconds of one empty poll: positions that passed transaction markers are committed as often, signals are seen."""

log = structlog.get_logger()


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
    """Gather, write, commit. What was gathered when the stop came is still written."""
    announced = False
    while not stopping():
        if not announced and reader.assigned:
            ready()
            announced = True
        batch = gather(reader, stopping)
        started = time.monotonic()
        writer.write(batch)
        reader.commit()
        if batch.size:
            log.debug("written", rows=batch.size, seconds=round(time.monotonic() - started, 3))


def gather(reader: Reader, stopping: Callable[[], bool]) -> Batch:
    """Rows until the batch is full or the first of them has waited long enough; empty after an idle poll."""
    batch, began, patience = Batch(), None, IDLE
    while patience > 0 and batch.size < FULL and not stopping():
        records = reader.poll(patience)
        for record in records:
            batch.add(rows_of(record))
        if not batch.size:
            break
        now = time.monotonic()
        began = began or now
        patience = began + (LINGER_IN_A_RUSH if len(records) > MANY else LINGER) - now
    return batch


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    return stop
