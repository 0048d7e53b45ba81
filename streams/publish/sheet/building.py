"""A row of a sheet becomes events by its layout, each valid, or cells with what is wrong with them. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from schemas.check import Accepted, check
from schemas.envelope import side_and_id
from schemas.identifiers import is_resident_number, normalised, subject
from schemas.problems import Problem
from streams.publish.envelope import Envelope, new_event
from streams.publish.sheet.days import NoSuchDay, marked
from streams.publish.sheet.found import CellProblem
from streams.publish.sheet.grid import Grid, place_of
from streams.publish.sheet.recognition import Layout
from streams.publish.sheet.telling import (
    ALLOWED,
    AS_TEXT,
    IN_CHINESE,
    LOST_DIGITS,
    MISSING,
    NO_CHILD,
    NO_RESIDENT_NUMBER,
    NO_SUCH_DAY,
    NOTHING,
    PROBLEMS,
    RECALCULATE,
    RESIDENT_NUMBER,
    BadCell,
    Told,
)
from streams.publish.sheet.templates import Identifier
from streams.publish.sheet.values import Raw, as_text, in_unit, read

NOON = time(12)
"""A sheet says on which day something happened; events have a time."""
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


class Builder:
    """Makes events of the rows of one sheet."""

    def __init__(self, grid: Grid, layout: Layout, sender: Sender) -> None:
        self._grid, self._layout, self._sender = grid, layout, sender
        self._template = layout.template
        self._own = side_and_id(sender.source)
        self._faulty: dict[int, dict[int, Told]] = {}
        for (row, column), why in grid.faulty.items():
            self._faulty.setdefault(row, {})[column] = why
        named = (*layout.identifiers, *layout.columns)
        self._positions = list(layout.days) or [position for _, position in named]

    def is_blank(self, number: int, row: list[Raw]) -> bool:
        """True when no column holds something that is to be recorded: of an attendance sheet, no day."""
        if self._faulty and not self._faulty.get(number, {}).keys().isdisjoint(self._positions):
            return False
        return not any(_cell(row, position) != "" for position in self._positions)

    def made(self, number: int, row: list[Raw]) -> Iterator[Envelope | CellProblem]:
        """The events of row `number` (from 0) that are valid, and the problems of the others."""
        filled = self._filled(number, row)
        if not self._template.days:
            yield from self._checked(filled, dict(filled.data))
            return
        yield from filled.in_order()
        spoiled, filled.problems = bool(filled.problems), {}
        for position, day in self._layout.days.items():
            yield from self._of_day(filled, position, day, _cell(row, position), spoiled)

    def problem(
        self, row: int, position: int | None, message: Told, allowed: Told = NOTHING, code: str = "bad-cell"
    ) -> CellProblem:
        """A problem of a cell, or of a row; numbers from 0."""
        language = self._layout.language
        column = "" if position is None else self._layout.headings.get(position, "")
        place = "" if position is None else place_of(row, position)
        said = message.said(language), allowed.said(language)
        return CellProblem(self._grid.name, row + 1, column, *said, place, code, language)

    def _filled(self, number: int, row: list[Raw]) -> Filled:
        filled = Filled(number)
        faulty = self._faulty.get(number, {})
        for column, position in self._layout.columns:
            raw = _cell(row, position)
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
            raw = _cell(row, position)
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

    def _of_day(
        self, filled: Filled, position: int, day: date | type[NoSuchDay], raw: Raw, spoiled: bool
    ) -> Iterator[Envelope | CellProblem]:
        why = self._faulty.get(filled.row, {}).get(position)
        if why is not None:
            yield self.problem(filled.row, position, why, RECALCULATE)
        elif raw != "" and not isinstance(day, date):
            yield self.problem(filled.row, position, NO_SUCH_DAY)
        elif raw != "" and isinstance(day, date):
            try:
                mark = marked(raw)
            except BadCell as bad:
                yield self.problem(filled.row, position, bad.message, bad.allowed or NOTHING)
                return
            if not spoiled:
                filled.when = day.isoformat()
                filled.places |= {"/time": position, "/data": position}
                yield from self._checked(filled, {**filled.data, "date": filled.when, **mark})

    def _checked(self, filled: Filled, data: dict[str, Any]) -> Iterator[Envelope | CellProblem]:
        if filled.problems:
            yield from filled.in_order()
            return
        event = self._event(filled, self._with_defaults(data))
        answer = check(orjson.dumps(event), None, None, self._sender.now_ms)
        if isinstance(answer, Accepted):
            yield event
        else:
            yield from dict.fromkeys(self._told(filled, problem) for problem in answer.problems)

    def _with_defaults(self, data: dict[str, Any]) -> dict[str, Any]:
        side, own = self._own
        found = {**self._template.defaults, **data}
        if side != "registry":
            found.setdefault(self._template.facility, own)
        return found

    def _event(self, filled: Filled, data: dict[str, Any]) -> Envelope:
        named = {"date": filled.when, **data}
        key = [self._template.name, self._sender.source, filled.subject, *(named[name] for name in self._template.key)]
        day = date.fromisoformat(filled.when)
        return new_event(
            self._template.kind.name,
            self._sender.source,
            filled.subject,
            _nested(data),
            datetime.combine(day, NOON, self._sender.zone),
            recordid=hashlib.sha256(orjson.dumps(key)).hexdigest()[:32],
        )

    def _told(self, filled: Filled, problem: Problem) -> CellProblem:
        """A problem that huiyu's own check found, at the cell that its place in the event came from."""
        pointer = problem.path
        while pointer and pointer not in filled.places:
            pointer = pointer.rpartition("/")[0]
        position = filled.places.get(pointer)
        columns = {at: column for column, at in self._layout.columns}
        allowed = Told(problem.allowed, problem.allowed)
        if problem.code in ALLOWED:
            allowed = ALLOWED[problem.code]
        elif position in columns:
            allowed = in_unit(columns[position])
        told = PROBLEMS.get(problem.code, Told(IN_CHINESE.get(problem.message, problem.message), problem.message))
        if problem.path and pointer != problem.path:
            name = problem.path.rpartition("/")[2]
            told = Told(f"{name} {told.zh}", f"{name} {told.en}")
        return self.problem(filled.row, position, told, allowed, problem.code)

    def _complain(
        self, filled: Filled, position: int, message: Told, allowed: Told = NOTHING, code: str = "bad-cell"
    ) -> None:
        filled.problems.setdefault(position, self.problem(filled.row, position, message, allowed, code))


def _cell(row: list[Raw], position: int) -> Raw:
    """A cell of a row that may be short; "" where nothing or only white space is."""
    raw = row[position] if position < len(row) else ""
    return "" if isinstance(raw, str) and not raw.strip() else raw


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Paths such as `warning_signs.positive` as objects in objects."""
    found: dict[str, Any] = {}
    for path, value in flat.items():
        outer, _, name = path.rpartition(".")
        (found.setdefault(outer, {}) if outer else found)[name] = value
    return found
