"""What the sink makes of a message: the rows it brings to the store. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import orjson

from schemas.internal import EVENT, FACT, Origin, unpack
from schemas.parsing import readable
from streams.sink.actions import action_or_refusal
from streams.store_rows import StoreRow, unpacked
from streams.topics import (
    ALERT_ACTIONS,
    ALERTS,
    CHILD_EVENTS,
    DELIVERIES,
    FACILITY_EVENTS,
    REJECTED_EVENTS,
    STORE_ROWS,
    TIMELINE_ENTRIES,
)
from streams.transport.port import Output, Record

LONGEST_ID = 64
"""What the contract allows an id and a record's id to have."""


class BadMessage(Exception):
    """A message that no stage may write: our own error. Tells where it lies, never what it holds."""


class Message(Record, Protocol):
    """A Kafka record with its headers, as kafka-python hands it out."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Row(NamedTuple):
    """One version of a row. `known_at`: the broker's time of the message, ms since 1970; the same at every replay."""

    table: str
    version: int
    deleted: bool
    known_at: int
    values: Mapping[str, Any]


def rows_of(record: Message) -> list[Row]:
    """The rows of one message. Raises BadMessage."""
    try:
        return READERS[record.topic](record)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        place = f"{record.topic}/{record.partition}/{record.offset}"
        raise BadMessage(f"{place} is no message of this topic ({type(error).__name__})") from None


def _timeline_entry(record: Message) -> list[Row]:
    body = orjson.loads(record.value or b"")
    return [Row("timeline", body["version"], body["deleted"], record.timestamp, body["row"])]


def _store_rows(record: Message) -> list[Row]:
    rows = unpacked(record.value or b"")
    return [Row(row.table, row.version, row.deleted, record.timestamp, _values(row)) for row in rows]


def _values(row: StoreRow) -> Mapping[str, Any]:
    """An event's bytes are bytes, also where they came as text."""
    return row.row | {"raw": row.row["raw"].encode()} if "raw" in row.row else row.row


def _alert(record: Message) -> list[Row]:
    """A transition: the alert as it stands now, and a line of its history."""
    body = orjson.loads(record.value or b"")
    version, row = body["version"], body["row"]
    history = {"alert_id": row["alert_id"], "transition": version, **body["transition"]}
    return [
        Row("alerts", version, body.get("deleted", False), record.timestamp, row),
        Row("alert_history", version, False, record.timestamp, history),
    ]


def _event(record: Message) -> list[Row]:
    """The accepted event in full. Facts go to every shard: only one of the copies is kept."""
    meta, raw = unpack(record.value or b"")
    kind = meta["t"]
    if kind != EVENT and kind != FACT:
        return []
    origin = Origin.parse(meta["o"], meta["a"])
    if kind == FACT and (record.topic != FACILITY_EVENTS or origin.partition != record.partition):
        return []
    entity = (record.key or b"").decode() if kind == EVENT else ""
    values = {
        "topic": origin.topic,
        "partition": origin.partition,
        "offset": origin.offset,
        "via": record.topic,
        "child_id": entity if record.topic == CHILD_EVENTS else "",
        "center_id": entity if record.topic == FACILITY_EVENTS else "",
        "appended_at": origin.appended_at,
        "visible_at": meta["v"],
        "raw": raw,
    }
    return [Row("events", record.offset, False, record.timestamp, values)]


def _rejection(record: Message) -> list[Row]:
    """All that is told of a rejection stands in the headers, but for the ids; the refused bytes stay on the topic."""
    return _refusal(record, record.value or b"", record.headers)


def _refusal(record: Message, value: bytes, headers: Iterable[tuple[str, bytes | None]]) -> list[Row]:
    body = readable(value)
    told = {name: (text or b"").decode("utf-8", "replace") for name, text in headers}
    origin = Origin.parse(told["origin"], 0)
    values = {
        "topic": origin.topic,
        "partition": origin.partition,
        "offset": origin.offset,
        "source": told.get("source", ""),
        "type": told.get("type", ""),
        "subject": told.get("subject", ""),
        "code": told["code"],
        "path": _path(told["code"], orjson.loads(told["detail"])),
        "detail": told["detail"],
        "received_at": told["received_at"],
        "sha256": told["sha256"],
        "size": int(told["size"]),
        "event_id": _id(body.get("id")),
        "record_id": _id(body.get("recordid") or body.get("id")),
    }
    return [Row("rejections", record.offset, False, record.timestamp, values)]


def _id(found: Any) -> str:
    """An id that a source may have given; the bytes on the topic are masked already."""
    return found if isinstance(found, str) and len(found) <= LONGEST_ID else ""


def _path(code: str, problems: list[Mapping[str, Any]]) -> str:
    """The JSON pointer of the first problem that gave the rejection its code."""
    return next((problem.get("path") or "" for problem in problems if problem.get("code") == code), "")


def _action(record: Message) -> list[Row]:
    """What somebody did about an alert; what is refused of it stands in `rejections` only."""
    told = action_or_refusal(record)
    if isinstance(told, Output):
        return _refusal(record, told.value or b"", told.headers)
    return [Row("alert_actions", record.offset, False, record.timestamp, told)]


def _delivery(record: Message) -> list[Row]:
    """A decision or an attempt to deliver; what was sent stays on the topic."""
    told = orjson.loads(record.value or b"")
    names = ("key", "alert_id", "subscription", "channel", "result", "attempt", "reason")
    moments = {name: round(told[name] * 1_000) for name in ("at", "due_at")}
    values = {name: told[name] for name in names} | moments
    return [Row("deliveries", record.offset, False, record.timestamp, values)]


READERS: Mapping[str, Callable[[Message], list[Row]]] = {
    TIMELINE_ENTRIES: _timeline_entry,
    ALERTS: _alert,
    REJECTED_EVENTS: _rejection,
    STORE_ROWS: _store_rows,
    CHILD_EVENTS: _event,
    FACILITY_EVENTS: _event,
    DELIVERIES: _delivery,
    ALERT_ACTIONS: _action,
}
