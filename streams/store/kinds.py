"""Kinds of columns: the ClickHouse type, and how a value of a message becomes one of the driver's. Pure: no I/O.

Dates and times become the numbers that ClickHouse stores (days and milliseconds since 1970): the driver writes them as
they are, several times faster than date and datetime objects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson

EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Kind:
    """`missing`: what stands for an absent or null value; `required`: there must be a value, in a row that stands.

    `convert` gets every other value; None: it is written as it came.
    """

    type: str
    convert: Callable[[Any], Any] | None = None
    missing: Any = None
    required: bool = False


@lru_cache(1 << 16)
def days(text: str) -> int:
    """Days since 1970 of a date YYYY-MM-DD."""
    return date.fromisoformat(text).toordinal() - EPOCH


def millis(text: str) -> int:
    """Milliseconds since 1970 of an RFC 3339 time; ValueError without an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return round(moment.timestamp() * 1000)


def _all_days(texts: list[str]) -> list[int]:
    return [days(text) for text in texts]


def _required(clickhouse_type: str, convert: Callable[[Any], Any] | None = None, missing: Any = 0) -> Kind:
    return Kind(clickhouse_type, convert, missing, required=True)


TIME = "DateTime64(3)"

KINDS: dict[str, Kind] = {
    "text": Kind("String", missing=""),
    "word": Kind("LowCardinality(String)", missing=""),
    "json": Kind("String", orjson.dumps, missing=b"{}"),
    "raw": Kind("String", missing=b""),
    "texts": Kind("Array(String)", missing=()),
    "words": Kind("Array(LowCardinality(String))", missing=()),
    "days": Kind("Array(Date)", _all_days, missing=()),
    "day": Kind("Nullable(Date)", days),
    "key_day": _required("Date", days),
    "moment": _required(TIME, millis),
    "maybe_moment": Kind(f"Nullable({TIME})", millis),
    "millis": _required(TIME),
    "real": Kind("Nullable(Float64)"),
    "u8": _required("UInt8"),
    "u16": _required("UInt16"),
    "u32": _required("UInt32"),
    "u64": _required("UInt64"),
    "maybe_i8": Kind("Nullable(Int8)"),
    "maybe_u8": Kind("Nullable(UInt8)"),
    "maybe_u16": Kind("Nullable(UInt16)"),
    "maybe_u32": Kind("Nullable(UInt32)"),
    "maybe_i32": Kind("Nullable(Int32)"),
}
