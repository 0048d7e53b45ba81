"""Which version of its format wrote a shard's state; it travels as a header of the shard's offset records. Pure.

A header and no record of its own: whatever reads the state, also an earlier huiyu, finds nothing new in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from streams.errors import OtherVersion

HEADER = "state-version"
FIRST = 1
"""What bears no version was written before versions were told."""


def header(version: int) -> tuple[str, bytes]:
    return HEADER, b"%d" % version


def version_of(headers: Sequence[tuple[str, bytes]]) -> int:
    """The version that an offset record bears."""
    return next((int(value) for name, value in headers if name == HEADER), FIRST)


def check(found: Collection[int], known: int, where: str) -> None:
    """Whether a huiyu that writes `known` may go on from what it found. Raises OtherVersion, which says what to do."""
    newer, older = max(found, default=known), min(found, default=known)
    if newer > known:
        raise OtherVersion(f"{where} is of state version {newer}, this huiyu knows {known}: upgrade huiyu")
    if older < known:
        remedy = "stop the stages (`huiyu down`), make all anew from the sources (`huiyu rebuild --yes`), start them"
        raise OtherVersion(f"{where} is of state version {older}, this huiyu writes {known}: {remedy}")
