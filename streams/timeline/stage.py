"""One partition of timeline: gathers what a batch says about which child, lets the pure modules decide, and emits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, tzinfo
from typing import Any

import orjson

from schemas.internal import EVENT, FACT, ROUTE, WATERMARK, Origin, unpack
from schemas.problems import Problem
from streams import topics
from streams.records import Publication, stronger
from streams.rejecting import refused_later
from streams.timeline import memory as keys
from streams.timeline.child import CONFLICT, MOST_RECORDS, Child, Draft, local_today, record_key
from streams.timeline.emission import Emission
from streams.timeline.evaluation import evaluate, wake_on
from streams.timeline.memory import Memory, fact_key, now_of, packed_alerts
from streams.transport.port import Decision, Output, Record, partition_of

TOO_MANY = Problem(
    "too-many-records", "/subject", "this child has too many records", f"at most {MOST_RECORDS:,} records of one child"
)


class TimelineStage:
    """Folds partition `partition` of child-events."""

    def __init__(self, partition: int, partitions: int, zone: tzinfo) -> None:
        self.partition, self.partitions, self.zone = partition, partitions, zone
        self._memory = Memory(partitions, zone)

    def restore(self, state: Iterable[tuple[bytes, bytes]]) -> None:
        self._memory = Memory.restored(state, self.partitions, self.zone)

    def decide(self, records: Sequence[Record], positions: Mapping[str, int]) -> Decision:
        step = _Step(self._memory, self.partition)
        for record in records:
            step.take(record)
        return step.decision()


class _Step:
    """One decision in the making; the memory is changed by `install` only."""

    def __init__(self, memory: Memory, partition: int) -> None:
        self.memory, self.partition = memory, partition
        self.emission = Emission(partition, memory.zone)
        self.drafts: dict[str, Draft] = {}
        self.facts: dict[bytes, bytes] = {}
        self.routes: dict[str, tuple[int, str]] = {}
        self.seen = dict(memory.seen)
        self.ticked_at = -1
        self.woken: list[date] = []

    def take(self, record: Record) -> None:
        meta, _ = unpack(record.value or b"")
        name, message = (record.key or b"").decode(), meta["t"]
        if message == EVENT:
            self._event(name, record, meta)
        elif message == FACT:
            self._fact(record.value or b"")
        elif message == ROUTE:
            self._route(name, record, meta)
        elif message == WATERMARK:
            self._watermark(record, meta)

    def _draft(self, name: str, offset: int) -> Draft:
        if name not in self.drafts:
            self.drafts[name] = Draft(name, self.memory.children.get(name) or Child())
        draft = self.drafts[name]
        draft.version = max(draft.version, offset)
        return draft

    def _event(self, name: str, record: Record, meta: Mapping[str, Any]) -> None:
        publication = Publication.unpacked(record.value or b"")
        route = self._newest_route(publication.event.subject)
        if route is not None and route[1] != name:
            self._hand_over(route[1], [record.value or b""])
        elif not self._draft(name, record.offset).take(publication, CONFLICT in meta):
            self._refuse(publication)

    def _refuse(self, publication: Publication) -> None:
        origin = Origin.parse(publication.origin, publication.appended_at)
        key = publication.event.subject.encode()
        self.emission.outputs.append(refused_later(self.partition, origin, publication.raw, key, TOO_MANY))

    def _fact(self, value: bytes) -> None:
        fact = Publication.unpacked(value)
        key = fact_key(fact)
        held = self.facts.get(key) or self.memory.facts.get(key)
        if stronger(fact, None if held is None else Publication.unpacked(held)):
            self.facts[key] = value

    def _newest_route(self, subject: str) -> tuple[int, str] | None:
        return self.routes.get(subject) or self.memory.routes.get(subject)

    def _route(self, name: str, record: Record, meta: Mapping[str, Any]) -> None:
        subject, told = str(meta["subject"]), (int(meta["epoch"]), str(meta["child"]))
        newest = max(told, self._newest_route(subject) or told)
        self.routes[subject] = newest
        if newest[1] != name:
            self._hand_over(newest[1], self._draft(name, record.offset).give_up(subject))

    def _hand_over(self, child: str, values: Iterable[bytes]) -> None:
        partition = partition_of(child, self.memory.partitions)
        self.emission.outputs += [Output(topics.CHILD_EVENTS, partition, child.encode(), value) for value in values]

    def _watermark(self, record: Record, meta: Mapping[str, Any]) -> None:
        origin, now = int(meta["origin"]), str(meta["now"])
        self.seen[origin] = max(now, self.seen.get(origin, ""))
        self.ticked_at = record.offset

    def decision(self) -> Decision:
        now = now_of(self.seen, self.memory.partitions)
        today = local_today(now, self.memory.zone)
        woken = self._wake(today)
        for name in sorted(self.drafts):
            draft = self.drafts[name]
            if name in woken or draft.tells:
                evaluate(draft, today, now, self.memory.zone)
            self.emission.child(draft)
        if now != self.memory.now:
            row = {"stage": "timeline", "partition": self.partition, "now": now}
            self.emission.store_row("watermarks", "timeline", self.ticked_at, row)
        return Decision(self.emission.outputs, self._changes(), self.install)

    def _wake(self, today: date | None) -> set[str]:
        """Children whose date has come."""
        if today is None or today == self.memory.today:
            return set()
        self.woken = [day for day in self.memory.wake if day <= today]
        names = {name for day in self.woken for name in self.memory.wake[day] if name in self.memory.children}
        for name in names:
            self._draft(name, self.ticked_at)
        return names

    def _changes(self) -> dict[bytes, bytes | None]:
        changes: dict[bytes, bytes | None] = {}
        for name, draft in self.drafts.items():
            changes |= {record_key(name, key): None for key in draft.drops}
            changes |= {record_key(name, key): value for key, (value, _) in draft.puts.items()}
            if draft.alerts:
                changes[keys.ALERTS + name.encode()] = packed_alerts(draft.child.alerts | draft.alerts)
        changes |= {keys.FACT + key: value for key, value in self.facts.items()}
        changes |= {keys.ROUTE + s.encode(): orjson.dumps(route) for s, route in self.routes.items()}
        changed = {origin: at for origin, at in self.seen.items() if at != self.memory.seen.get(origin)}
        return changes | {keys.SEEN + b"%d" % origin: at.encode() for origin, at in changed.items()}

    def install(self) -> None:
        memory = self.memory
        memory.facts |= self.facts
        memory.routes |= self.routes
        memory.seen = self.seen
        for day in self.woken:
            del memory.wake[day]
        for name, draft in self.drafts.items():
            draft.install()
            memory.children[name] = draft.child
            memory.sleep(name, wake_on(draft.life, draft.schedule, draft.today))
