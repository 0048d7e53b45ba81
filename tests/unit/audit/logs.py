"""Logs made by hand, and stores that agree with them, for tests of the audit's SQL. No broker, no ClickHouse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import orjson

from streams.audit import engine
from streams.audit.compare import Check, Report, run_check
from streams.audit.log import load_records, load_ticks
from tests.support.builders import an_event, subject_of
from tests.support.pipeline import topic_of

ZONE = "Asia/Shanghai"
APPENDED_AT = 1_772_000_000_000  # 2026-02-25T06:13:20Z
NOW = "2026-02-25T08:00:00.000Z"


@dataclass(frozen=True)
class Sent:
    """One record as it lies in the log."""

    topic: str
    key: bytes | None
    value: bytes | None
    appended_at: int = APPENDED_AT


def sent(event: dict[str, Any], **changes: Any) -> Sent:
    """An event as its source sends it; `changes` to topic, key, value or append time."""
    plain = {"topic": topic_of(event), "key": event["subject"].encode(), "value": orjson.dumps(event)}
    return Sent(**(plain | changes))


Published = dict[str, Any] | Sent


class Desk:
    """A loaded log, to be asked in SQL."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, *parameters: Any) -> Any:
        (row,) = self.ask(sql, *parameters)
        return row[0] if len(row) == 1 else row

    def check(self, name: str, limit: int = 50) -> Check:
        return run_check(self.connection, name, limit)

    def compare(self) -> Report:
        """All checks over a log that has been derived already."""
        return Report([self.check(name) for name in engine.names("checks")])


@contextmanager
def a_log(*published: Published, now: str | None = NOW) -> Iterator[Desk]:
    """The log of these events, in partition 0 of their topics, and of one tick behind them (`now` None: no tick)."""
    with engine.an_engine(ZONE) as connection:
        load(connection, published, now)
        engine.derive(connection)
        yield Desk(connection)


def load(connection: duckdb.DuckDBPyConnection, published: Sequence[Published], now: str | None) -> None:
    offsets: dict[str, int] = {}
    rows = []
    for seq, each in enumerate(published):
        record = each if isinstance(each, Sent) else sent(each)
        offset = offsets.get(record.topic, 0)
        offsets[record.topic] = offset + 1
        rows.append((seq, record.topic, 0, offset, record.appended_at, record.key, record.value))
    load_records(connection, rows)
    if now is not None:
        load_ticks(connection, [(now, topic, 0, end) for topic, end in offsets.items()])


@contextmanager
def an_agreeing_store(*published: Published, now: str | None = NOW) -> Iterator[Desk]:
    """A log, and a store that holds exactly what the audit expects of it: a test then changes one thing."""
    with a_log(*published, now=now) as desk:
        _pass_on(desk.connection)
        _raise_alerts(desk.connection)
        # Last: an issue has the timeline's times; what a source is told also says what waits, and which of several
        # publications the timeline shows.
        for name in sorted(engine.names("checks"), key=lambda name: name in ("identity_issues", "receipts")):
            if name not in (
                "completeness",
                "rejections",
                "late_rejections",
                "active_alerts",
                "alert_history",
                "alerts",
                "alert_transitions",
                "versions",
            ):
                _adopt(desk.connection, name)
        yield desk


def _adopt(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(engine.text("checks", name))
    held = {row[0] for row in connection.execute(f"DESCRIBE store.{name}").fetchall()}
    told = [row[0] for row in connection.execute("DESCRIBE expected").fetchall() if row[0] in held]
    columns = ", ".join(f'"{column}"' for column in told)
    connection.execute(f"INSERT INTO store.{name} BY NAME SELECT {columns} FROM expected")
    connection.execute("DROP VIEW expected; DROP VIEW found")


def _pass_on(connection: duckdb.DuckDBPyConnection) -> None:
    """Events where they belong, and rejections, as intake and sink would bring them."""
    place = 'l.topic, l."partition", l."offset"'
    passed = "l.appended_at, md5(l.value) AS content FROM publications AS p JOIN log AS l USING (seq)"
    connection.execute(f"""
        INSERT INTO store.events SELECT {place}, 'facility-events', '', p.center_id, {passed}
            WHERE p.scheme <> 'child' OR (p.center_id <> '' AND p.is_known);
        INSERT INTO store.events SELECT {place}, 'child-events', s.child_id, '', {passed}
            JOIN subjects AS s USING (subject) WHERE p.is_known AND (s.child_id IN (SELECT child_id FROM lives)
                OR p.subject IN (SELECT subject FROM publications WHERE is_known AND kind = 'identity.linked'));
        INSERT INTO store.rejections SELECT {place}, coalesce(a.source, ''), coalesce(a.type, ''),
            coalesce(a.subject, ''), r.code, '/' || r.code,
            to_json([{{code: c, path: '/' || c}} FOR c IN
                list_prepend(r.code, list_filter(r.codes, lambda c: c <> r.code))]),
            l.appended_at, sha256(l.value), octet_length(l.value)
            FROM refused AS r JOIN log AS l USING (seq) LEFT JOIN attributes AS a USING (seq);
    """)


def _raise_alerts(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(engine.text("checks", "active_alerts"))
    connection.execute("INSERT INTO store.alerts BY NAME SELECT *, 0 AS changed_at FROM expected")
    connection.execute("DROP VIEW expected; DROP VIEW found")
    connection.execute("INSERT INTO store.alert_history SELECT alert_id, 0, state, resolution, 1 FROM store.alerts")
    for side in ("newest", "current"):
        connection.execute(f"INSERT INTO store.{side}_versions SELECT 'alerts', alert_id, state FROM store.alerts")


# Events of centres, shorter to write than with an_event.
def of_center(kind: str, name: str, at: str, /, center: str = "yucai", **data: Any) -> dict[str, Any]:
    more = {key: data.pop(key) for key in ("recordid", "revision", "source") if key in data}
    source = more.pop("source", f"center:{center}")
    return an_event(kind, source, subject_of(name), {"center_id": center, **data}, at, **more)


def a_retraction(event: dict[str, Any], revision: int = 2, **data: Any) -> dict[str, Any]:
    """The retraction of an event's record."""
    kind = event["type"].removesuffix(".v1")
    told = {"kind": kind, "reason": "entered by mistake", **data}
    record = event.get("recordid", event["id"])
    return an_event(
        "record.retracted", event["source"], event["subject"], told, event["time"], recordid=record, revision=revision
    )


def changed(event: dict[str, Any], revision: int = 2, at: str | None = None, **data: Any) -> dict[str, Any]:
    """A further publication of an event's record."""
    kind, record = event["type"].removesuffix(".v1"), event.get("recordid", event["id"])
    told = {**event["data"], **data}
    return an_event(
        kind, event["source"], event["subject"], told, at or event["time"], recordid=record, revision=revision
    )
