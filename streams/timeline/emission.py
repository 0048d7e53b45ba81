"""What a decision says to the outside: only differences, each row once. Pure."""

from __future__ import annotations

from typing import Any

import orjson

from schemas.internal import WATERMARK, WATERMARK_KEY, pack
from streams import topics
from streams.alerting.telling import told
from streams.clinical.vaccination.doses import DoseState
from streams.store_rows import StoreRows
from streams.timeline import cards
from streams.timeline.child import Child, Draft
from streams.timeline.growth import told_by
from streams.timeline.holdings import Identity
from streams.timeline.kept import Kept
from streams.timeline.rows import Row, child_row, dose_row, milestone_row, timeline_row
from streams.timeline.situation import Situation
from streams.timeline.waiting import Unlinked
from streams.transport.port import Output

VACCINATIONS = "vaccination_status"


class Emission:
    """Collects the outputs of one partition's decision."""

    def __init__(self, partition: int, partitions: int) -> None:
        self.partition, self._partitions = partition, partitions
        self.outputs: list[Output] = []
        self._unlinked = Unlinked()
        self._store_rows = StoreRows()

    def child(self, draft: Draft, before: Situation, now: Situation) -> None:
        """All differences of one child: records, the child, milestones, alerts, what is not linked to anybody.

        `before`: the situation in which the child was told of last; it matters when other rules hold now.
        """
        self._records(draft, before, now)
        if draft.evaluated:
            self._child_row(draft)
            self._milestones(draft)
            self._doses(draft)
            self._alerts(draft)
            self.outputs += cards.messages(draft, self._partitions)
        if draft.touched and (draft.life is None or draft.child.life is None):
            self._unlinked.add(draft)

    def finish(self) -> list[Output]:
        """All outputs, once every child was told of."""
        for version, deleted, row in self._unlinked.rows(self.partition):
            self.store_row("unlinked", version, row, deleted)
        return [*self.outputs, *self._store_rows.outputs(self.partition)]

    def passed(self, version: int, now: str) -> None:
        """Of a newer watermark, once every child was told of: the fold of centres has heard of all of them by then."""
        self.store_row("watermarks", version, {"stage": "timeline", "partition": self.partition, "now": now})
        value = pack({"t": WATERMARK, "now": now, "origin": self._partitions + self.partition})
        self.outputs += [Output(topics.FACILITY_EVENTS, p, WATERMARK_KEY, value) for p in range(self._partitions)]

    def store_row(self, table: str, version: int, row: Row, deleted: bool = False) -> None:
        """A row of one of the store's other tables."""
        self._store_rows.add(table, version, row, deleted)

    def _write(self, topic: str, key: str, body: dict[str, Any]) -> None:
        self.outputs.append(Output(topic, self.partition, key.encode(), orjson.dumps(body)))

    def _records(self, draft: Draft, before: Situation, now: Situation) -> None:
        """Rows of the records that changed; of all when what age and growth are reckoned by did, or the rules."""
        same = told_by(draft.life) == told_by(draft.child.life) and before.pack is now.pack
        for identity in sorted(draft.touched_rows() if same else draft.identities()):
            self._record(draft, identity, before, now)

    def _record(self, draft: Draft, identity: Identity, before: Situation, now: Situation) -> None:
        told = _row(draft.name, draft.before(identity), draft.child, before)
        row = _row(draft.name, draft.after(identity), draft, now)
        if told != row:
            body = {"version": draft.version, "deleted": row is None, "row": row or told}
            self._write(topics.TIMELINE_ENTRIES, draft.name, body)

    def _child_row(self, draft: Draft) -> None:
        self._difference("children", draft, _child_row(draft.name, draft.child), _child_row(draft.name, draft))

    def _milestones(self, draft: Draft) -> None:
        if draft.schedule is draft.child.schedule:
            return
        held = {m.name: m for m in draft.child.schedule}
        now = {m.name: m for m in draft.schedule}
        for name in held | now:
            if held.get(name) != now.get(name):
                before, after = (milestone_row(draft.name, m) if m else None for m in (held.get(name), now.get(name)))
                self._difference("milestones", draft, before, after)

    def _doses(self, draft: Draft) -> None:
        before, clinic_before = draft.child.immunisation.doses, draft.child.clinic_id
        clinic_id = draft.life.holds.clinic_id if draft.life else ""
        if before is draft.immunisation.doses and clinic_id == clinic_before:
            return
        held, now = {s.id: s for s in before}, {s.id: s for s in draft.immunisation.doses}
        for name in held | now:
            if held.get(name) != now.get(name) or clinic_id != clinic_before:
                was = dose_row(draft.name, held[name], clinic_before) if name in held else None
                self._difference(VACCINATIONS, draft, was, _dose_row(draft.name, now.get(name), clinic_id))

    def _alerts(self, draft: Draft) -> None:
        self.outputs += told(draft.alerts, draft.child.alerts, draft.version, self.partition, self._store_rows)

    def _difference(self, table: str, draft: Draft, before: Row | None, after: Row | None) -> None:
        if before != after:
            self.store_row(table, draft.version, after or before or {}, deleted=after is None)


def _row(name: str, kept: Kept | None, child: Child | Draft, situation: Situation) -> Row | None:
    if kept is None or child.life is None or not kept.publication.stands:
        return None
    return timeline_row(name, kept, child.life, child.since, situation)


def _dose_row(name: str, state: DoseState | None, clinic_id: str) -> Row | None:
    return dose_row(name, state, clinic_id) if state else None


def _child_row(name: str, child: Child | Draft) -> Row | None:
    return child_row(name, child.life, child.schedule, child.today) if child.life else None
