"""One statement on one connection, and its answer as ClickHouse sends it."""

from __future__ import annotations

import json
import time
from typing import Any

from aiohttp import web

from streams.embedded.store import native, statements
from streams.embedded.store.compression import Compressor, wanted
from streams.embedded.store.errors import told
from streams.embedded.store.requests import Asked
from streams.embedded.store.spool import Spool, insert_from
from streams.embedded.store.work import Work

CONTENT_TYPES = {
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "Native": "application/octet-stream",
    "Parquet": "application/octet-stream",
}


class Exchange:
    """One statement on one connection, and its answer."""

    def __init__(
        self, request: web.Request, found: Asked, connection: Any, timezone: str, spool: Spool, work: Work
    ) -> None:
        self._run, self._end = work.run, work.end
        self._spool, self._request, self._asked, self._connection = spool, request, found, connection
        self._started = time.time_ns()
        self._headers = {
            "X-ClickHouse-Query-Id": found.query_id,
            "X-ClickHouse-Server-Display-Name": "huiyu",
            "X-ClickHouse-Timezone": found.arguments.get("session_timezone") or timezone,
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
        if statements.selects(sql) and form in statements.STREAMED and arguments.get("wait_end_of_query") != "1":
            return await self._streamed(form, compressor)
        return await self._whole(form, compressor)

    async def _inserted(self) -> web.Response:
        found = self._asked
        assert found.insert is not None
        assert found.data is not None
        with self._spool.file() as file:
            async for piece in found.data:
                await self._run(file.write, piece)
            rows = await self._run(insert_from, file, self._connection, found.insert)
            size = file.tell()
        return web.Response(body=b"", headers=self._headers | self._summary(rows, size))

    async def _streamed(self, form: str, compressor: Compressor | None) -> web.StreamResponse:
        sql, parameters = self._asked.sql, self._asked.parameters
        stream = await self._run(lambda: self._connection.send_query(sql, form, params=parameters))
        pieces, ended, response = iter(stream), False, None
        try:
            piece = await self._next(pieces)
            if piece is None and form == "Native":
                piece = await self._run(native.header, self._connection, sql, parameters)
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
            await self._end(stream.close if ended else stream.cancel)
        if compressor:
            await response.write(compressor.end())
        await response.write_eof()
        return response

    async def _next(self, pieces: Any) -> bytes | None:
        piece = await self._run(lambda: next(pieces, None))
        return None if piece is None else bytes(piece.bytes())

    async def _broken(self, response: web.StreamResponse, error: Exception) -> None:
        """In the middle of a stream ClickHouse writes the error's text and breaks the chunked encoding."""
        await response.write(f"\n{told(error)[2]}\n".encode())
        if self._request.transport is not None:
            self._request.transport.close()

    async def _whole(self, form: str, compressor: Compressor | None) -> web.Response:
        sql, parameters = self._asked.sql, self._asked.parameters
        result = await self._run(lambda: self._connection.query(sql, form, params=parameters))
        body = bytes(result.bytes() or b"")
        if not body and form == "Native" and statements.selects(sql):
            body = await self._run(native.header, self._connection, sql, parameters)
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
