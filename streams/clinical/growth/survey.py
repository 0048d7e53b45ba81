"""A survey's sheet with the columns of WHO's tools: the same rows, with z-scores and flags behind them. Pure; numpy.

Names as in WHO's survey and its R package `anthro`: sex, age (days), agemons, or dates of birth and visit; weight kg,
lenhei cm, measure l or h, oedema y or n, headc cm. Out: zlen, zwei, zwfl, zbmi, zhc; flen … fhc, 1 where implausible.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import floor, isfinite, nan
from typing import NamedTuple

from streams.clinical.growth.batch import FEMALE, LYING, MALE, NOT_SAID, STANDING, UNKNOWN, batch_z
from streams.clinical.growth.who import PLAUSIBLE

NAMES = {
    "sex": ("sex", "gender", "性别"),
    "age": ("age", "age.days", "agedays", "age_days", "日龄"),
    "months": ("agemons", "age.months", "age_months", "月龄"),
    "birth": ("birth", "birth_date", "dob", "date_of_birth", "出生日期"),
    "visit": ("visit", "visit_date", "dov", "date_of_visit", "date", "体检日期"),
    "weight": ("weight", "weight_kg", "体重", "体重（千克）"),
    "lenhei": ("lenhei", "height", "length", "length_height_cm", "身长", "身高"),
    "measure": ("measure", "position", "测量体位"),
    "headc": ("headc", "head", "head_circumference_cm", "头围"),
    "oedema": ("oedema", "edema", "水肿"),
}
"""What is looked for → its headings, in whatever case; of a heading that stands twice the first counts."""

SEX = {"1": MALE, "m": MALE, "male": MALE, "男": MALE, "2": FEMALE, "f": FEMALE, "female": FEMALE, "女": FEMALE}
POSITION = {"l": LYING, "lying": LYING, "卧": LYING, "h": STANDING, "standing": STANDING, "立": STANDING}
OEDEMA = {"y": 1, "yes": 1, "1": 1, "true": 1, "是": 1, "n": 0, "no": 0, "2": 0, "0": 0, "false": 0, "否": 0}
OUT = {
    "haz": ("zlen", "flen"),
    "waz": ("zwei", "fwei"),
    "wlz": ("zwfl", "fwfl"),
    "baz": ("zbmi", "fbmi"),
    "hcz": ("zhc", "fhc"),
}
DAYS_OF_MONTH = 30.4375
NONE = ("", "na")


class Problem(NamedTuple):
    """A cell that could not be read and counts as empty. `row`: its line in the sheet, the headings are the first."""

    row: int
    column: str
    value: str


class NoSuchColumn(ValueError):
    """A column without which nothing can be scored is missing."""


class Survey:
    """The columns of a sheet as numbers. Raises NoSuchColumn."""

    def __init__(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.head, self.rows, self.problems = head, rows, list[Problem]()
        named = {name.strip().lower(): place for place, name in reversed(list(enumerate(head)))}
        self.places = {
            wanted: next((named[name] for name in names if name in named), None) for wanted, names in NAMES.items()
        }
        aged = self._has("age") or self._has("months") or (self._has("birth") and self._has("visit"))
        if not (self._has("sex") and aged):
            raise NoSuchColumn("a survey needs the columns sex and age (in days), agemons, or birth and visit")

    def scored(self) -> tuple[list[str], list[list[str]]]:
        """(headings, rows) with the scores behind; a column of the sheet that has the name of one of them gives way."""
        scores = batch_z(
            self._codes("sex", SEX, UNKNOWN),
            self._days(),
            self._numbers("weight"),
            self._numbers("lenhei"),
            self._codes("measure", POSITION, NOT_SAID),
            self._numbers("headc"),
            self._codes("oedema", OEDEMA, 0),
        )
        added: dict[str, list[str]] = {}
        for index, (name, flag) in OUT.items():
            least, most = PLAUSIBLE[index]
            values = [float(z) for z in scores[index]]
            added[name] = ["" if z != z else f"{z:.2f}" for z in values]
            added[flag] = ["" if z != z else str(int(not least <= z <= most)) for z in values]
        order = [out[0] for out in OUT.values()] + [out[1] for out in OUT.values()]
        kept = [place for place, name in enumerate(self.head) if name.strip().lower() not in added]
        rows = [
            [row[place] if place < len(row) else "" for place in kept] + [added[name][number] for name in order]
            for number, row in enumerate(self.rows)
        ]
        return [self.head[place] for place in kept] + order, rows

    def _has(self, wanted: str) -> bool:
        return self.places[wanted] is not None

    def _cells(self, wanted: str) -> list[str]:
        place = self.places[wanted]
        if place is None:
            return [""] * len(self.rows)
        return [row[place].strip() if place < len(row) else "" for row in self.rows]

    def _codes(self, wanted: str, codes: dict[str, int], missing: int) -> list[int]:
        return [self._code(wanted, number, cell, codes, missing) for number, cell in enumerate(self._cells(wanted))]

    def _code(self, wanted: str, number: int, cell: str, codes: dict[str, int], missing: int) -> int:
        word = cell.lower()
        if word not in codes and word not in NONE:
            self._note(wanted, number, cell)
        return codes.get(word, missing)

    def _numbers(self, wanted: str) -> list[float]:
        """Values that are above 0; sheets that went through 32-bit floats say 10.3999996 for 10.4."""
        found = []
        for number, cell in enumerate(self._cells(wanted)):
            value = _number(cell)
            if cell.lower() not in NONE and not value > 0:
                self._note(wanted, number, cell)
            found.append(round(value, 3) if value > 0 else nan)
        return found

    def _days(self) -> list[float]:
        if self._has("age"):
            return [self._rounded("age", number, cell, 1) for number, cell in enumerate(self._cells("age"))]
        if self._has("months"):
            return [
                self._rounded("months", number, cell, DAYS_OF_MONTH)
                for number, cell in enumerate(self._cells("months"))
            ]
        born, seen = self._dates("birth"), self._dates("visit")
        return [float((b - a).days) if a and b else nan for a, b in zip(born, seen, strict=True)]

    def _rounded(self, wanted: str, number: int, cell: str, days: float) -> float:
        """Whole days, a half upwards, as WHO's tools have it."""
        value = _number(cell)
        if cell.lower() not in NONE and value != value:
            self._note(wanted, number, cell)
        return float(floor(value * days + 0.5)) if value == value else nan

    def _dates(self, wanted: str) -> list[date | None]:
        return [self._date(wanted, number, cell) for number, cell in enumerate(self._cells(wanted))]

    def _date(self, wanted: str, number: int, cell: str) -> date | None:
        try:
            return date.fromisoformat(cell.replace("/", "-")) if cell.lower() not in NONE else None
        except ValueError:
            self._note(wanted, number, cell)
            return None

    def _note(self, wanted: str, number: int, cell: str) -> None:
        place = self.places[wanted]
        self.problems.append(Problem(number + 2, self.head[place] if place is not None else wanted, cell))


def _number(cell: str) -> float:
    """nan for what is no number."""
    try:
        value = float(cell)
    except ValueError:
        return nan
    return value if isfinite(value) else nan
