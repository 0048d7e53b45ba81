"""Whether all that the stages tell of fits the store's columns: a row that does not would end the sink."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from streams.sink.batch import Batch, Columns
from streams.sink.rows import READERS, BadMessage, rows_of
from tests.fuzz.line import Line

WHOLE = re.compile(r"(?:Nullable\()?(U?)Int(8|16|32|64)\)?")
LARGEST_DAY, LARGEST_MS = (1 << 16) - 1, 10_413_791_999_999
"""Of Date, 2149-06-06; of DateTime64(3), 2299-12-31."""


def unstorable(line: Line) -> list[str]:
    """What the sink would end by, in words: nothing when all is well."""
    try:
        return [wrong for columns in _batch(line).inserts() for wrong in _of_table(columns)]
    except BadMessage as error:
        return [str(error)]


def _batch(line: Line) -> Batch:
    batch = Batch()
    for topic in READERS:
        for record in line.all(topic):
            batch.add(rows_of(record))
    return batch


def _of_table(columns: Columns) -> Iterator[str]:
    for name, kind, values in zip(columns.names, columns.types, columns.data, strict=True):
        if not all(value is None or _fits(kind, value) for value in values):
            yield f"{columns.targets[0]}.{name} holds what is no {kind}"


def _fits(kind: str, value: Any) -> bool:
    if whole := WHOLE.fullmatch(kind):
        signed, bits = whole[1] == "", int(whole[2])
        low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)
        return isinstance(value, int) and low <= value < high
    if "DateTime64" in kind:
        return isinstance(value, int) and 0 <= value <= LARGEST_MS
    if kind in ("Date", "Nullable(Date)"):
        return isinstance(value, int) and 0 <= value <= LARGEST_DAY
    if kind == "Array(Date)":
        return all(0 <= each <= LARGEST_DAY for each in value)
    if "Float64" in kind:
        return isinstance(value, int | float)
    texts = value if kind.startswith("Array") else [value]
    return all(isinstance(text, bytes) or text.encode() is not None for text in texts)
