"""A request as ClickHouse's HTTP interface understands it: arguments, external tables, the statement, the data."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from streams.embedded.store.compression import decompressor
from streams.embedded.store.errors import NOT_IMPLEMENTED, StoreError
from streams.embedded.store.statements import Insert, insert_of

PIECE = 1 << 20
LONGEST_HEAD = 1 << 20
"""Within so many bytes an insert must have named the format of its data."""


@dataclass(slots=True)
class Asked:
    """`insert` and `data` for an insert whose data follow in the body, else `sql` is the whole statement."""

    arguments: dict[str, str]
    sql: bytes
    query_id: str
    external: dict[str, bytes] = field(default_factory=dict)
    insert: Insert | None = None
    data: AsyncIterator[bytes] | None = None

    @property
    def mark(self) -> str:
        return f"gateway:{self.query_id}"

    @property
    def parameters(self) -> dict[str, str]:
        return {name[6:]: value for name, value in self.arguments.items() if name.startswith("param_")}


async def asked(request: web.Request) -> Asked:
    """Read a request as far as its statement. Raises StoreError."""
    arguments = dict(request.query)
    if arguments.get("decompress") == "1" or arguments.get("compress") == "1":
        raise StoreError(NOT_IMPLEMENTED, "compress/decompress (native block framing) is not supported")
    if "X-ClickHouse-Database" in request.headers:
        arguments.setdefault("database", request.headers["X-ClickHouse-Database"])
    sql = arguments.get("query", "").encode("utf-8", "surrogateescape")
    found = Asked(arguments, sql, arguments.get("query_id") or str(uuid.uuid4()))
    if request.content_type.startswith("multipart/"):
        await _parts(request, found)
    elif request.method == "POST":
        await _body(request, found)
    return found


async def _parts(request: web.Request, found: Asked) -> None:
    reader: Any = await request.multipart()
    async for part in reader:
        data = bytes(await part.read(decode=False))
        if part.filename:
            found.external[part.name] = data
        elif part.name == "query":
            found.sql = found.sql + b"\n" + data if found.sql else data
        else:
            found.arguments[part.name] = data.decode()


async def _body(request: web.Request, found: Asked) -> None:
    pieces = _pieces(request)
    found.insert = insert_of(found.sql)
    if found.insert is None:  # the statement, or its tail, is in the body: read until it is known what it is
        text = bytearray(found.sql + b"\n" if found.sql else b"")
        async for piece in pieces:
            text += piece
            if len(text) <= LONGEST_HEAD + PIECE and (insert := insert_of(bytes(text))) is not None:
                found.insert = insert
                break
        found.sql = bytes(text)
    if found.insert is not None:
        rest = found.insert.rest
        found.data = _following(rest if rest.strip() else rest.rstrip(b"\n"), pieces)


async def _following(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first:
        yield first
    async for piece in pieces:
        yield piece


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    unpack = decompressor(request.headers.get("Content-Encoding", "").lower())
    async for piece in request.content.iter_chunked(PIECE):
        data = unpack.decompress(piece) if unpack else piece
        if data:
            yield data
