"""Puts a source's daily `reporting.completed` into its spool, once for each day on which somebody publishes then."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from streams.publish.daily import complete_through, last_due
from streams.publish.envelope import new_reporting_completed
from streams.publish.offline import validated
from streams.publish.spool import Spool, SpoolFull

OWED = "report owed"
"""What the spool remembers: the moment since which a report is owed; "" when none is."""


class DailyReports:
    """`opened`: since when this program publishes; what became due before is no business of it, unless it was noted."""

    def __init__(self, spool: Spool, source: str, at: time, zone: ZoneInfo, opened: datetime) -> None:
        self._spool, self._source, self._at, self._zone, self._opened = spool, source, at, zone, opened
        self._seen = opened
        noted = spool.noted(OWED)
        self._owed = datetime.fromisoformat(noted) if noted else None

    def look(self, now: datetime) -> None:
        """Give the report that is owed, if it may be given and there is room for it."""
        with contextlib.suppress(SpoolFull):  # owed as before
            self._look(now)

    def _look(self, now: datetime) -> None:
        due = last_due(now, self._at, self._zone)
        if due > self._seen:
            self._spool.note(OWED, due.isoformat())
            self._seen, self._owed = due, due
        if self._owed is None:
            return
        first = self._spool.given_first()
        waiting_since = None if first is None else datetime.fromtimestamp(first / 1000, UTC)
        through = complete_through(self._owed, self._opened, waiting_since, now)
        if through is not None:
            self._give(through, now)

    def _give(self, through: datetime, now: datetime) -> None:
        report = new_reporting_completed(self._source, through.astimezone(self._zone), now.astimezone(self._zone))
        given_at = int(now.timestamp() * 1000)
        self._spool.add([validated(report, given_at)], given_at, [(OWED, "")])
        self._owed = None
