"""Compares what people can query with a simulated county's own books, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from streams.store.read import Queries

KEYS: Mapping[str, tuple[str, ...]] = {
    "timeline": ("child_id", "kind", "source", "record_id"),
    "children": ("child_id",),
    "checkup_milestones": ("child_id", "milestone"),
    "alerts": ("alert_id",),
    "center_days": ("center_id", "date"),
    "clinic_months": ("clinic_id", "month", "milestone"),
    "growth_months": ("place_kind", "center_id", "clinic_id", "month", "band", "standard"),
    "unlinked_subjects": ("subject", "source"),
    "identity_issues": ("subject", "problem"),
    "centers": ("center_id",),
    "clinics": ("clinic_id",),
    "contracts": ("contract_id",),
    "staff": ("staff_id",),
    "trainings": ("staff_id", "source", "record_id"),
    "guidance_visits": ("center_id", "source", "record_id"),
    "calendars": ("year",),
    "populations": ("region",),
    "sources": ("source",),
}
ACTIVE_ALERTS = "WHERE state != 'resolved'"


@dataclass(frozen=True, slots=True)
class Difference:
    """`problem`: missing (in the store), unexpected (in the truth it is not), double, or the column that differs."""

    table: str
    key: tuple[str, ...]
    problem: str
    truth: Any = None
    store: Any = None

    def __str__(self) -> str:
        what = f"{self.table} {'/'.join(self.key)}: {self.problem}"
        return (
            what if self.problem in ("missing", "unexpected", "double") else f"{what}: {self.truth!r} ≠ {self.store!r}"
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows compared by table, and every difference."""

    rows: Mapping[str, int]
    differences: tuple[Difference, ...]


def compare(store: Queries, truth: Path) -> Comparison:
    """Every table of `truth` (JSON lines and JSON objects) against the view of the same name."""
    rows: dict[str, int] = {}
    differences: list[Difference] = []
    for table, keys in KEYS.items():
        expected = [orjson.loads(line) for line in (truth / f"{table}.jsonl").read_bytes().splitlines()]
        rows[table] = len(expected)
        differences += _table(store, table, keys, expected)
    differences += _overview(store, orjson.loads((truth / "county_overview.json").read_bytes()))
    differences += _rejections(store, orjson.loads((truth / "rejections.json").read_bytes()))
    return Comparison(rows | {"county_overview": 1, "rejections": 1}, tuple(differences))


def _table(store: Queries, table: str, keys: tuple[str, ...], expected: list[dict[str, Any]]) -> Iterable[Difference]:
    columns = sorted({column for row in expected for column in row} | set(keys))
    where = ACTIVE_ALERTS if table == "alerts" else ""
    found = store.ask(f"SELECT {', '.join(columns)} FROM huiyu.{table} {where}")
    return differ(table, keys, expected, found.objects())


def differ(
    table: str, keys: tuple[str, ...], expected: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]
) -> list[Difference]:
    """Differences between two sets of rows with the same keys; columns that only one side has are not compared."""
    truth = {_key(keys, row): row for row in expected}
    store: dict[tuple[str, ...], Mapping[str, Any]] = {}
    differences = []
    for row in found:
        key = _key(keys, row)
        if key in store:
            differences.append(Difference(table, key, "double"))
        store[key] = row
    differences += [Difference(table, key, "missing") for key in truth.keys() - store.keys()]
    differences += [Difference(table, key, "unexpected") for key in store.keys() - truth.keys()]
    for key in truth.keys() & store.keys():
        differences += _cells(table, key, truth[key], store[key])
    return sorted(differences, key=lambda d: (d.table, d.key, d.problem))


def _cells(
    table: str, key: tuple[str, ...], truth: Mapping[str, Any], store: Mapping[str, Any]
) -> Iterable[Difference]:
    for column in truth.keys() & store.keys():
        expected, found = plain(truth[column]), plain(store[column])
        if expected != found:
            yield Difference(table, key, column, expected, found)


def _key(keys: tuple[str, ...], row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(plain(row[name])) for name in keys)


def plain(value: Any) -> Any:
    """One form for a cell whichever side it comes from: dates and moments as text, JSON text as its value."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, str) and value[:1] in ("{", "["):
        return orjson.loads(value)
    if isinstance(value, str) and len(value) > 18 and value[10:11] == "T":
        return datetime.fromisoformat(value).timestamp()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def _overview(store: Queries, expected: Mapping[str, Any]) -> Iterable[Difference]:
    (found,) = store.overview().objects()
    return _cells("county_overview", ("county",), expected, found)


def _rejections(store: Queries, expected: Mapping[str, Mapping[str, int]]) -> Iterable[Difference]:
    """Of each topic as many by each code as were published."""
    counts = store.ask("SELECT topic, code, count() FROM huiyu.rejections GROUP BY topic, code").rows
    found = {(str(topic), str(code)): count for topic, code, count in counts}
    truth = {(topic, code): count for topic, codes in expected.items() for code, count in codes.items()}
    for key in truth.keys() | found.keys():
        if truth.get(key, 0) != found.get(key, 0):
            yield Difference("rejections", key, "count", truth.get(key, 0), found.get(key, 0))
