"""The figures of one day of one centre, by the counting rules. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from streams.clinical.center.seen import MORNING, SICK, UNKNOWN, Attendance, Check, Other, Seen

Key = tuple[str, str, str, str]
"""(kind, source, recordid, subject)"""
FEVER_C = 37.5


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


def count(facts: Mapping[Key, Seen | Other], enrolled: int) -> Day:
    """The day's figures from its standing records."""
    newest: dict[str, Attendance] = {}
    checks: list[tuple[str, Check]] = []
    symptomatic: set[str] = set()
    for (*_, subject), fact in facts.items():
        if isinstance(fact, Attendance):
            held = newest.get(subject)
            if held is None or fact.rank > held.rank:
                newest[subject] = fact
        elif isinstance(fact, Check):
            checks.append((subject, fact))
        if not isinstance(fact, Other) and fact.symptoms:
            symptomatic.add(subject)
    told = newest.values()
    return Day(
        enrolled=enrolled,
        present=sum(fact.present for fact in told),
        absent=sum(not fact.present for fact in told),
        absent_sick=sum(fact.reason == SICK for fact in told),
        absent_unknown=sum(fact.reason == UNKNOWN for fact in told),
        checked=len({subject for subject, check in checks if check.kind == MORNING}),
        fever=len({subject for subject, check in checks if _has_fever(check)}),
        symptomatic=len(symptomatic),
        sent_home=len({subject for subject, check in checks if check.action == "sent-home"}),
    )


def _has_fever(check: Check) -> bool:
    return (check.temperature_c or 0) >= FEVER_C or "fever" in check.symptoms
