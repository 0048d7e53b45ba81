"""Prints an answer of the store: a table on a terminal, plain aligned text without one, JSON when asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

LEAST, GREATEST = -(1 << 63), (1 << 64) - 1
"""Integers that the JSON encoder takes."""

WIDEST = 60
"""A longer cell is cut; `--json` always shows everything."""


def print_json(value: Any) -> None:
    """Indented JSON; times with their offset; whatever JSON has no form for as text, so integers beyond 64 bits."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    sys.stdout.write(orjson.dumps(_narrow(value), default=str, option=options).decode() + "\n")


def _narrow(value: Any) -> Any:
    """The same with integers that do not fit 64 bits as text."""
    if isinstance(value, dict):
        return {_narrow(key): _narrow(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_narrow(item) for item in value]
    return value if not isinstance(value, int) or LEAST <= value <= GREATEST else str(value)


def print_rows(names: Sequence[str], rows: Iterable[Sequence[Any]], widest: int = WIDEST) -> None:
    """One line a row, under the names of the columns (none given: no heading)."""
    cells = [[_cut(shown(value), widest) for value in row] for row in rows]
    if sys.stdout.isatty():
        _rich(names, cells)
    else:
        _plain(names, cells)


def shown(value: Any) -> str:
    """A value as a person reads it: times to the second, in the zone they come with."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, dict):
        return " ".join(f"{key}={shown(item)}" for key, item in value.items())
    return " ".join(str(value).split())


def _cut(text: str, widest: int) -> str:
    return text if cell_len(text) <= widest else set_cell_size(text, widest - 1).rstrip() + "…"


def _rich(names: Sequence[str], cells: list[list[str]]) -> None:
    table = Table(*names, header_style="bold", box=None, pad_edge=False, show_header=bool(names))
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _plain(names: Sequence[str], cells: list[list[str]]) -> None:
    lines = [list(names), *cells] if names else cells
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = "  ".join(set_cell_size(cell, width) for cell, width in zip(line, widths, strict=True))
        print(padded.rstrip())
