"""Events on disk until the broker has acknowledged them: one SQLite file, for one process, for all of its threads.

SQLite's own exclusive lock keeps a second process out, and the kernel lets go of it when the process ends, however it
ends. A commit is synced to disk (WAL, synchronous=FULL) before it returns.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from streams.errors import DataUnusable, DiskFull
from streams.publish.offline import Valid

MADE = (
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA auto_vacuum=INCREMENTAL",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    # AUTOINCREMENT: a number is never given twice, not even when everything was delivered in between.
    "CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, "
    "subject TEXT NOT NULL, value BLOB NOT NULL, given_at INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS by_topic ON events (topic, number)",
    "CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID",
)

RESERVE = 4 << 20
"""Bytes of the disk that events leave free: to forget what was delivered takes some room as well."""


class SpoolUnusable(DataUnusable):
    """The spool's file cannot be opened or written, or is none."""


class SpoolTaken(SpoolUnusable):
    """Another program publishes through this spool."""


class SpoolFull(DiskFull):
    """There is no room for the events: none of them was taken; what was taken before is safe."""


class Spooled(NamedTuple):
    """An event in the spool; `number` grows in the order in which they were given."""

    number: int
    subject: str
    value: bytes


class Spool:
    """The events in the file `path` (beside it lies `path`-wal). Raises SpoolTaken, SpoolUnusable, SpoolFull."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        with self._told():
            # check_same_thread: every use is under the lock. timeout: whoever has it keeps it, waiting is no use.
            self._db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            try:
                for statement in MADE:
                    self._db.execute(statement)
                self._pending = int(self._one("SELECT count(*) FROM events") or 0)
            except BaseException:
                self._db.close()
                raise

    @property
    def pending(self) -> int:
        """How many events are not acknowledged yet."""
        return self._pending

    def add(self, events: Sequence[Valid], given_at: int, notes: Iterable[tuple[str, str]] = ()) -> range:
        """Take all of them, or none; on disk when it returns: their numbers. `given_at`: ms since 1970."""
        rows = [(event.topic, event.subject, event.value, given_at) for event in events]
        self._have_room(sum(len(event.value) for event in events))
        with self._transaction(pending=len(rows)):
            before = int(self._one("SELECT seq FROM sqlite_sequence WHERE name = 'events'") or 0)
            self._db.executemany("INSERT INTO events (topic, subject, value, given_at) VALUES (?, ?, ?, ?)", rows)
            self._db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", notes)
        return range(before + 1, before + 1 + len(rows))

    def oldest(self, topic: str, most: int) -> list[Spooled]:
        """The first events of a topic, in order."""
        with self._lock, self._told():
            found = self._db.execute(
                "SELECT number, subject, value FROM events WHERE topic = ? ORDER BY number LIMIT ?", (topic, most)
            )
            return [Spooled(*row) for row in found]

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget what was acknowledged. Not synced: what a power failure brings back is sent again."""
        gone = [(number,) for number in numbers]
        with self._transaction("NORMAL", pending=-len(gone)):
            self._db.executemany("DELETE FROM events WHERE number = ?", gone)
        if not self._pending:
            with self._lock, self._told():
                # Python's `execute` takes one step of it and gives one page back.
                self._db.executescript("PRAGMA incremental_vacuum")

    def holds_up_to(self, number: int) -> bool:
        """True while an event with this number or a lower one is not acknowledged."""
        with self._lock, self._told():
            return self._one("SELECT 1 FROM events WHERE number <= ? LIMIT 1", number) is not None

    def last_number(self) -> int:
        """The number of the last event that was given."""
        with self._lock, self._told():
            return int(self._one("SELECT seq FROM sqlite_sequence WHERE name = 'events'") or 0)

    def given_first(self) -> int | None:
        """When the oldest event that is not acknowledged was given, ms since 1970."""
        with self._lock, self._told():
            found = self._one("SELECT given_at FROM events ORDER BY number LIMIT 1")
            return None if found is None else int(found)

    def noted(self, name: str) -> str | None:
        """What `note` or `add` wrote under a name."""
        with self._lock, self._told():
            found = self._one("SELECT text FROM notes WHERE name = ?", name)
            return None if found is None else str(found)

    def note(self, name: str, text: str) -> None:
        """Keep a text under a name."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, text))

    def close(self) -> None:
        """Let go of the file; another program may have it."""
        with self._lock:
            self._db.close()

    def _have_room(self, size: int) -> None:
        if shutil.disk_usage(self._path.parent).free < RESERVE + size:
            raise self._full()

    def _full(self) -> SpoolFull:
        return SpoolFull(f"no room on the disk for the spool {self._path}: what was to be added was not taken")

    def _one(self, query: str, *values: object) -> Any:
        row = self._db.execute(query, values).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def _transaction(self, synchronous: str = "FULL", pending: int = 0) -> Iterator[None]:
        """All of it or nothing; `pending`: by how much there are more events afterwards."""
        with self._lock, self._told():
            self._db.execute(f"PRAGMA synchronous={synchronous}")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._pending += pending

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's errors as failures that say what to do."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_BUSY:
                raise SpoolTaken(f"the spool {self._path} is in use: another program publishes through it") from error
            if code == sqlite3.SQLITE_FULL:
                raise self._full() from error
            raise SpoolUnusable(f"the spool {self._path} cannot be used: {error}") from error
