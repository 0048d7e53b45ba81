"""The county's clinics, centres, staff, contracts and sources, as the bureau registers them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from streams.simulate.books import Books
from streams.simulate.calendar import DAYS_OFF, EXTRA_WORKDAYS, at
from streams.simulate.plan import Plan

BUREAU = "registry:bureau"
NAMES = (
    *("chengguan", "dongfeng", "xihe", "nanguan", "beizhuang", "hongqi", "taohua", "longtan", "shuangmiao"),
    *("qinghe", "anping", "fuxing", "liuzhuang", "mazhuang", "wangcun", "zhaojia", "yucai", "xingfu"),
    *("yangguang", "baobei", "chunmiao", "tongle", "jinse", "huayuan", "xinghe", "minzhu", "heping"),
    *("renmin", "guangming", "lantian", "xiaotaiyang", "qimeng", "aixin", "miaomiao"),
)
CLINIC_KINDS = ("county-hospital", "mch-hospital", "township", "township", "village", "health-post")
CENTER_KINDS = ("community", "kindergarten", "employer", "independent", "family", "hospital")
REGION = "130423"
NEVER_HEARD = "clinic:weijiazhuang"
"""A health post that is registered and sends nothing."""
CLOSING_PLACES = 40


@dataclass(frozen=True, slots=True)
class Clinic:
    """`on_paper`: types its records in about a week late. `known_from`: registered as a source on that day.

    `silent`: sends nothing for some weeks, then all of it at once; it does not report either.
    """

    name: str
    on_paper: bool
    silent: bool
    known_from: date

    @property
    def source(self) -> str:
        return f"clinic:{self.name}"


@dataclass(frozen=True, slots=True)
class Center:
    """`closes_on`: the first day on which it is closed."""

    name: str
    places: int
    known_from: date
    closes_on: date | None = None

    @property
    def source(self) -> str:
        return f"center:{self.name}"


@dataclass(frozen=True, slots=True)
class Facilities:
    clinics: tuple[Clinic, ...]
    centers: tuple[Center, ...]


def token(*parts: object) -> str:
    """32 hex that nobody can get back from; the county's children are nobody's."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def make_facilities(plan: Plan, books: Books, random: Random) -> Facilities:
    """Register everything that exists before the first child is."""
    clinics = tuple(_clinic(plan, number) for number in range(plan.clinics))
    centers = (*(_center(plan, number) for number in range(plan.centers)), _closing_center(plan))
    first = plan.first_day
    for clinic in clinics:
        if clinic.silent:
            books.silences[clinic.source] = _silence(plan)
        _bureau(
            books,
            random,
            "source.registered",
            f"source:{clinic.source}",
            _source("clinic", clinic.on_paper),
            clinic.known_from,
        )
        kind = CLINIC_KINDS[min(clinics.index(clinic), len(CLINIC_KINDS) - 1)]
        data = {"name": f"{clinic.name} {kind}", "kind": kind, "lat": 36.4, "lon": 114.6}
        _bureau(books, random, "clinic.listed", f"clinic:{clinic.name}", data, first)
    for number, center in enumerate(centers):
        _file_center(plan, books, random, clinics[number % len(clinics)], center, number)
    _bureau(books, random, "source.registered", f"source:{NEVER_HEARD}", _source("clinic"), first)
    population = {"residents": plan.residents, "births": plan.children // 7, "as_of": f"{first.year - 1}-12-31"}
    _bureau(books, random, "population.reported", f"region:{REGION}", population, first)
    for year in range(first.year, plan.until.year + 1):
        off = [day.isoformat() for day in DAYS_OFF if day.year == year]
        extra = [day.isoformat() for day in EXTRA_WORKDAYS if day.year == year]
        data = {"year": year, "days_off": off, "extra_workdays": extra}
        _bureau(books, random, "calendar.published", f"calendar:{year}", data, first)
    return Facilities(clinics, centers)


def _silence(plan: Plan) -> tuple[date, date]:
    """Nothing for 24 days from a quarter of the time on; for half of a time that is shorter than that."""
    begins = plan.first_day + timedelta(days=plan.days // 4)
    return begins, begins + timedelta(days=min(24, plan.days // 2))


def _clinic(plan: Plan, number: int) -> Clinic:
    late = plan.first_day + timedelta(days=min(8, plan.days // 3)) if number == 2 and plan.faults != "none" else None
    return Clinic(NAMES[number], number % 4 == 3, number == plan.clinics - 1, late or plan.first_day)


def _center(plan: Plan, number: int) -> Center:
    share, rest = divmod(plan.inclusive_places, plan.centers)
    late = plan.first_day + timedelta(days=min(5, plan.days // 3)) if number == 1 and plan.faults != "none" else None
    return Center(_center_name(number), share + (number < rest), late or plan.first_day)


def _closing_center(plan: Plan) -> Center:
    """One centre more than the county has at its end."""
    closes = plan.first_day + timedelta(days=plan.days * 2 // 3)
    return Center(_center_name(plan.centers), CLOSING_PLACES, plan.first_day, closes)


def _center_name(number: int) -> str:
    return f"{NAMES[-1 - number % len(NAMES)]}-{number}"


def _source(side: str, on_paper: bool = False) -> dict[str, Any]:
    return {"side": side, "cadence": "weekly" if on_paper else "working-days"}


def _bureau(books: Books, random: Random, kind: str, subject: str, data: dict[str, Any], day: date) -> None:
    calm = kind in ("source.registered", "center.filed", "center.closed", "contract.signed", "population.reported")
    books.record(kind, BUREAU, subject, at(day, 6, random), data, day, calm=calm)


def _file_center(plan: Plan, books: Books, random: Random, clinic: Clinic, center: Center, number: int) -> None:
    first = plan.first_day
    _bureau(books, random, "source.registered", f"source:{center.source}", _source("center"), center.known_from)
    filed = {
        "name": f"{center.name} 托育中心",
        "kind": CENTER_KINDS[number % len(CENTER_KINDS)],
        "ownership": "public" if number % 3 else "private",
        "places": center.places + number % 9,
        "inclusive_places": center.places,
        "lat": round(36.4 + number / 500, 4),
        "lon": round(114.6 + number / 400, 4),
        "community": f"社区{number}",
    }
    _bureau(books, random, "center.filed", f"center:{center.name}", filed, first)
    contract = {
        "center_id": center.name,
        "clinic_id": clinic.name,
        "services": ["checkup", "guidance", "referral"],
        "from_date": date(first.year, 1, 1).isoformat(),
    }
    if number % 3 == 1:
        contract["until"] = date(plan.until.year, 12, 31).isoformat()
    subject = f"contract:C-{center.name}"
    books.record("contract.signed", BUREAU, subject, at(first, 6, random), contract, first, calm=True)
    for member in range(3):
        _staff(plan, books, random, center, member)
    _what_ends(plan, books, random, clinic, center, number)
    visits = 1 if number % 4 == 3 else max(1, plan.days // 60)  # some are not visited again
    for visit in range(visits):
        day = first + timedelta(days=(visit * 60 + number) % plan.days)
        data = {"center_id": center.name, "clinic_id": clinic.name, "topics": ["feeding", "oral health"]}
        data |= {"date": day.isoformat(), "findings": "in order"}
        _bureau(books, random, "guidance.delivered", f"center:{center.name}", data, day)


def _what_ends(plan: Plan, books: Books, random: Random, clinic: Clinic, center: Center, number: int) -> None:
    """A centre closes, and with it its contract. Two others' contracts end: one begins anew, one has a successor.

    In a heavy county the successor never comes.
    """
    parties = {"center_id": center.name, "clinic_id": clinic.name}
    subject = f"contract:C-{center.name}"
    if center.closes_on:
        day = {"date": center.closes_on.isoformat()}
        _bureau(books, random, "center.closed", f"center:{center.name}", day, center.closes_on)
        _bureau(books, random, "contract.ended", subject, parties | day, center.closes_on)
    elif number < 2:
        ends = plan.first_day + timedelta(days=plan.days // 2)
        _bureau(books, random, "contract.ended", subject, parties | {"date": ends.isoformat()}, ends)
        if number == 0 or plan.faults != "heavy":
            anew = ends + timedelta(days=2)
            signed = parties | {"services": ["checkup", "tcm"], "from_date": anew.isoformat()}
            following = subject if number == 0 else f"contract:C2-{center.name}"
            _bureau(books, random, "contract.signed", following, signed, anew)


def _staff(plan: Plan, books: Books, random: Random, center: Center, member: int) -> None:
    subject, first = f"staff:{token(plan.seed, center.name, member)}", plan.first_day
    role = ("director", "carer", "health-carer")[member]
    certificate = {"center_id": center.name, "role": role, "certificate": f"{role} certificate"}
    certificate["valid_until"] = f"{plan.until.year + 2}-12-31"
    if member == 2 and random.random() < 0.4:
        days = random.choice((-9, 11, 40) if plan.faults == "heavy" else (11, 40))
        certificate["valid_until"] = (plan.until + timedelta(days=days)).isoformat()
    books.record("staff.certified", BUREAU, subject, at(first, 6, random), certificate, first, calm=True)
    day = first + timedelta(days=random.randrange(plan.days))
    course = {"center_id": center.name, "course": "first aid", "hours": 8, "date": day.isoformat()}
    _bureau(books, random, "training.completed", subject, course, day)
    leaves = center.closes_on or (
        first + timedelta(days=random.randrange(plan.days)) if random.random() < 0.1 else None
    )
    if leaves:
        _bureau(books, random, "staff.left", subject, {"center_id": center.name, "date": leaves.isoformat()}, leaves)
        if member == 0 and random.random() < 0.5:
            back = leaves + timedelta(days=1)
            books.record("staff.certified", BUREAU, subject, at(back, 6, random), certificate, back, calm=True)
