"""What the registry and the sources themselves have told of the county: contracts, how often sources report, until when
each was heard. Every shard holds all of it; a value never changes, a change makes a new one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import TypeVar

from streams.clinical.center.registered import Centre, Staff, centre_of, staff_of
from streams.clinical.center.working_days import Calendar, published
from streams.records import Publication, ended_on, greatest

IRREGULAR = "irregular"
UNCONFIRMED_DAYS: Mapping[str, int] = {"working-days": 3, "weekly": 10}
"""So long before it was last heard a source of this cadence may still send what it has."""
NEVER = date.min
Entity = TypeVar("Entity")


@dataclass(frozen=True, slots=True)
class Contract:
    """Between a centre and a clinic, from `from_date` to `until`, unless it was ended."""

    center_id: str
    clinic_id: str
    from_date: date
    until: date | None
    ended_on: date | None

    def in_force(self, day: date) -> bool:
        if day < self.from_date or (self.until is not None and day > self.until):
            return False
        return self.ended_on is None or day < self.ended_on

    @property
    def changes_on(self) -> tuple[date, ...]:
        """The dates on which it begins and ends to be in force."""
        ends = [self.until + timedelta(days=1)] if self.until is not None and self.until < date.max else []
        return (self.from_date, *ends, *([self.ended_on] if self.ended_on else []))


@dataclass(frozen=True)
class County:
    """`facts`: subject → key → registry record; `heard`: source → until when it was heard (UTC text)."""

    zone: tzinfo
    facts: Mapping[str, Mapping[bytes, Publication]] = field(default_factory=dict)
    heard: Mapping[str, str] = field(default_factory=dict)
    cadences: Mapping[str, str] = field(default_factory=dict)
    contracts: Mapping[str, Mapping[str, Contract]] = field(default_factory=dict)
    """Centre → contract id → contract."""
    registered: Mapping[str, date] = field(default_factory=dict)
    """Source → local date of its registration's time."""
    centres: Mapping[str, Centre] = field(default_factory=dict)
    staff: Mapping[str, Staff] = field(default_factory=dict)
    calendars: Mapping[int, Mapping[date, bool]] = field(default_factory=dict)

    def with_facts(self, facts: Mapping[str, Mapping[bytes, Publication]]) -> County:
        """`facts`: all that is known of some subjects."""
        if not facts:
            return self
        cadences, contracts = dict(self.cadences), dict(self.contracts)
        registered, calendars = dict(self.registered), dict(self.calendars)
        centres, staff = dict(self.centres), dict(self.staff)
        for subject, records in facts.items():
            scheme, _, name = subject.partition(":")
            if scheme == "source":
                source = greatest(r for r in records.values() if r.event.kind == "source.registered")
                if source is not None:
                    cadences[name] = source.event.data["cadence"]
                    registered[name] = source.at.astimezone(self.zone).date()
            elif scheme == "contract":
                _without(contracts, name)
                contract = contract_of(records.values())
                if contract is not None:
                    contracts[contract.center_id] = {**contracts.get(contract.center_id, {}), name: contract}
            elif scheme == "calendar":
                told = greatest(r for r in records.values() if r.event.kind == "calendar.published")
                calendars[int(name)] = published(int(name), told.event.data) if told is not None else {}
            elif scheme == "center":
                _put(centres, name, centre_of(records.values(), self.zone))
            elif scheme == "staff":
                _put(staff, name, staff_of(records.values()))
        return replace(
            self,
            facts={**self.facts, **facts},
            cadences=cadences,
            contracts=contracts,
            registered=registered,
            calendars=calendars,
            centres=centres,
            staff=staff,
        )

    @cached_property
    def calendar(self) -> Calendar:
        """The working days of all years."""
        return Calendar({day: works for days in self.calendars.values() for day, works in days.items()})

    def with_heard(self, heard: Mapping[str, str]) -> County:
        newer = {source: until for source, until in heard.items() if until > self.heard.get(source, "")}
        return replace(self, heard={**self.heard, **newer}) if newer else self

    def contracted(self, center_id: str, day: date) -> tuple[str, ...]:
        """The clinics that have a contract with a centre on a day."""
        held = self.contracts.get(center_id, {}).values()
        return tuple(sorted({contract.clinic_id for contract in held if contract.in_force(day)}))

    def contract_changes_on(self, center_id: str, after: date) -> date | None:
        """The first date after a day on which another contract of a centre may be in force."""
        dates = [day for contract in self.contracts.get(center_id, {}).values() for day in contract.changes_on]
        return min((day for day in dates if day > after), default=None)

    def heard_on(self, source: str) -> date | None:
        """The local date until which a source was heard; None when it never was."""
        until = self.heard.get(source)
        return None if until is None else datetime.fromisoformat(until).astimezone(self.zone).date()

    def confirmed_until(self, source: str, today: date) -> date:
        """Until when a source has sent everything, at most `today`; NEVER when nothing is confirmed."""
        cadence, heard = self.cadences.get(source), self.heard_on(source)
        if cadence is None:
            # One that is not registered and sends nothing does not report for itself; what one sends waits.
            return today if heard is None else NEVER
        if cadence == IRREGULAR:
            return today
        return NEVER if heard is None else min(today, heard - timedelta(days=UNCONFIRMED_DAYS[cadence]))


def contract_of(records: Iterable[Publication]) -> Contract | None:
    """What the standing records of one contract say; None when none says that it was signed."""
    found = list(records)
    signed = greatest(r for r in found if r.event.kind == "contract.signed")
    ended = greatest(r for r in found if r.event.kind == "contract.ended")
    if signed is None:
        return None
    data = signed.event.data
    return Contract(
        center_id=data["center_id"],
        clinic_id=data["clinic_id"],
        from_date=date.fromisoformat(data["from_date"]),
        until=date.fromisoformat(data["until"]) if data.get("until") else None,
        ended_on=ended_on(signed, ended),
    )


def _without(contracts: dict[str, Mapping[str, Contract]], name: str) -> None:
    """Take a contract out, wherever it was: it may have been corrected to another centre."""
    for center_id, held in list(contracts.items()):
        if name in held:
            contracts[center_id] = {other: contract for other, contract in held.items() if other != name}


def _put(entities: dict[str, Entity], name: str, entity: Entity | None) -> None:
    """Nobody registers it any longer: it is taken out."""
    if entity is None:
        entities.pop(name, None)
    else:
        entities[name] = entity
