"""A child in memory: its records as packed bytes, and only what derived values need decoded. Pure.

A record is kept under the subject that it came with, so that a link that is withdrawn can be undone exactly; the row of
(kind, source, recordid) is that of the strongest publication among the child's subjects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

import orjson

from schemas.internal import EVENT, pack, unpack
from streams.records import Publication, stronger
from streams.timeline.checkup_overdue import Held
from streams.timeline.life import TELLING, Life
from streams.timeline.milestones import Milestone

Key = tuple[str, str, str, str]
Identity = tuple[str, str, str]
MOST_RECORDS = 20_000
CONFLICT = "x"


def packed(publication: Publication, conflict: bool) -> bytes:
    """A record's state value, also the message that hands it over; tells of two contents at its revision."""
    meta = {"t": EVENT, "o": publication.origin, "a": publication.appended_at, "v": publication.visible_at}
    if conflict:
        meta[CONFLICT] = True
    return pack(meta, publication.raw)


def has_conflict(value: bytes) -> bool:
    return CONFLICT in unpack(value)[0]


def appended_at(value: bytes) -> int:
    return int(unpack(value)[0]["a"])


@dataclass(slots=True)
class Child:
    """What a child's shard remembers of it; `life`, `schedule` and `today` are those of the last evaluation."""

    records: dict[Key, bytes] = field(default_factory=dict)
    telling: dict[Key, Publication] = field(default_factory=dict)
    subjects: frozenset[str] = frozenset()
    alerts: dict[str, Held] = field(default_factory=dict)
    life: Life | None = None
    schedule: tuple[Milestone, ...] = ()
    today: date | None = None

    def put(self, key: Key, value: bytes, publication: Publication | None = None) -> None:
        self.records[key] = value
        if key[3] not in self.subjects:
            self.subjects |= {key[3]}
        if key[0] in TELLING:
            self.telling[key] = publication or Publication.unpacked(value)

    def drop(self, key: Key) -> None:
        del self.records[key]
        self.telling.pop(key, None)


class Draft:
    """A child's changes of one decision; reads through to the child and leaves it as it is until `install`."""

    def __init__(self, name: str, child: Child) -> None:
        self.name, self.child = name, child
        self.puts: dict[Key, tuple[bytes, Publication]] = {}
        self.drops: set[Key] = set()
        self.alerts: dict[str, Held] = {}
        self.version = -1
        self.life, self.schedule, self.today = child.life, child.schedule, child.today

    @property
    def touched(self) -> set[Identity]:
        return {key[:3] for key in self.puts} | {key[:3] for key in self.drops}

    @property
    def tells(self) -> bool:
        """True when a record changed on which values of the child as a whole depend."""
        return any(identity[0] in TELLING for identity in self.touched)

    def take(self, publication: Publication, conflict: bool) -> bool:
        """Merge a publication; False when the child has too many records to take another."""
        key = (*publication.identity, publication.event.subject)
        held = self.get(key)
        if held is None and self.count() >= MOST_RECORDS:
            return False
        rival = None if held is None else self.puts[key][1] if key in self.puts else Publication.unpacked(held)
        wins = stronger(publication, rival)
        if held is not None and rival is not None:
            conflict = _conflict(publication, rival, wins, conflict, has_conflict(held))
        if wins or (held is not None and rival is not None and conflict != has_conflict(held)):
            kept = publication if wins or rival is None else rival
            self.puts[key] = (packed(kept, conflict), kept)
            self.drops.discard(key)
        return True

    def give_up(self, subject: str) -> list[bytes]:
        """Remove all records of a subject; the messages that hand them over."""
        keys = [key for key in self.held_keys() if key[3] == subject]
        values = [self.get(key) for key in keys]
        for key in keys:
            self.puts.pop(key, None)
            if key in self.child.records:
                self.drops.add(key)
        return [value for value in values if value is not None]

    def get(self, key: Key) -> bytes | None:
        if key in self.puts:
            return self.puts[key][0]
        return None if key in self.drops else self.child.records.get(key)

    def held_keys(self) -> Iterator[Key]:
        yield from (key for key in self.child.records if key not in self.drops and key not in self.puts)
        yield from self.puts

    def count(self) -> int:
        return len(self.child.records) - len(self.drops) + sum(key not in self.child.records for key in self.puts)

    def telling(self) -> list[Publication]:
        """The winning publication of each record that tells of the child's life."""
        decoded = {key: p for key, p in self.child.telling.items() if key not in self.drops}
        decoded |= {key: p for key, (_, p) in self.puts.items() if key[0] in TELLING}
        winners: dict[Identity, Publication] = {}
        for key, publication in decoded.items():
            if stronger(publication, winners.get(key[:3])):
                winners[key[:3]] = publication
        return list(winners.values())

    def before(self, identity: Identity) -> bytes | None:
        """The record's strongest publication before this decision, whether it stands or not."""
        return _strongest(self.child.records.get((*identity, subject)) for subject in sorted(self.child.subjects))

    def after(self, identity: Identity) -> bytes | None:
        subjects = self.child.subjects | {key[3] for key in self.puts}
        return _strongest(self.get((*identity, subject)) for subject in sorted(subjects))

    def install(self) -> None:
        for key in self.drops:
            self.child.drop(key)
        for key, (value, publication) in self.puts.items():
            self.child.put(key, value, publication)
        self.child.alerts.update(self.alerts)
        self.child.life, self.child.schedule, self.child.today = self.life, self.schedule, self.today


def _conflict(new: Publication, held: Publication, wins: bool, told: bool, before: bool) -> bool:
    """Whether two different contents were published at the revision that holds."""
    if new.event.revision > held.event.revision:
        return told
    if new.event.revision < held.event.revision:
        return before
    return before or told or wins or (new.raw != held.raw and new.event.digest() != held.event.digest())


def _strongest(values: Iterator[bytes | None]) -> bytes | None:
    found = [value for value in values if value is not None]
    if len(found) < 2:
        return found[0] if found else None
    best, strongest = found[0], Publication.unpacked(found[0])
    for value in found[1:]:
        rival = Publication.unpacked(value)
        if stronger(rival, strongest):
            best, strongest = value, rival
    return best


def record_key(child: str, key: Key) -> bytes:
    """The state topic's key of a record."""
    return b"r/" + child.encode() + b"/" + orjson.dumps(key)


def local_today(now: str, zone: tzinfo) -> date | None:
    """The local date of a watermark; None before the first."""
    return datetime.fromisoformat(now).astimezone(zone).date() if now else None
