"""A centre's attendance sheet: which day a column is, and what the mark in a cell says. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from streams.publish.sheet.columns import Column, column_of
from streams.publish.sheet.raw import as_text, folded
from streams.publish.sheet.telling import BadCell, Told
from streams.publish.sheet.values import day_of

KIND = "attendance.recorded"
PRESENT = ("√", "✓", "✔", "☑", "p", "y", "到", "全勤")
ABSENT = ("×", "✗", "✘", "x", "a", "n", "缺", "旷")
SHORT = {"病": "sick", "事": "personal", "sick leave": "sick"}
MARKS = Told(
    "出勤（√）、缺勤（×）、病假、事假、接种、体检、不明；没有记录时留空",
    "present (√), absent (×), sick, personal, vaccination, checkup, unknown; empty: nothing recorded",
)
_MONTH = re.compile(r"(\d{4})\s*(?:年|-|/|\.)\s*(\d{1,2})(?!\d)")
_OF_MONTH = re.compile(r"(?:(\d{1,2})\s*(?:月|/|-|\.)\s*)?(\d{1,2})\s*[日号]?")
_WEEKDAY = re.compile(r"(周|星期)?[一二三四五六日天]|(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\.?")
Month = tuple[int, int]


class NoSuchDay:
    """Stands for a day that the sheet's month does not have: 31 in a form that is printed for every month."""


def month_of(texts: Iterable[str]) -> Month | None:
    """The first year and month that the texts above the headings name."""
    for text in texts:
        if (match := _MONTH.search(unicodedata.normalize("NFKC", text))) and 1 <= int(match[2]) <= 12:
            return int(match[1]), int(match[2])
    return None


def day_heading(cell: Any, month: Month | None) -> date | type[NoSuchDay] | None:
    """The day of a column; None when its heading is none. Days without year or month need the sheet's."""
    try:
        return day_of(cell)
    except BadCell:
        text = unicodedata.normalize("NFKC", as_text(cell)).strip() if cell != "" and not isinstance(cell, bool) else ""
    match = _OF_MONTH.fullmatch(text)
    if match is None or month is None or not 1 <= int(match[2]) <= 31:
        return None
    return _day(month, int(match[1] or month[1]), int(match[2]))


def _day(month: Month, number: int, day: int) -> date | type[NoSuchDay]:
    try:
        return date(month[0], number, day)
    except ValueError:
        return NoSuchDay


def is_weekday(cell: Any) -> bool:
    """True for what stands in the row of weekdays below the days."""
    return _WEEKDAY.fullmatch(folded(as_text(cell))) is not None


def marked(raw: Any) -> dict[str, str]:
    """status and absence_reason of a mark. Raises BadCell."""
    if isinstance(raw, bool) or (isinstance(raw, int | float) and raw in (0, 1)):
        return {"status": "present" if raw else "absent"}
    found = _marks().get(folded(as_text(raw)))
    if found is None:
        raise BadCell(Told("不是出勤标记", "is no mark of attendance"), MARKS)
    return dict(found)


def mark_words() -> tuple[tuple[str, str], ...]:
    """(English, Chinese) of the marks that a list offers."""
    status, reason = _columns()
    return (*status.choices, *reason.choices)


def _columns() -> tuple[Column, Column]:
    return column_of(KIND, "status"), column_of(KIND, "absence_reason")


@cache
def _marks() -> Mapping[str, Mapping[str, str]]:
    status, reason = _columns()
    found = {folded(word): {"status": value} for value, chinese in status.choices for word in (value, chinese)}
    found |= {folded(word): {"status": "present"} for word in (*PRESENT, "1")}
    found |= {folded(word): {"status": "absent"} for word in (*ABSENT, "0")}
    reasons = [*((value, word) for word, value in SHORT.items()), *reason.choices]
    for value, chinese in reasons:
        found |= {folded(word): {"status": "absent", "absence_reason": value} for word in (value, chinese)}
    return found
