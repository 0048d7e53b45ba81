"""JSON pointers (RFC 6901) into an event, short and without identifiers, so that they can be shown and kept."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.masking import masked

LONGEST = 256


def pointer(parts: Iterable[str | int]) -> str:
    """The pointer to a place; a name that someone made very long is cut."""
    # Masked before it is escaped: the 1 of ~1 would hide the number behind it.
    path = "".join("/" + masked(str(part)).replace("~", "~0").replace("/", "~1") for part in parts)
    return path[:LONGEST]
