"""Numbers in cells, with or without their unit; another unit is refused and never converted. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping

from streams.publish.sheet.columns import Column
from streams.publish.sheet.raw import Raw, folded
from streams.publish.sheet.telling import NO_NUMBER, NO_WHOLE_NUMBER, OTHER_UNIT, BadCell, Told

UNITS: Mapping[str, str] = {
    **dict.fromkeys(("kg", "千克", "公斤"), "kg"),
    **dict.fromkeys(("g", "克"), "g"),
    **dict.fromkeys(("斤", "市斤"), "jin"),
    **dict.fromkeys(("两", "lb", "lbs", "磅"), "lb"),
    **dict.fromkeys(("cm", "厘米", "公分"), "cm"),
    **dict.fromkeys(("mm", "毫米", "m", "米", "寸", "尺"), "m"),
    **dict.fromkeys(("°c", "c", "度", "摄氏度"), "°c"),
    **dict.fromkeys(("°f", "f", "华氏度"), "°f"),
    **dict.fromkeys(("g/l", "克/升"), "g/l"),
    **dict.fromkeys(("g/dl", "克/分升"), "g/dl"),
    **dict.fromkeys(("周", "孕周", "week", "weeks", "w"), "week"),
    **dict.fromkeys(("月", "月龄", "个月", "month", "months"), "month"),
    **dict.fromkeys(("岁", "year", "years", "天", "日", "day", "days"), "other"),
}
"""How units are written (NFKC, lower case) → which unit that is."""

_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(\D.*)?")
LONGEST = 40


def number(column: Column, raw: Raw) -> float | int:
    """The number in a cell. Raises BadCell."""
    if isinstance(raw, str):
        return _written_number(column, raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise BadCell(NO_NUMBER, column.allowed)
    # A spreadsheet shows 15 digits: 9.2 + 0.4 is 9.6 there and here.
    return _as_json(float(f"{raw:.15g}"))


def _written_number(column: Column, raw: str) -> float | int:
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", raw).strip())
    if match is None or len(raw) > LONGEST:
        raise BadCell(NO_NUMBER, column.allowed)
    if match[2] and UNITS.get(folded(match[2])) != column.unit:
        known = folded(match[2]) in UNITS
        raise BadCell(OTHER_UNIT, in_unit(column)) if known else BadCell(NO_NUMBER, column.allowed)
    return _as_json(float(match[1]))


def _as_json(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 1 << 53 else value


def in_unit(column: Column) -> Told:
    """What is allowed, with the unit to enter."""
    unit = column.unit.replace("°c", "°C")
    return Told(f"{unit}，{column.allowed.zh}", f"{unit}, {column.allowed.en}") if unit else column.allowed


def integer(column: Column, raw: Raw) -> int:
    """The whole number in a cell. Raises BadCell."""
    found = number(column, raw)
    if not isinstance(found, int):
        raise BadCell(NO_WHOLE_NUMBER, column.allowed)
    return found
