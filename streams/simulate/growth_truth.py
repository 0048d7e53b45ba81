"""Growth told again by simple means: the standards' printed rows, one child, one visit, one line at a time.

Reads the same published tables as everybody; shares no line of code with who else reads them.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from math import floor

from streams.simulate.books import JSON
from streams.simulate.calendar import months_later

INDICES = ("waz", "haz", "wlz", "baz", "hcz")
SD = range(-3, 4)
LIKELY = {"waz": (-6, 5), "haz": (-6, 6), "wlz": (-5, 5), "baz": (-5, 5), "hcz": (-5, 5)}


@cache
def _lms() -> dict[tuple[str, str, str], tuple[float, float, float]]:
    """(table, sex, x as printed with one decimal) → l, m, s."""
    text = files("streams.clinical").joinpath("reference", "who_2006_lms.csv").read_text("utf-8")
    return {
        (row["table"], row["sex"], f"{float(row['x']):.1f}"): (float(row["l"]), float(row["m"]), float(row["s"]))
        for row in csv.DictReader(text.splitlines())
    }


@cache
def _lines(table: str, sex: str) -> dict[float, list[float]]:
    """x → the values of −3SD … +3SD, as printed."""
    name = f"wst423_2022_sd_{table}_{'f' if sex == 'female' else 'm'}.csv"
    text = files("streams.clinical").joinpath("reference", name).read_text("utf-8")
    return {float(x): [float(value) for value in rest] for x, *rest in list(csv.reader(text.splitlines()))[1:]}


def counted_from(registration: JSON, day: date) -> date:
    """The day that age is counted from on a visit: a child born early is as old as if born when it was due."""
    born = date.fromisoformat(registration["birth_date"])
    weeks = registration.get("gestational_weeks") or 40
    early = weeks < 37 and day < months_later(born, 24)
    return born + timedelta(days=(40 - weeks) * 7) if early else born


def scores(sex: str, since: date, day: date, data: JSON) -> dict[str, float | None]:
    """WHO's z-scores of a visit, by index."""
    age = (day - since).days
    found: dict[str, float | None] = dict.fromkeys(INDICES)
    if sex == "unknown" or age < 0 or age > 1856:
        return found
    weight = None if data.get("oedema") else data.get("weight_kg")
    length = _as_taken(data, age, lies=age < 731)
    head = data.get("head_circumference_cm")
    if weight is not None:
        found["waz"] = _in_steps(weight, *_lms()["wfa", sex, f"{age}.0"])
    if length is not None:
        found["haz"] = _plainly(length, *_lms()["lfa", sex, f"{age}.0"])
    if head is not None:
        found["hcz"] = _plainly(head, *_lms()["hcfa", sex, f"{age}.0"])
    if weight is not None and length is not None:
        found["baz"] = _in_steps(weight * 10_000 / length / length, *_lms()["bmifa", sex, f"{age}.0"])
        found["wlz"] = _for_length("wfl" if age < 731 else "wfh", sex, length, weight)
    return found


def lines_reached(sex: str, since: date, day: date, data: JSON) -> dict[str, int | None]:
    """By column of `timeline` the greatest SD line of WS/T 423-2022 that is reached, −4 for none of them."""
    found: dict[str, int | None] = dict.fromkeys(("wst_wfa", "wst_lhfa", "wst_wfl"))
    if sex == "unknown" or day < since or day >= months_later(since, 84):
        return found
    whole = (day.year - since.year) * 12 + day.month - since.month
    whole -= months_later(since, whole) > day
    begun = (day - months_later(since, whole)).days / (months_later(since, whole + 1) - months_later(since, whole)).days
    weight = None if data.get("oedema") else data.get("weight_kg")
    length = _as_taken(data, (day - since).days, lies=whole < 24)
    if weight is not None:
        found["wst_wfa"] = _reached(_at(_lines("wfa", sex), whole + begun), weight)
    if length is not None:
        rows = _lines("lhfa", sex)
        same = {x: row for x, row in rows.items() if (x < 24) == (whole < 24)}  # lying and standing are two tables
        found["wst_lhfa"] = _reached(_at(same, whole + begun), length)
    if weight is not None and length is not None:
        by_length = _lines("wfl" if whole < 24 else "wfh", sex)
        if min(by_length) <= length <= max(by_length):
            found["wst_wfl"] = _reached(_at(by_length, length), weight)
    return found


def unlikely(found: dict[str, float | None]) -> list[str]:
    return [
        f"{name}-implausible"
        for name, z in found.items()
        if z is not None and not LIKELY[name][0] <= z <= LIKELY[name][1]
    ]


def growth_of(registration: JSON, day: date, data: JSON) -> JSON:
    """The columns of a visit's row, its flags, and what its data tell besides of a child born early."""
    sex, since = registration["sex"], counted_from(registration, day)
    born = date.fromisoformat(registration["birth_date"])
    shown = scores(sex, since, day, data)
    told = {**data} if since == born else {**data, "uncorrected": scores(sex, born, day, data)}
    return {**shown, **lines_reached(sex, since, day, data), "flags": sorted(unlikely(shown)), "data": told}


def _as_taken(data: JSON, age: int, *, lies: bool) -> float | None:
    length: float | None = data.get("length_height_cm")
    if length is None:
        return None
    if data.get("position") == "lying" and not lies:
        return round(length - 0.7, 6)
    if data.get("position") == "standing" and lies and age >= 274:
        return round(length + 0.7, 6)
    return length


def _plainly(value: float, power: float, median: float, spread: float) -> float:
    return _two_decimals(((value / median) ** power - 1) / (power * spread))


def _in_steps(value: float, power: float, median: float, spread: float) -> float:
    """Beyond the third line weight is counted in steps as wide as the last one before it."""
    z = ((value / median) ** power - 1) / (power * spread)
    if abs(z) <= 3:
        return _two_decimals(z)
    side = 1 if z > 0 else -1
    second, third = (median * (1 + power * spread * side * n) ** (1 / power) for n in (2, 3))
    return _two_decimals(side * (3 + (value - third) / (third - second)))


def _for_length(table: str, sex: str, length: float, weight: float) -> float | None:
    tenths = round(length * 10, 5)
    below = floor(tenths)
    row, above = (_lms().get((table, sex, f"{x / 10:.1f}")) for x in (below, below + 1))
    if row is None or (above is None and tenths > below):
        return None
    if above is not None:
        row = (
            row[0] + (above[0] - row[0]) * (tenths - below),
            row[1] + (above[1] - row[1]) * (tenths - below),
            row[2] + (above[2] - row[2]) * (tenths - below),
        )
    return _in_steps(weight, *row)


def _at(rows: dict[float, list[float]], x: float) -> list[float]:
    """The seven values at x: straight between rows, and straight on after the last."""
    before = max(row for row in list(rows)[:-1] if row <= x)
    after = min(row for row in rows if row > before)
    pairs = zip(rows[before], rows[after], strict=True)
    return [round(a + (b - a) * ((x - before) / (after - before)), 6) for a, b in pairs]


def _reached(values: list[float], value: float) -> int:
    return max([sd for sd, line in zip(SD, values, strict=True) if line <= value], default=-4)


def _two_decimals(z: float) -> float:
    return round(z * 100) / 100
