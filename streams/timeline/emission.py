"""What a child's changes say to the outside: only differences, each row once per decision. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, tzinfo
from typing import Any

import orjson

from streams import topics
from streams.clock.moments import utc_text_of_ms
from streams.records import Publication
from streams.timeline.checkup_overdue import Held
from streams.timeline.child import Child, Draft, Identity, appended_at, has_conflict
from streams.timeline.life import Life
from streams.timeline.rows import Row, alert_row, child_row, gone, milestone_row, timeline_row
from streams.transport.port import Output

Unlinked = dict[tuple[str, str], tuple[int, int, int]]


class Emission:
    """Collects the outputs of one partition's decision."""

    def __init__(self, partition: int, zone: tzinfo) -> None:
        self.partition, self.zone = partition, zone
        self.outputs: list[Output] = []

    def child(self, draft: Draft) -> None:
        """All differences of one child: records, the child, milestones, alerts, what is not linked to anybody."""
        self._records(draft)
        if draft.life is not draft.child.life or draft.today != draft.child.today or draft.alerts:
            self._child_row(draft)
            self._milestones(draft)
            self._alerts(draft)
        if draft.life is None or draft.child.life is None:
            self._unlinked(draft)

    def store_row(self, table: str, key: str, version: int, row: Row, deleted: bool = False) -> None:
        """A row of one of the store's other tables."""
        self._write(topics.STORE_ROWS, key, {"table": table, "version": version, "deleted": deleted, "row": row})

    def _write(self, topic: str, key: str, body: dict[str, Any]) -> None:
        self.outputs.append(Output(topic, self.partition, key.encode(), orjson.dumps(body)))

    def _records(self, draft: Draft) -> None:
        born_before, born = _born(draft.child.life), _born(draft.life)
        touched = draft.touched
        if born_before != born:
            touched |= {key[:3] for key in draft.child.records} | {key[:3] for key in draft.puts}
        for identity in sorted(touched):
            self._record(draft, identity, born_before, born)

    def _record(self, draft: Draft, identity: Identity, born_before: date | None, born: date | None) -> None:
        before, after = draft.before(identity), draft.after(identity)
        if before == after and born_before == born:
            return
        shown = None if born is None else self._row(draft, after, born)
        if shown is not None:
            body = {"version": draft.version, "deleted": False, "row": shown}
            self._write(topics.TIMELINE_ENTRIES, draft.name, body)
            return
        hidden = None if born_before is None else self._row(draft, before, born_before)
        if hidden is not None:
            body = {"version": draft.version, "deleted": True, "row": hidden}
            self._write(topics.TIMELINE_ENTRIES, draft.name, body)

    def _row(self, draft: Draft, value: bytes | None, born: date) -> Row | None:
        if value is None:
            return None
        publication = Publication.unpacked(value)
        if not publication.stands:
            return None
        return timeline_row(draft.name, publication, born, self.zone, has_conflict(value))

    def _child_row(self, draft: Draft) -> None:
        before = _child_row(draft.name, draft.child.life, draft.child, draft.child.alerts)
        after = _child_row(draft.name, draft.life, draft, draft.child.alerts | draft.alerts)
        self._difference("children", draft, before, after)

    def _milestones(self, draft: Draft) -> None:
        held = {m.window.milestone: m for m in draft.child.schedule} if draft.child.life else {}
        now = {m.window.milestone: m for m in draft.schedule} if draft.life else {}
        for name in now or held:
            if held.get(name) != now.get(name):
                before, after = (milestone_row(draft.name, m) if m else None for m in (held.get(name), now.get(name)))
                self._difference("milestones", draft, before, after)

    def _alerts(self, draft: Draft) -> None:
        for name, alert in sorted((draft.child.alerts | draft.alerts).items()):
            old = draft.child.alerts.get(name)
            before = _alert_row(draft.name, name, old, draft.child.life, draft.child)
            after = _alert_row(draft.name, name, alert, draft.life, draft)
            if after is None and before is not None:
                after = gone(before, alert)
            if name in draft.alerts and after is not None:
                transition = {"at": alert.changed_at, "state": alert.state, "resolution": alert.resolution}
                body = {"version": draft.version, "transition": transition, "row": after}
                self._write(topics.ALERTS, draft.name, body)
            elif after is not None and after != before:
                self.store_row("alerts", draft.name, draft.version, after)

    def _difference(self, table: str, draft: Draft, before: Row | None, after: Row | None) -> None:
        if after is not None and after != before:
            self.store_row(table, draft.name, draft.version, after)
        elif after is None and before is not None:
            self.store_row(table, draft.name, draft.version, before, deleted=True)

    def _unlinked(self, draft: Draft) -> None:
        before: Unlinked = {} if draft.child.life else _waiting(draft.child.records.items())
        now: Unlinked = {} if draft.life else _waiting((key, draft.get(key) or b"") for key in draft.held_keys())
        for subject, source in sorted(before.keys() | now.keys()):
            old, new = before.get((subject, source)), now.get((subject, source))
            if old != new:
                records, first, last = new or (0, 0, 0)
                row = {"subject": subject, "source": source, "writer": "timeline", "partition": self.partition}
                row |= {"records": records, "first_at": _moment(first), "last_at": _moment(last)}
                self.store_row("unlinked", subject, draft.version, row, deleted=new is None)


def _born(life: Life | None) -> date | None:
    return None if life is None else life.born


def _child_row(name: str, life: Life | None, held: Child | Draft, alerts: dict[str, Held]) -> Row | None:
    return None if life is None else child_row(name, life, held.schedule, alerts.values(), held.today)


def _alert_row(child: str, name: str, alert: Held | None, life: Life | None, held: Child | Draft) -> Row | None:
    if alert is None or life is None:
        return None
    place = life.enrolment(held.today)
    return alert_row(child, name, alert, life, held.schedule, place.center_id if place else "")


def _waiting(records: Any) -> Unlinked:
    times: dict[tuple[str, str], list[int]] = defaultdict(list)
    for key, value in records:
        times[key[3], key[1]].append(appended_at(value))
    return {named: (len(found), min(found), max(found)) for named, found in times.items()}


def _moment(ms: int) -> str | None:
    return utc_text_of_ms(ms) if ms else None
