"""Moments as text: one form everywhere inside, RFC 3339 in UTC with milliseconds, text order is time order. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from schemas.event import moment_of
from schemas.remembered import remembered


def utc_text(moment: datetime) -> str:
    """For example 2026-03-02T01:30:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@remembered
def utc_text_of(text: str) -> str:
    """From an accepted RFC 3339 time. Remembered: in a rush many events are of the same second."""
    return utc_text(moment_of(text))


def utc_text_of_ms(ms: int) -> str:
    """From milliseconds since 1970."""
    seconds, rest = divmod(ms, 1000)
    return f"{_second(seconds)}.{rest:03d}Z"


@lru_cache(1 << 12)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").removesuffix("+00:00")


def parse_moment(text: str, zone: tzinfo) -> datetime:
    """RFC 3339, or a date or local time without offset, which is then meant in `zone`. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
