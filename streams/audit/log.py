"""Reads the source topics and the clock to the ends they have at the start, straight into DuckDB, chunk by chunk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import duckdb
import orjson
import pyarrow
from kafka import KafkaConsumer, TopicPartition

from streams import endpoints
from streams.ends import end_offsets
from streams.errors import BrokerAway, WrongTopics
from streams.settings import Settings
from streams.topics import CLOCK, SOURCE_TOPICS

CHUNK = 20_000
SILENCE_S = 60
Ends = dict[TopicPartition, int]

_LOG = pyarrow.schema(
    [
        ("seq", pyarrow.int64()),
        ("topic", pyarrow.string()),
        ("partition", pyarrow.int32()),
        ("offset", pyarrow.int64()),
        ("appended_at", pyarrow.int64()),
        ("key", pyarrow.binary()),
        ("value", pyarrow.binary()),
    ]
)
_TICKS = pyarrow.schema(
    [
        ("tick", pyarrow.string()),
        ("topic", pyarrow.string()),
        ("partition", pyarrow.int32()),
        ("read_to", pyarrow.int64()),
    ]
)


class LogReader:
    """A consumer of the source topics and the clock; a context manager."""

    def __init__(self, settings: Settings) -> None:
        servers = endpoints.kafka(settings)
        try:
            self._consumer = KafkaConsumer(
                bootstrap_servers=servers,
                isolation_level="read_committed",
                enable_auto_commit=False,
                group_id=None,
                bootstrap_timeout_ms=10_000,
                max_poll_records=4_000,
                max_partition_fetch_bytes=4 << 20,
                reconnect_backoff_max_ms=endpoints.RECONNECT_MS,
            )
        except Exception as error:
            raise BrokerAway(
                f"no Kafka broker answers at {servers} ({type(error).__name__}): is it running?"
            ) from error

    def __enter__(self) -> LogReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def ends(self) -> Ends:
        """End offsets of the source topics and the clock."""
        return end_offsets(self._consumer, [tp for name in (*SOURCE_TOPICS, CLOCK) for tp in self._of(name)])

    def load(self, connection: duckdb.DuckDBPyConnection, ends: Ends, progress: Callable[[int], None]) -> None:
        """Everything before `ends` into the tables `log` and `ticks`; `progress` hears how many were read so far."""
        rows: list[tuple[Any, ...]] = []
        ticks: list[tuple[Any, ...]] = []
        count = 0
        for record in self._records(ends):
            if record.topic == CLOCK:
                ticks += tick_rows(record.partition, record.value)
                continue
            place = (record.topic, record.partition, record.offset, record.timestamp)
            rows.append((count, *place, record.key, record.value))
            count += 1
            if len(rows) >= CHUNK:
                load_records(connection, rows)
                rows.clear()
                progress(count)
        load_records(connection, rows)
        load_ticks(connection, ticks)
        progress(count)

    def _of(self, topic: str) -> list[TopicPartition]:
        found = self._consumer.partitions_for_topic(topic)
        if not found:
            raise WrongTopics(f"there is no topic {topic}: run `huiyu topics apply`")
        return [TopicPartition(topic, partition) for partition in sorted(found)]

    def _records(self, ends: Mapping[TopicPartition, int]) -> Iterable[Any]:
        consumer = self._consumer
        waiting = {tp for tp, end in ends.items() if end > 0}
        consumer.assign(sorted(waiting))
        consumer.seek_to_beginning(*waiting)
        heard = time.monotonic()
        while waiting:
            for tp, records in consumer.poll(500).items():
                heard = time.monotonic()
                yield from (record for record in records if record.offset < ends[tp])
            waiting = {tp for tp in waiting if consumer.position(tp) < ends[tp]}
            consumer.pause(*(tp for tp in ends if tp not in waiting and tp in consumer.assignment()))
            if time.monotonic() - heard > SILENCE_S:
                raise BrokerAway(f"the source topics cannot be read to their ends: nothing came for {SILENCE_S} s")


def load_records(connection: duckdb.DuckDBPyConnection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows (seq, topic, partition, offset, append time in ms, key, value) into the table `log`."""
    _load(connection, "log", _LOG, rows)


def load_ticks(connection: duckdb.DuckDBPyConnection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows (moment, topic, partition, end offset then) into the table `ticks`."""
    _load(connection, "ticks", _TICKS, rows)


def tick_rows(partition: int, value: bytes) -> list[tuple[str, str, int, int]]:
    """One tick: its moment, and how far each source topic was written in this partition."""
    tick = orjson.loads(value)
    return [(str(tick["at"]), topic, partition, int(end)) for topic, end in tick["ends"].items()]


def _load(
    connection: duckdb.DuckDBPyConnection, table: str, schema: pyarrow.Schema, rows: Sequence[tuple[Any, ...]]
) -> None:
    if rows:
        columns = zip(*rows, strict=True)
        arrays = [pyarrow.array(column, each.type) for column, each in zip(columns, schema, strict=True)]
        connection.register("chunk", pyarrow.table(arrays, schema=schema))
        connection.execute(f"INSERT INTO {table} FROM chunk")
        connection.unregister("chunk")
