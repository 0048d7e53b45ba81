"""What a cell's value becomes by the form of its column: dates, numbers, words in either language. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from streams.publish.sheet.cells import FALSE, TRUE
from streams.publish.sheet.columns import Column, Form
from streams.publish.sheet.numbers import integer, number
from streams.publish.sheet.raw import Raw, as_text, folded
from streams.publish.sheet.telling import (
    DATES,
    NEITHER,
    NO_CHOICE,
    NO_DATE,
    YES_OR_NO,
    BadCell,
)

_CLOCK = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATE = re.compile(rf"(\d{{4}})(?:([-/.])(\d{{1,2}})\2(\d{{1,2}})|年(\d{{1,2}})月(\d{{1,2}})日?){_CLOCK}")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_BETWEEN = re.compile(r"[、,;/\s]+")
NONE = frozenset({"无", "没有", "正常", "none", "no"})
LONGEST_DATE = 40


def read(column: Column, raw: Raw) -> Any:
    """The JSON value of a cell that is not empty. Raises BadCell."""
    return _READERS[column.form](column, raw)


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
    return [integer(column, part) for part in _several(raw)]


def _texts(_: Column, raw: Raw) -> list[str]:
    return [part for part in (each.strip() for each in re.split("[、;；\n]", as_text(raw))) if part]


_READERS: Mapping[Form, Callable[[Column, Raw], Any]] = {
    "text": _text,
    "id": _id,
    "number": number,
    "integer": integer,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "integers": _integers,
    "texts": _texts,
    "vaccine": _vaccine,
}
