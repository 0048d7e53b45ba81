"""When a source's `reporting.completed` is due, and up to when it may say that everything was sent. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

LEAST = timedelta(milliseconds=1)
"""An event that was given at a moment is not among what was given before it."""


def parse_daily(text: str) -> time:
    """A local time of day such as 18:00. Raises ValueError."""
    try:
        found = time.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise ValueError(f"report_daily_at={text!r} is no time of day such as '18:00'")
    return found


def last_due(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The last moment up to `now` at which the clock of `zone` showed `at`."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, zone)


def complete_through(
    owed: datetime, opened: datetime, waiting_since: datetime | None, now: datetime
) -> datetime | None:
    """What the report that is owed since `owed` may say; None while something that was given by then is on its way.

    `waiting_since`: when the oldest event was given that is not acknowledged. A program that was not there when the
    report became due (`opened` later) does not know what happened since: it reports no more than was asked for.
    """
    complete = now if waiting_since is None else waiting_since - LEAST
    if complete < owed:
        return None
    return complete if opened <= owed else owed
