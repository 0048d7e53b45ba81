"""A centre in memory: of each record its packed bytes and the few values that counting needs; of each day the figures
that were last shown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo

from streams.centers.cards import Cards
from streams.centers.days import Day, Key
from streams.centers.enrolment import Span, spans
from streams.centers.histories import Histories
from streams.clinical.center.seen import ENROLLED, WITHDRAWN, Other, Seen, seen_of
from streams.records import Publication

Fact = Seen | Other
CLUSTERS = ""
"""Among the subjects of a centre: the centre itself."""


@dataclass(slots=True)
class Center:
    """`facts`: day ordinal → record → what it says; `places`: subject → records of its enrolments and withdrawals.

    `histories`: the same facts by child, and those with symptoms; `cards`: who the children are.
    `wakes`: whom rules have looked at, a subject or CLUSTERS → the date on which to look again by itself.
    """

    records: dict[Key, bytes] = field(default_factory=dict)
    facts: dict[int, dict[Key, Fact]] = field(default_factory=dict)
    places: dict[str, dict[Key, Publication]] = field(default_factory=dict)
    enrolled: Counter[int] = field(default_factory=Counter)
    shown: dict[int, Day] = field(default_factory=dict)
    histories: Histories = field(default_factory=Histories)
    cards: Cards = field(default_factory=Cards)
    wakes: dict[str, date | None] = field(default_factory=dict)

    def put(self, key: Key, value: bytes, publication: Publication, zone: tzinfo) -> None:
        """Take a record as the state topic has it."""
        self.records[key] = value
        if key[0] in (ENROLLED, WITHDRAWN):
            self.places.setdefault(key[3], {})[key] = publication
        elif (fact := seen_of(publication, zone)) is not None:
            self.facts.setdefault(fact.day.toordinal(), {})[key] = fact
            self.histories.put(key, fact)


def held_spans(publications: Iterable[Publication]) -> tuple[Span, ...]:
    """The days on which the enrolments and withdrawals of one child hold."""
    standing = [p.event for p in publications if p.stands]
    enrolments = [_term(e.data) for e in standing if e.kind == ENROLLED]
    return spans(enrolments, [date.fromisoformat(e.data["date"]) for e in standing if e.kind == WITHDRAWN])


def _term(data: dict[str, str]) -> tuple[date, date | None]:
    until = data.get("until")
    return date.fromisoformat(data["from_date"]), date.fromisoformat(until) if until else None


def enrolled_on(changes: Counter[int], day: date) -> int:
    """`changes`: day ordinal → change of the number enrolled."""
    return sum(change for first, change in changes.items() if first <= day.toordinal())
