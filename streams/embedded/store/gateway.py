"""The gateway: one aiohttp application in front of one engine. One process per folder, one folder per process."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import chdb
from aiohttp import web

from streams.embedded.store import access, statements
from streams.embedded.store.errors import TOO_MANY_SIMULTANEOUS_QUERIES, StoreError, told
from streams.embedded.store.exchange import Exchange
from streams.embedded.store.handles import Handle, Handles
from streams.embedded.store.requests import Asked, asked
from streams.embedded.store.spool import Spool
from streams.embedded.store.statements import quoted
from streams.embedded.store.work import Work

INSERTING, ENDING = 16, 4
"""Threads for inserts, and for what ends queries and gives connections back: no slow query keeps them waiting."""

IDLE_CHECK_S = 10


class Gateway:
    """Answers ClickHouse's HTTP protocol from the engine in `path`."""

    def __init__(self, path: str, timezone: str, spool: Spool, users: dict[str, access.User]) -> None:
        self._root: Any = chdb.connect(path)
        self._ends = threading.Lock()
        self.timezone, self.spool, self._users = timezone, spool, users
        self._handles = Handles(path, timezone, spool)
        self._running: Counter[str] = Counter()
        self._queries = ThreadPoolExecutor(sum(user.queries for user in users.values()), "query")
        self._inserts, self._endings = ThreadPoolExecutor(INSERTING, "insert"), ThreadPoolExecutor(ENDING, "end")

    def application(self) -> web.Application:
        app = web.Application(client_max_size=1 << 40, handler_args={"auto_decompress": False})
        app.cleanup_ctx.append(self._close_idle_sessions)
        app.router.add_get("/ping", _ok)
        app.router.add_get("/replicas_status", _ok)
        app.router.add_route("*", "/", self.handle)
        return app

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request; errors are told with ClickHouse's code and text."""
        try:
            return await self._answered(request)
        except (ConnectionResetError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is told and the process lives on
            status, code, text = told(error)
            return web.Response(status=status, text=text + "\n", headers={"X-ClickHouse-Exception-Code": str(code)})

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        user = access.authenticated(self._users, request.headers, request.query)
        if request.method == "GET" and not request.query.get("query"):
            return web.Response(text="Ok.\n")
        found = await asked(request)
        statement = found.sql if found.insert is None else found.insert.statement.encode()
        statements.check_allowed(statement)
        if request.method in ("GET", "HEAD"):
            statements.check_reads(statement)
        if found.insert is not None:
            return await self._exchanged(request, found, user, self._inserts)
        with self._place(user):
            return await self._exchanged(request, found, user, self._queries)

    @contextmanager
    def _place(self, user: access.User) -> Iterator[None]:
        """A place among the queries that run, so that none ever waits for a thread. Raises StoreError."""
        if self._running[user.name] >= user.queries:
            message = f"Too many simultaneous queries for user {user.name}. Maximum: {user.queries}"
            raise StoreError(TOO_MANY_SIMULTANEOUS_QUERIES, message)
        self._running[user.name] += 1
        try:
            yield
        finally:
            self._running[user.name] -= 1

    async def _exchanged(
        self, request: web.Request, found: Asked, user: access.User, threads: Executor
    ) -> web.StreamResponse:
        work = Work(threads, lambda: self._kill(found.mark), self._endings)
        preparing = asyncio.ensure_future(work.run(self._prepared, user, found))
        try:
            handle, own = await asyncio.shield(preparing)
        except asyncio.CancelledError:
            handle, own = await preparing
            await work.end(handle.release, own)
            raise
        try:
            return await Exchange(request, found, handle.connection, self.timezone, self.spool, work).answer()
        finally:
            await asyncio.shield(work.end(handle.release, own))

    def _prepared(self, user: access.User, found: Asked) -> tuple[Handle, bool]:
        handle, own = self._handles.take(user, found.arguments)
        try:
            handle.prepare(found.arguments, found.external, found.mark, own)
        except BaseException:
            handle.release(own)
            raise
        return handle, own

    def _kill(self, mark: str) -> None:
        with self._ends:
            self._root.query(f"KILL QUERY WHERE Settings['log_comment'] = {quoted(mark)} ASYNC")

    async def _close_idle_sessions(self, _app: web.Application) -> AsyncIterator[None]:
        async def forever() -> None:
            while True:
                await asyncio.sleep(IDLE_CHECK_S)
                await asyncio.get_running_loop().run_in_executor(self._endings, self._handles.close_idle)

        task = asyncio.create_task(forever())
        yield
        task.cancel()


async def _ok(_request: web.Request) -> web.Response:
    return web.Response(text="Ok.\n")
