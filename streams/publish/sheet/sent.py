"""Remembers in a small SQLite file what of which sheet was sent, so that only what changed is sent again.

It holds no child: a record is a hash of (template, source, subject, what tells it from others), a content one of the
event. Without it importing a sheet again is still harmless: the same row makes the same event.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from streams.errors import Failure
from streams.publish.envelope import Envelope, new_event

_TABLE = """
CREATE TABLE IF NOT EXISTS sent (
    cluster TEXT, recordid TEXT, revision INTEGER NOT NULL, digest BLOB NOT NULL, acknowledged INTEGER NOT NULL,
    PRIMARY KEY (cluster, recordid)
) WITHOUT ROWID"""
_REMEMBER = """
INSERT INTO sent VALUES (?, ?, ?, ?, 0)
ON CONFLICT DO UPDATE SET revision = excluded.revision, digest = excluded.digest, acknowledged = 0"""
FILE = "sheets-sent.sqlite"


class NoMemory(Failure):
    """The file that remembers what was sent cannot be used."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`to_send`: with the revision that each needs; `unchanged`: how many are in the log already as they are."""

    to_send: tuple[Envelope, ...]
    unchanged: int


class Sent:
    """What was sent to one cluster; a context manager.

    Before anything is sent it is written down as not yet acknowledged: whatever ends the import then, the next one
    sends the same contents under the same revision, and other contents under a higher one.
    """

    def __init__(self, path: Path, cluster: str) -> None:
        self._path, self._cluster = path, cluster
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = sqlite3.connect(path)
            self._file.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def plan(self, events: Iterable[Envelope], least_revision: int = 1) -> Plan:
        """What of the events is to be sent. Raises NoMemory."""
        to_send, unchanged = [], 0
        for event in events:
            revision = self._revision(event, least_revision)
            if revision is None:
                unchanged += 1
            else:
                to_send.append(with_revision(event, revision))
        return Plan(tuple(to_send), unchanged)

    def sending(self, events: Sequence[Envelope]) -> None:
        """To be said before the events are sent. Raises NoMemory."""
        self._write(_REMEMBER, [(self._cluster, each["recordid"], each["revision"], digest(each)) for each in events])

    def acknowledged(self, events: Sequence[Envelope]) -> None:
        """To be said when the broker has them. Raises NoMemory."""
        done = "UPDATE sent SET acknowledged = 1 WHERE cluster = ? AND recordid = ?"
        self._write(done, [(self._cluster, each["recordid"]) for each in events])

    def __enter__(self) -> Sent:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _revision(self, event: Envelope, least: int) -> int | None:
        """The revision under which an event is to be sent; None when it was sent."""
        query = "SELECT revision, digest, acknowledged FROM sent WHERE cluster = ? AND recordid = ?"
        try:
            with closing(self._file.execute(query, (self._cluster, event["recordid"]))) as answer:
                row = answer.fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        if row is None:
            return least
        revision, known, acknowledged = row
        if known == digest(event):
            return None if acknowledged else int(revision)
        return max(int(revision) + 1, least)

    def _write(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        try:
            with self._file:
                self._file.executemany(statement, rows)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> NoMemory:
        reason = getattr(error, "strerror", None) or str(error)
        return NoMemory(f"{self._path}, which remembers what was sent, cannot be used: {reason}")


def digest(event: Envelope) -> bytes:
    """Of what a record says: time, subject and data."""
    named = {"time": event["time"], "subject": event["subject"], "data": event["data"]}
    return hashlib.sha256(orjson.dumps(named, option=orjson.OPT_SORT_KEYS)).digest()


def with_revision(event: Envelope, revision: int) -> Envelope:
    """The same record in another revision."""
    if event["revision"] == revision:
        return event
    kind = event["type"].removesuffix(".v1")
    more = {"recordid": event["recordid"], "revision": revision}
    return new_event(kind, event["source"], event["subject"], event["data"], event["time"], **more)
