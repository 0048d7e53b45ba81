"""Moments as text: one form everywhere inside, RFC 3339 in UTC with milliseconds, text order is time order. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def utc_text(moment: datetime) -> str:
    """For example 2026-03-02T01:30:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_text_of_ms(ms: int) -> str:
    """From milliseconds since 1970."""
    return utc_text(datetime.fromtimestamp(ms / 1000, UTC))


def parse_moment(text: str, zone: tzinfo) -> datetime:
    """RFC 3339, or a date or local time without offset, which is then meant in `zone`. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
