"""Content encodings of request and response bodies: gzip, deflate, lz4, zstd."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import lz4.frame

from streams.embedded.store.errors import NOT_IMPLEMENTED, StoreError

try:
    from compression import zstd  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # Python < 3.14
    from backports import zstd

PREFERENCE = ("lz4", "zstd", "gzip", "deflate")


def decompressor(encoding: str) -> Decompressor | None:
    """None for a body that is sent as it is. Raises StoreError."""
    if encoding in ("", "identity"):
        return None
    makers: dict[str, Callable[[], Any]] = {
        "gzip": lambda: zlib.decompressobj(31),
        "deflate": zlib.decompressobj,
        "lz4": lz4.frame.LZ4FrameDecompressor,
        "zstd": zstd.ZstdDecompressor,
    }
    if encoding not in makers:
        raise StoreError(NOT_IMPLEMENTED, f"Unknown Content-Encoding {encoding}")
    return Decompressor(makers[encoding])


class Decompressor:
    """Decompresses a body piece by piece; clients may send one frame after another, as they write their blocks."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make, self._frame = make, make()

    def decompress(self, piece: bytes) -> bytes:
        out = b""
        while piece:
            if self._frame.eof:
                self._frame = self._make()
            out += self._frame.decompress(piece)
            piece = self._frame.unused_data or b""
        return out


class Compressor:
    """Compresses a response piece by piece."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self._head = b""
        if encoding == "lz4":
            self._lz4 = lz4.frame.LZ4FrameCompressor(auto_flush=True)
            self._head = self._lz4.begin()
            self._compress, self._flush = self._lz4.compress, self._lz4.flush
        elif encoding == "zstd":
            stream = zstd.ZstdCompressor(level=1)
            self._compress, self._flush = stream.compress, stream.flush
        else:
            window = 31 if encoding == "gzip" else 15
            deflate = zlib.compressobj(3, zlib.DEFLATED, window)
            self._compress, self._flush = deflate.compress, deflate.flush

    def piece(self, data: bytes) -> bytes:
        head, self._head = self._head, b""
        return bytes(head + self._compress(data))

    def end(self) -> bytes:
        head, self._head = self._head, b""
        return bytes(head + self._flush())


def wanted(accepted: str, enabled: bool) -> Compressor | None:
    """The compressor that the client asked for, None for none."""
    if not enabled:
        return None
    encoding = next((name for name in PREFERENCE if name in accepted.lower()), None)
    return Compressor(encoding) if encoding else None
