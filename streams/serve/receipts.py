"""What became of an event: the one place that asks the store. Only ever of the source that asks."""

from __future__ import annotations

import threading
from typing import Any

from streams.errors import StoreAway, StoreRefused
from streams.settings import Settings
from streams.store.client import connect
from streams.store.read import Queries

STANDS = "SELECT count() FROM timeline WHERE source = {source:String} AND event_id = {id:String}"
ARRIVED = (
    "SELECT count() FROM huiyu_store.events FINAL "
    "WHERE JSONExtractString(raw, 'id') = {id:String} AND JSONExtractString(raw, 'source') = {source:String}"
)


class Receipts:
    """Answers of one store, over a connection for each thread that asks, made when it is needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = threading.local()

    def of(self, source: str, id: str) -> dict[str, Any] | None:
        """None when no such event of this source has arrived. Raises StoreAway, StoreRefused."""
        try:
            status = self._status(source, id)
        except (StoreAway, StoreRefused):
            self._own.queries = None
            raise
        return None if status is None else {"id": id, "source": source, "status": status, "problems": []}

    def _status(self, source: str, id: str) -> str | None:
        if self._asked(STANDS, source, id):
            return "accepted"
        return "superseded" if self._asked(ARRIVED, source, id) else None

    def _asked(self, sql: str, source: str, id: str) -> int:
        if getattr(self._own, "queries", None) is None:
            self._own.queries = Queries(connect(self._settings), self._settings)
        return int(self._own.queries.ask(sql, source=source, id=id).rows[0][0])
