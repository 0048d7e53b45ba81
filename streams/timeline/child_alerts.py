"""The alerts that a child's records call for now, rule by rule, and when each rule is to be asked again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from streams.alerting.alert import Alert, Row, Wanted, transitions
from streams.clinical.child.case import ChildCase
from streams.clinical.child.telling import DEPARTED, REGISTERED
from streams.clinical.episode import ESCALATED, Episode, Found, Held, alert_id, earliest
from streams.clinical.pack import RuleEntry
from streams.clinical.routing import receivers
from streams.timeline.situation import Situation

ALWAYS = frozenset({REGISTERED, DEPARTED})
"""Kinds that every rule about a child looks at."""
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Look:
    """What a rule found when it was last asked."""

    found: Found


Looks = dict[str, Look]
"""Rule → what it found."""


def asked_again(looks: Mapping[str, Look], kinds: frozenset[str], today: date, heard: date, entry: RuleEntry) -> bool:
    """True when a rule may find something else: `kinds` of records changed, or its dates have come."""
    look = looks.get(entry.id)
    if look is None or kinds & (entry.module.KINDS | ALWAYS):
        return True
    wake_on, wake_heard = look.found.wake_on, look.found.wake_heard
    return (wake_on is not None and wake_on <= today) or (wake_heard is not None and wake_heard <= heard)


def look(entry: RuleEntry, case: ChildCase) -> Look:
    """Ask a rule."""
    if not case.is_followed or not entry.is_effective(case.today):
        return Look(Found(wake_on=entry.changes_after(case.today)))
    found: Found = entry.module.find(case, entry.parameters)
    wake_on = earliest(found.wake_on, entry.changes_after(case.today), case.ends_on)
    return Look(found._replace(wake_on=wake_on))


def changed_alerts(
    child: str, held: Mapping[str, Alert], case: ChildCase | None, looks: Looks, situation: Situation
) -> dict[str, Alert]:
    """The child's alerts that change. `case`: None for a child that nobody registers any longer."""
    entries = {entry.id: entry for entry in situation.pack.rules_of("child")}

    def why(name: str, alert: Alert) -> str:
        rule, _, episode = name.partition(SEPARATOR)
        entry = entries.get(rule)
        return resolution(entry, episode, alert, case) if entry and case else "corrected"

    wanted = {} if case is None else wanted_alerts(child, case, looks, entries, situation)
    return transitions(held, wanted, why, situation.now)


def wanted_alerts(
    child: str, case: ChildCase, looks: Looks, entries: Mapping[str, RuleEntry], situation: Situation
) -> dict[str, Wanted]:
    """Rule and episode → what the alert says."""
    return {
        f"{rule}{SEPARATOR}{episode.name}": Wanted(episode.state, shown(child, entries[rule], episode, case, situation))
        for rule, seen in looks.items()
        for episode in seen.found.episodes
    }


def resolution(entry: RuleEntry, episode: str, alert: Alert, case: ChildCase) -> str:
    """The first reason that applies: one of the rule's own, departed, expired, else corrected."""
    own: str = entry.module.ended(case, Held(episode, alert.shown.get("detail", {})), entry.parameters)
    if own:
        return own
    if case.life.departure is not None:
        return "departed"
    return "expired" if case.today >= case.ends_on else "corrected"


def shown(child: str, entry: RuleEntry, episode: Episode, case: ChildCase, situation: Situation) -> Row:
    """The row of an active alert, but for its state and its times."""
    holds, place = case.life.holds, case.life.place(case.today)
    center_id = place.enrolment.center_id if place else ""
    severity = entry.severity
    to = receivers(entry.routing, holds.clinic_id, center_id, situation.county.contracted(center_id, case.today))
    detail: dict[str, Any] = {
        "subject": holds.subject,
        "registered_by": holds.source,
        "registration_record": holds.recordid,
        "birth_date": holds.born.isoformat(),
        **episode.detail,
        "records": [list(name) for name in episode.records],
        "to": to,
    }
    return {
        "alert_id": alert_id(entry.id, child, episode.name),
        "rule": entry.id,
        "rule_version": entry.version,
        "severity": severity.escalated if episode.state == ESCALATED and severity.escalated else severity.open,
        "child_id": child,
        "center_id": center_id,
        "clinic_id": holds.clinic_id,
        "milestone": episode.milestone,
        "due_on": episode.due_on.isoformat() if episode.due_on else None,
        "detail": detail,
    }
