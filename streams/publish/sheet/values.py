"""What a cell's value becomes by the form of its column: dates, numbers, words in either language. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from streams.publish.sheet.cells import FALSE, TRUE
from streams.publish.sheet.columns import Column, Form
from streams.publish.sheet.telling import (
    DATES,
    NEITHER,
    NO_CHOICE,
    NO_DATE,
    NO_NUMBER,
    NO_WHOLE_NUMBER,
    OTHER_UNIT,
    YES_OR_NO,
    BadCell,
    Told,
)

Raw = Any
"""What a spreadsheet holds: str, float, int, bool, date, datetime, time, timedelta."""

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
_CLOCK = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATE = re.compile(rf"(\d{{4}})(?:([-/.])(\d{{1,2}})\2(\d{{1,2}})|年(\d{{1,2}})月(\d{{1,2}})日?){_CLOCK}")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_BETWEEN = re.compile(r"[、,;/\s]+")
NONE = frozenset({"无", "没有", "正常", "none", "no"})
LONGEST_DATE = 40


def folded(text: str) -> str:
    """As it is compared: full-width forms made plain (NFKC), without white space, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def read(column: Column, raw: Raw) -> Any:
    """The JSON value of a cell that is not empty. Raises BadCell."""
    return _READERS[column.form](column, raw)


def as_text(raw: Raw) -> str:
    """A cell as a person sees it; a whole number without a point."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    return raw.strip() if isinstance(raw, str) else str(raw)


def day_of(raw: Raw) -> date:
    """The date in a cell. Raises BadCell."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise BadCell(NO_DATE, DATES)
    text = as_text(raw)
    found = _day(text) if len(text) <= LONGEST_DATE else None
    if found is None:
        raise BadCell(NO_DATE, DATES)
    return found


@lru_cache(1 << 12)
def _day(text: str) -> date | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _DATE.fullmatch("".join(plain.split()) if "年" in plain else plain) or _DIGITS.fullmatch(plain)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part and part.isdigit())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _text(_: Column, raw: Raw) -> str:
    return as_text(raw)


def _id(_: Column, raw: Raw) -> str:
    return unicodedata.normalize("NFKC", as_text(raw)).strip()


def _number(column: Column, raw: Raw) -> float | int:
    if isinstance(raw, str):
        return _written_number(column, raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise BadCell(NO_NUMBER, column.allowed)
    # A spreadsheet shows 15 digits: 9.2 + 0.4 is 9.6 there and here.
    number = float(f"{raw:.15g}")
    return int(number) if number.is_integer() and abs(number) < 1 << 53 else number


def _written_number(column: Column, raw: str) -> float | int:
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", raw).strip())
    if match is None or len(raw) > LONGEST_DATE:
        raise BadCell(NO_NUMBER, column.allowed)
    if match[2] and UNITS.get(folded(match[2])) != column.unit:
        known = folded(match[2]) in UNITS
        raise BadCell(OTHER_UNIT, in_unit(column)) if known else BadCell(NO_NUMBER, column.allowed)
    number = float(match[1])
    return int(number) if number.is_integer() and abs(number) < 1 << 53 else number


def in_unit(column: Column) -> Told:
    """What is allowed, with the unit to enter."""
    unit = column.unit.replace("°c", "°C")
    return Told(f"{unit}，{column.allowed.zh}", f"{unit}, {column.allowed.en}") if unit else column.allowed


def _integer(column: Column, raw: Raw) -> int:
    number = _number(column, raw)
    if not isinstance(number, int):
        raise BadCell(NO_WHOLE_NUMBER, column.allowed)
    return number


def _boolean(_: Column, raw: Raw) -> bool:
    text = folded(as_text(raw))
    if text not in TRUE and text not in FALSE:
        raise BadCell(NEITHER, YES_OR_NO)
    return text in TRUE


def _date(_: Column, raw: Raw) -> str:
    return day_of(raw).isoformat()


@cache
def words_of(column: Column) -> Mapping[str, str]:
    """Every way to write a value, folded → the value."""
    return {folded(word): value for value, chinese in column.choices for word in (value, chinese)}


def _choice(column: Column, raw: Raw) -> str:
    value = words_of(column).get(folded(as_text(raw)))
    if value is None:
        raise BadCell(NO_CHOICE, column.allowed)
    return value


def _vaccine(column: Column, raw: Raw) -> str:
    text = _id(column, raw)
    other, mark, name = text.partition(":")
    if mark and other.strip().lower() in ("other", "其他", "其它") and name.strip():
        return f"other:{name.strip()}"
    return _choice(column, text)


def _several(raw: Raw) -> list[str]:
    text = unicodedata.normalize("NFKC", as_text(raw))
    return [] if folded(text) in NONE else [part for part in _BETWEEN.split(text) if part]


def _choices(column: Column, raw: Raw) -> list[str]:
    return list(dict.fromkeys(_choice(column, part) for part in _several(raw)))


def _integers(column: Column, raw: Raw) -> list[int]:
    return [_integer(column, part) for part in _several(raw)]


def _texts(_: Column, raw: Raw) -> list[str]:
    return [part for part in (each.strip() for each in re.split("[、;；\n]", as_text(raw))) if part]


_READERS: Mapping[Form, Callable[[Column, Raw], Any]] = {
    "text": _text,
    "id": _id,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "integers": _integers,
    "texts": _texts,
    "vaccine": _vaccine,
}
