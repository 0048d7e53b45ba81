"""What one partition of timeline remembers: children, facts, routes of subjects, watermarks. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import orjson

from streams.records import Publication
from streams.timeline.checkup_overdue import Alert
from streams.timeline.child import Child, Draft, record_key
from streams.timeline.evaluation import Frame, restore, wake_on
from streams.timeline.moves import Held, Move, keep

RECORD, SINCE, ALERTS, FACT, ROUTE, SEEN, MOVE = b"r/", b"s/", b"a/", b"f/", b"t/", b"w/", b"m/"


class Route(NamedTuple):
    """The child that a subject's records belong to since `epoch`.

    `visible_at`: append time (ms since 1970) of the link that says so, 0 when it was not told.
    """

    epoch: int
    child: str
    visible_at: int = 0


@dataclass(slots=True)
class Memory:
    """`wake`: date → children whose derived values may change by themselves on that date."""

    partitions: int
    frame: Frame
    children: dict[str, Child] = field(default_factory=dict)
    facts: dict[bytes, bytes] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    moves: Held = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)
    wake: dict[date, set[str]] = field(default_factory=dict)

    @property
    def now(self) -> str:
        """The watermark: the least of what all of intake's partitions have passed, "" before."""
        return now_of(self.seen, self.partitions)

    @classmethod
    def restored(cls, state: Iterable[tuple[bytes, bytes]], partitions: int, frame: Frame) -> Memory:
        memory = cls(partitions, frame)
        for key, value in state:
            memory._restore(key, value)
        for name, child in memory.children.items():
            restore(child, memory.now, frame)
            memory.sleep(name)
        return memory

    def _restore(self, key: bytes, value: bytes) -> None:
        prefix, rest = key[:2], key[2:]
        if prefix == RECORD:
            name, _, packed = rest.partition(b"/")
            kind, source, recordid, subject = orjson.loads(packed)
            self._child(name).put((kind, source, recordid, subject), value)
        elif prefix == SINCE:
            self._child(rest).since = int(value)
        elif prefix == ALERTS:
            self._child(rest).alerts = {name: Alert(*alert) for name, alert in orjson.loads(value).items()}
        elif prefix == FACT:
            self.facts[rest] = value
        elif prefix == ROUTE:
            self.routes[rest.decode()] = Route(*orjson.loads(value))
        elif prefix == MOVE:
            keep(self.moves, *move_unpacked(rest, value))
        elif prefix == SEEN:
            self.seen[int(rest)] = value.decode()
        else:
            raise ValueError(f"no stage of this version writes state keys that begin with {prefix!r}")

    def _child(self, name: bytes) -> Child:
        return self.children.setdefault(name.decode(), Child())

    def sleep(self, name: str) -> None:
        """Remember when to look at a child again."""
        child = self.children[name]
        until = wake_on(child.life, child.schedule, child.today, self.frame.pack)
        if until is not None:
            self.wake.setdefault(until, set()).add(name)

    def install(self, draft: Draft) -> None:
        """Put a child's changes in place; a child of whom nothing is left is forgotten."""
        draft.install()
        self.children[draft.name] = draft.child
        if draft.evaluated:
            self.sleep(draft.name)
        if not draft.child.records and not draft.child.alerts:
            del self.children[draft.name]


def now_of(seen: dict[int, str], partitions: int) -> str:
    return min((seen.get(origin, "") for origin in range(partitions)), default="")


def changes_of(draft: Draft) -> dict[bytes, bytes | None]:
    """The state topic's records that make a draft durable."""
    name = draft.name
    changes: dict[bytes, bytes | None] = {record_key(name, key): None for key in draft.drops}
    for key, kept in draft.puts.items():
        changes[record_key(name, key)] = kept.value
    if draft.since != draft.child.since:
        changes[SINCE + name.encode()] = b"%d" % draft.since if draft.since else None
    if draft.alerts:
        changes[ALERTS + name.encode()] = _packed(draft.child.alerts | draft.alerts)
    return changes


def _packed(alerts: dict[str, Alert]) -> bytes:
    return orjson.dumps({name: [a.state, a.resolution, a.raised_at, a.changed_at] for name, a in alerts.items()})


def move_key(child: str, subject: str) -> bytes:
    """The state topic's key of what is on its way."""
    return MOVE + f"{child}/{subject}".encode()


def move_packed(move: Move) -> bytes:
    return orjson.dumps([move.awaits, move.owes])


def move_unpacked(key: bytes, value: bytes) -> tuple[str, str, Move]:
    """(child, subject, move) from a key without its prefix, and the value."""
    child, _, subject = key.decode().partition("/")
    awaits, owes = orjson.loads(value)
    return child, subject, Move(tuple(awaits), tuple((epoch, to) for epoch, to in owes))


def fact_key(fact: Publication) -> bytes:
    """A registry record's place among the facts."""
    return orjson.dumps([fact.event.subject, *fact.identity])
