"""The gateway: one aiohttp application in front of one engine. One process per folder, one folder per process."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import chdb
from aiohttp import web

from streams.embedded.store import access, native, statements
from streams.embedded.store.compression import Compressor, wanted
from streams.embedded.store.errors import told
from streams.embedded.store.handles import Handle, Handles
from streams.embedded.store.requests import Asked, asked
from streams.embedded.store.spool import Spool, insert_from
from streams.embedded.store.statements import quoted

THREADS = 16
IDLE_CHECK_S = 10
CONTENT_TYPES = {
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "Native": "application/octet-stream",
    "Parquet": "application/octet-stream",
}
SUBQUERY = re.compile(rb"^\s*(SELECT|WITH|FROM|\()", re.I)


class Gateway:
    """Answers ClickHouse's HTTP protocol from the engine in `path`."""

    def __init__(self, path: str, spool: Spool, users: dict[str, access.User]) -> None:
        self._root: Any = chdb.connect(path)
        self.spool, self._users, self._handles = spool, users, Handles(path, spool)
        self._threads = ThreadPoolExecutor(THREADS)
        self.timezone = str(self._root.query("SELECT timezone()", "TabSeparatedRaw").bytes().decode().strip())

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
        statements.check_allowed(found.sql if found.insert is None else found.insert.statement.encode())
        handle, own = await self.run(self._prepared, user, found)
        try:
            return await _Exchange(self, request, found, handle).answer()
        except (ConnectionResetError, asyncio.CancelledError):
            await asyncio.shield(self.run(self._kill, found.mark))
            raise
        finally:
            await asyncio.shield(self.run(handle.release, own))

    def _prepared(self, user: access.User, found: Asked) -> tuple[Handle, bool]:
        handle, own = self._handles.take(user, found.arguments)
        try:
            handle.prepare(found.arguments, found.external, found.mark, own)
        except BaseException:
            handle.release(own)
            raise
        return handle, own

    def _kill(self, mark: str) -> None:
        self._root.query(f"KILL QUERY WHERE Settings['log_comment'] = {quoted(mark)} ASYNC")

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def _close_idle_sessions(self, _app: web.Application) -> AsyncIterator[None]:
        async def forever() -> None:
            while True:
                await asyncio.sleep(IDLE_CHECK_S)
                await self.run(self._handles.close_idle)

        task = asyncio.create_task(forever())
        yield
        task.cancel()


class _Exchange:
    """One statement on one connection, and its answer."""

    def __init__(self, gateway: Gateway, request: web.Request, found: Asked, handle: Handle) -> None:
        self.run, self._spool, self._request, self._asked = gateway.run, gateway.spool, request, found
        self._connection = handle.connection
        self._started = time.time_ns()
        self._headers = {
            "X-ClickHouse-Query-Id": found.query_id,
            "X-ClickHouse-Server-Display-Name": "huiyu",
            "X-ClickHouse-Timezone": gateway.timezone,
        }

    async def answer(self) -> web.StreamResponse:
        if self._asked.insert is not None:
            return await self._inserted()
        sql, arguments = self._asked.sql, self._asked.arguments
        default = self._request.headers.get("X-ClickHouse-Format") or arguments.get("default_format") or "TabSeparated"
        form = statements.format_of(sql, default)
        reads = statements.reads(sql)
        accepted = self._request.headers.get("Accept-Encoding", "")
        enabled = reads and arguments.get("enable_http_compression") in ("1", "true")
        compressor = wanted(accepted, enabled)
        if reads:
            self._headers |= {"X-ClickHouse-Format": form, "Content-Type": CONTENT_TYPES.get(form, "text/plain")}
        if compressor is not None:
            self._headers["Content-Encoding"] = compressor.encoding
        if reads and form in statements.STREAMED and arguments.get("wait_end_of_query") != "1":
            return await self._streamed(form, compressor)
        return await self._whole(form, compressor)

    async def _inserted(self) -> web.Response:
        found = self._asked
        assert found.insert is not None
        assert found.data is not None
        with self._spool.file() as file:
            async for piece in found.data:
                await self.run(file.write, piece)
            rows = await self.run(insert_from, file, self._connection, found.insert)
            size = file.tell()
        return web.Response(body=b"", headers=self._headers | self._summary(rows, size))

    async def _streamed(self, form: str, compressor: Compressor | None) -> web.StreamResponse:
        sql, parameters = self._asked.sql, self._asked.parameters
        stream = await self.run(lambda: self._connection.send_query(sql, form, params=parameters))
        pieces, ended, response = iter(stream), False, None
        try:
            piece = await self._next(pieces)
            if piece is None and form == "Native" and SUBQUERY.match(sql):
                piece = await self.run(native.header, self._connection, sql, parameters)
            response = web.StreamResponse(headers=self._headers)
            await response.prepare(self._request)
            while piece is not None:
                await response.write(compressor.piece(piece) if compressor else piece)
                piece = await self._next(pieces)
            ended = True
        except Exception as error:
            if response is None or isinstance(error, ConnectionResetError):
                raise
            await self._broken(response, error)
            return response
        finally:
            await self.run(stream.close if ended else stream.cancel)
        if compressor:
            await response.write(compressor.end())
        await response.write_eof()
        return response

    async def _next(self, pieces: Any) -> bytes | None:
        piece = await self.run(lambda: next(pieces, None))
        return None if piece is None else bytes(piece.bytes())

    async def _broken(self, response: web.StreamResponse, error: Exception) -> None:
        """In the middle of a stream ClickHouse writes the error's text and breaks the chunked encoding."""
        await response.write(f"\n{told(error)[2]}\n".encode())
        if self._request.transport is not None:
            self._request.transport.close()

    async def _whole(self, form: str, compressor: Compressor | None) -> web.Response:
        sql, parameters = self._asked.sql, self._asked.parameters
        result = await self.run(lambda: self._connection.query(sql, form, params=parameters))
        body = bytes(result.bytes() or b"")
        if compressor:
            body = compressor.piece(body) + compressor.end()
        return web.Response(body=body, headers=self._headers | self._summary(0, 0, result.rows_read()))

    def _summary(self, written_rows: int, written_bytes: int, read_rows: int = 0) -> dict[str, str]:
        figures = {
            "read_rows": read_rows,
            "read_bytes": 0,
            "written_rows": written_rows,
            "written_bytes": written_bytes,
            "total_rows_to_read": 0,
            "result_rows": written_rows,
            "result_bytes": 0,
            "elapsed_ns": time.time_ns() - self._started,
        }
        return {"X-ClickHouse-Summary": json.dumps({name: str(value) for name, value in figures.items()})}


async def _ok(_request: web.Request) -> web.Response:
    return web.Response(text="Ok.\n")
