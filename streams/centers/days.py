"""The figures of one day of one centre, by the counting rules. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from streams.centers.facts_of_day import Attendance, Check, Fact


@dataclass(frozen=True, slots=True)
class Day:
    """Children, by subject as sent; `absent_sick` and `absent_unknown` are parts of `absent`."""

    enrolled: int
    present: int
    absent: int
    absent_sick: int
    absent_unknown: int
    checked: int
    fever: int
    symptomatic: int
    sent_home: int

    def row(self, center: str, day: date) -> dict[str, Any]:
        return {"center_id": center, "date": day.isoformat(), **asdict(self)}


def count(facts: Collection[Fact], enrolled: int) -> Day:
    """The day's figures from its standing records."""
    newest: dict[str, Attendance] = {}
    checks = [fact for fact in facts if isinstance(fact, Check)]
    attendances = [fact for fact in facts if isinstance(fact, Attendance)]
    for fact in attendances:
        held = newest.get(fact.subject)
        if held is None or fact.rank > held.rank:
            newest[fact.subject] = fact
    told = newest.values()
    return Day(
        enrolled=enrolled,
        present=sum(fact.present for fact in told),
        absent=sum(not fact.present for fact in told),
        absent_sick=sum(fact.sick for fact in told),
        absent_unknown=sum(fact.unknown for fact in told),
        checked=len({check.subject for check in checks if check.morning}),
        fever=len({check.subject for check in checks if check.fever}),
        symptomatic=len({c.subject for c in checks if c.symptoms} | {a.subject for a in attendances if a.symptoms}),
        sent_home=len({check.subject for check in checks if check.sent_home}),
    )
