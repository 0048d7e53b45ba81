"""A row of a sheet becomes events by its layout, each valid, or cells with what is wrong with them. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

import orjson

from schemas.check import Accepted, check
from schemas.envelope import side_and_id
from schemas.problems import Problem
from streams.publish.envelope import Envelope, new_event
from streams.publish.sheet.days import NoSuchDay, marked
from streams.publish.sheet.found import CellProblem
from streams.publish.sheet.grid import Grid
from streams.publish.sheet.numbers import in_unit
from streams.publish.sheet.raw import Raw, cell
from streams.publish.sheet.recognition import Layout
from streams.publish.sheet.row_cells import Filled, RowReader, Sender
from streams.publish.sheet.telling import (
    ALLOWED,
    IN_CHINESE,
    NO_SUCH_DAY,
    NOTHING,
    PROBLEMS,
    RECALCULATE,
    BadCell,
    Told,
)

NOON = time(12)
"""A sheet says on which day something happened; events have a time."""


class Builder:
    """Makes events of the rows of one sheet."""

    def __init__(self, grid: Grid, layout: Layout, sender: Sender) -> None:
        self._layout, self._sender, self._rows = layout, sender, RowReader(grid, layout, sender)
        self._template = layout.template
        self._own = side_and_id(sender.source)
        named = (*layout.identifiers, *layout.columns)
        self._positions = list(layout.days) or [position for _, position in named]
        self.problem = self._rows.problem

    def is_blank(self, number: int, row: list[Raw]) -> bool:
        """True when no column holds something that is to be recorded: of an attendance sheet, no day."""
        if not self._rows.faulty.get(number, {}).keys().isdisjoint(self._positions):
            return False
        return not any(cell(row, position) != "" for position in self._positions)

    def made(self, number: int, row: list[Raw]) -> Iterator[Envelope | CellProblem]:
        """The events of row `number` (from 0) that are valid, and the problems of the others."""
        filled = self._rows.filled(number, row)
        if not self._template.days:
            yield from self._checked(filled, dict(filled.data))
            return
        yield from filled.in_order()
        spoiled, filled.problems = bool(filled.problems), {}
        for position, day in self._layout.days.items():
            yield from self._of_day(filled, position, day, cell(row, position), spoiled)

    def _of_day(
        self, filled: Filled, position: int, day: date | type[NoSuchDay], raw: Raw, spoiled: bool
    ) -> Iterator[Envelope | CellProblem]:
        why = self._rows.faulty.get(filled.row, {}).get(position)
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
        own_key = [named.get(name) for name in self._template.key]
        key = [self._template.name, self._sender.source, filled.subject, *own_key]
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


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Paths such as `warning_signs.positive` as objects in objects."""
    found: dict[str, Any] = {}
    for path, value in flat.items():
        outer, _, name = path.rpartition(".")
        (found.setdefault(outer, {}) if outer else found)[name] = value
    return found
