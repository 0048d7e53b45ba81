"""Compares what the log says with what the store holds, row by row and cell by cell. SQL only; no broker, no store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from streams.audit import engine

LIMIT = 50
JSON_COLUMNS = {"data"}


@dataclass(frozen=True, slots=True)
class Difference:
    """`problem`: missing (not in the store), unexpected (not in the log), double, or the column that differs."""

    check: str
    key: tuple[tuple[str, str], ...]
    problem: str
    log: str | None = None
    store: str | None = None

    def __str__(self) -> str:
        where = " ".join(f"{name}={value}" for name, value in self.key)
        if self.problem in ("missing", "unexpected", "double"):
            return f"{self.check}: {self.problem}: {where}"
        return f"{self.check}: {self.problem}: {where}: log {self.log!r}, store {self.store!r}"


@dataclass(frozen=True, slots=True)
class Check:
    """One check's result: rows compared, differences counted, and the first of them."""

    name: str
    about: str
    compared: int
    differing: int
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class Report:
    """All checks of an audit; `notes` tell what limits it."""

    checks: list[Check] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def differences(self) -> list[Difference]:
        return [difference for check in self.checks for difference in check.differences]

    @property
    def differing(self) -> int:
        return sum(check.differing for check in self.checks)


def compare(connection: duckdb.DuckDBPyConnection, limit: int = LIMIT, checks: Sequence[str] | None = None) -> Report:
    """Derive everything from the loaded log and compare it with the loaded store; at most `limit` lines a check."""
    engine.derive(connection)
    return Report([run_check(connection, name, limit) for name in checks or engine.names("checks")])


def run_check(connection: duckdb.DuckDBPyConnection, name: str, limit: int = LIMIT) -> Check:
    """Run checks/NAME.sql and compare its views `expected` and `found` by the key that it names."""
    connection.execute(engine.text("checks", name))
    about, keys = _head(name)
    columns = _columns(connection, keys)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE said AS FROM expected; CREATE OR REPLACE TEMP TABLE held AS FROM found"
    )
    connection.execute("DROP VIEW expected; DROP VIEW found")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE differences AS {_all_differences(keys, columns)}")
    compared, differing = _number(connection, "said"), _number(connection, "differences")
    rows = connection.execute("FROM differences ORDER BY key, problem LIMIT ?", [limit]).fetchall()
    found = tuple(Difference(name, tuple(zip(keys, key, strict=True)), *rest) for key, *rest in rows)
    return Check(name, about, compared, differing, found)


def _head(name: str) -> tuple[str, list[str]]:
    """What a check is about, and the columns that name a row: its leading comment."""
    head, _, rest = engine.text("checks", name).partition("-- key: ")
    about = " ".join(line.removeprefix("-- ") for line in head.split("\n")).strip()
    return about, rest.partition("\n")[0].split(", ")


def _columns(connection: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> list[str]:
    """The columns to compare: those of both sides, which must be the same."""
    expected, found = (
        {row[0] for row in connection.execute(f"DESCRIBE {view}").fetchall()} for view in ("expected", "found")
    )
    if expected != found:
        raise AssertionError(f"the two sides have other columns: {sorted(expected ^ found)}")
    return sorted(expected - set(keys))


def _all_differences(keys: Sequence[str], columns: Sequence[str]) -> str:
    names = ", ".join(f'"{key}"' for key in keys)
    selected = [
        _lone(keys, names, "missing", "said", "held"),
        _lone(keys, names, "unexpected", "held", "said"),
        f"SELECT {_key(keys)}, 'double', NULL, NULL FROM held GROUP BY {names} HAVING count(*) > 1",
    ]
    selected += [_cells(keys, column) for column in columns]
    pairs = f"SELECT s, h FROM said AS s JOIN held AS h USING ({names}) WHERE s IS DISTINCT FROM h"
    return f"WITH pairs AS MATERIALIZED ({pairs}) " + " UNION ALL ".join(selected)


def _lone(keys: Sequence[str], names: str, problem: str, rows: str, others: str) -> str:
    head = f"SELECT {_key(keys)} AS key, '{problem}' AS problem, NULL::VARCHAR AS log, NULL::VARCHAR AS store"
    return f"{head} FROM {rows} ANTI JOIN {others} USING ({names})"


def _cells(keys: Sequence[str], column: str) -> str:
    said, held = f's."{column}"', f'h."{column}"'
    differs = f"{said} IS DISTINCT FROM {held}"
    if column in JSON_COLUMNS:
        differs += f" AND NOT coalesce(same_json({said}::VARCHAR, {held}::VARCHAR), false)"
    key = _key(keys, "s.")
    return f"SELECT {key}, '{column}', {said}::VARCHAR, {held}::VARCHAR FROM pairs WHERE {differs}"


def _key(keys: Sequence[str], side: str = "") -> str:
    return "[" + ", ".join(f'{side}"{key}"::VARCHAR' for key in keys) + "]"


def _number(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    return int(count)
