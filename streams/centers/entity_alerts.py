"""The alerts about an entity of the registry: a centre, a member of staff, a source. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from streams.alerting.alert import Alert, Row, Wanted, transitions
from streams.clinical.center.case import EntityCase
from streams.clinical.episode import ESCALATED, Episode, Held, alert_id
from streams.clinical.pack import RuleEntry
from streams.clinical.routing import receivers
from streams.records import Publication

SEPARATOR = "|"
SCHEMES = ("center", "staff", "source")
Alerts = Mapping[str, Alert]
"""Rule and episode → alert."""


def changed_alerts(
    scheme: str, case: EntityCase, held: Alerts, entries: Sequence[RuleEntry], now: str
) -> dict[str, Alert]:
    """The alerts of one entity that change. `entries`: all rules about centres."""
    asked = {entry.id: entry for entry in entries if scheme == entry.module.ABOUT}
    wanted = {
        f"{entry.id}{SEPARATOR}{episode.name}": Wanted(episode.state, _shown(scheme, entry, episode, case))
        for entry in asked.values()
        if entry.is_effective(case.today)
        for episode in entry.module.find(case, entry.parameters).episodes
    }

    def why(name: str, alert: Alert) -> str:
        rule, _, episode = name.partition(SEPARATOR)
        entry = asked.get(rule)
        if entry is None or not entry.is_effective(case.today):
            return "corrected"
        return str(entry.module.ended(case, Held(episode, alert.shown["detail"]), entry.parameters))

    return transitions(held, wanted, why, now)


def _shown(scheme: str, entry: RuleEntry, episode: Episode, case: EntityCase) -> Row:
    """The row of an active alert, but for its state and its times."""
    owner, clinic_id, center_id = _whose(scheme, case)
    contracted = case.county.contracted(center_id, case.today)
    detail: dict[str, Any] = {
        **episode.detail,
        "records": [list(name) for name in episode.records],
        "to": receivers(entry.routing, clinic_id, center_id, contracted),
    }
    severity = entry.severity
    return {
        "alert_id": alert_id(entry.id, owner, episode.name),
        "rule": entry.id,
        "rule_version": entry.version,
        "severity": severity.escalated if episode.state == ESCALATED and severity.escalated else severity.open,
        "child_id": "",
        "center_id": center_id,
        "clinic_id": clinic_id,
        "milestone": "",
        "due_on": episode.due_on.isoformat() if episode.due_on else None,
        "detail": detail,
    }


def _whose(scheme: str, case: EntityCase) -> tuple[str, str, str]:
    """(owner, clinic, centre)."""
    if scheme == "source":
        side, _, name = case.name.partition(":")
        return (case.name, name, "") if side == "clinic" else (case.name, "", name)
    center_id = case.name if scheme == "center" else case.county.staff[case.name].center_id
    return center_id, "", center_id


def affected(subject: str, records: Iterable[Publication]) -> set[str]:
    """The entities, by subject, whose alerts a change of these facts about `subject` may change."""
    scheme, _, name = subject.partition(":")
    if scheme == "contract":
        return {f"center:{record.event.data['center_id']}" for record in records if record.stands}
    if scheme == "center":
        return {subject, f"source:center:{name}"}
    return {subject} if scheme in SCHEMES else set()
