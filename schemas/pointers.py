"""JSON pointers (RFC 6901) into an event, short and without identifiers, so that they can be shown and kept."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.masking import masked

LONGEST = 256


def pointer(parts: Iterable[str | int]) -> str:
    """The pointer to a place; a name that someone made very long is cut."""
    path = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
    return masked(path)[:LONGEST]
