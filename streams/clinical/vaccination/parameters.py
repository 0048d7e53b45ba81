"""What a rule pack may set about vaccinations. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from streams.clinical.part import Part

Reason = Literal["contraindication", "illness", "refused", "out-of-stock"]


class Parameters(Part):
    """`schedule`: the file of streams/clinical/reference with the doses.

    `overdue_after_months`: after a dose is due, where the schedule names no later age by which it is to be given.
    `deferred_while_standing`: reasons that hold as long as the deferral stands; others hold for `deferred_days`.
    By series (HepB, BCG, polio, DTaP, MenA …): `asked_below_months`, from that age on it is not caught up;
    `asked_if_born_from`: who was born before began another schedule, and how that goes on is not known.
    """

    schedule: Literal["vaccines.json"] = "vaccines.json"
    grace_days_after_registration: int = Field(default=30, ge=0)
    overdue_after_months: int = Field(default=1, ge=0)
    deferred_days: int = Field(default=30, ge=0)
    deferred_while_standing: tuple[Reason, ...] = ("contraindication", "refused")
    asked_below_months: Mapping[str, int] = {"BCG": 48}
    asked_if_born_from: Mapping[str, date] = {"DTaP": date(2025, 1, 1)}
