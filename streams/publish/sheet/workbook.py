"""The sheets of a file: an .xlsx workbook by python-calamine, or a CSV file. Pure: bytes in, values out."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from streams.publish.sheet.csv_text import csv_grid
from streams.publish.sheet.grid import Grid, filled
from streams.publish.sheet.scanning import Scan
from streams.publish.sheet.table import WrongSheet
from streams.publish.sheet.unpacking import NO_XLSX, unpacked

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

ZIP = b"PK\x03\x04"


def grids(content: bytes, filename: str) -> list[Grid]:
    """Every visible sheet of the file that holds something. Raises WrongSheet."""
    ending = PurePath(filename).suffix.lower()
    if is_workbook(filename):
        return list(_worksheets(content))
    if ending in (".csv", ".txt"):
        if content.startswith(ZIP):
            raise WrongSheet(f"the file is a workbook and not {ending}: give it the ending .xlsx")
        return [csv_grid(content)]
    raise WrongSheet(f"the file's ending is {ending or 'none'}: it must be .xlsx or .csv")


def is_workbook(filename: str) -> bool:
    """True for what is to be read as a workbook, by the ending of its name."""
    return PurePath(filename).suffix.lower() in (".xlsx", ".xlsm")


def _worksheets(content: bytes) -> Iterator[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    archive, scans = unpacked(content)
    try:
        parts = _parts(archive)
        book = CalamineWorkbook.from_object(io.BytesIO(archive))
        for sheet in book.sheets_metadata:
            if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet:
                grid = _grid(book.get_sheet_by_name(sheet.name), scans[parts[sheet.name]])
                if any(map(any, grid.rows)):
                    yield grid
    except (CalamineError, ElementTree.ParseError, KeyError) as error:
        raise WrongSheet(f"the file {NO_XLSX}") from error


def _grid(sheet: CalamineSheet, scan: Scan) -> Grid:
    rows = sheet.to_python(skip_empty_area=False)
    return filled(sheet.name, rows, sheet.merged_cell_ranges or (), scan.faulty)


def _parts(archive: bytes) -> dict[str, str]:
    """Sheet → the part of the archive in which its cells are."""
    with zipfile.ZipFile(io.BytesIO(archive)) as parts:
        book, links = (
            ElementTree.fromstring(parts.read(f"xl/{name}"), ElementTree.XMLParser(encoding="utf-8"))
            for name in ("workbook.xml", "_rels/workbook.xml.rels")
        )
    targets = {link.attrib["Id"]: posixpath.join("/xl", link.attrib["Target"])[1:] for link in links}
    return {
        sheet.attrib["name"]: posixpath.normpath(targets[_id_of(sheet)])
        for sheet in book.iter()
        if sheet.tag.endswith("}sheet")
    }


def _id_of(sheet: ElementTree.Element) -> str:
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
