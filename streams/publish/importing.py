"""Imports a sheet into a target: every event of every row is checked and taken, or named with what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from streams.publish.offline import Nowhere, Target
from streams.publish.outcomes import Refused
from streams.publish.sheet.filling import CellProblem
from streams.publish.sheet.mapping import Mapping
from streams.publish.sheet.rows import FromRow, RowReader
from streams.publish.sheet.table import read_sheet


@dataclass(slots=True)
class Tally:
    """What became of a sheet: rows that made events, events taken by kind, events refused."""

    rows: int = 0
    refused: int = 0
    taken: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.taken.items())) or "nothing"
        return f"{self.rows:,} rows: {kinds}; {self.refused:,} refused"


def import_sheet(
    sheet: Path, mapping: Mapping, target: Target, county_key: bytes, revision: int, tally: Tally
) -> Iterator[CellProblem]:
    """Give the target each event of the sheet, and yield what is wrong with the others; `tally` counts.

    `county_key` is used when the mapping derives subjects. Raises WrongMapping, WrongSheet and what the target does.
    """
    opened = read_sheet(sheet, mapping)
    reader = RowReader(mapping, opened.headings, county_key, revision)
    for row in opened.rows:
        tally.rows += 1
        for made in reader.events(row):
            problems = _taken(made, target)
            if problems:
                tally.refused += 1
            else:
                tally.taken[made.kind] += 1
            yield from problems


def _taken(made: FromRow, target: Target) -> tuple[CellProblem, ...]:
    if made.event is None:
        return made.problems
    try:
        (Nowhere() if made.problems else target).publish(made.event)
    except Refused as refused:
        told = {problem.column for problem in made.problems}
        found = map(made.named, refused.problems)
        return (*made.problems, *(problem for problem in found if problem.column not in told))
    return made.problems
