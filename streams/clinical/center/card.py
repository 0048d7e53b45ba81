"""Who a centre's child is: what timeline tells the centre's fold of a child that is known to a clinic. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple, Self

from streams.clinical.episode import RecordName


class Diagnosed(NamedTuple):
    """A clinic's diagnosis, by the day on which the illness began."""

    onset_on: date
    condition: str
    name: RecordName


class Card(NamedTuple):
    """A registered child with a place in the centre. `subject`, `registered_by`, `registration_record`: as its clinic
    registered it; `has_died`: nobody is told of it any longer."""

    child_id: str
    clinic_id: str
    subject: str
    registered_by: str
    registration_record: str
    has_died: bool
    diagnoses: tuple[Diagnosed, ...]

    def packed(self) -> list[Any]:
        """As JSON has it."""
        return [*self[:-1], [[d.onset_on.isoformat(), d.condition, list(d.name)] for d in self.diagnoses]]

    @classmethod
    def unpacked(cls, packed: list[Any]) -> Self:
        diagnoses = (Diagnosed(date.fromisoformat(day), condition, _name(name)) for day, condition, name in packed[-1])
        return cls._make([*packed[:-1], tuple(diagnoses)])


def _name(told: list[str]) -> RecordName:
    kind, source, recordid = told
    return (kind, source, recordid)
