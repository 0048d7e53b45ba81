"""A child in memory, and a draft of it that a decision changes: records as packed bytes, little else. Pure.

A record is kept under the subject that it came with, so that a link that is withdrawn can be undone exactly; the row of
(kind, source, recordid) is that of the strongest publication among the child's subjects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from sys import intern

import orjson

from streams.alerting.alert import Alert
from streams.clinical.child.life import Life
from streams.clinical.child.milestones import Milestone
from streams.clinical.child.reading import TELLING
from streams.clinical.child.telling import DEPARTED, Told
from streams.clinical.vaccination.doses import Immunisation
from streams.timeline.child_alerts import Looks
from streams.timeline.holdings import Holdings, Identity, Key
from streams.timeline.kept import Kept, merged, strongest

NO_DOSES = Immunisation()
MOST_RECORDS = 20_000
FEW_SUBJECTS = 3
"""Of so few each is asked; what a child of more holds is looked up, which costs a look at all of it once a decision."""


@dataclass(slots=True)
class Child:
    """What a shard remembers of a child. `since`: what made it visible (ms since 1970), 0 while it is not registered.

    `told`, `life`, `schedule`, `looks` and `today` are those of the last evaluation. `alerts`: rule|episode → alert.
    `overdue`: doses that are told to be overdue, as the state has them.
    `wake_heard`: a rule is to be asked again once the child's clinic has confirmed that date.
    """

    records: dict[Key, bytes] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    told: dict[Identity, Told] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    since: int = 0
    life: Life | None = None
    schedule: tuple[Milestone, ...] = ()
    looks: Looks = field(default_factory=dict)
    immunisation: Immunisation = NO_DOSES
    overdue: frozenset[str] = frozenset()
    today: date | None = None
    wake_heard: date | None = None

    @property
    def clinic_id(self) -> str:
        """The clinic responsible now, "" while it is not registered."""
        return self.life.holds.clinic_id if self.life else ""

    def put(self, key: Key, value: bytes) -> None:
        """Take a record as the state topic has it."""
        self.records[interned(key)] = value
        self.subjects.add(key[3])


class Draft:
    """A child's changes of one decision; reads through to the child, which stays as it is until `install`."""

    def __init__(self, name: str, child: Child) -> None:
        self.name, self.child, self.version = name, child, -1
        self.puts: dict[Key, Kept] = {}
        self.drops: set[Key] = set()
        self.touched: set[Identity] = set()
        self.told: dict[Identity, Told | None] = {}
        self.alerts: dict[str, Alert] = {}
        self.since, self.life, self.schedule, self.today = child.since, child.life, child.schedule, child.today
        self.looks: Looks = child.looks
        self.immunisation = child.immunisation
        self.tells = self.evaluated = False
        self._joined: set[str] = set()
        self._count = len(child.records)
        self._holdings: Holdings | None = None

    def take(self, new: Kept, beyond: bool = False) -> bool:
        """Merge a publication; False when the child has too many records to take another.

        `beyond`: also then, for it was taken before, by another child, and must not be lost when that one joins.
        """
        identity, subject = new.publication.identity, new.publication.event.subject
        key = (*identity, subject)
        held = self.get(key)
        if held is None and self._count >= MOST_RECORDS and not beyond:
            return False
        kept = merged(held, new)
        if kept is not held:
            self._count += held is None
            self.puts[key] = kept
            self.drops.discard(key)
            self._touch(identity)
            self._joined.add(subject)
            if self._holdings is not None:
                self._holdings.add(key)
        return True

    def give_up(self, subject: str) -> list[bytes]:
        """Remove all records of a subject; the messages that hand them over."""
        keys = [key for key in self.holdings.of_subject(subject) if self._is_held(key)]
        values = [self.value(key) for key in keys]
        for key in keys:
            self.puts.pop(key, None)
            if key in self.child.records:
                self.drops.add(key)
            self._touch(key[:3])
        self._count -= len(keys)
        return values

    def _touch(self, identity: Identity) -> None:
        self.touched.add(identity)
        self.tells = self.tells or identity[0] in TELLING

    @property
    def holdings(self) -> Holdings:
        """All that the child held before this decision, and what came in it."""
        if self._holdings is None:
            self._holdings = Holdings.of((*self.child.records, *self.puts))
        return self._holdings

    def _subjects_of(self, identity: Identity) -> list[str]:
        """Subjects that may have sent a record, in their order."""
        if len(self.child.subjects) + len(self._joined) > FEW_SUBJECTS:
            return self.holdings.subjects_of(identity)
        return sorted(self.child.subjects | self._joined)

    def _is_held(self, key: Key) -> bool:
        return key in self.puts or (key in self.child.records and key not in self.drops)

    def get(self, key: Key) -> Kept | None:
        if key in self.puts:
            return self.puts[key]
        value = None if key in self.drops else self.child.records.get(key)
        return None if value is None else Kept.unpacked(value)

    def value(self, key: Key) -> bytes:
        return self.puts[key].value if key in self.puts else self.child.records[key]

    def held_keys(self) -> Iterator[Key]:
        yield from (key for key in self.child.records if key not in self.drops and key not in self.puts)
        yield from self.puts

    def identities(self) -> set[Identity]:
        """Every record that the child has or had before this decision."""
        return {key[:3] for key in self.child.records} | self.touched

    def touched_rows(self) -> set[Identity]:
        """Records whose rows may differ: a departure's also tells of registrations and places in centres."""
        if not self.tells:
            return self.touched
        return self.touched | {identity for identity in self.child.told if identity[0] == DEPARTED}

    def before(self, identity: Identity) -> Kept | None:
        """What held of the record before this decision, whether it stands or was retracted."""
        records = self.child.records
        values = [value for s in self._subjects_of(identity) if (value := records.get((*identity, s))) is not None]
        return strongest([Kept.unpacked(value) for value in values])

    def after(self, identity: Identity) -> Kept | None:
        found = [self.get((*identity, subject)) for subject in self._subjects_of(identity)]
        return strongest([kept for kept in found if kept is not None])

    def all_told(self) -> Iterable[Told]:
        """What the child's standing records tell of its life, with this decision."""
        return [told for told in (self.child.told | self.told).values() if told is not None]

    def install(self) -> None:
        child = self.child
        for key in self.drops:
            del child.records[key]
        for key, kept in self.puts.items():
            child.put(key, kept.value)
        for identity, told in self.told.items():
            if told is None:
                child.told.pop(identity, None)
            else:
                child.told[identity] = told
        child.alerts.update(self.alerts)
        child.looks, child.immunisation = self.looks, self.immunisation
        child.since, child.life, child.schedule, child.today = self.since, self.life, self.schedule, self.today


def interned(key: Key) -> Key:
    """The same key, sharing what many records have in common: only the record's own id costs memory."""
    kind, source, recordid, subject = key
    return (intern(kind), intern(source), recordid, intern(subject))


def record_key(child: str, key: Key) -> bytes:
    """The state topic's key of a record."""
    return b"r/" + child.encode() + b"/" + orjson.dumps(key)
