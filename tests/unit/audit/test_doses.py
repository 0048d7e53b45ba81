"""The audit's SQL and a plain look at a child's records agree on every dose: two people's answers to one log."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.property.doses_oracle import doses_of
from tests.property.test_child_rules import BIRTHS, close_days, events_of
from tests.property.timeline_oracle import Event, Truth
from tests.support.builders import a_registration, a_source
from tests.unit.audit.logs import a_log

KINDS = ("vaccination.recorded", "vaccination.deferred", "child.registered", "child.departed", "record.retracted")
SOURCES = (a_source("clinic:chengguan", cadence="irregular"), a_source("clinic:nanguan", cadence="irregular"))


def is_asked_for(event: Event) -> bool:
    """A clinic's record that doses depend on; intake refuses a retraction that is no later revision, and the future."""
    kind = event["type"].removesuffix(".v1")
    retracts = kind == "record.retracted"
    return (
        kind in KINDS
        and event["time"] < "2026-02-24"
        and event["source"].startswith("clinic:")
        and not (retracts and event["revision"] == 1)
    )


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Event], date | None]:
    """A child's events, and the day of the last tick."""
    born = draw(st.sampled_from(BIRTHS))
    told = draw(st.lists(events_of(born), min_size=8, max_size=25))
    first = a_registration("ann", born, recordid="R")
    events = [first, *filter(is_asked_for, told)]
    return events, draw(st.none() | close_days(born).map(date.fromisoformat))


@settings(max_examples=40, deadline=None)
@given(logs())
def test_every_dose_is_what_the_printed_schedule_says(told: tuple[list[Event], date | None]) -> None:
    events, today = told
    now = f"{today}T04:00:00.000Z" if today else None
    numbered: list[Any] = [{**e, "id": f"E-{number}"} for number, e in enumerate(events)]
    with a_log(*SOURCES, *numbered, now=now) as desk:
        assert desk.one("SELECT count(*) FROM refused") == 0
        rows = desk.ask("SELECT dose, recommended_on, earliest_on, overdue_on, done_on, status FROM vaccination_status")
    doses = doses_of(Truth(events, today), today or date.min).values()
    for dose in doses:
        event(dose.status)
    assert sorted(rows) == sorted((d.id, d.recommended, d.due, d.overdue, d.done, d.status) for d in doses)
