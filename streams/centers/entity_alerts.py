"""The alerts about an entity of the registry: a centre, a member of staff, a source. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from streams.alerting.alert import Alert, Row, Wanted, name_of, parts_of, transitions
from streams.alerting.telling import shown
from streams.clinical.center.case import EntityCase
from streams.clinical.episode import Episode, Held
from streams.clinical.pack import RuleEntry
from streams.records import Publication

SCHEMES = ("center", "staff", "source")
Alerts = Mapping[str, Alert]
"""Rule and episode → alert."""


def changed_alerts(
    scheme: str, case: EntityCase, held: Alerts, entries: Sequence[RuleEntry], now: str
) -> dict[str, Alert]:
    """The alerts of one entity that change. `entries`: all rules about centres."""
    asked = {entry.id: entry for entry in entries if scheme == entry.module.ABOUT}
    wanted = {
        name_of(entry.id, episode.name): Wanted(episode.state, _shown(scheme, entry, episode, case))
        for entry in asked.values()
        if entry.is_effective(case.today)
        for episode in entry.module.find(case, entry.parameters).episodes
    }

    def why(name: str, alert: Alert) -> str:
        rule, episode = parts_of(name)
        entry = asked.get(rule)
        if entry is None or not entry.is_effective(case.today):
            return "corrected"
        return str(entry.module.ended(case, Held(episode, alert.shown["detail"]), entry.parameters))

    return transitions(held, wanted, why, now)


def _shown(scheme: str, entry: RuleEntry, episode: Episode, case: EntityCase) -> Row:
    owner, clinic_id, center_id = _whose(scheme, case)
    contracted = case.county.contracted(center_id, case.today)
    return shown(entry, episode, owner, contracted, clinic_id=clinic_id, center_id=center_id)


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
