"""Builders: a sheet and a mapping, so that a test writes down only the cell it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streams.publish.importing import Tally, import_sheet
from streams.publish.offline import Nowhere
from streams.publish.sheet.filling import CellProblem
from streams.publish.sheet.mapping import Mapping, load_mapping

KEY = b"test-county-key"
CHECKUPS = """
source = "clinic:chengguan"
row = "no"
subject = { column = "child", prefix = "cn-id:" }
%(top)s
[[events]]
kind = "checkup.recorded"
time = "2026-03-02T09:30:00+08:00"
%(event)s
data = { clinic_id = "chengguan"%(data)s }
"""
CHILD = "9350d5bc5f0d67b484016b03a93dfbe9"


class Collected:
    """A target that keeps what it is given, checked as everything is."""

    def __init__(self) -> None:
        self._check = Nowhere()
        self.events: list[dict[str, Any]] = []

    def publish(self, event: Any) -> object:
        valid = self._check.publish(event)
        self.events.append(event)
        return valid


def a_mapping(folder: Path, data: str = "", top: str = "", event: str = "") -> Mapping:
    """A mapping of checkups; `data`: what stands in the inline table beside clinic_id."""
    return mapping_of(folder, CHECKUPS % {"top": top, "event": event, "data": f", {data}" if data else ""})


def mapping_of(folder: Path, text: str) -> Mapping:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def imported(
    folder: Path, mapping: Mapping, rows: str, revision: int = 1
) -> tuple[list[dict[str, Any]], list[CellProblem]]:
    """(events taken, problems) of a sheet with these lines, in the mapping's encoding."""
    sheet = folder / "sheet.csv"
    sheet.write_text(rows, encoding=mapping.encoding)
    target = Collected()
    problems = list(import_sheet(sheet, mapping, target, KEY, revision, Tally()))
    return target.events, problems


def the_data(folder: Path, data: str, cells: dict[str, str], top: str = "") -> dict[str, Any]:
    """data of the one event that a row with these cells makes, without clinic_id."""
    headings, row = ",".join(["no", "child", *cells]), ",".join(["1", CHILD, *cells.values()])
    events, problems = imported(folder, a_mapping(folder, data, top), f"{headings}\n{row}\n")
    assert problems == []
    return {name: value for name, value in events[0]["data"].items() if name != "clinic_id"}
