"""Inserts batches into ClickHouse, and tries again while the store is away or short of something."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

import structlog
from clickhouse_connect.driver import options
from clickhouse_connect.driver.client import Client
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from streams.errors import StoreAway
from streams.settings import Settings
from streams.sink.batch import Batch, Columns
from streams.sink.rows import BadMessage
from streams.store.client import StoreBusy, connect, failures, place

PATIENCE = 60.0
"""Seconds of trying before the process ends and leaves the rest to the supervisor; nothing is committed meanwhile."""

SETTINGS = {"async_insert": 0, "insert_deduplicate": 0, "deduplicate_insert": "disable"}
"""An insert is in the table when it is acknowledged, and is never dropped for resembling an earlier one: rows replace
each other by version, whereas a deduplication token that outlived a kill would lose the retry silently.
A server is only told the settings that it has."""

log = structlog.get_logger()

# The driver would load pandas, seconds of work, to ask whether the columns are a DataFrame: they never are.
options.pd = options.pd_time_test = None


def known_settings(known: Container[str]) -> dict[str, Any]:
    """SETTINGS as far as a server knows them: `deduplicate_insert` is a new one."""
    return {name: value for name, value in SETTINGS.items() if name in known}


class Writer:
    """Writes batches through one connection, which it opens when first needed and again after a failure."""

    def __init__(self, settings: Settings, stopping: Callable[[], bool], patience: float = PATIENCE) -> None:
        self._settings = settings
        self._stopping = stopping
        self._patience = patience
        self._client: Client | None = None

    def write(self, batch: Batch) -> None:
        """Returns when ClickHouse has acknowledged every row.

        Raises StoreAway or StoreBusy when that took too long, StoreRefused and BadMessage at once.
        """
        for columns in batch.inserts():
            for target in columns.targets:
                self._retrying()(self._insert, target, columns)

    def check(self) -> None:
        """Returns when the store answers and has our databases. Raises as `write` does."""
        self._retrying()(self._connected)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _insert(self, target: str, columns: Columns) -> None:
        try:
            self._send(target, columns)
        except (ValueError, TypeError, ArithmeticError) as error:
            # The driver's text may quote what it could not write.
            raise BadMessage(f"{target} was given a value of another type ({type(error).__name__})") from None

    def _send(self, target: str, columns: Columns) -> None:
        client = self._connected()
        with failures(place(self._settings)):
            client.insert(
                target,
                columns.data,
                column_names=columns.names,
                column_type_names=columns.types,
                database="huiyu_store",
                column_oriented=True,
                settings=known_settings(client.server_settings),
            )

    def _connected(self) -> Client:
        if self._client is None:
            self._client = connect(self._settings)
        return self._client

    def _retrying(self) -> Retrying:
        patience = stop_after_delay(self._patience)
        return Retrying(
            retry=retry_if_exception_type((StoreAway, StoreBusy)),
            wait=wait_exponential_jitter(multiplier=0.2, max=5.0, jitter=0.2),
            stop=lambda state: patience(state) or self._stopping(),
            before_sleep=self._failed,
            reraise=True,
        )

    def _failed(self, state: RetryCallState) -> None:
        """A connection after a failure is a new one: the store may have moved or restarted."""
        self.close()
        error = state.outcome.exception() if state.outcome else None
        log.warning("store does not take the batch, trying again", attempt=state.attempt_number, error=str(error))
