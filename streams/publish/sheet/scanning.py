"""What a worksheet's XML holds: how far its cells reach, and the cells without a value. Pure.

The library that reads values (calamine, `Range::from_sparse`) allots memory for all that lies between the first and the
last cell, and ends the process when they are not in order; formulas without a result and errors it reads as empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from streams.publish.sheet.telling import ERROR_VALUE, NO_VALUE, Told

_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_COUNT = re.compile(r"[0-9]{1,9}")
_ROW = re.compile(r"[1-9][0-9]{0,6}")
MOST_FAULTY, MOST_COUNTED = 100_000, 50_000_000


@dataclass(slots=True)
class Scan:
    """`height`, `width`: of all cells that hold something; `faulty`: (row, column) from 0 → why."""

    height: int = 0
    width: int = 0
    faulty: dict[tuple[int, int], Told] = field(default_factory=dict)


def scanned(part: bytes) -> Scan:
    """A part of a workbook, looked through. Raises ExpatError when it is no XML, or has a document type."""
    scanner = _Scanner(len(part))
    scanner.parser.Parse(part, True)
    return scanner.scan


def _no_doctype(*_: object) -> None:
    raise expat.ExpatError("a workbook has no document type")


class _Scanner:
    def __init__(self, size: int) -> None:
        self.scan, self._size = Scan(), size
        # As the library that reads values does: whatever encoding a part states, it is UTF-8.
        self.parser = expat.ParserCreate("UTF-8", " ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = _no_doctype
        self._row, self._column = -1, -1
        self._type = ""
        self._in_cells = self._formula = self._value = False

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        name = element.rpartition(" ")[2]
        if name == "sheetData":
            self._in_cells = True
        elif not self._in_cells:
            self._counted(attributes)
        elif name == "c":
            self._cell(attributes)
        elif name == "v" or name == "is":
            self._value_begins()
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._next_row(attributes.get("r"))

    def _end(self, element: str) -> None:
        if not self._in_cells or not element.endswith(" c"):
            return
        self.parser.CharacterDataHandler = None
        if self._value:
            self.scan.height = max(self.scan.height, self._row + 1)
            self.scan.width = max(self.scan.width, self._column + 1)
        if self._type == "e" or (self._formula and not self._value):
            self._without_value(ERROR_VALUE if self._type == "e" else NO_VALUE)

    def _counted(self, attributes: dict[str, str]) -> None:
        """The library allots for as many texts as a part says that it holds."""
        for name, most in (("uniqueCount", self._size), ("count", MOST_COUNTED)):
            stated = attributes.get(name)
            if stated is not None and not (_COUNT.fullmatch(stated) and int(stated) <= most):
                raise expat.ExpatError("a count that cannot be")

    def _next_row(self, stated: str | None) -> None:
        row = self._row + 1 if stated is None else int(stated) - 1 if _ROW.fullmatch(stated) else -1
        if row <= self._row:
            raise expat.ExpatError("rows out of order")
        self._row, self._column = row, -1

    def _cell(self, attributes: dict[str, str]) -> None:
        stated = attributes.get("r")
        row, column = (self._row, self._column + 1) if stated is None else _place(stated)
        if row != self._row or column <= self._column:
            raise expat.ExpatError("cells out of order")
        self._column = column
        self._type = attributes.get("t", "")
        self._formula = self._value = False

    def _value_begins(self) -> None:
        """A formula whose result is an empty text has one; an empty number is none."""
        if self._formula and self._type != "str":
            self.parser.CharacterDataHandler = self._text
        else:
            self._value = True

    def _text(self, _: str) -> None:
        self._value = True

    def _without_value(self, why: Told) -> None:
        if len(self.scan.faulty) < MOST_FAULTY:
            self.scan.faulty[self._row, self._column] = why


def _place(stated: str) -> tuple[int, int]:
    """(row, column) from 0 of D7; (-1, -1) of what is no place."""
    match = _PLACE.fullmatch(stated)
    return (int(match[2]) - 1, _number(match[1])) if match else (-1, -1)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
