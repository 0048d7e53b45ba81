"""Connections to the engine: one of its own for a request, or a session's, whose settings must not leak."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from typing import Any

import chdb
import orjson

from streams.embedded.store.access import User
from streams.embedded.store.errors import (
    BAD_ARGUMENTS,
    SESSION_IS_LOCKED,
    SESSION_NOT_FOUND,
    UNKNOWN_SETTING,
    StoreError,
)
from streams.embedded.store.spool import Spool, table_from
from streams.embedded.store.statements import quoted

SESSION_IDLE_S = 60.0
GIVEN_BACK_S = 1.0
"""A client that has just read its answer may ask again before the session's connection was given back."""

RESERVED = frozenset(
    (
        "query", "database", "default_format", "query_id", "session_id", "session_timeout", "session_check",
        "wait_end_of_query", "buffer_size", "compress", "decompress", "enable_http_compression",
        "client_protocol_version", "user", "password", "quota_key", "role", "stacktrace",
        "send_progress_in_http_headers", "http_headers_progress_interval_ms", "add_http_cors_header",
        "http_zlib_compression_level", "cancel_http_readonly_queries_on_client_close", "close_session",
    )
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_EXTERNAL = ("_structure", "_format", "_types")


class Handle:
    """One connection to the engine, whose times are in `timezone` unless a request wants them otherwise."""

    def __init__(self, path: str, timezone: str, spool: Spool, user: User) -> None:
        self.connection: Any = chdb.connect(path)
        self.connection.query(f"SET session_timezone = {quoted(timezone)}")
        self._spool = spool
        self.user = user
        self.lock = threading.Lock()
        self.used = time.monotonic()
        self._bounded = False
        self._undo: list[str] = []

    def prepare(self, arguments: Mapping[str, str], external: Mapping[str, bytes], mark: str, own: bool) -> None:
        """Apply the request's database, settings and external tables. Raises StoreError and the engine's errors."""
        if arguments.get("database"):
            self.connection.query("USE `" + arguments["database"].replace("`", "\\`") + "`")
        settings = _settings(arguments, external) | {"log_comment": mark}
        if self.user.settings:
            settings.pop("readonly", None)
        if not own:
            self._undo = self._restoring(settings)
        self.connection.query("SET " + ", ".join(f"{name} = {quoted(value)}" for name, value in settings.items()))
        for name, data in external.items():
            self._external(name, data, arguments)
        self._bind()  # last: who may only read could not be given tables any more

    def _bind(self) -> None:
        if not self._bounded:
            for name, value in sorted(self.user.settings.items(), key=lambda item: item[0] == "readonly"):
                self.connection.query(f"SET {name} = {quoted(value)}")
            self._bounded = True

    def _restoring(self, settings: Mapping[str, str]) -> list[str]:
        names = ", ".join(map(quoted, settings))
        sql = f"SELECT name, value, changed FROM system.settings WHERE name IN ({names})"
        lines = self.connection.query(sql, "JSONEachRow").bytes().splitlines()
        before = {row["name"]: row for row in map(orjson.loads, lines)}
        changed = {name for name, row in before.items() if row["changed"]}
        return [f"SET {n} = " + (quoted(before[n]["value"]) if n in changed else "DEFAULT") for n in settings]

    def _external(self, name: str, data: bytes, arguments: Mapping[str, str]) -> None:
        """Nothing that the client sends becomes SQL here: a name that is none is refused, the rest is quoted."""
        if not _NAME.match(name):
            raise StoreError(BAD_ARGUMENTS, f"{name!r} is no name of an external table")
        types = arguments.get(f"{name}_types", "String").split(",")
        structure = arguments.get(f"{name}_structure") or ", ".join(f"_{i} {t}" for i, t in enumerate(types, 1))
        with self._spool.file() as file:
            file.write(data)
            table_from(file, self.connection, name, structure, arguments.get(f"{name}_format", "TabSeparated"))

    def release(self, own: bool) -> None:
        """Give the connection back: closed when it was the request's own, else as it was before."""
        if own:
            self.connection.close()
            return
        for statement in self._undo:
            self.connection.query(statement)
        self.used = time.monotonic()
        self.lock.release()


def _settings(arguments: Mapping[str, str], external: Mapping[str, bytes]) -> dict[str, str]:
    of_external = {name + suffix for name in external for suffix in _EXTERNAL}
    chosen = {
        name: value
        for name, value in arguments.items()
        if name not in RESERVED and not name.startswith("param_") and name not in of_external
    }
    for name in chosen:
        if not _NAME.match(name):
            raise StoreError(UNKNOWN_SETTING, f"Unknown setting {name}")
    return chosen


class Handles:
    """Hands out connections; sessions live until they are idle for a minute."""

    def __init__(self, path: str, timezone: str, spool: Spool) -> None:
        self._path, self._timezone, self._spool = path, timezone, spool
        self._sessions: dict[tuple[str, str], Handle] = {}
        self._lock = threading.Lock()

    def take(self, user: User, arguments: Mapping[str, str]) -> tuple[Handle, bool]:
        """(connection, whether it is the request's own). Raises StoreError for a busy or unknown session.

        What is read-only cannot be set back afterwards, so it never shares a session's connection.
        """
        session = arguments.get("session_id")
        if not session or user.settings or "readonly" in arguments:
            return self._opened(user), True
        with self._lock:
            handle = self._sessions.get((user.name, session))
            if handle is None:
                if arguments.get("session_check") == "1":
                    raise StoreError(SESSION_NOT_FOUND, "Session not found")
                handle = self._sessions[user.name, session] = self._opened(user)
        if not handle.lock.acquire(timeout=GIVEN_BACK_S):
            raise StoreError(SESSION_IS_LOCKED, f"Session {session} is locked by a concurrent client")
        return handle, False

    def _opened(self, user: User) -> Handle:
        return Handle(self._path, self._timezone, self._spool, user)

    def close_idle(self) -> None:
        """End sessions that nobody has used for a while."""
        with self._lock:
            for name, handle in list(self._sessions.items()):
                idle = time.monotonic() - handle.used > SESSION_IDLE_S
                if idle and handle.lock.acquire(blocking=False):
                    del self._sessions[name]
                    handle.connection.close()
