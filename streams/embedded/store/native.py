"""The header block that a server sends for an empty result in Native format, and that chdb's stream leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from streams.embedded.store.statements import bare


def header(connection: Any, sql: bytes, parameters: Mapping[str, str]) -> bytes:
    """A Native block of no rows: number of columns, number of rows, name and type of each column."""
    described = connection.query(b"DESCRIBE (" + bare(sql) + b")", "JSONEachRow", params=dict(parameters))
    columns = [orjson.loads(line) for line in described.bytes().splitlines()]
    named = (_text(column["name"]) + _text(column["type"]) for column in columns)
    return _varint(len(columns)) + _varint(0) + b"".join(named)


def _text(value: str) -> bytes:
    return _varint(len(value.encode())) + value.encode()


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])
