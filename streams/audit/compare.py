"""Compares what the log says with what the store holds, row by row and cell by cell. SQL only; no broker, no store."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

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
    compared = _number(connection, "SELECT count(*) FROM expected")
    found = [
        *_lone(connection, name, keys, "missing", "expected", "found"),
        *_lone(connection, name, keys, "unexpected", "found", "expected"),
        *_double(connection, name, keys),
        *_cells(connection, name, keys),
    ]
    connection.execute("DROP VIEW expected; DROP VIEW found")
    return Check(name, about, compared, len(found), tuple(found[:limit]))
