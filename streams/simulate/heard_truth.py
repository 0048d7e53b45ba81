"""Until when every source was heard, and until when it has therefore sent everything, by what was published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from streams.simulate.books import Books, Entry
from streams.simulate.calendar import CHINA
from streams.simulate.entries import newest

SLACK = {"working-days": timedelta(days=3), "weekly": timedelta(days=10)}


class Heard:
    """At the end of the plan's last day."""

    def __init__(self, books: Books) -> None:
        self.today = books.plan.until
        self.until = _heard(books)
        registrations: dict[str, list[Entry]] = defaultdict(list)
        for entry in books.entries:
            if entry.kind == "source.registered" and entry.stands:
                registrations[entry.subject.removeprefix("source:")].append(entry)
        self.cadence = {source: str(newest(entries).data["cadence"]) for source, entries in registrations.items()}

    def day(self, source: str) -> date | None:
        """The local date until which a source was heard."""
        return self.until[source].astimezone(CHINA).date() if source in self.until else None

    def confirmed(self, clinic: str) -> date | None:
        """The last day of which a clinic has sent all; None when there is no such day."""
        source = f"clinic:{clinic}"
        if source not in self.cadence:
            return None if source in self.until else self.today
        if self.cadence[source] == "irregular":
            return self.today
        day = self.day(source)
        return None if day is None else min(self.today, day - SLACK[self.cadence[source]])


def _heard(books: Books) -> dict[str, datetime]:
    until: dict[str, datetime] = {}
    for publication in books.published:
        event = publication.event
        for moment in _moments(event):
            until[event["source"]] = max(moment, until.get(event["source"], moment))
    return until


def _moments(event: dict[str, object]) -> Iterable[datetime]:
    yield datetime.fromisoformat(str(event.get("recordedtime") or event["time"]))
    data = event["data"]
    if event["type"] == "reporting.completed.v1" and isinstance(data, dict):
        yield datetime.fromisoformat(data["through"])
