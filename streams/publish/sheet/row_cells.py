"""The cells of one row, read by their columns: values, whom it is about and when, and what is wrong with them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from schemas.identifiers import is_resident_number, normalised, subject
from streams.publish.sheet.found import CellProblem
from streams.publish.sheet.grid import Grid, place_of
from streams.publish.sheet.identifiers import Identifier
from streams.publish.sheet.numbers import in_unit
from streams.publish.sheet.raw import Raw, as_text, cell
from streams.publish.sheet.recognition import Layout
from streams.publish.sheet.telling import (
    AS_TEXT,
    LOST_DIGITS,
    MISSING,
    NO_CHILD,
    NO_RESIDENT_NUMBER,
    NOTHING,
    RECALCULATE,
    RESIDENT_NUMBER,
    BadCell,
    Told,
)
from streams.publish.sheet.values import read

EXACT = 1e15
"""Whole numbers from here on have lost digits in a spreadsheet."""


ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+")
"""How a CSV file shows a number that lost digits: 1.10105E+17."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who imports: `county_key` makes the subjects; `now_ms`: ms since 1970, None: the future is not looked at."""

    source: str
    county_key: bytes
    zone: ZoneInfo
    now_ms: int | None


@dataclass(slots=True)
class Filled:
    """What was read of one row: `data` by the fields' paths, `places`: JSON pointer → position."""

    row: int
    subject: str = ""
    when: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    problems: dict[int, CellProblem] = field(default_factory=dict)
    """Position → what is wrong there, the first that was found."""

    def in_order(self) -> list[CellProblem]:
        return [self.problems[position] for position in sorted(self.problems)]


class RowReader:
    """Reads the rows of one sheet. `faulty`: row → position → why its cell holds no value."""

    def __init__(self, grid: Grid, layout: Layout, sender: Sender) -> None:
        self._grid, self._layout, self._sender = grid, layout, sender
        self._template = layout.template
        self.faulty: dict[int, dict[int, Told]] = {}
        for (number, position), why in grid.faulty.items():
            self.faulty.setdefault(number, {})[position] = why

    def problem(
        self, row: int, position: int | None, message: Told, allowed: Told = NOTHING, code: str = "bad-cell"
    ) -> CellProblem:
        """A problem of a cell, or of a row; numbers from 0."""
        language = self._layout.language
        column = "" if position is None else self._layout.headings.get(position, "")
        place = "" if position is None else place_of(row, position)
        said = message.said(language), allowed.said(language)
        return CellProblem(self._grid.name, row + 1, column, *said, place, code, language)

    def filled(self, number: int, row: list[Raw]) -> Filled:
        """Row `number`, from 0, as far as it can be read."""
        filled = Filled(number)
        faulty = self.faulty.get(number, {})
        for column, position in self._layout.columns:
            raw = cell(row, position)
            filled.places[column.pointer] = position
            if position in faulty:
                self._complain(filled, position, faulty[position], RECALCULATE)
            elif raw == "":
                if column.required:
                    self._complain(filled, position, MISSING, in_unit(column), "missing-field")
            else:
                try:
                    filled.data[column.name] = read(column, raw)
                except BadCell as bad:
                    self._complain(filled, position, bad.message, bad.allowed or NOTHING)
        self._find_subject(filled, row, faulty)
        self._find_time(filled)
        return filled

    def _find_subject(self, filled: Filled, row: list[Raw], faulty: Mapping[int, Told]) -> None:
        for identifier, position in self._layout.identifiers:
            raw = cell(row, position)
            if position in faulty or raw != "":
                filled.places["/subject"] = position
                if position in faulty:
                    self._complain(filled, position, faulty[position], RECALCULATE)
                else:
                    self._derive(filled, identifier, position, raw)
                return
        first = self._layout.identifiers[0][1]
        filled.places["/subject"] = first
        self._complain(filled, first, NO_CHILD, code="missing-field")

    def _derive(self, filled: Filled, identifier: Identifier, position: int, raw: Raw) -> None:
        text = as_text(raw)
        if (isinstance(raw, int | float) and abs(raw) >= EXACT) or ROUNDED.fullmatch(text):
            self._complain(filled, position, LOST_DIGITS, AS_TEXT)
        elif identifier.scheme == "cn-id" and not is_resident_number(normalised(text)):
            self._complain(filled, position, NO_RESIDENT_NUMBER, RESIDENT_NUMBER)
        elif not normalised(text):
            self._complain(filled, position, NO_CHILD, code="missing-field")
        else:
            filled.subject = subject(identifier.scheme, text, self._sender.county_key, self._sender.source)

    def _find_time(self, filled: Filled) -> None:
        when = self._template.when
        if when is None:
            return
        day = filled.data.pop(when.name, None) or filled.data.get(self._template.when_else)
        if when.pointer not in filled.places and self._template.when_else:
            filled.places[when.pointer] = filled.places[f"/data/{self._template.when_else}"]
        filled.when = day or ""

    def _complain(
        self, filled: Filled, position: int, message: Told, allowed: Told = NOTHING, code: str = "bad-cell"
    ) -> None:
        filled.problems.setdefault(position, self.problem(filled.row, position, message, allowed, code))
