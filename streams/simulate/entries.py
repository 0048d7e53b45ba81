"""What an entry of the books says of when it happened, and which of several holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from streams.simulate.books import Entry
from streams.simulate.calendar import CHINA


def local_day(entry: Entry) -> date:
    return date.fromisoformat(entry.data["date"]) if "date" in entry.data else happened(entry).date()


def happened(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.time).astimezone(CHINA)


def newest(entries: Iterable[Entry]) -> Entry:
    """Of several records of one thing the greatest (time, source, record) holds."""
    return max(entries, key=lambda entry: (happened(entry), entry.source, entry.record))
