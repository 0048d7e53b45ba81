"""What a cell's text becomes: numbers, dates, times, lists, enumerations. Pure; a cell that cannot be read says why."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from streams.publish.sheet.mapping import Cell

TRUE = frozenset({"true", "yes", "y", "1", "是", "有"})
FALSE = frozenset({"false", "no", "n", "0", "否", "无"})
LONGEST_AGE_DAYS = 200 * 366


class BadCell(Exception):
    """The text does not fit what the mapping says; never repeats the text."""

    def __init__(self, message: str, allowed: str) -> None:
        super().__init__(message)
        self.message, self.allowed = message, allowed


def converted(cell: Cell, text: str, zone: ZoneInfo) -> Any:
    """The JSON value of a text that is not empty. Raises BadCell."""
    if cell.values is not None:
        if text not in cell.values:
            raise BadCell("is not in the mapping's values", ", ".join(cell.values))
        return cell.values[text]
    match cell.form:
        case "number":
            return _number(cell, text)
        case "integer":
            return _integer(text)
        case "boolean":
            return _boolean(text)
        case "date":
            return _moment(cell, text).date().isoformat()
        case "time":
            return _time(cell, text, zone)
        case "list":
            return _list(cell, text)
        case "text":
            return text


def days_before(day: date, text: str) -> str:
    """The date on which somebody was born who is so many days old on `day`."""
    age = _integer(text)
    if not 0 <= age <= LONGEST_AGE_DAYS:
        raise BadCell("is no age in days", "a whole number from 0")
    return (day - timedelta(days=age)).isoformat()


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadCell("is no number", "a number such as 9.6") from None
    if not number.is_finite():
        raise BadCell("is no number", "a number such as 9.6")
    return number


def _number(cell: Cell, text: str) -> int | float:
    # Decimal, so that 3250 g × 0.001 is 3.25 kg and not 3.2500000000000004.
    number = _decimal(text) * Decimal(str(cell.factor if cell.factor is not None else 1))
    if cell.decimals is not None:
        number = round(number, cell.decimals)
    return int(number) if number == number.to_integral_value() and abs(number) < 1 << 53 else float(number)


def _integer(text: str) -> int:
    number = _decimal(text)
    if number != number.to_integral_value() or abs(number) >= 1 << 53:
        raise BadCell("is no whole number", "a whole number such as 12")
    return int(number)


def _boolean(text: str) -> bool:
    lowered = text.lower()
    if lowered in TRUE:
        return True
    if lowered in FALSE:
        return False
    raise BadCell("is neither yes nor no", ", ".join(sorted(TRUE | FALSE)))


def _moment(cell: Cell, text: str) -> datetime:
    if not cell.format:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise BadCell("is no ISO date or time", "2026-03-02 or 2026-03-02T09:30:00; else say its format") from None
    for pattern in cell.format:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 (the sheet's zone is added in _time)
        except ValueError:
            continue
    raise BadCell("fits no format of the mapping", " or ".join(cell.format))


def _time(cell: Cell, text: str, zone: ZoneInfo) -> str:
    moment = _moment(cell, text)
    if _is_a_date(cell, text):
        moment = datetime.combine(moment.date(), time.fromisoformat(cell.at))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _is_a_date(cell: Cell, text: str) -> bool:
    if cell.format:
        return not any(hour in pattern for pattern in cell.format for hour in ("%H", "%I", "%X", "%c"))
    return len(text) <= len("2026-03-02")


def _list(cell: Cell, text: str) -> list[Any]:
    parts = [part.strip() for part in text.split(cell.separator)]
    return [_integer(part) if cell.items == "integer" else part for part in parts if part]
