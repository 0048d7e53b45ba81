"""A publication of a record, and which of two wins (contract: highest revision, then the greater digest)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from schemas.event import Event, moment_of, read
from schemas.internal import EVENT, pack, unpack


@dataclass(frozen=True)
class Publication:
    """One published version of a record or its retraction; times are ms since 1970.

    `appended_at`: the broker's append time. `visible_at`: the append time of what made it visible (its own, or that
    of the registration, link or source registration that it waited for).
    """

    event: Event
    raw: bytes
    origin: str
    appended_at: int
    visible_at: int

    @property
    def identity(self) -> tuple[str, str, str]:
        """(kind, source, recordid): the record this is a version of, within one subject."""
        return (self.event.kind, self.event.source, self.event.recordid)

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def recorded_at(self) -> datetime:
        """When it was typed in: recordedtime, else time."""
        given = self.event.recordedtime
        return self.at if given is None else moment_of(given)

    @property
    def stands(self) -> bool:
        return not self.event.retraction

    def packed(self) -> bytes:
        meta = {"t": EVENT, "o": self.origin, "a": self.appended_at, "v": self.visible_at}
        return pack(meta, self.raw)

    @classmethod
    def unpacked(cls, value: bytes) -> Publication:
        """From an internal message or a state value that holds an event."""
        meta, raw = unpack(value)
        return cls(read(raw), raw, meta["o"], meta["a"], meta["v"])


def stronger(new: Publication, held: Publication | None) -> bool:
    """True when `new` replaces `held`. The same content published again changes nothing."""
    if held is None:
        return True
    if new.event.revision != held.event.revision:
        return new.event.revision > held.event.revision
    if new.raw == held.raw:
        return False
    ours, theirs = _tie(new), _tie(held)
    # The digest leaves recordedtime out: of the same content the one that was typed in first tells when it was.
    return new.recorded_at < held.recorded_at if ours == theirs else ours > theirs


def same_content(one: Publication, other: Publication) -> bool:
    """True when two publications of equal revision say the same."""
    return one.raw == other.raw or _tie(one) == _tie(other)


def _tie(publication: Publication) -> tuple[str, bool]:
    return (publication.event.digest(), publication.event.retraction)


def ended_on(began: Publication, ended: Publication | None) -> date | None:
    """The date that a record of an end gives; None without one, or where it began anew afterwards."""
    return None if ended is None or began.at > ended.at else date.fromisoformat(ended.event.data["date"])


def greatest(publications: Iterable[Publication]) -> Publication | None:
    """Of several standing records of one entity and kind the greatest (time, source, recordid) holds."""
    standing = [p for p in publications if p.stands]
    return max(standing, key=lambda p: (p.at, p.event.source, p.event.recordid), default=None)
