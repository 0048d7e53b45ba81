"""What the rules find about the children of one centre, and about clusters of illness among them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from streams.alerting.alert import Alert, Row, Wanted, name_of, parts_of, transitions
from streams.alerting.telling import shown
from streams.centers.center import CLUSTERS
from streams.centers.days import Day
from streams.centers.draft import Draft
from streams.centers.lookout import Moment, is_checked, is_reported
from streams.centers.signs import Signs
from streams.clinical.center.card import Card
from streams.clinical.center.case import CenterCase, SubjectCase
from streams.clinical.center.seen import WITHDRAWN, Enrolment, enrolment_of
from streams.clinical.center_rules import CENTER, SUBJECT
from streams.clinical.county import County
from streams.clinical.episode import Episode, Found, Held, earliest
from streams.clinical.pack import RuleEntry
from streams.records import Publication

Alerts = Mapping[str, Alert]
NOBODY = Found()


@dataclass(frozen=True, slots=True)
class Look:
    """One subject's, or the centre's, alerts that change, and the date on which to look again by itself."""

    changed: dict[str, Alert]
    wake_on: date | None


class Looks:
    """Looks at one centre at one moment."""

    def __init__(self, draft: Draft, county: County, entries: Iterable[RuleEntry], moment: Moment) -> None:
        self.draft, self.county, self.moment = draft, county, moment
        self.entries = {about: [e for e in entries if about == e.module.ABOUT] for about in (SUBJECT, CENTER)}
        self._contracted = county.contracted(draft.name, moment.today)
        self._reported, self._morning = _Days(draft, is_reported), _Days(draft, is_checked)

    def at(self, subject: str, held: Alerts) -> Look:
        """Look at a subject, or at CLUSTERS. `held`: its alerts."""
        if subject == CLUSTERS:
            case = CenterCase(self.moment.today, Signs(self.draft, self.enrolments))
            return self._look(CENTER, case, held, None, {})
        card, today = self.draft.card(subject), self.moment.today
        known = {"subject": card.subject if card else subject, "center_subject": subject}
        if card is not None:
            known |= {"registered_by": card.registered_by, "registration_record": card.registration_record}
        calendar, history = self.county.calendar, self.draft.history(subject)
        enrolments = self.enrolments(subject)
        own = SubjectCase(
            subject, today, self.moment.clock, calendar, history, enrolments, self._reported, self._morning
        )
        return self._look(SUBJECT, own, held, card, known)

    def enrolments(self, subject: str) -> Sequence[Enrolment]:
        """The days on which a subject is enrolled, by its class."""
        return _enrolments(self.draft.records_of_place(subject))

    def _look(self, about: str, case: Any, held: Alerts, card: Card | None, known: Mapping[str, str]) -> Look:
        today, entries = self.moment.today, {entry.id: entry for entry in self.entries[about]}
        has_died = card is not None and card.has_died
        founds = {} if has_died else {entry.id: _find(entry, case, today) for entry in entries.values()}
        wanted = {
            name_of(rule, episode.name): Wanted(episode.state, self._shown(entries[rule], episode, card, known))
            for rule, found in founds.items()
            for episode in found.episodes
        }

        def why(name: str, alert: Alert) -> str:
            rule, episode = parts_of(name)
            entry = entries.get(rule)
            if has_died:
                return "departed"
            if entry is None or not entry.is_effective(today):
                return "corrected"
            return str(entry.module.ended(case, Held(episode, alert.shown["detail"]), entry.parameters))

        changed = transitions(held, wanted, why, self.moment.now) if held or wanted else {}
        return Look(changed, earliest(*(found.wake_on for found in founds.values())))

    def _shown(self, entry: RuleEntry, episode: Episode, card: Card | None, known: Mapping[str, str]) -> Row:
        return shown(
            entry,
            episode,
            self.draft.name,
            self._contracted,
            child_id=card.child_id if card else "",
            clinic_id=card.clinic_id if card else "",
            center_id=self.draft.name,
            about=known,
        )


def _find(entry: RuleEntry, case: Any, today: date) -> Found:
    if not entry.is_effective(today):
        return NOBODY._replace(wake_on=entry.changes_after(today))
    found: Found = entry.module.find(case, entry.parameters)
    return found._replace(wake_on=earliest(found.wake_on, entry.changes_after(today)))


def _enrolments(records: Sequence[Publication]) -> list[Enrolment]:
    standing = [record for record in records if record.stands]
    left = [date.fromisoformat(r.event.data["date"]) for r in standing if r.event.kind == WITHDRAWN]
    found = (enrolment_of(r, left) for r in standing if r.event.kind != WITHDRAWN)
    return [enrolment for enrolment in found if enrolment is not None]


class _Days:
    """The days of a centre whose figures say something."""

    def __init__(self, draft: Draft, says: Callable[[Day | None], bool]) -> None:
        self._draft, self._says = draft, says

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self._says(self._draft.figures(day))
