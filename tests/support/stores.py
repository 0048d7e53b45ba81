"""A store and a broker for tests of the sink and of the views: migrated, topics made, asked in a line."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer
from kafka.structs import OffsetAndMetadata, TopicPartition

from streams.embedded.stack import Stack
from streams.embedded.topics_admin import apply_topics
from streams.settings import Settings
from streams.sink.batch import Batch
from streams.sink.loop import work
from streams.sink.reader import GROUP, Reader
from streams.sink.rows import READERS, Row
from streams.sink.writer import Writer
from streams.store.client import connect
from streams.store.kinds import KINDS
from streams.store.migrate import migrate
from streams.store.read import Queries
from streams.store.tables import TABLES

PARTITIONS = 2


def eventually(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        threading.Event().wait(0.05)


@contextmanager
def a_migrated_stack(data: Path) -> Iterator[Settings]:
    """Broker and store without stages, with the topics of the sink and the DDL applied."""
    with Stack(data=data, stages=(), partitions=PARTITIONS) as stack:
        settings = Settings(kafka=stack.kafka, clickhouse=stack.clickhouse, data=data, partitions=PARTITIONS)
        migrate(settings)
        apply_topics(settings)
        yield settings


def change(settings: Settings, *statements: str) -> None:
    client = connect(settings)
    for statement in statements:
        client.command(statement)
    client.close()


def truncate(settings: Settings) -> None:
    """Take every row out of the store."""
    tables = "SELECT name FROM system.tables WHERE database = 'huiyu_store' AND engine LIKE '%Tree'"
    change(settings, *(f"TRUNCATE TABLE huiyu_store.{t}" for (t,) in ask(settings, tables) if t != "migrations"))


def a_row(table: str, version: int = 1, deleted: bool = False, **values: Any) -> Row:
    """Times that the table must have and the test is not about are the beginning of 2026."""
    columns = TABLES[table].columns.items()
    given = {name: "2026-01-01T00:00:00.000Z" for name, kind in columns if kind is KINDS["moment"] and not deleted}
    return Row(table, version, deleted, 0, given | values)


def ask(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    client = connect(settings)
    try:
        return Queries(client, settings).query(sql).rows
    finally:
        client.close()


def store(settings: Settings, *rows: Row) -> None:
    """Write rows as the sink does."""
    batch, writer = Batch(), Writer(settings, lambda: False, patience=5.0)
    batch.add(rows)
    try:
        writer.write(batch)
    finally:
        writer.close()


def run_sink(settings: Settings, stopping: Callable[[], bool], patience: float = 5.0) -> None:
    """The sink at work until stopped; raises what ends it."""
    writer, reader = Writer(settings, stopping, patience), Reader(settings, 20_000)
    try:
        work(reader, writer, stopping, lambda: None)
    finally:
        reader.close()
        writer.close()


@contextmanager
def a_sink(settings: Settings) -> Iterator[None]:
    """The sink at work in a thread; its error, if any, is raised at the end."""
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run_sink, settings, stop.is_set)
        try:
            yield
        finally:
            stop.set()
        running.result()


class Offsets:
    """End offsets of the topics the sink reads, and what it has committed of them."""

    def __init__(self, servers: str) -> None:
        self._consumer = KafkaConsumer(bootstrap_servers=servers, group_id=GROUP, enable_auto_commit=False)
        self._partitions = [TopicPartition(name, p) for name in READERS for p in range(PARTITIONS)]

    def ends(self) -> dict[TopicPartition, int]:
        return dict(self._consumer.end_offsets(self._partitions))

    def committed(self) -> dict[TopicPartition, int]:
        return {tp: self._consumer.committed(tp) or 0 for tp in self._partitions}

    def passed(self) -> bool:
        """All that was written when this was called has been read, written to the store and committed."""
        return self.committed() == self.ends()

    def rewind(self) -> None:
        """Set the group back to the beginning of everything; nobody may be in it."""
        self._consumer.assign(self._partitions)
        self._consumer.seek_to_beginning()
        for tp in self._partitions:
            self._consumer.position(tp)
        self._consumer.commit()

    def skip(self) -> None:
        """Set the group behind everything; nobody may be in it."""
        self._consumer.assign(self._partitions)
        self._consumer.commit({tp: OffsetAndMetadata(end, "", -1) for tp, end in self.ends().items()})

    def close(self) -> None:
        self._consumer.close(autocommit=False)
