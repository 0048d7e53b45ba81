"""Dates and times of the contract, read by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta


def moment(text: object) -> datetime | None:
    """RFC 3339 with an offset, from 1970-01-02 by its own date; read by hand."""
    form = r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))"
    match = re.fullmatch(form, text, re.ASCII) if isinstance(text, str) else None
    if match is None or int(match[9] or 0) > 23 or int(match[10] or 0) > 59:
        return None
    try:
        at = datetime(*(int(match[n]) for n in range(1, 7)), int(f"{match[7] or 0:0<6}"[:6]), tzinfo=UTC)
    except ValueError:
        return None
    if at.date().isoformat() < "1970-01-02":
        return None
    east = (int(match[9] or 0) * 60 + int(match[10] or 0)) * (-1 if match[8] == "-" else 1)
    try:
        return at - timedelta(minutes=east)
    except OverflowError:
        return at


def is_stored(text: object) -> bool:
    """A time in the range that the store holds."""
    return moment(text) is not None and str(text)[:10] <= "2099-12-31"


def is_day(text: object) -> bool:
    return isinstance(text, str) and len(text) == 10 and is_stored(f"{text}T00:00:00Z")
