"""A row of a sheet becomes the events its mapping names, each whole or with everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.identifiers import is_resident_number, normalised, subject
from schemas.problems import Problem
from streams.publish.envelope import Envelope, new_event
from streams.publish.sheet.filling import ABSENT, CellProblem, Filling, cells_of
from streams.publish.sheet.mapping import EventMapping, Mapping, Subject
from streams.publish.sheet.table import Headings, Row

CHILD = "@subject"
LONGEST_RECORDID = 64


@dataclass(frozen=True, slots=True)
class FromRow:
    """An event of a row, which must not be sent when it has `problems`; None for a row that is no row."""

    row: int
    kind: str
    event: Envelope | None
    columns: dict[str, str]
    problems: tuple[CellProblem, ...] = ()

    def named(self, problem: Problem) -> CellProblem:
        """A problem found in the event, told by row and column."""
        pointer = problem.path
        while pointer and pointer not in self.columns:
            pointer = pointer.rpartition("/")[0]
        field = f"{problem.path.removeprefix('/data/').removeprefix('/')}: " if problem.path else ""
        column = self.columns.get(pointer, "")
        return CellProblem(self.row, column, problem.code, field + problem.message, problem.allowed)


class RowReader:
    """Turns rows into events. Raises WrongMapping at once when the mapping names a column that is not there."""

    def __init__(self, mapping: Mapping, headings: Headings, county_key: bytes, revision: int = 1) -> None:
        self._mapping, self._county_key, self._revision = mapping, county_key, revision
        self._places = {column: headings.index(column) for column in _columns(mapping)}

    def events(self, row: Row) -> Iterator[FromRow]:
        """The events of a row, in the mapping's order."""
        if row.surplus:
            message = f"has {row.surplus} cells more than there are headings"
            problem = CellProblem(row.number, "", "bad-row", message, f"{len(row.cells)} cells, quoted where needed")
            yield FromRow(row.number, "", None, {}, (problem,))
            return
        for wanted in self._mapping.events:
            filling = Filling(row, self._places, self._mapping.zone)
            if not wanted.needs or any(map(filling.text, wanted.needs)):
                event = self._event(wanted, filling)
                yield FromRow(row.number, wanted.kind, event, filling.columns, tuple(filling.problems))

    def _event(self, wanted: EventMapping, filling: Filling) -> Envelope:
        whom = self._subject(wanted.subject or self._mapping.subject, filling)
        time = filling.fill(wanted.time, "/time")
        if time is ABSENT and not any(problem.column == filling.columns["/time"] for problem in filling.problems):
            filling.complain(filling.columns["/time"], "missing-field", "the event needs a time")
        typed_in = filling.fill(wanted.recordedtime, "/recordedtime")
        return new_event(
            wanted.kind,
            self._mapping.source,
            whom,
            {name: value for name, value in self._data(wanted, filling) if value is not ABSENT},
            "" if time is ABSENT else time,
            recordid=self._recordid(wanted, filling, whom),
            revision=self._revision,
            recordedtime=None if typed_in is ABSENT else typed_in,
        )

    def _data(self, wanted: EventMapping, filling: Filling) -> Iterator[tuple[str, Any]]:
        for name, node in wanted.data.items():
            yield name, filling.fill(node, f"/data/{name}")

    def _subject(self, ways: tuple[Subject, ...], filling: Filling) -> str:
        for way in ways:
            if text := filling.text(way.column):
                filling.columns["/subject"] = way.column
                return self._derived(way, text, filling)
        filling.columns["/subject"] = ways[0].column
        filling.complain(ways[0].column, "missing-field", "the row does not say whom it is about")
        return ""

    def _derived(self, way: Subject, text: str, filling: Filling) -> str:
        if way.scheme is None:
            return way.prefix + text
        if way.scheme == "cn-id" and way.verify and not is_resident_number(normalised(text)):
            allowed = "18 characters, a real date, the right check character"
            filling.complain(way.column, "bad-cell", "is no valid resident identity number", allowed)
            return ""
        return subject(way.scheme, text, self._county_key, self._mapping.source)

    def _recordid(self, wanted: EventMapping, filling: Filling, whom: str) -> str:
        parts = [whom if column == CHILD else filling.text(column) for column in self._mapping.row]
        if not all(parts):
            missing = self._mapping.row[parts.index("")]
            filling.columns["/recordid"] = missing
            if missing != CHILD:
                filling.complain(missing, "missing-field", "the row cannot be told from others without it")
        recordid = "-".join([*parts, wanted.name] if wanted.name else parts)
        if len(recordid) <= LONGEST_RECORDID:
            return recordid
        return hashlib.sha256(recordid.encode()).hexdigest()[:32]


def _columns(mapping: Mapping) -> set[str]:
    found = {column for column in mapping.row if column != CHILD}
    found |= {way.column for way in mapping.subject}
    for event in mapping.events:
        nodes = (event.time, event.recordedtime, event.data)
        found |= {cell.column for node in nodes for cell in cells_of(node)}
        found |= {*event.needs, *(way.column for way in event.subject or ())}
    return found
