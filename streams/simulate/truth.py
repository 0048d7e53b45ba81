"""What must be queryable in the end, from the county's own books, day by day and child by child."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from streams.simulate.books import JSON, Books, Entry
from streams.simulate.centre_rules_truth import CentreBook, Known, alerts_of_centre
from streams.simulate.centre_truth import CENTER_SIDE, days_of_centers, is_enrolled
from streams.simulate.child_rules_truth import wanted
from streams.simulate.entity_alerts_truth import entity_alerts, is_working, standing
from streams.simulate.entries import happened
from streams.simulate.growth_months_truth import months
from streams.simulate.heard_truth import Heard
from streams.simulate.identity_truth import issues, one_of_each, owners
from streams.simulate.schedule_truth import ChildTruth, milestones_of, next_milestone
from streams.simulate.strangers import UNLISTED
from streams.simulate.timeline_truth import MEASURED, timeline_row
from streams.simulate.wanted import Judged, Wanted


def child_id(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()[:32]


class Truth:
    """The final tables. `today` is the local date of the last tick."""

    def __init__(self, books: Books) -> None:
        self.today = books.plan.until
        self.entries = [entry for entry in books.entries if entry.source != UNLISTED]
        self.unlisted = [entry for entry in books.entries if entry.source == UNLISTED]
        self.of_subject: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            self.of_subject[entry.subject].append(entry)
        self.owners = owners(self.entries)
        self.children = self._children()
        self.heard = Heard(books)
        self._wanted: dict[str, list[Wanted]] = {}

    @cached_property
    def center_days(self) -> list[JSON]:
        return list(days_of_centers(self.entries, self.today))

    def _owner(self, subject: str) -> str:
        return self.owners.get(subject, subject)

    def _children(self) -> dict[str, ChildTruth]:
        """Root of a registered child's subjects → everything that it is."""
        records: dict[str, list[Entry]] = defaultdict(list)
        for subject, entries in self.of_subject.items():
            if is_child(subject):
                records[self._owner(subject)].extend(entries)
        found = {}
        for subject, entries in records.items():
            standing = [entry for entry in one_of_each(entries) if entry.stands]
            if any(entry.kind == "child.registered" for entry in standing):
                found[subject] = ChildTruth(child_id(subject), standing)
        return found

    def tables(self) -> dict[str, list[JSON]]:
        """Table → rows, of all that is about children and centres' days."""
        return {
            "timeline": list(self.timeline()),
            "children": list(self.rows_of_children()),
            "checkup_milestones": list(self.milestones()),
            "alerts": self.alerts,
            "center_days": self.center_days,
            "clinic_months": list(self.clinic_months()),
            "growth_months": list(self.growth_months()),
            "unlinked_subjects": list(self.unlinked()),
            "identity_issues": list(self.identity_issues()),
        }

    def timeline(self) -> Iterable[JSON]:
        for child in self.children.values():
            for entry in child.standing:
                yield timeline_row(entry, child)

    def growth_months(self) -> Iterable[JSON]:
        born = {child.child_id: child.born for child in self.children.values()}
        visits = [
            timeline_row(entry, child) | {"instant": happened(entry)}
            for child in self.children.values()
            for entry in child.standing
            if entry.kind in MEASURED
        ]
        return months(visits, born)

    def rows_of_children(self) -> Iterable[JSON]:
        active = Counter(str(alert["child_id"]) for alert in self.alerts)
        for child in self.children.values():
            place = self._place(child)
            registration = child.registration
            following = None if child.departed_on else next_milestone(child, self.today)
            yield {
                "child_id": child.child_id,
                "subject": registration.subject,
                "registered_by": registration.source,
                "registration_record": registration.record,
                "sex": registration.data["sex"],
                "birth_date": registration.data["birth_date"],
                "clinic_id": registration.data["clinic_id"],
                "status": "departed" if child.departed_on else "active",
                "center_id": place.data["center_id"] if place else "",
                "class_id": place.data["class_id"] if place else "",
                "band": place.data["band"] if place else "",
                "service": place.data["service"] if place else "",
                "next_milestone": following["milestone"] if following else "",
                "next_due_on": _text(following["due_on"]) if following else None,
                "registered_on": _text(child.registered_on),
                "departed_on": _text(child.departed_on),
                "departure_reason": child.departure_reason,
                "gestational_weeks": registration.data.get("gestational_weeks"),
                "birth_weight_g": registration.data.get("birth_weight_g"),
                "enrolled_from": place.data["from_date"] if place else None,
                "last_checkup_on": _text(max(child.checkup_days(), default=None)),
                "open_alerts": active[child.child_id],
            }

    def _place(self, child: ChildTruth) -> Entry | None:
        held = [
            entry
            for entry in child.standing
            if entry.kind == "child.enrolled" and is_enrolled(self.today, entry, child.standing)
        ]
        key = lambda entry: (entry.data["from_date"], happened(entry), entry.source, entry.record)  # noqa: E731
        return max(held, key=key, default=None)

    def milestones(self) -> Iterable[JSON]:
        for child in self.children.values():
            for row in milestones_of(child, self.today):
                yield {"child_id": child.child_id} | {k: _text(v) if k != "status" else v for k, v in row.items()}

    def wanted(self, child: ChildTruth) -> list[Wanted]:
        """The active alerts about a child."""
        if child.child_id not in self._wanted:
            confirmed = self.heard.confirmed(child.registration.data["clinic_id"])
            judged = Judged(child, self.today, confirmed, self._place(child))
            self._wanted[child.child_id] = wanted(judged)
        return self._wanted[child.child_id]

    @cached_property
    def alerts(self) -> list[JSON]:
        """The active ones about children, centres, staff and sources."""
        last = [row for row in self.center_days if row["date"] == self.today.isoformat()]
        enrolled = {str(row["center_id"]): int(row["enrolled"]) for row in last}
        of_entities = entity_alerts(self.entries, self.heard, enrolled, self.today)
        return [*self.alerts_about_children(), *of_entities, *self.alerts_in_centres()]

    def alerts_in_centres(self) -> Iterable[JSON]:
        """About children in centres, and clusters of illness among them."""
        held, of_center = standing(self.entries), defaultdict[str, list[Entry]](list)
        for entry in self.entries:
            if entry.stands and entry.kind in CENTER_SIDE:
                of_center[entry.data["center_id"]].append(entry)
        for center, entries in sorted(of_center.items()):
            book = CentreBook(center, entries, self._known, self.today)
            yield from alerts_of_centre(book, lambda day: is_working(day, held))

    def _known(self, center: str, subject: str) -> Known | None:
        child = self.children.get(self._owner(subject))
        if child is None:
            return None
        enrolled = [e for e in child.standing if e.kind == "child.enrolled" and e.data["center_id"] == center]
        if not any(entry.subject == subject for entry in enrolled):
            return None
        diagnoses = tuple(entry for entry in child.standing if entry.kind == "diagnosis.recorded")
        clinic = child.registration.data["clinic_id"]
        return Known(child.child_id, clinic, child.departure_reason == "died", diagnoses)

    def alerts_about_children(self) -> Iterable[JSON]:
        for child in self.children.values():
            place = self._place(child)
            for alert in self.wanted(child):
                yield {
                    "alert_id": alert.alert_id(child.child_id),
                    "child_id": child.child_id,
                    "rule": alert.rule,
                    "severity": alert.severity,
                    "milestone": alert.milestone,
                    "state": alert.state,
                    "due_on": _text(alert.due_on),
                    "clinic_id": child.registration.data["clinic_id"],
                    "center_id": place.data["center_id"] if place else "",
                }

    def clinic_months(self) -> Iterable[JSON]:
        counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        for child in self.children.values():
            for row in milestones_of(child, self.today):
                if row["due_on"] <= self.today and row["status"] not in ("not-applicable", "excused"):
                    month = row["due_on"].replace(day=1).isoformat()
                    counts[row["clinic_id"], month, row["milestone"]][row["status"]] += 1
        for (clinic, month, milestone), statuses in counts.items():
            row = {"clinic_id": clinic, "month": month, "milestone": milestone, "due": statuses.total()}
            row |= {"done_on_time": statuses["done"], "done_late": statuses["done-late"]}
            yield row | {"missed": statuses["missed"], "open": statuses["open"] + statuses["overdue"]}

    def unlinked(self) -> Iterable[JSON]:
        waiting = [*self.unlisted, *self._of_nobody()]
        counts = Counter((entry.subject, entry.source) for entry in waiting if entry.stands)
        for (subject, source), records in counts.items():
            yield {"subject": subject, "source": source, "records": records}

    def _of_nobody(self) -> list[Entry]:
        """Entries of subjects whose child is not registered."""
        unknown = [s for s in self.of_subject if is_child(s) and self._owner(s) not in self.children]
        return [entry for subject in unknown for entry in self.of_subject[subject]]

    def identity_issues(self) -> Iterable[JSON]:
        standing = {child.child_id: child.standing for child in self.children.values()}
        return issues(standing, self._of_nobody(), self.today)

    def joined(self) -> int:
        """Registered children of whom something stands under several subjects."""
        return sum(len({entry.subject for entry in child.standing}) > 1 for child in self.children.values())


def is_child(subject: str) -> bool:
    return subject.split(":")[0] in ("cn-id", "birth-cert", "local")


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
