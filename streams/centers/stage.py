"""One partition of centers: gathers what a batch says about which centre or entity, and emits what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo

import orjson

from schemas.internal import EVENT, FACT, HEARD, WATERMARK, unpack
from streams.centers.alarms import ALERT, Alarms
from streams.centers.alarms import Step as AlarmStep
from streams.centers.center import Center, Draft, enrolled_on, restored
from streams.centers.registry import entity_id, rows_of
from streams.clinical.basis import PREFIXES, Basis, BasisDraft
from streams.clinical.pack import RulePack, national
from streams.records import Publication
from streams.store_rows import StoreRows
from streams.transport.port import Decision, Output, Record, partition_of

RECORD, SEEN = b"r/", b"w/"


class CentersStage:
    """Folds partition `partition` of facility-events. Every partition holds all facts; an entity's owner shows it."""

    def __init__(self, partition: int, partitions: int, zone: tzinfo, pack: RulePack | None = None) -> None:
        self.partition, self.partitions, self.zone = partition, partitions, zone
        self.pack = pack or national()
        self.alarms = Alarms(zone)
        self.centers: dict[str, Center] = {}
        self.seen: dict[int, str] = {}

    def restore(self, state: Iterable[tuple[bytes, bytes]]) -> None:
        self.centers, self.seen = {}, {}
        self.alarms = Alarms(self.zone)
        of_basis = []
        for key, value in state:
            prefix, rest = key[:2], key[2:]
            if prefix in PREFIXES:
                of_basis.append((prefix, rest, value))
            else:
                self._restore(prefix, rest, value)
        self.alarms.basis = Basis.restored(self.zone, of_basis)
        for center in self.centers.values():
            restored(center, self.today(self.seen), self.zone)

    def _restore(self, prefix: bytes, rest: bytes, value: bytes) -> None:
        if prefix == SEEN:
            self.seen[int(rest)] = value.decode()
        elif prefix == ALERT:
            self.alarms.put(rest, value)
        else:
            name, _, identity = rest.partition(b"/")
            kind, source, recordid, subject = orjson.loads(identity)
            center = self.centers.setdefault(name.decode(), Center())
            center.put((kind, source, recordid, subject), value, Publication.unpacked(value), self.zone)

    def now(self, seen: Mapping[int, str]) -> str:
        return min((seen.get(origin, "") for origin in range(self.partitions)), default="")

    def today(self, seen: Mapping[int, str]) -> date | None:
        now = self.now(seen)
        return datetime.fromisoformat(now).astimezone(self.zone).date() if now else None

    def decide(self, records: Sequence[Record], positions: Mapping[str, int]) -> Decision:
        step = _Step(self)
        for record in records:
            step.take(record)
        return step.decision()


class _Step:
    """One decision in the making; the stage is changed by `install` only."""

    def __init__(self, stage: CentersStage) -> None:
        self.stage = stage
        self.drafts: dict[str, Draft] = {}
        self.fact_versions: dict[str, int] = {}
        self.seen = dict(stage.seen)
        self.ticked_at = -1
        self.rows = StoreRows()
        self.basis = BasisDraft(stage.alarms.basis, stage.now(stage.seen), stage.pack)
        self.alarms = AlarmStep(stage.alarms, self.basis)

    def take(self, record: Record) -> None:
        value = record.value or b""
        meta, _ = unpack(value)
        if meta["t"] == EVENT:
            self._draft((record.key or b"").decode(), record.offset).take(Publication.unpacked(value), value)
        elif meta["t"] == FACT:
            fact = Publication.unpacked(value)
            if self.basis.fact(fact, value):
                self.fact_versions[fact.event.subject] = record.offset
        elif meta["t"] == HEARD:
            self.basis.heard(str(meta["now"]), meta["heard"])
        elif meta["t"] == WATERMARK:
            origin, now = int(meta["origin"]), str(meta["now"])
            self.seen[origin] = max(now, self.seen.get(origin, ""))
            self.ticked_at = record.offset

    def _draft(self, name: str, offset: int) -> Draft:
        if name not in self.drafts:
            self.drafts[name] = Draft(name, self.stage.centers.get(name) or Center(), self.stage.zone)
        draft = self.drafts[name]
        draft.version = max(draft.version, offset)
        return draft

    def decision(self) -> Decision:
        before, today = self.stage.today(self.stage.seen), self.stage.today(self.seen)
        if today != before:
            for name in self.stage.centers:
                self._draft(name, self.ticked_at)
        for name in sorted(self.drafts):
            draft = self.drafts[name]
            draft.refresh(before, today)
            self._days(draft)
        for subject in self.basis.facts:
            self._entity(subject)
        alerts = self._alerts(before, today)
        if self.stage.now(self.seen) != self.stage.now(self.stage.seen):
            row = {"stage": "centers", "partition": self.stage.partition, "now": self.stage.now(self.seen)}
            self.rows.add("watermarks", self.ticked_at, row)
        return Decision([*alerts, *self.rows.outputs(self.stage.partition)], self._changes(), self.install)

    def _alerts(self, before: date | None, today: date | None) -> list[Output]:
        """Of the entities that this partition owns: what the batch touched, or all of them on a new day."""
        stage, now = self.stage, self.stage.now(self.seen)
        self.basis.settle(now)
        if today is None:
            return []
        enrolled = {name: draft.enrolled(today) for name, draft in self.drafts.items()}
        touched = {name: draft.version for name, draft in self.drafts.items()}
        owned = self.alarms.touched(self.fact_versions, touched, self.ticked_at, new_day=today != before)
        for subject, version in sorted(owned.items()):
            name = entity_id(subject)
            if partition_of(name, stage.partitions) == stage.partition:
                count = enrolled[name] if name in enrolled else _enrolled(stage.centers.get(name), today)
                self.alarms.ask(subject, today, count, now, version)
        return self.alarms.outputs(stage.partition, self.rows)

    def _days(self, draft: Draft) -> None:
        for ordinal, figures in sorted(draft.shown.items()):
            day = date.fromordinal(ordinal)
            row = figures.row(draft.name, day) if figures else draft.center.shown[ordinal].row(draft.name, day)
            self.rows.add("center_days", draft.version, row, deleted=figures is None)

    def _entity(self, subject: str) -> None:
        name = entity_id(subject)
        if partition_of(name, self.stage.partitions) != self.stage.partition:
            return
        before = rows_of(subject, self.basis.before.county.facts.get(subject, {}).values())
        now = rows_of(subject, self.basis.facts[subject].values())
        for table, key in sorted(before.keys() | now.keys()):
            old, new = before.get((table, key)), now.get((table, key))
            if old != new:
                row = new if new is not None else old
                self.rows.add(table, self.fact_versions[subject], row or {}, deleted=new is None)

    def _changes(self) -> dict[bytes, bytes | None]:
        changes = self.basis.changes() | self.alarms.changes()
        for name, draft in self.drafts.items():
            prefix = RECORD + name.encode() + b"/"
            changes |= {prefix + orjson.dumps(key): value for key, (value, _) in draft.puts.items()}
        changed = {origin: at for origin, at in self.seen.items() if at != self.stage.seen.get(origin)}
        return changes | {SEEN + b"%d" % origin: at.encode() for origin, at in changed.items()}

    def install(self) -> None:
        self.stage.seen = self.seen
        self.alarms.install()
        for name, draft in self.drafts.items():
            draft.install()
            self.stage.centers[name] = draft.center


def _enrolled(center: Center | None, today: date) -> int:
    return 0 if center is None else enrolled_on(center.enrolled, today)
