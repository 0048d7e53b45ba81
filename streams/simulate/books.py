"""The county's books: every record with what finally holds of it, and every publication in the order it was made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import orjson
import rfc8785

from streams.simulate.calendar import at
from streams.simulate.plan import Plan

JSON = dict[str, Any]


@dataclass(slots=True)
class Entry:
    """A record as it finally stands, or not; `day` is when it was first published.

    `recorded`: when it was typed in, where the source says so. `conflict`: two contents at the revision that holds.
    """

    subject: str
    kind: str
    source: str
    record: str
    time: str
    data: JSON
    day: date
    revision: int = 1
    stands: bool = True
    recorded: str | None = None
    conflict: bool = False


@dataclass(slots=True)
class Publication:
    """One line to publish; `turn` orders publications of one day."""

    day: date
    turn: float
    event: JSON


@dataclass
class Books:
    """Writes records down and publishes them, with the mishaps that the plan asks for."""

    plan: Plan
    random: Random
    entries: list[Entry] = field(default_factory=list)
    published: list[Publication] = field(default_factory=list)
    mishaps: dict[str, int] = field(default_factory=dict)
    silences: dict[str, tuple[date, date]] = field(default_factory=dict)
    """Source → (first day on which nothing is heard of it, the day on which all of that comes)."""
    _count: int = 0

    def record(
        self,
        kind: str,
        source: str,
        subject: str,
        time: str,
        data: JSON,
        day: date,
        *,
        calm: bool = False,
        record: str = "",
        revision: int = 1,
    ) -> Entry | None:
        """A record published on `day`; None when that is after the last day: nobody has heard of it.

        `calm` keeps mishaps away from records on which others build. `record`: its id, else the next one.
        `revision`: the first that is published, of a calm one.
        """
        if day > self.plan.until:
            return None
        self._count += 1
        known = self.heard_on(source, max(day, self.plan.first_day))
        entry = Entry(subject, kind, source, record or f"R{self._count:07d}", time, data, known, revision)
        if known > date.fromisoformat(time[:10]) and self.random.random() < 0.7:
            entry.recorded = at(known, 18, self.random)
        self.entries.append(entry)
        if calm or self.random.random() >= self.plan.mishap_rate:
            self.publish(entry, entry.data, revision=revision)
        else:
            self._mishap(entry)
        return entry

    def publish(self, entry: Entry, data: JSON, *, revision: int = 1, day: date | None = None, **more: Any) -> JSON:
        """One publication of a record, at some moment of a day."""
        event = self._event(entry, f"{entry.kind}.v1", data, revision) | more
        self.send(event, day or entry.day)
        return event

    def retract(self, entry: Entry, revision: int, day: date | None = None, center: str = "") -> None:
        data = {"kind": entry.kind, "reason": "entered by mistake"} | ({"center_id": center} if center else {})
        event = self._event(entry, "record.retracted.v1", data, revision)
        event["time"] = at(day or entry.day, 17, self.random)
        self.send(event, day or entry.day)

    def send(self, event: JSON, day: date) -> None:
        heard = self.heard_on(event["source"], min(day, self.plan.until))
        self.published.append(Publication(heard, self.random.random(), event))

    def heard_on(self, source: str, day: date) -> date:
        """The day on which something that a source has ready on `day` leaves it."""
        silent_from, heard_again = self.silences.get(source, (date.max, date.max))
        return heard_again if silent_from <= day < heard_again else day

    def _event(self, entry: Entry, event_type: str, data: JSON, revision: int) -> JSON:
        event: JSON = {
            "specversion": "1.0",
            "source": entry.source,
            "type": event_type,
            "time": entry.time,
            "subject": entry.subject,
            "recordid": entry.record,
            "revision": revision,
            "data": data,
        }
        if entry.recorded:
            event["recordedtime"] = entry.recorded
        named = f"{event_type}|{entry.record}|{revision}|{len(self.published)}"
        event["id"] = hashlib.sha256(f"{self.plan.seed}|{named}".encode()).hexdigest()[:32]
        return event

    def _mishap(self, entry: Entry) -> None:
        kinds = ("twice", "new_id", "correction", "early_correction", "retracted", "brought_back", "tie")
        chosen = self.random.choice(kinds)
        self.mishaps[chosen] = self.mishaps.get(chosen, 0) + 1
        getattr(self, f"_{chosen}")(entry)

    def _later(self, entry: Entry) -> date:
        return min(self.plan.until, date.fromordinal(entry.day.toordinal() + self.random.randrange(6)))

    def _twice(self, entry: Entry) -> None:
        self.send(self.publish(entry, entry.data), self._later(entry))

    def _new_id(self, entry: Entry) -> None:
        for _ in range(2):
            self.publish(entry, entry.data)

    def _correction(self, entry: Entry) -> None:
        self.publish(entry, wrong(entry, self.random))
        entry.revision = 2
        self.publish(entry, entry.data, revision=2, day=self._later(entry))

    def _early_correction(self, entry: Entry) -> None:
        """The correction overtakes what it corrects."""
        later = self._later(entry)
        self.publish(entry, wrong(entry, self.random), day=later)
        entry.revision = 3
        self.publish(entry, entry.data, revision=3)

    def _retracted(self, entry: Entry) -> None:
        self.publish(entry, entry.data)
        entry.stands, entry.revision = False, 2
        self.retract(entry, 2, self._later(entry))

    def _brought_back(self, entry: Entry) -> None:
        self.publish(entry, entry.data)
        self.retract(entry, 2, self._later(entry))
        entry.revision = 3
        self.publish(entry, entry.data, revision=3, day=self._later(entry))

    def _tie(self, entry: Entry) -> None:
        """Two contents at one revision: the one with the greater SHA-256 of its canonical JSON holds."""
        other = wrong(entry, self.random)
        self.publish(entry, entry.data)
        self.publish(entry, other, day=self._later(entry))
        entry.conflict = digest(entry, other) != digest(entry, entry.data)
        entry.data = max((entry.data, other), key=lambda data: digest(entry, data))


def digest(entry: Entry, data: JSON) -> str:
    """SHA-256 of the RFC 8785 form of {time, subject, data}."""
    named = {"time": entry.time, "subject": entry.subject, "data": data}
    return hashlib.sha256(rfc8785.dumps(named)).hexdigest()


def wrong(entry: Entry, random: Random) -> JSON:
    """The record with a typing error in it, valid all the same."""
    data: JSON = orjson.loads(orjson.dumps(entry.data))
    if "weight_kg" in data:
        data["weight_kg"] = round(min(59.0, data["weight_kg"] * random.choice((0.5, 1.1, 2.0))), 1)
    elif "status" in data:
        data["status"] = "absent" if data["status"] == "present" else "present"
        data.pop("absence_reason", None)
    elif "temperature_c" in data:
        data["temperature_c"] = random.choice((36.1, 38.4, 39.0))
    elif "dose_no" in data:
        data["dose_no"] += 1
    elif "birth_date" in data:
        day = date.fromisoformat(data["birth_date"])
        data["birth_date"] = date.fromordinal(day.toordinal() - random.randrange(1, 40)).isoformat()
    elif "from_date" in data:
        day = date.fromisoformat(data["from_date"])
        data["from_date"] = date.fromordinal(day.toordinal() + random.randrange(1, 9)).isoformat()
    elif "condition" in data:
        data["condition"] = "influenza" if data["condition"] != "influenza" else "other"
    elif "outcome" in data:
        data["outcome"] = "declined" if data["outcome"] != "declined" else "attended"
    elif "positive" in data:
        data["positive"] = [] if data["positive"] else [1]
    elif "severity" in data:
        data["severity"] = "treated" if data["severity"] != "treated" else "minor"
    elif "reason" in data:
        data["reason"] = "moved" if data["reason"] != "moved" else "other"
    return data
