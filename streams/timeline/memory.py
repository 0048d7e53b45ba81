"""What one partition of timeline remembers besides its children: facts, routes of subjects, watermarks. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo

import orjson

from streams.records import Publication
from streams.timeline.checkup_overdue import Held
from streams.timeline.child import Child, local_today
from streams.timeline.evaluation import restored, wake_on

ALERTS, FACT, ROUTE, SEEN, RECORD = b"a/", b"f/", b"t/", b"w/", b"r/"


@dataclass(slots=True)
class Memory:
    """`wake`: date → children whose derived values may change by themselves on that date."""

    partitions: int
    zone: tzinfo
    children: dict[str, Child] = field(default_factory=dict)
    facts: dict[bytes, bytes] = field(default_factory=dict)
    routes: dict[str, tuple[int, str]] = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)
    wake: dict[date, set[str]] = field(default_factory=dict)

    @property
    def now(self) -> str:
        """The watermark: the least of what all of intake's partitions have passed, "" before."""
        return now_of(self.seen, self.partitions)

    @property
    def today(self) -> date | None:
        return local_today(self.now, self.zone)

    @classmethod
    def restored(cls, state: Iterable[tuple[bytes, bytes]], partitions: int, zone: tzinfo) -> Memory:
        memory = cls(partitions, zone)
        for key, value in state:
            memory._restore(key, value)
        for name, child in memory.children.items():
            restored(child, memory.today, zone)
            memory.sleep(name, wake_on(child.life, child.schedule, memory.today))
        return memory

    def _restore(self, key: bytes, value: bytes) -> None:
        prefix, rest = key[:2], key[2:]
        if prefix == RECORD:
            name, _, identity = rest.partition(b"/")
            kind, source, recordid, subject = orjson.loads(identity)
            self.child(name.decode()).put((kind, source, recordid, subject), value)
        elif prefix == ALERTS:
            self.child(rest.decode()).alerts = {name: Held(*held) for name, held in orjson.loads(value).items()}
        elif prefix == FACT:
            self.facts[rest] = value
        elif prefix == ROUTE:
            epoch, child = orjson.loads(value)
            self.routes[rest.decode()] = (epoch, child)
        else:
            self.seen[int(rest)] = value.decode()

    def child(self, name: str) -> Child:
        return self.children.setdefault(name, Child())

    def sleep(self, name: str, until: date | None) -> None:
        """Remember when to look at a child again."""
        if until is not None:
            self.wake.setdefault(until, set()).add(name)


def now_of(seen: dict[int, str], partitions: int) -> str:
    return min((seen.get(origin, "") for origin in range(partitions)), default="")


def packed_alerts(alerts: dict[str, Held]) -> bytes:
    """A child's alerts as one state value."""
    return orjson.dumps(
        {name: [held.state, held.resolution, held.raised_at, held.changed_at] for name, held in alerts.items()}
    )


def fact_key(fact: Publication) -> bytes:
    """A registry record's place among the facts."""
    return orjson.dumps([fact.event.subject, *fact.identity])
