"""An alert that the books call for, and the day by which a child's rules judge."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from tomllib import loads

from streams.simulate.books import Entry
from streams.simulate.calendar import months_later
from streams.simulate.entries import happened
from streams.simulate.schedule_truth import ChildTruth

BEGINNING = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Wanted:
    rule: str
    episode: str
    state: str = "open"
    due_on: date | None = None
    milestone: str = ""

    def alert_id(self, owner: str) -> str:
        return hashlib.sha256(f"{self.rule}|{owner}|{self.episode}".encode()).hexdigest()[:32]

    @property
    def severity(self) -> str:
        told = severities()[self.rule]
        return told.get(self.state, told["open"])


@cache
def severities() -> dict[str, dict[str, str]]:
    """Rule → state → severity, as the national pack has it."""
    pack = loads(files("streams.clinical").joinpath("rules", "national.toml").read_text("utf-8"))
    return {rule["id"]: rule["severity"] for rule in pack["rules"]}


class Judged:
    """A child on a day: `heard`: H; `place`: the enrolment that it has that day."""

    def __init__(self, child: ChildTruth, today: date, confirmed: date | None, place: Entry | None) -> None:
        self.child, self.today, self.place = child, today, place
        self.heard = BEGINNING if confirmed is None else min(today, confirmed)
        self.born = child.born

    @property
    def is_past(self) -> bool:
        """Nothing is asked of who departed or has outgrown the schedule."""
        return self.child.departed_on is not None or self.today >= months_later(self.born, 84)

    def records(self, *kinds: str) -> list[Entry]:
        """Standing records, in their order."""
        found = [entry for entry in self.child.standing if entry.kind in kinds]
        return sorted(found, key=lambda entry: (happened(entry), entry.source, entry.record))

    def so_far(self, *kinds: str) -> list[Entry]:
        return [entry for entry in self.records(*kinds) if day_of(entry) <= self.today]


def day_of(entry: Entry) -> date:
    return happened(entry).date()
