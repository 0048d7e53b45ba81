"""Which template a sheet follows, and where its columns are: by its headings, whatever stands above them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from schemas.masking import masked
from streams.publish.sheet.columns import Column
from streams.publish.sheet.days import NoSuchDay, day_heading
from streams.publish.sheet.found import Language
from streams.publish.sheet.grid import Grid
from streams.publish.sheet.headings import base, known, known_identifiers, language_of
from streams.publish.sheet.identifiers import IDENTIFIERS, Identifier
from streams.publish.sheet.places import Places
from streams.publish.sheet.raw import folded
from streams.publish.sheet.table import WrongSheet
from streams.publish.sheet.templates import TEMPLATES, Template

DEEPEST_HEADER = 20
"""Rows among which the headings are looked for."""
EXPLANATIONS = frozenset({"说明", "explanation"})


@dataclass(frozen=True, slots=True)
class Layout:
    """Where what stands; positions from 0. `days`: position → the day, NoSuchDay where the month has none."""

    template: Template
    language: Language
    header: int
    identifiers: tuple[tuple[Identifier, int], ...]
    columns: tuple[tuple[Column, int], ...]
    days: Mapping[int, date | type[NoSuchDay]]
    headings: Mapping[int, str]
    dropped: tuple[str, ...]


def layout_of(grid: Grid, name: str | None, language: Language | None, month_hint: str = "") -> Layout | None:
    """How the sheet is to be read; None for one that only explains.

    `name`: of a template that is wanted. `month_hint`: a text that may say of which month day columns are. Raises
    WrongSheet, in the language of the headings.
    """
    candidates = list(_candidates(grid, [TEMPLATES[name]] if name else TEMPLATES.values()))
    if not candidates:
        if folded(grid.name) in EXPLANATIONS:
            return None
        known = f"the headings of {name}" if name else f"the headings of a template ({', '.join(TEMPLATES)})"
        where = f"sheet {masked(grid.name)}" if grid.name else "the file"
        raise WrongSheet(f"{where} has not {known} in its first {DEEPEST_HEADER} rows: see huiyu template")
    _, template, header = _best(candidates, grid)
    return _layout(grid, template, header, language, month_hint)


def _candidates(grid: Grid, templates: Iterable[Template]) -> Iterator[tuple[tuple[bool, int], Template, int]]:
    """((complete, columns found), template, row of the headings)."""
    for number, row in enumerate(grid.rows[:DEEPEST_HEADER]):
        found = [base(cell) for cell in row if isinstance(cell, str) and cell.strip()]
        if len(found) < 2:
            continue
        for template in templates:
            names = {column.name for text in found if (column := known(template).get(text))}
            identified = any(text in known_identifiers() for text in found)
            days = template.days and any(day_heading(cell, (2000, 1)) is not None for cell in row)
            wanted = {column.name for column in template.all_columns if column.required}
            if identified + len(names) + days >= 2 and (days or not template.days):
                yield (identified and wanted <= names, len(names) + days), template, number


def _best(
    candidates: list[tuple[tuple[bool, int], Template, int]], grid: Grid
) -> tuple[tuple[bool, int], Template, int]:
    most = max(fit for fit, _, _ in candidates)
    best = [each for each in candidates if each[0] == most]
    templates = list(dict.fromkeys(template.name for _, template, _ in best))
    if len(templates) > 1:
        named = [each for each in best if folded(grid.name) in map(folded, (each[1].name, *each[1].title))]
        if not named:
            raise WrongSheet(f"the headings fit {' and '.join(templates)}: say which with --template")
        best = named
    return best[0]


def _layout(grid: Grid, template: Template, header: int, wanted: Language | None, month_hint: str) -> Layout:
    row = grid.rows[header]
    language = wanted or language_of(row)
    places = Places(grid, template, header, language, month_hint)
    for position, cell in enumerate(row):
        places.put(position, cell)
    places.complete()
    return Layout(
        template=template,
        language=language,
        header=header,
        identifiers=tuple(
            (each, places.identifiers[each.scheme]) for each in IDENTIFIERS if each.scheme in places.identifiers
        ),
        columns=tuple(places.columns.values()),
        days=places.days,
        headings=places.headings,
        dropped=tuple(places.dropped),
    )
