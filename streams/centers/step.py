"""One decision of centers: gathers what a batch says about which centre or entity, and emits what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import orjson

from schemas.internal import CARD, EVENT, FACT, HEARD, WATERMARK, unpack
from streams.centers import cards
from streams.centers.alarms import Step as AlarmStep
from streams.centers.center import Center, enrolled_on
from streams.centers.child_looks import Looks
from streams.centers.draft import Draft
from streams.centers.lookout import Moment, is_due, owner, to_look_at, with_alerts
from streams.centers.registry import entity_id, rows_of
from streams.clinical.basis import BasisDraft
from streams.clinical.center.card import Card
from streams.records import Publication
from streams.store_rows import StoreRows
from streams.transport.port import Decision, Record, partition_of

if TYPE_CHECKING:
    from streams.centers.stage import CentersStage

RECORD, SEEN = b"r/", b"w/"


class Step:
    """A decision in the making; the stage is changed by `install` only."""

    def __init__(self, stage: CentersStage) -> None:
        self.stage = stage
        self.drafts: dict[str, Draft] = {}
        self.fact_versions: dict[str, int] = {}
        self.seen = dict(stage.seen)
        self.offset = self.ticked_at = -1
        self.rows = StoreRows()
        self.then = self.now = stage.judged(stage.seen)
        self.basis = BasisDraft(stage.alarms.basis, self.then.now if self.then else "", stage.pack)
        self.alarms = AlarmStep(stage.alarms, self.basis)

    def take(self, record: Record) -> None:
        """Take note of a message; nothing is derived before the whole batch was read."""
        value, name = record.value or b"", (record.key or b"").decode()
        meta, _ = unpack(value)
        self.offset = record.offset
        if meta["t"] == EVENT:
            self._draft(name).take(Publication.unpacked(value), value)
        elif meta["t"] == CARD:
            packed = meta["card"]
            card = None if packed is None else Card.unpacked(packed)
            self._draft(name).cards[str(meta["subject"]), str(meta["child"])] = card
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

    def _draft(self, name: str) -> Draft:
        if name not in self.drafts:
            self.drafts[name] = Draft(name, self.stage.centers.get(name) or Center(), self.stage.zone)
        draft = self.drafts[name]
        draft.version = self.offset
        return draft

    def decision(self) -> Decision:
        """Count and look once at what the batch touched, or at what the time that passed wakes."""
        stage = self.stage
        before, counted = stage.counted(stage.seen), stage.counted(self.seen)
        self.now = stage.judged(self.seen)
        self.basis.settle(self.now.now if self.now else "")
        for name in self._woken(is_new_day=_today(before) != _today(counted)):
            self._draft(name)
        for name in sorted(self.drafts):
            draft = self.drafts[name]
            draft.refresh(_today(before), _today(counted))
            self._days(draft)
        for subject in self.basis.facts:
            self._entity(subject)
        if self.now is not None:
            self._entities_alerts(self.now)
            for name in sorted(self.drafts):
                self._children_alerts(self.drafts[name], self.now)
            if self.now != self.then:
                row = {"stage": "centers", "partition": stage.partition, "now": self.now.now}
                self.rows.add("watermarks", self.ticked_at, row)
        alerts = self.alarms.outputs(stage.partition, self.rows)
        return Decision([*alerts, *self.rows.outputs(stage.partition)], self._changes(), self.install)

    @property
    def is_new_day(self) -> bool:
        return _today(self.then) != _today(self.now)

    def _woken(self, is_new_day: bool) -> Iterable[str]:
        """The centres to be looked at for another reason than records of theirs. `is_new_day`: for the counts."""
        centers = self.stage.centers
        if is_new_day or self.is_new_day or self.alarms.has_other_rules:
            return centers
        due = {name for name, center in centers.items() if self.now and is_due(center, self.now.today)}
        found = due if self.now != self.then else set()
        return found | (self.alarms.other_contracts() & centers.keys())

    def _entities_alerts(self, now: Moment) -> None:
        """Of the entities that this partition owns: what the batch touched, or all of them on a new day."""
        stage, today = self.stage, now.today
        enrolled = {name: draft.enrolled(today) for name, draft in self.drafts.items()}
        touched = {name: draft.version for name, draft in self.drafts.items()}
        owned = self.alarms.touched(self.fact_versions, touched, self.ticked_at, new_day=self.is_new_day)
        for subject, version in sorted(owned.items()):
            name = entity_id(subject)
            if partition_of(name, stage.partitions) == stage.partition:
                count = enrolled[name] if name in enrolled else _enrolled(stage.centers.get(name), today)
                self.alarms.ask(subject, today, count, now.now, version)

    def _children_alerts(self, draft: Draft, now: Moment) -> None:
        """Of the children in a centre, and of clusters of illness among them."""
        ticked, alerts = now != self.then, self.alarms.before.alerts
        who = to_look_at(draft, now.today, ticked=ticked, everyone=self.alarms.has_other_rules)
        if self.is_new_day or draft.name in self.alarms.other_contracts():
            who |= with_alerts(draft, alerts)
        pack = self.basis.basis.pack
        looks = Looks(draft, self.alarms.county, pack.rules_of("center") if pack else (), now)
        for subject in sorted(who):
            named = owner(draft.name, subject)
            look = looks.at(subject, alerts.get(named, {}))
            self.alarms.put(named, look.changed, draft.version)
            draft.wakes[subject] = look.wake_on

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
            for (subject, child), card in draft.cards.items():
                changes[cards.state_key(name, subject, child)] = cards.state_value(card)
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


def _today(moment: Moment | None) -> date | None:
    return moment.today if moment else None
