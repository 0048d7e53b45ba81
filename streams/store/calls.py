"""Whom a clinic is to call on a day, in the order in which one would: from alerts and from checkups that come due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from streams.store.read import Queries

Row = dict[str, Any]
SOON = timedelta(days=14)
CHILD = "c.subject AS subject, c.registered_by AS registered_by, c.registration_record AS registration_record, "
CHILD += "c.center_id AS center_id, c.last_checkup_on AS last_checkup_on"
ALERTED = f"""
SELECT a.child_id AS child_id, {CHILD}, a.alert_id AS alert_id, a.rule AS rule, a.severity AS severity,
    a.state AS state, a.milestone AS milestone, a.due_on AS due_on, toDate(a.raised_at) AS since,
    a.acknowledged_by AS acknowledged_by, a.acknowledged_until AS acknowledged_until, a.quiet AS quiet
FROM alerts AS a INNER JOIN children AS c ON c.child_id = a.child_id
WHERE c.clinic_id = {{clinic:String}} AND c.status = 'active' AND a.state != 'resolved'
"""
DUE = f"""
SELECT m.child_id AS child_id, {CHILD}, '' AS alert_id, '' AS rule, '' AS severity, m.status AS state,
    m.milestone AS milestone, m.due_on AS due_on, NULL AS since, '' AS acknowledged_by, NULL AS acknowledged_until,
    0 AS quiet
FROM checkup_milestones AS m INNER JOIN children AS c ON c.child_id = m.child_id
WHERE c.clinic_id = {{clinic:String}} AND c.status = 'active' AND m.status IN ('upcoming', 'open')
    AND m.due_on <= {{until:Date}}
"""


def calls(store: Queries, clinic: str, on: date | None = None) -> list[Row]:
    """One row a line of the list. `on`: due dates are reckoned from it; the county's today when None.

    `days_late`: days since `due_on`, negative before it. Before the first tick there is nobody to call.
    """
    day = on or _today(store)
    if day is None:
        return []
    found = store.ask(ALERTED, clinic=clinic).objects()
    found += store.ask(DUE, clinic=clinic, until=day + SOON).objects()
    for row in found:
        row["days_late"] = (day - row["due_on"]).days if row["due_on"] else None
    return sorted(found, key=_place)


def _place(row: Row) -> tuple[Any, ...]:
    """Escalated alerts, then open ones, then who is due, the earliest due date first; at the end what is snoozed."""
    kind = 2 if not row["rule"] else int(row["state"] != "escalated")
    return (row["quiet"], kind, row["due_on"] or date.max, row["child_id"], row["rule"], row["milestone"])


def _today(store: Queries) -> date | None:
    rows = store.ask("SELECT any(today) FROM huiyu_store.clock WHERE stage = 'timeline'").rows
    today: date | None = rows[0][0]
    return today
