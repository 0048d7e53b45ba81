"""Rows gathered by table, and turned into the columns that ClickHouse is given. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from streams.sink.rows import BadMessage, Row
from streams.store.kinds import TIME, Kind
from streams.store.tables import BOOKKEEPING, TABLES, Table

BOOKKEEPING_TYPES = ("UInt64", "UInt8", TIME)
LAST = "watermarks"
"""Written after all other tables of a batch: within it *now* does not run ahead of the rows that were decided by it.

Across batches it may: the rows come on other topics, and a later batch may bring some of them. `huiyu wait` waits
for both.
"""


class Columns(NamedTuple):
    """What one insert sends to each of `targets`: names, types and values by column."""

    targets: tuple[str, ...]
    names: list[str]
    types: list[str]
    data: list[list[Any]]


@dataclass(slots=True)
class Batch:
    """Rows that wait for their insert."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    size: int = 0

    def add(self, rows: Iterable[Row]) -> None:
        """Put each row to its table's. Raises BadMessage for a table that is not there."""
        for row in rows:
            waiting = self.tables.get(row.table)
            if waiting is None:
                if row.table not in TABLES:
                    raise BadMessage("a row for a table that does not exist")
                waiting = self.tables[row.table] = []
            waiting.append(row)
            self.size += 1

    def inserts(self) -> Iterator[Columns]:
        """One insert for each table. Raises BadMessage for a row that does not fit its table."""
        for name in sorted(self.tables, key=lambda table: (table == LAST, table)):
            yield columns_of(TABLES[name], self.tables[name])


def columns_of(table: Table, rows: list[Row]) -> Columns:
    """The rows of one table by column. Raises BadMessage."""
    given = _by_name(table, [row.values for row in rows])
    _, versions, deleted, known_at, _ = zip(*rows, strict=True)
    data = [_column(table.name, name, kind, rows, given[name]) for name, kind in table.columns.items()]
    data += [list(versions), [1 if gone else 0 for gone in deleted], list(known_at)]
    types = [kind.type for kind in table.columns.values()]
    return Columns(table.targets, [*table.columns, *BOOKKEEPING], [*types, *BOOKKEEPING_TYPES], data)


def _by_name(table: Table, values: list[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The values of each column, None where a row has none."""
    shapes = {tuple(row) for row in values}
    for shape in shapes:
        _check_names(table, shape)
    given: dict[str, list[Any]]
    if len(shapes) == 1:  # as one stage writes them: turned over at once, many times faster than value by value
        turned = zip(*[row.values() for row in values], strict=True)
        given = {n: list(column) for n, column in zip(shapes.pop(), turned, strict=True) if n not in table.retired}
        given |= {name: [None] * len(values) for name in table.columns.keys() - given.keys()}
    else:
        given = {name: [row.get(name) for row in values] for name in table.columns}
    for name in table.key:
        if None in given[name]:
            raise BadMessage(f"a row of {table.name} without its key column {name}")
    return given


def _check_names(table: Table, names: Iterable[str]) -> None:
    """No column that the table lacks: else a value would be lost without a word."""
    if unknown := set(names) - table.columns.keys() - table.retired:
        raise BadMessage(f"a row of {table.name} with unknown columns: {', '.join(sorted(unknown))}")


def _column(table: str, name: str, kind: Kind, rows: list[Row], column: list[Any]) -> list[Any]:
    if kind.required and None in column:
        _check_required(f"{table}.{name}", column, rows)
    try:
        return _converted(column, kind.convert, kind.missing)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadMessage(f"{table}.{name} holds what is no {kind.type} ({type(error).__name__})") from None


def _converted(column: list[Any], convert: Callable[[Any], Any] | None, missing: Any) -> list[Any]:
    if convert is not None:
        return [missing if value is None else convert(value) for value in column]
    if missing is None or None not in column:
        return column
    return [missing if value is None else value for value in column]


def _check_required(place: str, column: list[Any], rows: list[Row]) -> None:
    """Only a tombstone may lack a value: it is not shown."""
    for value, row in zip(column, rows, strict=True):
        if value is None and not row.deleted:
            raise BadMessage(f"{place} is missing in version {row.version} of a row that stands")
