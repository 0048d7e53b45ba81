"""One connection to ClickHouse: inserts, and tries again while the store is away or short of something."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

import structlog
from clickhouse_connect.driver.client import Client
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from streams.errors import StoreAway
from streams.settings import Settings
from streams.sink.batch import Columns
from streams.sink.block import native
from streams.store.client import StoreBusy, connect, failures, place

SETTINGS = {
    "async_insert": 0,
    "insert_deduplicate": 0,
    "deduplicate_insert": "disable",
    "max_threads": 1,
}
"""An insert is in the table when it is acknowledged, and is never dropped for resembling an earlier one: rows replace
each other by version, whereas a deduplication token that outlived a kill would lose the retry silently. One thread for
each: those of a batch go side by side already.
A server is only told the settings that it has."""

DATABASE = "huiyu_store"

log = structlog.get_logger()


def known_settings(known: Container[str]) -> dict[str, Any]:
    """SETTINGS as far as a server knows them: `deduplicate_insert` is a new one."""
    return {name: value for name, value in SETTINGS.items() if name in known}


class Connection:
    """Used by one thread at a time; opened when first needed and again after a failure."""

    def __init__(self, settings: Settings, stopping: Callable[[], bool], patience: float) -> None:
        self._settings, self._stopping, self._patience = settings, stopping, patience
        self._client: Client | None = None

    def insert(self, columns: Columns) -> None:
        """Returns when each of the targets has acknowledged the rows, one after the other.

        Raises StoreAway or StoreBusy when that took too long, StoreRefused and BadMessage at once.
        """
        with failures(place(self._settings)):
            block = native(columns)
        for target in columns.targets:
            self._retrying()(self._send, target, columns.names, block)

    def check(self) -> None:
        """Returns when the store answers and has our databases. Raises as `insert` does."""
        self._retrying()(self._connected)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _send(self, target: str, names: list[str], block: bytes) -> None:
        client = self._connected()
        with failures(place(self._settings)):
            known = known_settings(client.server_settings)
            client.raw_insert(f"{DATABASE}.{target}", names, block, known, "Native")

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
        log.warning("store does not take the rows, trying again", attempt=state.attempt_number, error=str(error))
