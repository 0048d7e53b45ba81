"""The alerts about a partition's entities in memory, and a step that changes them in one decision. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, tzinfo

import orjson

from streams import topics
from streams.alerting.alert import Alert, is_transition
from streams.centers.entity_alerts import SCHEMES, Alerts, affected, changed_alerts
from streams.clinical.center.case import EntityCase
from streams.clinical.county import County
from streams.clinical.hearing import Hearing, Told
from streams.clinical.pack import RulePack
from streams.records import Publication
from streams.store_rows import StoreRows
from streams.transport.port import Output

ALERT, HEARING, HEARD, PACK = b"a/", b"q/", b"h/", b"p/"
Facts = Mapping[str, Mapping[bytes, Publication]]


class Alarms:
    """`alerts`: entity's subject → its alerts; `county`, `hearing` and `pack`: what they were decided by.

    There is no pack before the first tick.
    """

    def __init__(self, zone: tzinfo) -> None:
        self.county, self.hearing = County(zone), Hearing()
        self.pack: RulePack | None = None
        self.alerts: dict[str, dict[str, Alert]] = {}

    def restore(self, prefix: bytes, rest: bytes, value: bytes) -> bool:
        """Take an entry of the state; False when it is none of ours."""
        if prefix == ALERT:
            subject, name = orjson.loads(rest)
            self.alerts.setdefault(subject, {})[name] = Alert(*orjson.loads(value))
        elif prefix == HEARING:
            self.hearing = self.hearing.with_told(rest.decode(), orjson.loads(value))
        elif prefix == HEARD:
            self.county = self.county.with_heard({rest.decode(): value.decode()})
        elif prefix == PACK:
            self.pack = RulePack.loads(value)
        return prefix in (ALERT, HEARING, HEARD, PACK)


class Step:
    """A decision's changes; `before` stays as it is until `install`. `configured`: the pack from the next tick on."""

    def __init__(self, before: Alarms, configured: RulePack) -> None:
        self.before, self.configured = before, configured
        self.county, self.hearing, self.pack = before.county, before.hearing, before.pack
        self.changed: dict[str, dict[str, Alert]] = {}
        self._versions: dict[str, int] = {}

    def heard(self, now: str, told: Told) -> None:
        self.hearing = self.hearing.with_told(now, told)

    def situation(self, facts: Facts, now: str, ticked: bool) -> None:
        """Facts hold at once; what was heard, and other rules, from a tick on."""
        self.county = self.county.with_facts(facts)
        if ticked:
            self.county = self.county.with_heard(self.hearing.until(now))
            self.hearing = self.hearing.after(now)
            self.pack = self.pack if self.pack == self.configured else self.configured

    def touched(
        self, facts: Mapping[str, int], centers: Mapping[str, int], ticked_at: int, new_day: bool
    ) -> dict[str, int]:
        """Subject of an entity → the offset of what touched it. A new day or other rules touch all of them."""
        found = {f"center:{name}": offset for name, offset in centers.items()}
        for subject, offset in facts.items():
            for entity in self._affected(subject):
                found[entity] = max(offset, found.get(entity, -1))
        heard = (f"source:{s}" for s, until in self._newly_heard().items() if until)
        everyone = self._everyone() if new_day or self.pack is not self.before.pack else ()
        for entity in (*heard, *everyone):
            found[entity] = max(ticked_at, found.get(entity, -1))
        return found

    def _affected(self, subject: str) -> set[str]:
        counties = (self.before.county, self.county)
        found = set().union(*(affected(subject, c.facts.get(subject, {}).values()) for c in counties))
        scheme, _, name = subject.partition(":")
        if scheme == "calendar":
            found |= {f"source:{source}" for source in self.county.cadences}
        if scheme == "center" and counties[0].centres.get(name) != counties[1].centres.get(name):
            found |= {f"staff:{staff}" for staff, held in self.county.staff.items() if held.center_id == name}
        return found

    def _everyone(self) -> Iterable[str]:
        return (subject for subject in self.county.facts if subject.partition(":")[0] in SCHEMES)

    def _newly_heard(self) -> Told:
        before = self.before.county.heard
        return {s: until for s, until in self.county.heard.items() if until != before.get(s)}

    def ask(self, subject: str, today: date, enrolled: int, now: str, version: int) -> None:
        """Look at one entity; `enrolled`: the number of children, for a centre."""
        scheme, _, name = subject.partition(":")
        case = EntityCase(name, today, self.county, enrolled)
        held: Alerts = self.before.alerts.get(subject, {})
        entries = (self.pack or self.configured).rules_of("center")
        changed = changed_alerts(scheme, case, held, entries, now)
        if changed:
            self.changed[subject], self._versions[subject] = changed, version

    def outputs(self, partition: int, rows: StoreRows) -> list[Output]:
        """Messages for transitions, resolutions first; what else changed about an active alert is a row."""
        found: list[Output] = []
        for subject, changed in self.changed.items():
            held, version = self.before.alerts.get(subject, {}), self._versions[subject]
            for name, alert in sorted(changed.items(), key=lambda item: item[1].is_active):
                if is_transition(held.get(name), alert):
                    found.append(_message(partition, version, alert))
                else:
                    rows.add("alerts", version, alert.row())
        return found

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state is to remember."""
        changes: dict[bytes, bytes | None] = {
            ALERT + orjson.dumps([subject, name]): orjson.dumps(alert.packed())
            for subject, changed in self.changed.items()
            for name, alert in changed.items()
        }
        changes |= {HEARD + source.encode(): until.encode() for source, until in self._newly_heard().items()}
        waiting, held = self.hearing.waiting, self.before.hearing.waiting
        for now in held.keys() | waiting.keys():
            if waiting.get(now) != held.get(now):
                changes[HEARING + now.encode()] = orjson.dumps(waiting[now]) if now in waiting else None
        if self.pack is not None and self.pack is not self.before.pack:
            changes[PACK] = self.pack.dumps()
        return changes

    def install(self) -> None:
        kept = self.before
        kept.county, kept.hearing, kept.pack = self.county, self.hearing, self.pack
        for subject, changed in self.changed.items():
            kept.alerts.setdefault(subject, {}).update(changed)


def _message(partition: int, version: int, alert: Alert) -> Output:
    row = alert.row()
    transition = {"at": alert.changed_at, "state": alert.state, "resolution": alert.resolution}
    key = str(row["center_id"] or row["clinic_id"])
    body = {"version": version, "transition": transition, "row": row}
    return Output(topics.ALERTS, partition, key.encode(), orjson.dumps(body))
