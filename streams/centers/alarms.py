"""The alerts about a partition's entities in memory, and a step that changes them in one decision. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, tzinfo

import orjson

from streams.alerting.alert import Alert
from streams.alerting.telling import told
from streams.centers.entity_alerts import SCHEMES, Alerts, affected, changed_alerts
from streams.clinical.basis import Basis, BasisDraft
from streams.clinical.center.case import EntityCase
from streams.clinical.county import County
from streams.store_rows import StoreRows
from streams.transport.port import Output

ALERT = b"a/"


class Alarms:
    """`alerts`: entity's subject → its alerts; `basis`: what they were decided by."""

    def __init__(self, zone: tzinfo) -> None:
        self.basis = Basis(County(zone))
        self.alerts: dict[str, dict[str, Alert]] = {}

    def put(self, key: bytes, value: bytes) -> None:
        """Take an alert as the state topic has it; `key`: without its prefix."""
        subject, name = orjson.loads(key)
        self.alerts.setdefault(subject, {})[name] = Alert(*orjson.loads(value))


class Step:
    """A decision's changes; `before` stays as it is until `install`. `basis` is settled before anybody is asked."""

    def __init__(self, before: Alarms, basis: BasisDraft) -> None:
        self.before, self.basis = before, basis
        self.changed: dict[str, dict[str, Alert]] = {}
        self._versions: dict[str, int] = {}

    @property
    def county(self) -> County:
        return self.basis.basis.county

    @property
    def has_other_rules(self) -> bool:
        """Other rules, or other working days, than those by which everybody was looked at last."""
        then, now = self.before.basis, self.basis.basis
        return now.pack is not then.pack or now.county.calendars != then.county.calendars

    def other_contracts(self) -> set[str]:
        """The centres of which other contracts are known than before."""
        then, now = self.before.basis.county.contracts, self.county.contracts
        if then is now:
            return set()
        return {center for center in then.keys() | now.keys() if then.get(center) != now.get(center)}

    def touched(
        self, facts: Mapping[str, int], centers: Mapping[str, int], ticked_at: int, new_day: bool
    ) -> dict[str, int]:
        """Subject of an entity → the offset of what touched it. A new day or other rules touch all of them."""
        found = {f"center:{name}": offset for name, offset in centers.items()}
        for subject, offset in facts.items():
            for entity in self._affected(subject):
                found[entity] = max(offset, found.get(entity, -1))
        heard = (f"source:{source}" for source in self.basis.newly_heard())
        everyone = self._everyone() if new_day or self.basis.basis.pack is not self.before.basis.pack else ()
        for entity in (*heard, *everyone):
            found[entity] = max(ticked_at, found.get(entity, -1))
        return found

    def _affected(self, subject: str) -> set[str]:
        counties = (self.before.basis.county, self.county)
        found = set().union(*(affected(subject, c.facts.get(subject, {}).values()) for c in counties))
        scheme, _, name = subject.partition(":")
        if scheme == "calendar":
            found |= {f"source:{source}" for source in self.county.cadences}
        if scheme == "center" and counties[0].centres.get(name) != counties[1].centres.get(name):
            found |= {f"staff:{staff}" for staff, held in self.county.staff.items() if held.center_id == name}
        return found

    def _everyone(self) -> Iterable[str]:
        return (subject for subject in self.county.facts if subject.partition(":")[0] in SCHEMES)

    def ask(self, subject: str, today: date, enrolled: int, now: str, version: int) -> None:
        """Look at one entity; `enrolled`: the number of children, for a centre."""
        scheme, _, name = subject.partition(":")
        case = EntityCase(name, today, self.county, enrolled)
        held: Alerts = self.before.alerts.get(subject, {})
        pack = self.basis.basis.pack
        changed = changed_alerts(scheme, case, held, pack.rules_of("center") if pack else (), now)
        self.put(subject, changed, version)

    def put(self, owner: str, changed: dict[str, Alert], version: int) -> None:
        """Take the alerts of an owner that change."""
        if changed:
            self.changed[owner], self._versions[owner] = changed, version

    def outputs(self, partition: int, rows: StoreRows) -> list[Output]:
        """What is told of the alerts that change."""
        return [
            output
            for subject, changed in self.changed.items()
            for output in told(changed, self.before.alerts.get(subject, {}), self._versions[subject], partition, rows)
        ]

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state is to remember."""
        return {
            ALERT + orjson.dumps([subject, name]): orjson.dumps(alert.packed())
            for subject, changed in self.changed.items()
            for name, alert in changed.items()
        }

    def install(self) -> None:
        self.before.basis = self.basis.basis
        for subject, changed in self.changed.items():
            self.before.alerts.setdefault(subject, {}).update(changed)
