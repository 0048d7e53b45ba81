"""Reads a request's body within bounds: of its size, also unpacked, of its time, and of what all requests hold."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect

from streams.serve.problem import HttpProblem, away

LARGEST = 5 << 20
"""Bytes of a body, as it comes and unpacked."""
PATIENCE_S = 30.0
"""For the whole of a body, however slowly it comes."""
ROOM = 64 << 20
"""Bytes of bodies that are held at once, by all requests together."""
GZIP = 16 + zlib.MAX_WBITS


class Room:
    """How much all requests together may hold; who comes when it is full is told to come back."""

    def __init__(self, size: int = ROOM) -> None:
        self._left = size

    @contextmanager
    def reserved(self, size: int) -> Iterator[None]:
        """Held until the request is answered. Raises HttpProblem (503)."""
        if size > self._left:
            raise away("too much is being sent at once: try again", after_s=1)
        self._left -= size
        try:
            yield
        finally:
            self._left += size


def announced_size(request: Request) -> int:
    """The most that the body can be, from its headers. Raises HttpProblem (413, 415)."""
    if _encoding(request) == "gzip":
        return LARGEST
    declared = request.headers.get("content-length")
    if declared is None:
        return LARGEST
    size = int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 20 else LARGEST + 1
    if size > LARGEST:
        raise _too_large()
    return size


async def body_of(request: Request, patience_s: float = PATIENCE_S) -> bytes:
    """The body, unpacked. Raises HttpProblem (400, 408, 413, 415)."""
    unpack = _Unpacked() if _encoding(request) == "gzip" else None
    found = bytearray()
    received = 0
    try:
        async with asyncio.timeout(patience_s):
            async for part in _parts(request):
                received += len(part)
                found += unpack.more(part, LARGEST - len(found)) if unpack else part
                if max(received, len(found)) > LARGEST:
                    raise _too_large()
    except TimeoutError as error:
        raise HttpProblem("too-slow", f"the body did not come within {patience_s:g} s") from error
    if unpack is not None and not unpack.complete:
        raise HttpProblem("not-readable", "the body is not one whole gzip stream")
    return bytes(found)


async def _parts(request: Request) -> AsyncIterator[bytes]:
    try:
        async for part in request.stream():
            yield part
    except ClientDisconnect as error:
        raise HttpProblem("not-readable", "the connection ended before the body did") from error


def _encoding(request: Request) -> str:
    given = ",".join(request.headers.getlist("content-encoding")).strip().lower() or "identity"
    if given not in ("gzip", "identity"):
        raise HttpProblem("wrong-type", "Content-Encoding is not gzip", {"Accept-Encoding": "gzip"})
    return given


def _too_large() -> HttpProblem:
    return HttpProblem("too-large", f"a body has at most {LARGEST:,} bytes, also unpacked: send several")


class _Unpacked:
    """A gzip stream as it comes; never more than one byte beyond what may still come."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(GZIP)

    @property
    def complete(self) -> bool:
        return self._stream.eof and not self._stream.unused_data

    def more(self, part: bytes, room: int) -> bytes:
        try:
            return self._stream.decompress(part, room + 1)
        except zlib.error as error:
            raise HttpProblem("not-readable", "the body is not gzip") from error
