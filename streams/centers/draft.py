"""A draft of a centre that a decision changes; the centre stays as it is until `install`. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, tzinfo
from functools import cached_property
from itertools import accumulate

from streams.centers.cards import card_of
from streams.centers.center import Center, Fact, enrolled_on, held_spans
from streams.centers.days import Day, Key, count
from streams.centers.enrolment import Span, steps
from streams.centers.histories import History
from streams.clinical.center.card import Card
from streams.clinical.center.seen import ENROLLED, WITHDRAWN, Seen, seen_of
from streams.records import Publication, stronger


class Draft:
    """A centre's changes of one decision."""

    def __init__(self, name: str, center: Center, zone: tzinfo) -> None:
        self.name, self.center, self.zone = name, center, zone
        self.version = -1
        self.puts: dict[Key, tuple[bytes, Publication]] = {}
        self.shown: dict[int, Day | None] = {}
        self._steps: Counter[int] = Counter(center.enrolled)
        self._changed: dict[int, dict[Key, Fact | None]] = {}
        self.cards: dict[tuple[str, str], Card | None] = {}
        self.wakes: dict[str, date | None] = {}

    def take(self, publication: Publication, value: bytes) -> None:
        """Merge a publication by the record's identity within its subject."""
        key = (*publication.identity, publication.event.subject)
        if stronger(publication, self._held(key)):
            self.puts[key] = (value, publication)

    def _held(self, key: Key) -> Publication | None:
        if key in self.puts:
            return self.puts[key][1]
        held = self.center.records.get(key)
        return None if held is None else Publication.unpacked(held)

    def refresh(self, before: date | None, today: date | None) -> None:
        """Count again the days that this decision may have changed; `shown` gets what differs (None: no row)."""
        facts = self._changed = self._facts()
        days = set(facts) | self._enrolment_days(today) | self._newly_visible(before, today)
        ordered = sorted(self._steps)
        totals = list(accumulate(self._steps[day] for day in ordered))
        for day in days:
            place = bisect_right(ordered, day)
            self._show(day, facts, totals[place - 1] if place else 0, today)

    def touched(self) -> set[str]:
        """The subjects of whom something came in this decision."""
        told = {key[3] for key in self.puts}
        return told | {subject for subject, _ in self.cards}

    def subjects(self) -> set[str]:
        """Everybody of whom anything is known, with this decision."""
        return self.center.histories.of.keys() | self.center.places.keys() | self.touched()

    def figures(self, day: date) -> Day | None:
        """A day as it is shown after this decision."""
        ordinal = day.toordinal()
        return self.shown[ordinal] if ordinal in self.shown else self.center.shown.get(ordinal)

    def card(self, subject: str) -> Card | None:
        return card_of(subject, self.center.cards, self.cards)

    def records_of_place(self, subject: str) -> list[Publication]:
        """A subject's enrolments and withdrawals, with this decision."""
        return list((self.center.places.get(subject, {}) | self.placed.get(subject, {})).values())

    @cached_property
    def histories(self) -> dict[str, History]:
        """Of the subjects whose records changed."""
        return self.center.histories.changed(self._changed)

    @cached_property
    def ill(self) -> dict[date, dict[Key, Seen]]:
        """Records with symptoms, of the days on which these changed."""
        return self.center.histories.changed_ill(self._changed)

    def history(self, subject: str) -> History:
        return self.histories[subject] if subject in self.histories else self.center.histories.of.get(subject, {})

    def _facts(self) -> dict[int, dict[Key, Fact | None]]:
        """Day → what changed on it; None for a record that says nothing of that day any longer."""
        changed: dict[int, dict[Key, Fact | None]] = defaultdict(dict)
        for key, (_, publication) in self.puts.items():
            if key[0] in (ENROLLED, WITHDRAWN):
                continue
            old, new = self._old_fact(key), seen_of(publication, self.zone)
            if old is not None:
                changed[old.day.toordinal()][key] = None
            if new is not None:
                changed[new.day.toordinal()][key] = new
        return changed

    def _old_fact(self, key: Key) -> Fact | None:
        held = self.center.records.get(key)
        return None if held is None else seen_of(Publication.unpacked(held), self.zone)

    def _enrolment_days(self, today: date | None) -> set[int]:
        days: set[int] = set()
        last = today.toordinal() if today else max(self.center.facts, default=0)
        for subject, put in self.placed.items():
            old = self.center.places.get(subject, {})
            new = old | put
            before, after = held_spans(old.values()), held_spans(new.values())
            self._steps.subtract(steps(before))
            self._steps.update(steps(after))
            days |= _days(before, last) ^ _days(after, last)
        return days

    @cached_property
    def placed(self) -> dict[str, dict[Key, Publication]]:
        """Subject → what this decision took of its enrolments and withdrawals."""
        put: dict[str, dict[Key, Publication]] = defaultdict(dict)
        for key, (_, publication) in self.puts.items():
            if key[0] in (ENROLLED, WITHDRAWN):
                put[key[3]][key] = publication
        return put

    def _newly_visible(self, before: date | None, today: date | None) -> set[int]:
        if today is None or today == before:
            return set()
        first = before.toordinal() + 1 if before else min(self._steps, default=today.toordinal())
        return set(range(first, today.toordinal() + 1)) | {d for d in self.center.facts if before is None}

    def _show(self, day: int, changed: dict[int, dict[Key, Fact | None]], enrolled: int, today: date | None) -> None:
        facts = self.center.facts.get(day, {})
        if day in changed:
            facts = {key: fact for key, fact in {**facts, **changed[day]}.items() if fact is not None}
        visible = bool(facts) if today is None else day <= today.toordinal() and (enrolled > 0 or bool(facts))
        figures = count(facts, enrolled) if visible else None
        if figures != self.center.shown.get(day):
            self.shown[day] = figures

    def enrolled(self, today: date) -> int:
        """How many are enrolled on a day, after this decision."""
        return enrolled_on(self._steps, today)

    def install(self) -> None:
        center = self.center
        for day, changed in self._changed.items():
            facts = center.facts.setdefault(day, {})
            for key, fact in changed.items():
                if fact is None:
                    facts.pop(key, None)
                else:
                    facts[key] = fact
            if not facts:
                del center.facts[day]
        center.histories.install(self._changed)
        for (subject, child), card in self.cards.items():
            center.cards.put(subject, child, card)
        center.wakes |= self.wakes
        for key, (value, publication) in self.puts.items():
            center.records[key] = value
            if key[0] in (ENROLLED, WITHDRAWN):
                center.places.setdefault(key[3], {})[key] = publication
        center.enrolled = Counter({day: change for day, change in self._steps.items() if change})
        for day, figures in self.shown.items():
            if figures is None:
                center.shown.pop(day, None)
            else:
                center.shown[day] = figures


def restored(center: Center, today: date | None, zone: tzinfo) -> None:
    """Derive again the figures that had been shown when the state was written."""
    for publications in center.places.values():
        center.enrolled.update(steps(held_spans(publications.values())))
    draft = Draft("", center, zone)
    draft.refresh(None, today)
    for day in center.facts if today is None else ():
        draft._show(day, {}, enrolled_on(center.enrolled, date.fromordinal(day)), None)
    draft.install()


def _days(held: Iterable[Span], last: int) -> set[int]:
    return {day for span in held for day in range(span.first, min(span.last, last) + 1)}
