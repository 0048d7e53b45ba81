"""A spreadsheet saved as CSV: its headings (which may repeat), and its rows, each with its number in the sheet."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streams.errors import Failure
from streams.publish.sheet.mapping import Mapping, WrongMapping


class WrongSheet(Failure):
    """The file cannot be read as the mapping says."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` as a spreadsheet program shows it; as many cells as headings, "" where they count as empty.

    `surplus`: cells beyond the headings, a sign that a cell holds the delimiter without quotes.
    """

    number: int
    cells: tuple[str, ...]
    surplus: int = 0


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns of a sheet, found by name, or by `name#2` and `#7` where names repeat or are missing."""

    names: tuple[str, ...]

    def index(self, column: str) -> int:
        """Position of a column, from 0. Raises WrongMapping, naming what there is."""
        if column in self.names:
            return self.names.index(column)
        name, mark, number = column.rpartition("#")
        if mark and number.isdecimal():
            places = [place for place, found in enumerate(self.names) if not name or found == name]
            if 1 <= int(number) <= len(places):
                return places[int(number) - 1]
        close = difflib.get_close_matches(column, self.names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(self.names)}"
        raise WrongMapping(f"the sheet has no column {column}: {hint}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is open for one reading."""

    headings: Headings
    rows: Iterator[Row]


def read_sheet(path: Path, mapping: Mapping) -> Sheet:
    """The sheet's headings, and its rows as they are read. Raises WrongSheet, also while rows are read."""
    lines = _lines(path, mapping)
    for number, cells in lines:
        if number == mapping.header:
            return Sheet(Headings(tuple(cell.strip() for cell in cells)), _rows(lines, mapping, len(cells)))
    raise WrongSheet(f"{path} has no row {mapping.header}, in which the headings should be")


def _lines(path: Path, mapping: Mapping) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding=mapping.encoding, newline="") as stream:
            yield from enumerate(csv.reader(stream, delimiter=mapping.delimiter, strict=True), 1)
    except OSError as error:
        raise WrongSheet(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        other = "gb18030" if mapping.encoding.startswith("utf") else "utf-8-sig"
        message = f'{path} is not {mapping.encoding}: if {other} is right, say encoding = "{other}" in the mapping'
        raise WrongSheet(message) from error
    except csv.Error as error:
        raise WrongSheet(f"{path} is no CSV: {error}") from error


def _rows(lines: Iterator[tuple[int, list[str]]], mapping: Mapping, width: int) -> Iterator[Row]:
    empty = frozenset(mapping.empty)
    for number, line in lines:
        cells = [text if (text := cell.strip()) not in empty else "" for cell in line]
        if any(cells):
            surplus = len(cells) - width if any(cells[width:]) else 0
            yield Row(number, (*cells[:width], *[""] * (width - len(cells))), surplus)
