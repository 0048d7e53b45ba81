"""The process that delivers alerts: reads transitions, writes decisions down, sends, writes down what became of it.

A decision is in the log before the position behind its alert is committed, and an attempt's result after it: whenever
the process is killed, nothing is left out, and what may be sent twice bears the same key.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import orjson
import structlog

from streams.clinical.pack import load
from streams.errors import Failure
from streams.notify.channels import send
from streams.notify.desk import Desk, Parcel
from streams.notify.entries import Entry
from streams.notify.journal import Journal
from streams.notify.subscriptions import Subscription, read
from streams.settings import Settings
from streams.sink.reader import Reader
from streams.sink.rows import Message
from streams.topics import ALERTS

GROUP = "huiyu-notify"
MOST_AT_ONCE = 8
"""Receivers that are tried at the same time: one that hangs holds up nobody else."""
MOST_RECORDS = 2_000
IDLE_S = 0.2

log = structlog.get_logger("huiyu.notify")


def run(settings: Settings, on_ready: Callable[[], None]) -> None:
    """Deliver until asked to stop. Raises Failure."""
    if settings.subscriptions is None:
        raise Failure("HUIYU_SUBSCRIPTIONS is not set: there is nobody to notify")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    subscriptions = read(settings.subscriptions)
    reader = Reader(settings, MOST_RECORDS, GROUP, (ALERTS,))
    try:
        with Journal(settings) as journal, ThreadPoolExecutor(MOST_AT_ONCE) as senders:
            office = Office(settings, subscriptions, reader, journal, senders)
            while not stop.is_set():
                office.turn(time.time())
                if reader.assigned:
                    on_ready()
            office.settle()
    finally:
        reader.close()


class Office:
    """One turn after the other: read, decide, send."""

    def __init__(
        self,
        settings: Settings,
        subscriptions: dict[str, Subscription],
        reader: Reader,
        journal: Journal,
        senders: ThreadPoolExecutor,
    ) -> None:
        self._settings, self._subscriptions, self._pack = settings, subscriptions, load(settings.rules)
        self._desk = self._new_desk()
        self._reader, self._journal, self._senders = reader, journal, senders
        self._owned: frozenset[int] = frozenset()
        self._partition_of: dict[str, int] = {}
        self._busy: dict[str, tuple[Parcel, Future[str]]] = {}

    def _new_desk(self) -> Desk:
        return Desk.of(self._subscriptions, self._pack, self._settings.zone)

    def turn(self, now: float) -> None:
        """Read what came; once all of it was read, send what is due."""
        records = self._reader.poll(IDLE_S)
        self._take_over()
        self._write([told for record in records for told in self._decided(record, now)])
        self._reader.commit()
        self._collect(now)
        if not records:
            self._send(now)

    def _take_over(self) -> None:
        """When partitions were given or taken: what is known is what their log says."""
        owned = frozenset(tp.partition for tp in self._reader.taken)
        if owned != self._owned:
            self.settle()
            self._desk, self._owned, self._partition_of = self._new_desk(), owned, {}
            for partition, entry in self._journal.read(owned):
                self._note(partition, entry)
            log.info("took over", partitions=len(owned), waiting=len(self._desk.waiting))

    def _decided(self, record: Message, now: float) -> list[tuple[int, Entry]]:
        """What a transition calls for, noted at once: the next one is decided with it. It is to be written."""
        told = [(record.partition, entry) for entry in self._desk.take(orjson.loads(record.value or b""), now)]
        for partition, entry in told:
            self._note(partition, entry)
        return told

    def _write(self, told: list[tuple[int, Entry]]) -> None:
        if told:
            self._journal.write(told)

    def _note(self, partition: int, entry: Entry) -> None:
        self._desk.noted(entry)
        self._partition_of[entry.key] = partition

    def _send(self, now: float) -> None:
        """One parcel at a time to each receiver."""
        for parcel in self._desk.due(now):
            if parcel.subscription.id not in self._busy:
                self._busy[parcel.subscription.id] = (parcel, self._senders.submit(send, parcel, now))

    def _collect(self, now: float) -> None:
        for name, (parcel, future) in list(self._busy.items()):
            if future.done():
                del self._busy[name]
                self._became(parcel, future.result(), now)

    def settle(self) -> None:
        """Wait for what is being sent, and write down what became of it."""
        for parcel, future in self._busy.values():
            self._became(parcel, future.result(), time.time())
        self._busy = {}

    def _became(self, parcel: Parcel, problem: str, now: float) -> None:
        partition = self._partition_of[parcel.entries[0].key]
        entries = self._desk.outcome(parcel, problem, now, random.random())
        told = [(self._partition_of.get(entry.key, partition), entry) for entry in entries]
        self._write(told)
        for where, entry in told:
            self._note(where, entry)
        log.info("tried", subscription=parcel.subscription.id, alerts=len(parcel.entries), problem=problem)
