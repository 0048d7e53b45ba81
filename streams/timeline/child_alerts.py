"""The alerts that a child's records call for now, rule by rule, and when each rule is to be asked again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from streams.alerting.alert import Alert, Row, Wanted, name_of, parts_of, transitions
from streams.alerting.telling import shown
from streams.clinical.child.case import ChildCase
from streams.clinical.child.telling import DEPARTED, REGISTERED
from streams.clinical.episode import Episode, Found, Held, earliest, is_awake
from streams.clinical.pack import RuleEntry
from streams.timeline.situation import Situation

ALWAYS = frozenset({REGISTERED, DEPARTED})
"""Kinds that every rule about a child looks at."""

Looks = dict[str, Found]
"""Rule → what it found when it was last asked."""


def asked_again(looks: Looks, kinds: frozenset[str], today: date, heard: date, entry: RuleEntry) -> bool:
    """True when a rule may find something else: `kinds` of records changed, or its dates have come."""
    found = looks.get(entry.id)
    if found is None or kinds & (entry.module.KINDS | ALWAYS):
        return True
    return is_awake(found.wake_on, found.wake_heard, today, heard)


def look(entry: RuleEntry, case: ChildCase) -> Found:
    """Ask a rule."""
    if not case.is_followed or not entry.is_effective(case.today):
        return Found(wake_on=entry.changes_after(case.today))
    found: Found = entry.module.find(case, entry.parameters)
    return found._replace(wake_on=earliest(found.wake_on, entry.changes_after(case.today), case.ends_on))


def changed_alerts(
    child: str, held: Mapping[str, Alert], case: ChildCase | None, looks: Looks, situation: Situation
) -> dict[str, Alert]:
    """The child's alerts that change. `case`: None for a child that nobody registers any longer."""
    entries = {entry.id: entry for entry in situation.pack.rules_of("child")}

    def why(name: str, alert: Alert) -> str:
        rule, episode = parts_of(name)
        entry = entries.get(rule)
        return resolution(entry, episode, alert, case) if entry and case else "corrected"

    wanted = {} if case is None else wanted_alerts(child, case, looks, entries, situation)
    return transitions(held, wanted, why, situation.now)


def wanted_alerts(
    child: str, case: ChildCase, looks: Looks, entries: Mapping[str, RuleEntry], situation: Situation
) -> dict[str, Wanted]:
    """Rule and episode → what the alert says."""
    return {
        name_of(rule, episode.name): Wanted(episode.state, _shown(child, entries[rule], episode, case, situation))
        for rule, found in looks.items()
        for episode in found.episodes
    }


def resolution(entry: RuleEntry, episode: str, alert: Alert, case: ChildCase) -> str:
    """The first reason that applies: one of the rule's own, departed, expired, else corrected."""
    own: str = entry.module.ended(case, Held(episode, alert.shown.get("detail", {})), entry.parameters)
    if own:
        return own
    if case.life.departure is not None:
        return "departed"
    return "expired" if case.today >= case.ends_on else "corrected"


def _shown(child: str, entry: RuleEntry, episode: Episode, case: ChildCase, situation: Situation) -> Row:
    """The row of an active alert about a child, with what its clinic's own system needs to show the name."""
    holds, place = case.life.holds, case.life.place(case.today)
    center_id = place.enrolment.center_id if place else ""
    return shown(
        entry,
        episode,
        child,
        situation.county.contracted(center_id, case.today),
        child_id=child,
        clinic_id=holds.clinic_id,
        center_id=center_id,
        about={
            "subject": holds.subject,
            "registered_by": holds.source,
            "registration_record": holds.recordid,
            "birth_date": holds.born.isoformat(),
        },
    )
