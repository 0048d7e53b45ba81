"""What is sent under another of a child's subjects than its own, and of which child that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from streams.simulate.books import Books, Entry
from streams.simulate.calendar import at
from streams.simulate.facilities import Facilities, token
from streams.simulate.lives import ChildLife
from streams.simulate.plan import Plan


@dataclass
class Aliases:
    """Hands out subjects that were never used, and sends single records that nothing happens to on their way."""

    plan: Plan
    books: Books
    places: Facilities
    random: Random
    count: int = 0

    def alias(self, scheme: str) -> str:
        self.count += 1
        return f"{scheme}:{token(self.plan.seed, 'alias', self.count)}"

    def other(self, child: ChildLife) -> str:
        """Another clinic than the child's own."""
        return self.random.choice([c.source for c in self.places.clinics if c is not child.clinic])

    def within(self, day: date, days: int) -> date:
        return min(self.plan.until, day + timedelta(days=self.random.randrange(days)))

    def link(
        self, child: ChildLife, alias: str, to: str, day: date, source: str = "", record: str = "", revision: int = 1
    ) -> Entry | None:
        return self._sent(
            "identity.linked", source or child.clinic.source, alias, day, {"same_as": to}, record, revision
        )

    def visit(self, child: ChildLife, subject: str, day: date, record: str = "", revision: int = 1) -> None:
        weight = round(self.random.uniform(4, 16), 1)
        data = {"clinic_id": child.clinic.name, "weight_kg": weight}
        self._sent("checkup.recorded", child.clinic.source, subject, day, data, record, revision)

    def measured(self, subject: str, day: date) -> None:
        center = self.random.choice([center for center in self.places.centers if center.closes_on is None])
        data = {"center_id": center.name, "weight_kg": round(self.random.uniform(7, 16), 1)}
        self._sent("measurement.recorded", center.source, subject, day, data)

    def registration(self, child: ChildLife, alias: str, day: date, **other: str) -> None:
        source = self.other(child)
        data = {"sex": child.sex, "birth_date": child.born.isoformat(), "clinic_id": source.partition(":")[2]} | other
        self._sent("child.registered", source, alias, day, data)

    def _sent(
        self,
        kind: str,
        source: str,
        subject: str,
        day: date,
        data: Mapping[str, object],
        record: str = "",
        revision: int = 1,
    ) -> Entry | None:
        time = at(day, self.random.randrange(9, 16), self.random)
        return self.books.record(
            kind, source, subject, time, dict(data), day, calm=True, record=record, revision=revision
        )

    def undo(self, link: Entry | None, day: date) -> None:
        if link:
            link.stands, link.revision = False, link.revision + 1
            self.books.retract(link, link.revision, day)
