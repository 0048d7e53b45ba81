"""A spreadsheet becomes events of its sender: one sheet at a time is read and sent, what is wrong is told by cell.

What of which sheet was sent is remembered in DATA, as by `huiyu import`: a corrected sheet becomes corrections.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import orjson

from schemas.masking import masked
from streams.errors import BrokerAway
from streams.publish.county_key import county_key
from streams.publish.offline import validated
from streams.publish.outcomes import Position
from streams.publish.sheet.delivering import cluster_of
from streams.publish.sheet.sent import FILE, Sent
from streams.publish.sheet.table import WrongSheet
from streams.serve.acceptance import Outgoing
from streams.serve.forms import MOST_EVENTS
from streams.serve.log import Log
from streams.serve.problem import HttpProblem
from streams.serve.rates import Rates
from streams.settings import Settings

if TYPE_CHECKING:
    from streams.publish.sheet.found import Sheet

PATIENCE_S = 60.0
"""How long a sheet may take: its turn, reading it, the broker."""

Event = Mapping[str, Any]


class Sheets:
    """`cluster`: which broker it is, whose memory of sent sheets holds."""

    def __init__(
        self, settings: Settings, log: Log, rates: Rates, cluster: Callable[[Settings], str] = cluster_of
    ) -> None:
        self._settings, self._log, self._rates = settings, log, rates
        self._cluster, self._known_cluster = cluster, ""
        self._one = ThreadPoolExecutor(1, "sheets")

    def begin(self, source: str, name: str, content: bytes) -> Future[bytes]:
        """Read, send, answer. The future raises HttpProblem (413, 422, 429, 501), Failure."""
        return self._one.submit(self._take, source, name, content, time.monotonic() + PATIENCE_S)

    def close(self) -> None:
        """Wait for what runs; what waits is not begun."""
        self._one.shutdown(wait=True, cancel_futures=True)

    def _take(self, source: str, name: str, content: bytes, deadline: float) -> bytes:
        if time.monotonic() > deadline:
            raise BrokerAway("its turn did not come in time")
        now_ms = time.time_ns() // 1_000_000
        sheet = self._read(source, name, content, now_ms)
        events = [each.event for each in sheet.events]
        if len(events) > MOST_EVENTS:
            raise HttpProblem("too-large", f"the sheet makes more than {MOST_EVENTS:,} events: divide it")
        self._rates.count(source, len(events))
        return orjson.dumps(told(sheet, self._send(events, now_ms, deadline)))

    def _read(self, source: str, name: str, content: bytes, now_ms: int) -> Sheet:
        try:
            from streams.publish.sheet.reading import read_sheet

            return read_sheet(content, name, source, county_key(self._settings), self._settings.zone, now_ms=now_ms)
        except WrongSheet as wrong:
            raise HttpProblem("wrong-sheet", str(wrong)) from wrong
        except ModuleNotFoundError as missing:
            raise HttpProblem("no-sheets", "this huiyu was installed without the libraries for .xlsx") from missing

    def _send(self, events: Sequence[Event], now_ms: int, deadline: float) -> dict[str, Position]:
        """Where what had to be sent lies, by recordid."""
        self._known_cluster = self._known_cluster or self._cluster(self._settings)
        with Sent(self._settings.data / FILE, self._known_cluster) as memory:
            plan = memory.plan([dict(event) for event in events])
            valid = [validated(event, now_ms) for event in plan.to_send]
            outgoing = [Outgoing(each.topic, each.subject, each.value) for each in valid]
            memory.sending(plan.to_send)
            positions = self._log.begin(lambda send: send(outgoing), deadline).result()
            memory.acknowledged(plan.to_send)
        return dict(zip((event["recordid"] for event in plan.to_send), positions, strict=True))


def told(sheet: Sheet, positions: Mapping[str, Position]) -> dict[str, Any]:
    """The answer: one result a row, in their order, and every cell that is wrong."""
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for each in sheet.events:
        row = rows.setdefault((each.sheet, each.row), _row(each.sheet, each.row))
        row["events"].append(_event(each.event, positions.get(each.event["recordid"])))
    for problem in sheet.problems:
        row = rows.setdefault((problem.sheet, problem.row), _row(problem.sheet, problem.row))
        row["status"] = "partly" if row["events"] else "refused"
    results = [rows[place] for place in sorted(rows)]
    refused = sum(row["status"] == "refused" for row in results)
    return {
        "templates": sheet.templates,
        "rows": sheet.rows,
        "accepted": len(sheet.events),
        "refused": refused,
        "results": results,
        "problems": [_problem(problem) for problem in sheet.problems],
        "dropped_columns": sheet.dropped_columns,
    }


def _row(sheet: str, number: int) -> dict[str, Any]:
    return {"sheet": masked(sheet), "row": number, "status": "accepted", "events": []}


def _event(event: Event, at: Position | None) -> dict[str, Any]:
    kind = {"id": event["id"], "type": event["type"]}
    if at is None:
        return kind | {"status": "unchanged"}
    return kind | {"status": "accepted", "topic": at.topic, "partition": at.partition, "offset": at.offset}


def _problem(problem: Any) -> dict[str, Any]:
    names = ("sheet", "row", "column", "place", "code", "message", "allowed")
    return {name: getattr(problem, name) for name in names} | {"sheet": masked(problem.sheet)}
