"""Rows of the store's other tables on their way there: what one decision says of them travels in few messages. Pure.

A message is a JSON list of rows. A record of its own for each row would cost the broker, the stage that writes it and
the sink that reads it more than the row does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from streams.topics import STORE_ROWS
from streams.transport.port import Output

MOST_BYTES = 128 << 10
"""Of one message, but for a row that is larger alone; far below what the broker takes."""


class StoreRow(NamedTuple):
    """One version of a row, or its tombstone."""

    table: str
    version: int
    deleted: bool
    row: dict[str, Any]


class StoreRows:
    """Collects the rows of one decision, in the order written."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []

    def add(self, table: str, version: int, row: dict[str, Any], deleted: bool = False) -> None:
        self._packed.append(orjson.dumps({"table": table, "version": version, "deleted": deleted, "row": row}))

    def outputs(self, partition: int) -> list[Output]:
        """The messages that bring them to the sink."""
        return [Output(STORE_ROWS, partition, None, b"[" + b",".join(part) + b"]") for part in self._parts()]

    def _parts(self) -> Iterator[list[bytes]]:
        part, size = list[bytes](), 0
        for packed in self._packed:
            if part and size + len(packed) > MOST_BYTES:
                yield part
                part, size = [], 0
            part.append(packed)
            size += len(packed) + 1
        if part:
            yield part


def unpacked(value: bytes) -> list[StoreRow]:
    """The rows of a message. Raises ValueError, KeyError, TypeError for what is none."""
    bodies = orjson.loads(value)
    if isinstance(bodies, dict):  # one row a message, as they were written once: a log is read for years
        bodies = [bodies]
    return [StoreRow(body["table"], body["version"], body["deleted"], body["row"]) for body in bodies]
