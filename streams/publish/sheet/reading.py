"""A spreadsheet's bytes become events by a known template: no mapping, no file, no network, no clock.

sheet = read_sheet(content, "checkups.xlsx", "clinic:chengguan", county_key, zone)
for sheet_name, row, event in sheet.events: …   # valid, ready to publish
for problem in sheet.problems: print(problem)     # sheet, row, column, what is allowed
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from zoneinfo import ZoneInfo

from schemas.envelope import side_and_id
from streams.publish.envelope import Envelope
from streams.publish.sheet.building import Builder
from streams.publish.sheet.days import is_weekday
from streams.publish.sheet.found import CellProblem, Language, Sheet, SheetEvent
from streams.publish.sheet.grid import Grid
from streams.publish.sheet.recognition import Layout, layout_of
from streams.publish.sheet.row_cells import Sender
from streams.publish.sheet.table import WrongSheet
from streams.publish.sheet.telling import ACROSS, ONCE, TWICE, UNMERGED, Told
from streams.publish.sheet.templates import TEMPLATES, Template
from streams.publish.sheet.workbook import grids


def read_sheet(
    content: bytes,
    filename: str,
    source: str,
    county_key: bytes,
    zone: ZoneInfo,
    lang: Language | None = None,
    *,
    template: str | None = None,
    now_ms: int | None = None,
) -> Sheet:
    """The events of every sheet that follows a template, and everything that is wrong with the others.

    `filename`: its ending says what it is (.xlsx, .csv). `source`: whose records these are, as clinic:chengguan.
    `county_key`: subjects are made with it; no identifier leaves this function. `zone`: in which dates are local.
    `lang`: language of messages, by default that of the headings. `template`: name of the template, by default
    recognised by the headings. `now_ms`: ms since 1970; events of a day after tomorrow are then a problem.

    Raises WrongSheet, one line, when the file as a whole cannot be read: no spreadsheet, too large, no known
    headings, a required column missing, a column that is not known.
    """
    if side_and_id(source) == ("", ""):
        raise WrongSheet("the source is clinic:ID, center:ID or registry:ID, as clinic:chengguan")
    if template is not None and template not in TEMPLATES:
        raise WrongSheet(f"there is no template {template}: there are {', '.join(TEMPLATES)}")
    reader = _Reader(Sender(source, county_key, zone, now_ms))
    for grid in grids(content, filename):
        layout = layout_of(grid, template, lang, PurePath(filename).stem)
        if layout is not None:
            reader.read(grid, layout)
    return reader.sheet(lang)


NOTE: tuple[int, ...] = ()


@dataclass(slots=True)
class _Reader:
    sender: Sender
    layouts: list[Layout] = field(default_factory=list)
    rows: int = 0
    events: list[SheetEvent] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    records: dict[str, SheetEvent] = field(default_factory=dict)

    def sheet(self, lang: Language | None) -> Sheet:
        if not self.layouts:
            raise WrongSheet("the file holds no rows: fill in a template, see huiyu template")
        return Sheet(
            templates=tuple(dict.fromkeys(layout.template.name for layout in self.layouts)),
            language=lang or self.layouts[0].language,
            rows=self.rows,
            events=tuple(self.events),
            problems=tuple(self.problems),
            dropped_columns=tuple(dict.fromkeys(name for layout in self.layouts for name in layout.dropped)),
        )

    def read(self, grid: Grid, layout: Layout) -> None:
        _may_send(self.sender.source, layout.template)
        self.layouts.append(layout)
        builder = Builder(grid, layout, self.sender)
        across = _merged_across(grid, layout)
        for number, row in enumerate(grid.rows[layout.header + 1 :], layout.header + 1):
            if builder.is_blank(number, row) or _are_weekdays(layout, number, row) or across.get(number) == NOTE:
                continue
            self.rows += 1
            if number in across:
                self.problems += [builder.problem(number, at, ACROSS, UNMERGED) for at in across[number]]
                continue
            for made in builder.made(number, row):
                if isinstance(made, CellProblem):
                    self.problems.append(made)
                else:
                    self._take(grid.name, number, made, builder)

    def _take(self, sheet: str, number: int, event: Envelope, builder: Builder) -> None:
        """The same record twice with the same contents is one; with others nobody knows which holds."""
        known = self.records.setdefault(event["recordid"], SheetEvent(sheet, number + 1, event))
        if known.event is event:
            self.events.append(known)
        elif known.event != event:
            told = Told(*(each.format(row=known.row) for each in TWICE))
            self.problems.append(builder.problem(number, None, told, ONCE, "bad-row"))


def _may_send(source: str, template: Template) -> None:
    side = side_and_id(source)[0]
    if not template.kind.may_be_sent_by(side):
        allowed = f"{template.kind.side}:ID"
        raise WrongSheet(f"a {side} does not send {template.name}: the source must be {allowed} or registry:ID")


def _merged_across(grid: Grid, layout: Layout) -> dict[int, tuple[int, ...]]:
    """Row → first columns of merged ranges that span a column beside another that is read; days may be merged.

    A range over all columns that are read is a note and no record.
    """
    positions = {at for _, at in (*layout.identifiers, *layout.columns)}
    found: dict[int, tuple[int, ...]] = {}
    for (top, left), (bottom, right) in grid.across:
        spanned = range(left, min(right, len(layout.headings) - 1) + 1)
        within = [at for at in spanned if at in positions]
        beside = any(at in layout.days for at in spanned)
        if len(within) + beside > 1:
            more = NOTE if len(within) == len(positions) else (within[0],)
            for number in range(max(top, layout.header + 1), min(bottom, len(grid.rows) - 1) + 1):
                found[number] = found.get(number, ()) + more
    return found


def _are_weekdays(layout: Layout, number: int, row: list[object]) -> bool:
    """True for the row of weekdays that stands directly below the days."""
    if number != layout.header + 1 or not layout.days:
        return False
    cells = [row[at] for at in layout.days if at < len(row) and row[at] != ""]
    return bool(cells) and all(map(is_weekday, cells))
