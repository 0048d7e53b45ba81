"""One partition of timeline: gathers what a batch says about which child, lets the pure modules decide, and emits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, tzinfo
from typing import Any

import orjson

from schemas.internal import EVENT, FACT, HEARD, MOVED, ROUTE, WATERMARK, Origin, pack, unpack
from schemas.problems import Problem
from streams import topics
from streams.clinical.basis import BasisDraft
from streams.clinical.pack import RulePack, national
from streams.records import Publication
from streams.rejecting import refused_later
from streams.timeline import memory as keys
from streams.timeline.child import MOST_RECORDS, Child, Draft
from streams.timeline.emission import Emission
from streams.timeline.evaluation import evaluate
from streams.timeline.kept import HANDED_OVER, Kept, handed_over
from streams.timeline.memory import Memory, Route, changes_of, move_key, move_packed, now_of
from streams.timeline.moves import Marker, Moves
from streams.timeline.situation import Situation
from streams.timeline.waking import Waking
from streams.transport.port import Decision, Output, Record, partition_of

TOO_MANY = Problem(
    "too-many-records", "/subject", "this child has too many records", f"at most {MOST_RECORDS:,} records of one child"
)


class TimelineStage:
    """Folds partition `partition` of child-events."""

    def __init__(self, partition: int, partitions: int, zone: tzinfo, pack: RulePack | None = None) -> None:
        self.partition, self.partitions = partition, partitions
        self.zone, self.pack = zone, pack or national()
        self._memory = Memory(partitions, zone)

    def restore(self, state: Iterable[tuple[bytes, bytes]]) -> None:
        self._memory = Memory.restored(state, self.partitions, self.zone, self.pack)

    def decide(self, records: Sequence[Record], positions: Mapping[str, int]) -> Decision:
        step = Step(self._memory, self.partition, self.pack)
        for record in records:
            step.take(record)
        return step.decision()


class Step:
    """One decision in the making; the memory is changed by `install` only."""

    def __init__(self, memory: Memory, partition: int, configured: RulePack) -> None:
        self.memory, self.partition = memory, partition
        self.before = memory.situation(configured)
        self.basis = BasisDraft(memory.basis, memory.now, configured)
        self.emission = Emission(partition, memory.partitions)
        self.drafts: dict[str, Draft] = {}
        self.routes: dict[str, Route] = {}
        self.moves = Moves(memory.moves)
        self.arrived: set[str] = set()
        self.seen = dict(memory.seen)
        self.ticked_at = -1
        self.woken: list[date] = []
        self.heards: dict[str, date] = {}

    def take(self, record: Record) -> None:
        """Take note of a message; nothing is derived before the whole batch was read."""
        value, name = record.value or b"", (record.key or b"").decode()
        meta, raw = unpack(value)
        match meta["t"]:
            case t if t == EVENT:
                self._event(name, record.offset, Kept.read(meta, raw, value), HANDED_OVER in meta)
            case t if t == FACT:
                self.basis.fact(Publication.unpacked(value), value)
            case t if t == HEARD:
                self.basis.heard(str(meta["now"]), meta["heard"])
            case t if t == ROUTE:
                self._route(name, record.offset, meta)
            case t if t == MOVED:
                self._moved(name, record.offset, meta)
            case t if t == WATERMARK:
                self._watermark(record.offset, meta)
            case unknown:
                raise ValueError(f"{record.topic}/{record.partition}/{record.offset}: no message of kind {unknown!r}")

    def _draft(self, name: str, offset: int) -> Draft:
        draft = self.drafts.get(name)
        if draft is None:
            draft = self.drafts[name] = Draft(name, self.memory.children.get(name) or Child())
        draft.version = max(draft.version, offset)
        return draft

    def _event(self, name: str, offset: int, new: Kept, handed_over: bool) -> None:
        route = self._newest_route(new.publication.event.subject)
        if route is not None and route.child != name:
            self._hand_over(route, [new.value])
        elif not self._draft(name, offset).take(new, beyond=handed_over):
            self._refuse(new.publication)

    def _refuse(self, publication: Publication) -> None:
        origin = Origin.parse(publication.origin, publication.appended_at)
        key = publication.event.subject.encode()
        self.emission.outputs.append(refused_later(self.partition, origin, publication.raw, key, TOO_MANY))

    def _newest_route(self, subject: str) -> Route | None:
        return self.routes.get(subject) or self.memory.routes.get(subject)

    def _route(self, name: str, offset: int, meta: Mapping[str, Any]) -> None:
        """The old child hands over what it holds, and a marker; the new one awaits that."""
        subject, told = str(meta["subject"]), Route(int(meta["epoch"]), str(meta["child"]), int(meta.get("v", 0)))
        newest = max(told, self._newest_route(subject) or told)
        self.routes[subject] = newest
        if newest.child != name:
            self._hand_over(newest, self._draft(name, offset).give_up(subject))
        if str(meta.get("from", told.child)) != told.child:
            self._on_its_way(name, subject, told)

    def _on_its_way(self, name: str, subject: str, told: Route) -> None:
        if name == told.child:
            self.moves.comes(name, subject, told.epoch)
        else:
            self._send(self.moves.goes(name, subject, told.epoch, told.child))

    def _moved(self, name: str, offset: int, meta: Mapping[str, Any]) -> None:
        """All that another child had to hand over has come: alerts that waited for it are looked at again."""
        self._draft(name, offset)
        self.arrived.add(name)
        self._send(self.moves.came(name, str(meta["subject"]), int(meta["epoch"])))

    def _send(self, markers: Iterable[Marker]) -> None:
        for child, subject, epoch in markers:
            value = pack({"t": MOVED, "subject": subject, "epoch": epoch})
            partition = partition_of(child, self.memory.partitions)
            self.emission.outputs.append(Output(topics.CHILD_EVENTS, partition, child.encode(), value))

    def _hand_over(self, route: Route, values: Iterable[bytes]) -> None:
        partition, key = partition_of(route.child, self.memory.partitions), route.child.encode()
        moved = (handed_over(value, route.visible_at) for value in values)
        self.emission.outputs += [Output(topics.CHILD_EVENTS, partition, key, value) for value in moved]

    def _watermark(self, offset: int, meta: Mapping[str, Any]) -> None:
        origin, now = int(meta["origin"]), str(meta["now"])
        self.seen[origin] = max(now, self.seen.get(origin, ""))
        self.ticked_at = offset

    def decision(self) -> Decision:
        """Evaluate once what the batch touched, or what its newest watermark wakes."""
        now = now_of(self.seen, self.memory.partitions)
        self.basis.settle(now)
        self.situation = Situation.on(self.basis.basis, self.before.pack, self.memory.zone, now)
        woken, anew = self._wake()
        for name in sorted(self.drafts):
            draft = self.drafts[name]
            if draft.tells or name in woken or name in self.arrived:
                complete = not self.moves.is_awaiting(name)
                evaluate(draft, self.situation, complete=complete, anew=name in anew)
            self.emission.child(draft, self.before, self.situation)
        if self.situation.now != self.before.now:
            self.emission.passed(self.ticked_at, self.situation.now)
        return Decision(self.emission.finish(), self._changes(), self.install)

    def _wake(self) -> tuple[set[str], set[str]]:
        """Children to be looked at because time went on, and those of them whose rules are all to be asked."""
        if self.situation.now == self.before.now or self.situation.today is None:
            return set(), set()
        waking = Waking(self.memory, self.before, self.situation)
        self.woken, self.heards = waking.days, waking.heards
        for name in waking.names:
            self._draft(name, self.ticked_at)
        return waking.names, waking.anew

    def _changes(self) -> dict[bytes, bytes | None]:
        changes: dict[bytes, bytes | None] = {}
        for draft in self.drafts.values():
            changes |= changes_of(draft)
        changes |= {keys.ROUTE + subject.encode(): orjson.dumps([*route]) for subject, route in self.routes.items()}
        changes |= {move_key(c, subject): move and move_packed(move) for c, subject, move in self.moves.changes()}
        changed = {origin: at for origin, at in self.seen.items() if at != self.memory.seen.get(origin)}
        changes |= {keys.SEEN + b"%d" % origin: at.encode() for origin, at in changed.items()}
        return changes | self.basis.changes()

    def install(self) -> None:
        memory = self.memory
        memory.routes |= self.routes
        memory.seen = self.seen
        self.moves.install(memory.moves)
        for day in self.woken:
            del memory.wake[day]
        memory.heards |= self.heards
        memory.stale_centers = self._stale_centers()
        memory.basis = self.basis.basis
        for draft in self.drafts.values():
            memory.install(draft)

    def _stale_centers(self) -> set[str]:
        """Centres whose contracts changed since the last tick."""
        stale = set() if self.situation.now != self.before.now else set(self.memory.stale_centers)
        before, now = self.before.county.contracts, self.situation.county.contracts
        if before is not now and self.situation.now == self.before.now:
            stale |= {center for center in before.keys() | now.keys() if before.get(center) != now.get(center)}
        return stale
