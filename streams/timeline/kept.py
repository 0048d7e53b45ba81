"""A record as a child keeps it: its strongest publication, and whether its revision was published with two contents.

Its bytes are the message that brought it, so a record is stored, and handed over to another child, as it came. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from schemas.event import read
from schemas.internal import pack, unpack
from streams.records import Publication, same_content, stronger

CONFLICT = "x"
"""Metadata of a stored or handed-over record: true when the revision that holds had two contents."""


HANDED_OVER = "h"
"""Metadata of a record that came from another child."""


class Kept(NamedTuple):
    """`value`: the record as the state topic has it."""

    publication: Publication
    conflict: bool
    value: bytes

    @classmethod
    def unpacked(cls, value: bytes) -> Kept:
        meta, raw = unpack(value)
        return cls.read(meta, raw, value)

    @classmethod
    def read(cls, meta: dict[str, Any], raw: bytes, value: bytes) -> Kept:
        """From a message that was taken apart already."""
        return cls(Publication(read(raw), raw, meta["o"], meta["a"], meta["v"]), meta.get(CONFLICT, False), value)

    def in_conflict(self) -> Kept:
        """The same record with the note."""
        if self.conflict:
            return self
        meta, raw = unpack(self.value)
        return Kept(self.publication, True, pack(meta | {CONFLICT: True}, raw))


def merged(held: Kept | None, new: Kept) -> Kept:
    """The stronger of the two; `held` itself when nothing changes."""
    if held is None:
        return new
    ours, theirs = new.publication, held.publication
    if ours.event.revision != theirs.event.revision:
        return new if stronger(ours, theirs) else held
    winner = new if stronger(ours, theirs) else held
    noted = held.conflict or new.conflict or not same_content(ours, theirs)
    return winner.in_conflict() if noted else winner


def strongest(found: Sequence[Kept]) -> Kept | None:
    """What holds of one record that was sent under several subjects of one child."""
    best: Kept | None = None
    for kept in found:
        best = merged(best, kept)
    return best


def appended_at(value: bytes) -> int:
    """When the broker had the record (ms since 1970)."""
    return int(unpack(value)[0]["a"])


def stands(value: bytes) -> bool:
    """False for a retraction."""
    # Nearly all records stand, and a subject that nobody registers may have thousands: only what may be a retraction
    # is parsed. JSON can hide the word in escapes.
    _, raw = unpack(value)
    return not ((b"retracted" in raw or b"\\" in raw) and read(raw).retraction)


def handed_over(value: bytes, moment: int) -> bytes:
    """The message in which another child receives a record, visible since `moment` (ms since 1970) at the earliest."""
    meta, raw = unpack(value)
    return pack(meta | {"v": max(meta["v"], moment), HANDED_OVER: True}, raw)
