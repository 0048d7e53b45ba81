"""What one partition of timeline remembers: children, facts, routes of subjects, watermarks. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import NamedTuple

import orjson

from streams.alerting.alert import Alert
from streams.clinical.basis import PREFIXES, Basis
from streams.clinical.county import County
from streams.clinical.pack import RulePack
from streams.timeline.child import Child, Draft, record_key
from streams.timeline.evaluation import restore, wake_heard, wake_on
from streams.timeline.immunisations import told_overdue
from streams.timeline.moves import Held, Move, keep
from streams.timeline.situation import Situation

RECORD, SINCE, ALERTS, ROUTE, SEEN, MOVE, OVERDUE = b"r/", b"s/", b"a/", b"t/", b"w/", b"m/", b"d/"


class Route(NamedTuple):
    """The child that a subject's records belong to since `epoch`.

    `visible_at`: append time (ms since 1970) of the link that says so, 0 when it was not told.
    """

    epoch: int
    child: str
    visible_at: int = 0


@dataclass(slots=True)
class Memory:
    """`wake`: date → children whose derived values may change by themselves on that date.

    `basis`: what alerts were decided by at the last tick, and the facts since;
    `heards`: clinic → H of the last tick; `of_clinic`: clinic → the children that it is responsible for.
    """

    partitions: int
    zone: tzinfo
    basis: Basis = field(init=False)
    children: dict[str, Child] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    moves: Held = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)
    wake: dict[date, set[str]] = field(default_factory=dict)
    heards: dict[str, date] = field(default_factory=dict)
    of_clinic: dict[str, set[str]] = field(default_factory=dict)
    stale_centers: set[str] = field(default_factory=set)
    """Centres of which other contracts are known than at the last tick."""

    def __post_init__(self) -> None:
        self.basis = Basis(County(self.zone))

    @property
    def now(self) -> str:
        """The watermark: the least of what all of intake's partitions have passed, "" before."""
        return now_of(self.seen, self.partitions)

    def situation(self, configured: RulePack) -> Situation:
        """That of the last tick; `configured`: the rules to begin with."""
        return Situation.on(self.basis, configured, self.zone, self.now)

    @classmethod
    def restored(
        cls, state: Iterable[tuple[bytes, bytes]], partitions: int, zone: tzinfo, configured: RulePack
    ) -> Memory:
        memory = cls(partitions, zone)
        of_basis = []
        for key, value in state:
            prefix, rest = key[:2], key[2:]
            if prefix in PREFIXES:
                of_basis.append((prefix, rest, value))
            else:
                memory._restore(prefix, rest, value)
        memory.basis = Basis.restored(zone, of_basis)
        situation = memory.situation(configured)
        for name, child in memory.children.items():
            restore(child, situation)
            memory.remember(name, "")
        return memory

    def _restore(self, prefix: bytes, rest: bytes, value: bytes) -> None:
        if prefix == RECORD:
            name, _, packed = rest.partition(b"/")
            kind, source, recordid, subject = orjson.loads(packed)
            self._child(name).put((kind, source, recordid, subject), value)
        elif prefix == SINCE:
            self._child(rest).since = int(value)
        elif prefix == ALERTS:
            self._child(rest).alerts = {name: Alert(*alert) for name, alert in orjson.loads(value).items()}
        elif prefix == OVERDUE:
            self._child(rest).overdue = frozenset(orjson.loads(value))
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

    def remember(self, name: str, clinic_before: str) -> None:
        """When to look at a child again, and whose it is."""
        child = self.children[name]
        until = wake_on(child, self.basis.county)
        if until is not None:
            self.wake.setdefault(until, set()).add(name)
        child.wake_heard = wake_heard(child)
        if child.clinic_id != clinic_before:
            if clinic_before:
                self.of_clinic[clinic_before].discard(name)
            if child.clinic_id:
                self.of_clinic.setdefault(child.clinic_id, set()).add(name)

    def install(self, draft: Draft) -> None:
        """Put a child's changes in place; a child of whom nothing is left is forgotten."""
        clinic_before = draft.child.clinic_id
        draft.install()
        self.children[draft.name] = draft.child
        if draft.evaluated:
            self.remember(draft.name, clinic_before)
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
    overdue, before = told_overdue(draft.immunisation), told_overdue(draft.child.immunisation)
    if overdue != before:
        changes[OVERDUE + name.encode()] = orjson.dumps(overdue) if overdue else None
    if draft.alerts:
        changes[ALERTS + name.encode()] = _packed(draft.child.alerts | draft.alerts)
    return changes


def _packed(alerts: dict[str, Alert]) -> bytes:
    return orjson.dumps({name: alert.packed() for name, alert in alerts.items()})


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
