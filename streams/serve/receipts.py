"""What became of an event: the one place that asks the store. Only ever of the source that asks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import orjson

from streams.errors import StoreAway, StoreRefused
from streams.serve.problem import HttpProblem
from streams.settings import Settings
from streams.store.client import connect
from streams.store.read import Answer, Queries

OF_AN_EVENT = (
    "SELECT state, waits_for, detail, topic, partition, offset FROM receipts "
    "WHERE source = {source:String} AND event_id = {id:String} ORDER BY received_at DESC, topic, partition, offset"
)


class Receipts:
    """Answers of one store, over a connection for each thread that asks, made when it is needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = threading.local()

    def of(self, source: str, id: str) -> dict[str, Any]:
        """As `answers.Receipt` says. Raises HttpProblem (404), StoreAway, StoreRefused."""
        try:
            found = self._ask(OF_AN_EVENT, source=source, id=id).rows
            if not found:
                raise HttpProblem("not-found", "no event with this id of the token's source is known, or not yet")
        except (StoreAway, StoreRefused):
            self._own.queries = None
            raise
        return receipt(source, id, found)

    def _ask(self, sql: str, **parameters: str) -> Answer:
        if getattr(self._own, "queries", None) is None:
            self._own.queries = Queries(connect(self._settings), self._settings)
        answer: Answer = self._own.queries.ask(sql, **parameters)
        return answer


def receipt(source: str, id: str, publications: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """What became of the newest of an event's publications."""
    state, waits_for, detail, topic, partition, offset = publications[0]
    problems = orjson.loads(detail) if detail else []
    told = {"id": id, "source": source, "status": state, "waits_for": waits_for, "problems": problems}
    return told | {"topic": topic, "partition": partition, "offset": offset, "publications": len(publications)}
