"""What became of a child's doses, found out from the printed schedule with a calendar; nothing of it is shared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tests.property.timeline_oracle import Truth, days_after, local_day, month_days

PRINTED = Path("streams/clinical/reference/vaccines.json")
ALWAYS = {
    "HepB": ("HepB-1", "HepB-2", "HepB-3"),
    "BCG": ("BCG-1",),
    "polio": ("IPV-1", "IPV-2", "bOPV-3", "bOPV-4"),
    "DTaP": ("DTaP-1", "DTaP-2", "DTaP-3", "DTaP-4", "DTaP-5"),
    "MenA": ("MPSV-A-1", "MPSV-A-2", "MPSV-AC-3", "MPSV-AC-4"),
    "MMR": ("MMR-1", "MMR-2"),
}
CHOICES = (
    {"JE-L": ("JE-L-1", "JE-L-2"), "JE-I": ("JE-I-1", "JE-I-2", "JE-I-3", "JE-I-4")},
    {"HepA-L": ("HepA-L-1",), "HepA-I": ("HepA-I-1", "HepA-I-2")},
)
FOR_GOOD = ("contraindication", "refused")


@cache
def printed() -> dict[str, dict[str, Any]]:
    return {dose["id"]: dose for dose in json.loads(PRINTED.read_text("utf-8"))["doses"]}


@dataclass
class Dose:
    id: str
    recommended: date
    due: date | None
    overdue: date | None
    done: date | None
    status: str = ""


def later(day: date, interval: str) -> date:
    if interval.endswith("mo"):
        return month_days(day)[int(interval[:-2])]
    return days_after(day, int(interval.split("-")[0].removesuffix("d")))


def doses_of(truth: Truth, heard: date) -> dict[str, Dose]:
    """`heard`: H."""
    if not truth.registrations:
        return {}
    found = {}
    for name, ids in plan_of(truth).items():
        before: date | None = None
        for number, dose_id in enumerate(ids, start=1):
            dose = dated(truth, ids, number, before)
            dose.status = status(truth, name, ids, number, dose, heard)
            found[dose_id], before = dose, dose.done
    return found


def plan_of(truth: Truth) -> dict[str, tuple[str, ...]]:
    plan = dict(ALWAYS)
    for choice in CHOICES:
        begun = [code for code, _, _ in shots(truth) if code in choice]
        chosen = begun[0] if begun else next(iter(choice))
        plan[chosen] = choice[chosen]
    return plan


def shots(truth: Truth) -> list[tuple[str, int, date]]:
    told = [(e["data"]["vaccine"], e["data"]["dose_no"], local_day(e)) for e in truth.standing("vaccination.recorded")]
    return [shot for shot in told if truth.today is None or shot[2] <= truth.today]


def dated(truth: Truth, ids: tuple[str, ...], number: int, before: date | None) -> Dose:
    row, ages = printed()[ids[number - 1]], month_days(truth.born)
    codes = {printed()[i]["code"] for i in ids}
    exact = [day for code, n, day in shots(truth) if code in codes and n == number]
    higher = [day for code, n, day in shots(truth) if code in codes and n > number]
    done = min(exact) if exact else min(higher) if higher else None
    due: date | None = ages[row["min_age_months"]]
    if number > 1:
        since = later(before, row.get("min_interval_prev", "0d")) if before else None
        due = max(ages[row["min_age_months"]], since) if since else None
    overdue = None
    if due is not None:
        overdue = month_days(due)[1]
        if row["complete_before_months"] is not None and ages[row["complete_before_months"]] > due:
            overdue = ages[row["complete_before_months"]]
        if truth.registered_on > due:
            overdue = max(overdue, days_after(truth.registered_on, 30))
    return Dose(ids[number - 1], ages[row["min_age_months"]], due, overdue, done)


def status(truth: Truth, series: str, ids: tuple[str, ...], number: int, dose: Dose, heard: date) -> str:
    today, ages = truth.today, month_days(truth.born)
    if dose.done is not None:
        return "done"
    if today is None:
        return "upcoming"
    if truth.left or today >= ages[84] or (series == "BCG" and today >= ages[48]):
        return "not-applicable"
    if series == "DTaP" and str(truth.born) < "2025-01-01":
        return "unknown-transition"
    if put_off(truth, ids, number, today):
        return "deferred"
    if dose.overdue and dose.overdue <= heard:
        return "overdue"
    return "due" if dose.due and dose.due <= today else "upcoming"


def put_off(truth: Truth, ids: tuple[str, ...], number: int, today: date) -> bool:
    codes = {printed()[i]["code"] for i in ids}
    for event in truth.standing("vaccination.deferred"):
        data, day = event["data"], local_day(event)
        if data["vaccine"] not in codes or data["dose_no"] != number or day > today:
            continue
        if "until" in data:
            holds = str(today) <= data["until"]
        else:
            holds = data["reason"] in FOR_GOOD or today <= days_after(day, 30)
        if holds:
            return True
    return False
