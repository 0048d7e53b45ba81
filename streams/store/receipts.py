"""What became of the events of one source: rejected and why, waiting and what for, accepted, superseded, retracted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from streams.settings import Settings
from streams.store.client import connect
from streams.store.read import Queries

COLUMNS = (
    "state, waits_for, event_id, record_id, kind, is_retraction, revision, subject, code, path, detail, "
    "topic, partition, offset, received_at, told_at"
)
OVERLAP = timedelta(minutes=1)
"""How far back is looked each time: what the sink wrote late has an earlier time than what was seen before it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one event. `problems`: of one that was rejected, each with code, path, message and allowed.

    The times are aware.
    """

    state: str
    waits_for: str
    event_id: str
    record_id: str
    kind: str
    is_retraction: bool
    revision: int
    subject: str
    code: str
    path: str
    problems: tuple[dict[str, Any], ...]
    topic: str
    partition: int
    offset: int
    received_at: datetime
    told_at: datetime

    @property
    def key(self) -> tuple[Any, ...]:
        """What is told of again only when its state is another."""
        return self.topic, self.partition, self.offset


class Receipts:
    """What the store knows of a source's events; a context manager. Raises StoreAway, StoreRefused.

    Iterating gives what there is now (`since`: what the store was told from then on), oldest first. `follow` goes on,
    and gives what is new, or has become another since.
    """

    def __init__(self, settings: Settings, source: str, since: datetime | None = None) -> None:
        self._client = connect(settings)
        self._queries, self._source, self._since = Queries(self._client, settings), source, since

    def __enter__(self) -> Receipts:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def __iter__(self) -> Iterator[Told]:
        return iter(self._ask(self._since))

    def follow(self, pause: Callable[[], bool]) -> Iterator[Told]:
        """What there is, then what comes; `pause` waits between two looks, and says when to stop (False)."""
        known: dict[tuple[Any, ...], str] = {}
        since = self._since
        while True:
            for told in self._ask(since):
                if known.get(told.key) != told.state:
                    known[told.key] = told.state
                    yield told
                since = max(since or told.told_at, told.told_at - OVERLAP)
            if not pause():
                return

    def _ask(self, since: datetime | None) -> list[Told]:
        sql = f"SELECT {COLUMNS} FROM receipts WHERE source = {{source:String}}"
        given: dict[str, Any] = {"source": self._source}
        if since is not None:
            sql += " AND told_at >= parseDateTime64BestEffort({since:String}, 3)"
            given["since"] = since.isoformat()
        answer = self._queries.ask(f"{sql} ORDER BY told_at, topic, partition, offset", **given)
        return [_told(row) for row in answer.rows]


def _told(row: tuple[Any, ...]) -> Told:
    values = dict(zip(COLUMNS.split(", "), row, strict=True))
    values["problems"] = tuple(orjson.loads(values.pop("detail") or b"[]"))
    values["is_retraction"] = bool(values["is_retraction"])
    return Told(**values)
