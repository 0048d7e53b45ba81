"""Children: born, registered, checked, vaccinated, moved; what of it a clinic writes down, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from streams.simulate.books import Books, Entry
from streams.simulate.calendar import at, months_later
from streams.simulate.facilities import Clinic, Facilities, token
from streams.simulate.plan import Plan

AGES = (("m3", 3), ("m6", 6), ("m8", 8), ("m12", 12), ("m18", 18), ("m24", 24), ("m30", 30), ("m36", 36))
YEARS = (("y4", 48), ("y5", 60), ("y6", 72))
DOSES = (
    *((0, "HepB", 1), (0, "BCG", 1), (1, "HepB", 2), (2, "IPV", 1), (2, "DTaP", 1), (3, "IPV", 2), (4, "bOPV", 3)),
    *((4, "DTaP", 2), (6, "HepB", 3), (6, "DTaP", 3), (6, "MPSV-A", 1), (8, "MMR", 1), (9, "MPSV-A", 2)),
    *((18, "DTaP", 4), (18, "MMR", 2), (36, "MPSV-AC", 3), (48, "bOPV", 4), (72, "DTaP", 5), (72, "MPSV-AC", 4)),
)
"""(months of age, vaccine, dose) of the schedule, but for what there is a choice of."""
LIVE = ((8, "JE-L", 1), (18, "HepA-L", 1), (24, "JE-L", 2))
INACTIVATED = ((8, "JE-I", 1), (9, "JE-I", 2), (18, "HepA-I", 1), (24, "JE-I", 3), (25, "HepA-I", 2), (72, "JE-I", 4))
SAME_SERIES = {"bOPV": "IPV", "MPSV-AC": "MPSV-A"}
KEPT_DOSES, DEFERRED_DOSES = 0.97, 0.04
"""Shares of the doses that are given at all, and of those that are put off instead."""


@dataclass(slots=True)
class ChildLife:
    """A child as it really is. `alias`: the subject under which the hospital knew it before its identity number."""

    number: int
    born: date
    sex: str
    clinic: Clinic
    subject: str
    alias: str = ""
    arrived: date = date.min
    left: date | None = None
    reason: str = ""
    registration: Entry | None = None
    subjects: list[str] = field(default_factory=list)


def make_children(plan: Plan, books: Books, places: Facilities, random: Random) -> list[ChildLife]:
    """Every child's life on the clinics' side, written down."""
    children = [_child(plan, places, random, number) for number in range(plan.children)]
    for child in children:
        _register(plan, books, places, child, random)
        _checkups(plan, books, child, random)
        _vaccinations(plan, books, child, random)
        _illness(plan, books, child, random)
        _referral(plan, books, places, child, random)
        if child.left:
            _departure(plan, books, child, random)
    return children


def _child(plan: Plan, places: Facilities, random: Random, number: int) -> ChildLife:
    born = plan.until - timedelta(days=random.randrange(12, 7 * 365))
    clinic = random.choice(places.clinics)
    child = ChildLife(
        number, born, random.choice(("female", "male")), clinic, f"cn-id:{token(plan.seed, 'id', number)}"
    )
    child.arrived = born + timedelta(days=random.randrange(11))
    if random.random() < 0.06:  # moved here later
        child.arrived = min(plan.until, born + timedelta(days=random.randrange(11, 1_500)))
    if random.random() < 0.04 and child.arrived < plan.until - timedelta(days=20):
        stay = (plan.until - child.arrived).days
        child.left = child.arrived + timedelta(days=random.randrange(15, max(16, stay)))
        child.reason = random.choices(("moved", "died", "other"), (8, 1, 1))[0]
    recent = child.born >= plan.first_day - timedelta(days=200) and (child.arrived - child.born).days <= 10
    if recent and random.random() < 0.3:
        child.alias = f"birth-cert:{token(plan.seed, 'birth', number)}"
    child.subjects = [child.subject, child.alias] if child.alias else [child.subject]
    return child


def _day_of_entry(child: ChildLife, day: date, random: Random) -> date:
    """When the clinic types a record in: at once, or about a week later where it works on paper."""
    return day + timedelta(days=random.randrange(5, 10)) if child.clinic.on_paper else day


def _register(plan: Plan, books: Books, places: Facilities, child: ChildLife, random: Random) -> None:
    data: dict[str, Any] = {"sex": child.sex, "birth_date": child.born.isoformat(), "clinic_id": child.clinic.name}
    if random.random() < 0.3:
        data |= {"gestational_weeks": random.randrange(30, 42), "birth_weight_g": random.randrange(1_800, 4_200)}
    time = at(child.arrived, 10, random)
    known = _day_of_entry(child, child.arrived, random)
    child.registration = books.record("child.registered", child.clinic.source, child.subject, time, data, known)
    if random.random() < 0.03:  # the family moved within the county: another clinic is responsible from then on
        other = random.choice(places.clinics)
        day = child.arrived + timedelta(days=random.randrange(40, 900))
        again = {**data, "clinic_id": other.name}
        if day <= plan.until and (child.left is None or day < child.left):
            books.record("child.registered", other.source, child.subject, at(day, 11, random), again, day, calm=True)
    if child.alias:
        day = max(known, plan.first_day) + timedelta(days=random.randrange(12))
        link = {"same_as": child.subject}
        books.record("identity.linked", child.clinic.source, child.alias, at(day, 15, random), link, day, calm=True)


def _checkups(plan: Plan, books: Books, child: ChildLife, random: Random) -> None:
    ends = min(plan.until, (child.left or date.max) - timedelta(days=1))
    for name, day in _visits(child, random):
        if not child.arrived <= day <= ends:
            continue
        subject = child.alias if child.alias and (day - child.born).days < 40 else child.subject
        data: dict[str, Any] = {"clinic_id": child.clinic.name, **_measured(child, day, random)}
        if random.random() < 0.7 and name:
            data["milestone"] = name
        time = at(day, random.randrange(8, 17), random)
        books.record("checkup.recorded", child.clinic.source, subject, time, data, _day_of_entry(child, day, random))


def _visits(child: ChildLife, random: Random) -> list[tuple[str, date]]:
    """(milestone, day) of the checkups that really happen: mostly in time, some late, some never, some extra."""
    home = child.born + timedelta(days=random.randrange(3, 20))
    visits = [("home", home), ("m1", child.born + timedelta(days=random.randrange(28, 50)))]
    for name, months in (*AGES, *YEARS):
        due, draw = months_later(child.born, months), random.random()
        if draw < 0.80:
            visits.append((name, due + timedelta(days=random.randrange(-10, 25))))
        elif draw < 0.88:
            visits.append((name, due + timedelta(days=random.randrange(35, 60))))
        elif draw < 0.90:
            visits.append((name, due - timedelta(days=random.randrange(15, 40))))  # named before its window opens
        if random.random() < 0.03:
            visits.append(("", due + timedelta(days=random.randrange(26, 80))))
    kept = random.random()
    return [visit for visit in visits if kept > 0.04 or visit[1].toordinal() % 3]


def _measured(child: ChildLife, day: date, random: Random) -> dict[str, Any]:
    months = (day - child.born).days / 30.4
    weight = 3.3 + 0.75 * min(months, 6) + 0.35 * max(0, min(months - 6, 6)) + 0.19 * max(0, months - 12)
    length = 50 + 2.6 * min(months, 6) + 1.35 * max(0, min(months - 6, 6)) + 0.85 * max(0, min(months - 12, 60))
    measured: dict[str, Any] = {
        "weight_kg": round(weight * random.uniform(0.88, 1.14), 1),
        "length_height_cm": round(length * random.uniform(0.95, 1.05), 1),
        "position": "lying" if months < 24 else "standing",
    }
    measured |= _oddly(measured["position"], Random(f"{child.subject}/{day}"))
    if months < 37:
        measured["head_circumference_cm"] = round(34 + 1.2 * min(months, 8) + 0.15 * max(0, months - 8), 1)
    if 6 <= months < 60 and random.random() < 0.4:
        measured["haemoglobin_g_l"] = random.randrange(98, 135)
    return measured


def _oddly(position: str, random: Random) -> dict[str, Any]:
    """What differs at some visits: measured as the age does not expect, with oedema."""
    odd: dict[str, Any] = {}
    if random.random() < 0.06:
        odd["position"] = "standing" if position == "lying" else "lying"
    if random.random() < 0.02:
        odd["oedema"] = random.random() < 0.7
    return odd


def _vaccinations(plan: Plan, books: Books, child: ChildLife, random: Random) -> None:
    """Doses since the first day one by one; of those before it the last of each series, which tells of the others."""
    history: dict[str, tuple[date, str, int]] = {}
    chosen = INACTIVATED if random.random() < 0.08 else LIVE
    for months, vaccine, dose in sorted((*DOSES, *chosen)):
        day = months_later(child.born, months) + timedelta(days=random.randrange(1, 20))
        if random.random() >= KEPT_DOSES or day > min(plan.until, child.left or plan.until):
            continue
        if day < plan.first_day:
            history[SAME_SERIES.get(vaccine, vaccine)] = (day, vaccine, dose)
        elif day >= child.arrived:
            _dose(books, child, (day, vaccine, dose), random)
    for given in history.values():
        books.record("vaccination.recorded", *_of_dose(child, given, random), plan.first_day)


def _dose(books: Books, child: ChildLife, given: tuple[date, str, int], random: Random) -> None:
    source, subject, time, data = _of_dose(child, given, random)
    kind, day = "vaccination.recorded", given[0]
    if random.random() < DEFERRED_DOSES:
        kind, data["reason"] = "vaccination.deferred", random.choice(("illness", "illness", "out-of-stock", "refused"))
        if random.random() < 0.5:
            data["until"] = (day + timedelta(days=random.randrange(7, 60))).isoformat()
    books.record(kind, source, subject, time, data, _day_of_entry(child, day, random))


def _of_dose(child: ChildLife, given: tuple[date, str, int], random: Random) -> tuple[str, str, str, dict[str, Any]]:
    day, vaccine, dose = given
    data: dict[str, Any] = {"clinic_id": child.clinic.name, "vaccine": vaccine, "dose_no": dose}
    return child.clinic.source, child.subject, at(day, 9, random), data


def _illness(plan: Plan, books: Books, child: ChildLife, random: Random) -> None:
    """A communicable disease of one child in twenty: found by its clinic some days after it began."""
    day = plan.first_day + timedelta(days=random.randrange(plan.days))
    if random.random() >= 0.05 or not child.arrived <= day < (child.left or date.max):
        return
    data: dict[str, Any] = {"clinic_id": child.clinic.name, "condition": random.choice(("hfmd", "chickenpox", "other"))}
    data["onset_date"] = (day - timedelta(days=random.randrange(4))).isoformat()
    if data["condition"] != "other":
        data["exclude_until"] = (day + timedelta(days=14)).isoformat()
    time, known = at(day, 11, random), _day_of_entry(child, day, random)
    books.record("diagnosis.recorded", child.clinic.source, child.subject, time, data, known)


def _referral(plan: Plan, books: Books, places: Facilities, child: ChildLife, random: Random) -> None:
    """One child in twenty is sent on to another clinic; of most it is heard what became of that."""
    day = plan.first_day + timedelta(days=random.randrange(plan.days))
    if random.random() >= 0.05 or not child.arrived <= day < (child.left or date.max):
        return
    name, source = f"F-{child.number}", child.clinic.source
    data = {"referral_id": name, "to_clinic": random.choice(places.clinics).name, "reason": "weight below the band"}
    data["due_date"] = (day + timedelta(days=30)).isoformat()
    known = _day_of_entry(child, day, random)
    books.record("referral.made", source, child.subject, at(day, 12, random), data, known)
    closed = day + timedelta(days=random.randrange(2, 40))
    if random.random() < 0.7 and closed < (child.left or date.max):
        outcome = {"referral_id": name, "outcome": random.choice(("attended", "declined", "not-needed"))}
        known = _day_of_entry(child, closed, random)
        books.record("referral.closed", source, child.subject, at(closed, 12, random), outcome, known)


def _departure(plan: Plan, books: Books, child: ChildLife, random: Random) -> None:
    left = child.left
    if left is None or left > plan.until:
        return
    data = {"date": left.isoformat(), "reason": child.reason}
    known = left + timedelta(days=random.randrange(6))
    books.record("child.departed", child.clinic.source, child.subject, at(left, 16, random), data, known)
    back = left + timedelta(days=random.randrange(20, 90))
    if child.reason == "moved" and random.random() < 0.25 and back <= plan.until and child.registration:
        again = {**child.registration.data, "birth_date": child.born.isoformat()}
        books.record(
            "child.registered", child.clinic.source, child.subject, at(back, 10, random), again, back, calm=True
        )
        child.left = None
