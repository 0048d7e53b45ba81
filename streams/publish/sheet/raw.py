"""Raw cells: what a spreadsheet holds, as a person sees it and as it is compared. Pure."""

from __future__ import annotations

import unicodedata
from typing import Any

Raw = Any
"""What a spreadsheet holds: str, float, int, bool, date, datetime, time, timedelta."""


def folded(text: str) -> str:
    """As it is compared: full-width forms made plain (NFKC), without white space, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def as_text(raw: Raw) -> str:
    """A cell as a person sees it; a whole number without a point."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    return raw.strip() if isinstance(raw, str) else str(raw)


def cell(row: list[Raw], position: int) -> Raw:
    """A cell of a row that may be short; "" where nothing or only white space is."""
    raw = row[position] if position < len(row) else ""
    return "" if isinstance(raw, str) and not raw.strip() else raw
