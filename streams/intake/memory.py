"""What one partition of intake remembers, and a draft of it that a decision changes. Pure.

Each entry is its own key in the compacted state topic. A draft never touches what it was made from: `install` does,
after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from streams.intake.arrival import Arrival
from streams.records import Publication

SOURCE, SUBJECT, LINKED, PARKED, HELD, SEEN, HEARD, SEQUENCE, NOW = (
    b"source/",
    b"subject/",
    b"link/",
    b"parked/",
    b"held/",
    b"seen/",
    b"heard/",
    b"sequence",
    b"now",
)
Identity = tuple[str, str, str]
Place = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """A child's subject that is known: registered, or linked at least once. `since`: append time in ms."""

    registered: bool
    child: str
    epoch: int
    since: int

    def packed(self) -> bytes:
        return orjson.dumps([self.registered, self.child, self.epoch, self.since])

    @classmethod
    def unpacked(cls, value: bytes) -> Subject:
        return cls(*orjson.loads(value))


@dataclass(slots=True)
class Memory:
    """All that a partition of intake knows; times are ms since 1970 or RFC 3339 in UTC."""

    sources: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    links: dict[str, dict[Identity, Publication]] = field(default_factory=dict)
    parked: dict[str, dict[Place, Arrival]] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=dict)
    held: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)
    unreported: set[str] = field(default_factory=set)
    sequence: int = 0
    now: str = ""

    @classmethod
    def restored(cls, state: Iterable[tuple[bytes, bytes]]) -> Memory:
        memory = cls()
        for key, value in state:
            memory._restore(key, value)
        memory.unreported = set(memory.heard)
        return memory

    def _restore(self, key: bytes, value: bytes) -> None:
        head, _, name = key.partition(b"/")
        match head + b"/":
            case b"source/":
                self.sources[name.decode()] = int(value)
            case b"subject/":
                self.subjects[name.decode()] = Subject.unpacked(value)
            case b"link/":
                link = Publication.unpacked(value)
                self.links.setdefault(link.event.subject, {})[link.identity] = link
            case b"parked/":
                arrival = Arrival.unparked(value)
                self.parked.setdefault(arrival.event.subject, {})[arrival.place] = arrival
                self.waiting.setdefault(arrival.event.source, set()).add(arrival.event.subject)
            case b"held/":
                self.held[name] = orjson.loads(value)
            case b"seen/":
                self.seen[int(name)] = value.decode()
            case b"heard/":
                self.heard[name.decode()] = value.decode()
            case b"now/":
                self.now = value.decode()
            case _:
                self.sequence = int(value)


class Draft:
    """Reads through to a memory; writes stay here, together with the state changes that make them durable."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.changes: dict[bytes, bytes | None] = {}
        self.sources: dict[str, int] = {}
        self.subjects: dict[str, Subject] = {}
        self._links: dict[str, dict[Identity, Publication]] = {}
        self._parked: dict[str, dict[Place, Arrival]] = {}
        self._waiting: dict[str, set[str]] = {}
        self.held: dict[bytes, dict[str, Any]] = dict(memory.held)
        self.seen: dict[int, str] = dict(memory.seen)
        self.now = memory.now
        self._heard: dict[str, str] = {}
        self._reported: set[str] = set()

    # sources and subjects
    def source_since(self, source: str) -> int | None:
        """Append time (ms) of the source's registration; a registry source needs none."""
        if source.startswith("registry:"):
            return 0
        since = self.sources.get(source)
        return self._memory.sources.get(source) if since is None else since

    def register_source(self, source: str, since: int) -> None:
        self.sources[source] = since
        self.changes[SOURCE + source.encode()] = b"%d" % since

    def subject(self, subject: str) -> Subject | None:
        return self.subjects.get(subject) or self._memory.subjects.get(subject)

    def know_subject(self, subject: str, known: Subject) -> None:
        self.subjects[subject] = known
        self.changes[SUBJECT + subject.encode()] = known.packed()

    # links of an alias
    def links(self, alias: str) -> dict[Identity, Publication]:
        return self._links.get(alias) or self._memory.links.get(alias, {})

    def put_link(self, link: Publication) -> None:
        alias = link.event.subject
        self._links[alias] = {**self.links(alias), link.identity: link}
        name = "/".join((alias, link.event.source, link.event.recordid))
        self.changes[LINKED + name.encode()] = link.packed()

    # parked events
    def parked(self, subject: str) -> dict[Place, Arrival]:
        held = self._parked.get(subject)
        return self._memory.parked.get(subject, {}) if held is None else held

    def park(self, arrival: Arrival) -> None:
        subject, source = arrival.event.subject, arrival.event.source
        self._mine(subject)[arrival.place] = arrival
        if self.source_since(source) is None:
            self.waiting(source).add(subject)
        self.changes[_parked_key(arrival)] = arrival.parked()

    def unpark(self, arrival: Arrival) -> None:
        del self._mine(arrival.event.subject)[arrival.place]
        self.changes[_parked_key(arrival)] = None

    def _mine(self, subject: str) -> dict[Place, Arrival]:
        if subject not in self._parked:
            self._parked[subject] = dict(self._memory.parked.get(subject, {}))
        return self._parked[subject]

    def waiting(self, source: str) -> set[str]:
        """Subjects with parked events of this unregistered source."""
        if source not in self._waiting:
            self._waiting[source] = set(self._memory.waiting.get(source, ()))
        return self._waiting[source]

    def touched_subjects(self) -> Iterator[tuple[str, dict[Place, Arrival], dict[Place, Arrival]]]:
        """(subject, parked before, parked after) of every subject whose parked events changed."""
        for subject, after in self._parked.items():
            yield subject, self._memory.parked.get(subject, {}), after

    # ticks and what was heard
    def hold(self, name: bytes, tick: dict[str, Any], packed: bytes) -> None:
        self.held[name] = tick
        self.changes[HELD + name] = packed

    def let_go(self, name: bytes) -> None:
        del self.held[name]
        self.changes[HELD + name] = None

    def see(self, origin: int, at: str) -> None:
        self.seen[origin] = at
        self.changes[SEEN + b"%d" % origin] = at.encode()

    def advance(self, now: str) -> None:
        self.now = now
        self.changes[NOW] = now.encode()

    def hear(self, source: str, until: str) -> None:
        if until > (self._heard.get(source) or self._memory.heard.get(source, "")):
            self._heard[source] = until
            self.changes[HEARD + source.encode()] = until.encode()

    def report_heard(self) -> dict[str, str]:
        """Sources heard of since the last report, and until when; counts as reported once installed."""
        news = {source: self._memory.heard[source] for source in self._memory.unreported} | self._heard
        self._reported = set(news)
        return news

    def next_sequence(self) -> int:
        """A number that grows with every decision that takes one: the version of this partition's own rows."""
        sequence = self._memory.sequence + 1
        self.changes[SEQUENCE] = b"%d" % sequence
        return sequence

    def install(self) -> None:
        """Make the draft the memory."""
        memory = self._memory
        memory.sources.update(self.sources)
        memory.subjects.update(self.subjects)
        memory.links.update(self._links)
        _update_or_drop(memory.parked, self._parked)
        _update_or_drop(memory.waiting, self._waiting)
        memory.held, memory.seen, memory.now = self.held, self.seen, self.now
        memory.heard.update(self._heard)
        memory.unreported = (memory.unreported | set(self._heard)) - self._reported
        if SEQUENCE in self.changes:
            memory.sequence += 1


def _parked_key(arrival: Arrival) -> bytes:
    return PARKED + "/".join((arrival.event.subject, *arrival.place)).encode()


def _update_or_drop(into: dict[str, Any], news: dict[str, Any]) -> None:
    for name, entries in news.items():
        if entries:
            into[name] = entries
        else:
            into.pop(name, None)
