"""The rule `anaemia`: the latest haemoglobin lies below what is expected of that age. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Self

from pydantic import Field, model_validator

from streams.clinical.child.case import ChildCase, named
from streams.clinical.child.decided import caught_up, decided_on
from streams.clinical.child.telling import CHECKUP, Checkup
from streams.clinical.episode import ESCALATED, OPEN, Episode, Found, Held
from streams.clinical.months import add_months
from streams.clinical.part import Part

KINDS = frozenset({CHECKUP})


class Cutoff(Part):
    """`g_l`: the least haemoglobin (g/L) of children younger than `below_days`, or than `below_months`."""

    g_l: float = Field(gt=0)
    below_days: int | None = Field(default=None, ge=1)
    below_months: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_age(self) -> Self:
        if (self.below_days is None) == (self.below_months is None):
            raise ValueError("either below_days or below_months")
        return self

    def ends_on(self, born: date) -> date:
        """The first day on which a child is too old for it."""
        if self.below_days is not None:
            return born + timedelta(days=self.below_days)
        return add_months(born, self.below_months or 0)


class Parameters(Part):
    """`cutoffs`: youngest first; of children older than the last nothing is said. `severe_below_g_l`: escalates."""

    cutoffs: tuple[Cutoff, ...]
    severe_below_g_l: float = Field(gt=0)


def find(case: ChildCase, parameters: Parameters) -> Found:
    """At most one, by the latest checkup with a haemoglobin."""
    wake_on = case.next_record_on(Checkup)
    measured = [c for c in case.until_today(Checkup) if c.haemoglobin_g_l is not None]
    if not measured:
        return Found(wake_on=wake_on)
    latest = measured[-1]
    haemoglobin, least = latest.haemoglobin_g_l, _least(latest.on, case.born, parameters)
    if haemoglobin is None or least is None or haemoglobin >= least:
        return Found(wake_on=wake_on)
    episode = Episode(
        name="",
        state=ESCALATED if haemoglobin < parameters.severe_below_g_l else OPEN,
        detail={"haemoglobin_g_l": haemoglobin, "least_g_l": least, **decided_on(latest)},
        records=named(latest),
    )
    return Found((episode,), wake_on)


def _least(on: date, born: date, parameters: Parameters) -> float | None:
    """The cut-off for a child's age on a day."""
    return next((cutoff.g_l for cutoff in parameters.cutoffs if on < cutoff.ends_on(born)), None)


def ended(case: ChildCase, held: Held, parameters: Parameters) -> str:
    return caught_up(case, held)
