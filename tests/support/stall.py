"""The longest time in which nothing new became queryable although something was outstanding."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

from clickhouse_connect.driver.client import Client
from kafka import KafkaAdminClient, KafkaConsumer
from kafka.errors import KafkaError

from streams.clock.tick import connect_consumer, partitions_of
from streams.clock.wait import AMONG_CHILDREN, TO_INTAKE, TO_STORE, WITHIN_INTAKE, lag
from streams.endpoints import RECONNECT_MS
from streams.ends import end_offsets
from streams.settings import Settings
from streams.store.client import connect

EVERY_S = 0.5
LEGS = (TO_INTAKE, WITHIN_INTAKE, AMONG_CHILDREN, *TO_STORE)
COUNTED = (
    "events",
    "rejections",
    "timeline_log",
    "children_log",
    "milestones_log",
    "vaccination_status_log",
    "alerts_log",
    "center_days_log",
)
SEEN = " UNION ALL ".join(
    [f"SELECT '{table}', count() FROM huiyu_store.{table} FINAL" for table in COUNTED]
    + ["SELECT 'watermarks', sum(version) FROM huiyu_store.watermarks FINAL"]
)
"""What queries can see, as numbers that change when anything new can be seen and that merges do not change."""


class Stall(threading.Thread):
    """Samples broker and store twice a second by ways of its own.

    Something is outstanding while a group has not read all that its topics hold; while the broker cannot be asked, that
    stays as it last was. A store that does not answer shows nothing new. A stall is measured at most a sample too long.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(daemon=True)
        self._settings, self._stop_it = settings, threading.Event()
        self._client: Client | None = None
        self._consumer: KafkaConsumer = connect_consumer(settings)
        self._admin = KafkaAdminClient(
            bootstrap_servers=settings.kafka, request_timeout_ms=2_000, reconnect_backoff_max_ms=RECONNECT_MS
        )
        names = [name for _, topics in LEGS for name in topics]
        self._partitions = {name: partitions_of(self._consumer, name, settings) for name in names}
        self._outstanding, self._since = False, time.monotonic()
        self._seen: list[Any] = []
        self._failed: BaseException | None = None
        self.longest = 0.0

    def run(self) -> None:
        try:
            while not self._stop_it.wait(EVERY_S):
                self._sample()
        except BaseException as error:  # noqa: BLE001 - reported by stop()
            self._failed = error
        self._consumer.close()
        self._admin.close()

    def stop(self) -> float:
        """The longest stall, in seconds."""
        self._stop_it.set()
        self.join(60)
        if self._failed is not None:
            raise self._failed
        return self.longest

    def _sample(self) -> None:
        before, seen = self._outstanding, self._queryable()
        with suppress(KafkaError, OSError):
            self._outstanding = self._has_outstanding()
        now, new = time.monotonic(), seen is not None and seen != self._seen
        if before and (self._outstanding or new):
            self.longest = max(self.longest, now - self._since)
        if new or not self._outstanding:
            self._since = now
        if seen is not None:
            self._seen = seen

    def _has_outstanding(self) -> bool:
        return any(self._behind(group, names) for group, names in LEGS)

    def _behind(self, group: str, names: tuple[str, ...]) -> bool:
        partitions = [tp for name in names for tp in self._partitions[name]]
        ends = end_offsets(self._consumer, partitions, 2_000)
        return bool(lag(self._admin, group, {tp: end for tp, end in ends.items() if end > 0}))

    def _queryable(self) -> list[Any] | None:
        try:
            self._client = self._client or connect(self._settings)
            return sorted(self._client.query(SEEN).result_rows)
        except Exception:  # noqa: BLE001 - whatever it is, nothing can be seen
            self._client = None
            return None
