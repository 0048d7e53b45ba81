"""What happens in the centres day by day: places taken and given up, who came, who was ill, who was checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from streams.simulate.books import Books, Entry
from streams.simulate.calendar import at, is_workday, span, waves
from streams.simulate.facilities import BUREAU, Center, Facilities, token
from streams.simulate.lives import ChildLife
from streams.simulate.plan import Plan

SERVICES, SHARES = ("full-day", "half-day", "hourly", "temporary"), (8, 2, 1, 1)
SIGNS_AT = (12, 18, 24, 30, 36)
"""Months of age at which centres look for warning signs."""
BANDS = ((12, "nursing"), (24, "toddler"), (36, "senior"))


@dataclass(slots=True)
class Place:
    """A child's place in a centre; `subject` is the one that this centre uses for the child."""

    child: ChildLife
    center: Center
    group: str
    subject: str
    first: date
    last: date | None
    enrolment: Entry | None = None


def make_centre_life(
    plan: Plan, books: Books, places: Facilities, children: list[ChildLife], random: Random
) -> list[Place]:
    """Enrolments, then each working day of each centre."""
    taken = [place for child in children for place in _places(plan, books, places, child, random)]
    outbreaks = (plan.first_day + timedelta(days=plan.days // 2), plan.until - timedelta(days=6))
    for day in span(plan.first_day, plan.until):
        if is_workday(day):
            for place in taken:
                if place.first <= day and (place.last is None or day <= place.last):
                    _day(books, place, day, outbreaks, random)
    return taken


def _places(plan: Plan, books: Books, places: Facilities, child: ChildLife, random: Random) -> list[Place]:
    age_at_end = (plan.until - child.born).days / 30.4
    if not 6 < age_at_end < 36 + plan.days / 30.4 or random.random() > 0.72:
        return []
    first = max(_begins(plan, random), child.born + timedelta(days=183))
    last = min(child.born + timedelta(days=1_110), (child.left or date.max) - timedelta(days=1))
    if first >= min(last, plan.until):
        return []
    place = _take(plan, books, random.choice(_open(places.centers, first)), child, first, last, random)
    if random.random() < 0.05:
        return [place, *_move(plan, books, places, place, last, random)]
    return [place]


def _begins(plan: Plan, random: Random) -> date:
    """Half of those who can begin with a term; the others come at any time, also before the first day."""
    terms = waves(plan.first_day - timedelta(days=20), plan.until)
    if terms and random.random() < 0.5:
        return random.choice(terms)
    return plan.first_day - timedelta(days=random.randrange(-20, 60))


def _open(centers: Iterable[Center], day: date) -> list[Center]:
    """Centres that are open on a day and on the next."""
    return [center for center in centers if center.closes_on is None or center.closes_on > day + timedelta(days=1)]


def _take(plan: Plan, books: Books, center: Center, child: ChildLife, first: date, last: date, random: Random) -> Place:
    subject = child.subject
    if random.random() < 0.06:  # the centre numbers the child itself; a clinic links the number later, or never
        subject = f"local:{token(plan.seed, center.name, child.number)}"
        child.subjects.append(subject)
        if random.random() < 0.8:
            day = max(first, plan.first_day) + timedelta(days=random.randrange(15))
            link = {"same_as": child.subject}
            books.record("identity.linked", child.clinic.source, subject, at(day, 15, random), link, day, calm=True)
    months = (first - child.born).days / 30.4
    band = next((name for limit, name in BANDS if months < limit), "mixed")
    group = f"{band}-{random.randrange(1, 3)}"
    (service,) = random.choices(SERVICES, SHARES)
    data: dict[str, Any] = {"center_id": center.name, "class_id": group, "band": band, "service": service}
    data["from_date"] = first.isoformat()
    last = min(last, (center.closes_on or date.max) - timedelta(days=1))
    ends = last if last < plan.until else None
    if ends and random.random() < 0.6:
        data["until"] = ends.isoformat()
    known = max(plan.first_day, min(first, plan.until) - timedelta(days=random.randrange(3)))
    time = at(min(known, first), 8, random)
    entry = books.record("child.enrolled", center.source, subject, time, data, known)
    place = Place(child, center, group, subject, first, ends, entry)
    if ends and "until" not in data:
        _give_up(books, place, ends + timedelta(days=1), random)
    return place


def _move(plan: Plan, books: Books, places: Facilities, place: Place, last: date, random: Random) -> list[Place]:
    """Another centre from some day on; in the first the place is given up."""
    day = max(place.first, plan.first_day) + timedelta(days=random.randrange(5, 60))
    if day >= min(place.last or last, plan.until):
        return []
    others = [center for center in _open(places.centers, day) if center is not place.center]
    _give_up(books, place, day, random)
    place.last = day - timedelta(days=1)
    return [_take(plan, books, random.choice(others), place.child, day, last, random)]


def _give_up(books: Books, place: Place, day: date, random: Random) -> None:
    data = {"center_id": place.center.name, "date": day.isoformat()}
    books.record("child.withdrawn", place.center.source, place.subject, at(day, 7, random), data, day)


def _day(books: Books, place: Place, day: date, outbreaks: Iterable[date], random: Random) -> None:
    center, child = place.center, place.child
    if random.random() < 0.015:
        return  # nobody wrote anything down
    is_outbreak = any(0 <= (day - outbreak).days < 8 for outbreak in outbreaks)
    spreading = child.number % 3 == 0 and is_outbreak and place.group.endswith("1")
    run = (child.number * 7 + day.toordinal()) % 45  # absences come in runs of days
    if child.number % 7 == 1 and 35 <= run < 42:
        return  # it stays away, and nobody says why
    ill = run < 2 or (spreading and random.random() < 0.3)
    attendance: dict[str, Any] = {"center_id": center.name, "class_id": place.group, "date": day.isoformat()}
    if ill or run == 30:
        reason = "sick" if ill else random.choice(("personal", "unknown", None))
        attendance |= {"status": "absent"} | ({"absence_reason": reason} if reason else {})
        if ill and random.random() < 0.4:
            attendance["symptoms"] = ["mouth-sores", "fever"] if spreading else ["cough"]
    else:
        attendance |= {"status": "present"}
        _check(books, place, day, spreading, random)
    known = day + timedelta(days=random.random() < 0.02)
    books.record("attendance.recorded", center.source, place.subject, at(day, 8, random), attendance, known)
    if random.random() < 0.003:
        _second_attendance(books, place, attendance, day, random)
    if day.day == 15 and child.number % 4 == 0:
        data = {"center_id": center.name, "weight_kg": round(random.uniform(8, 16), 1)}
        books.record("measurement.recorded", center.source, place.subject, at(day, 14, random), data, day)
    _observe(books, place, day, random)
    if random.random() < 0.001:
        _told_by_the_bureau(books, place, day, random)
    if random.random() < 0.002:
        data = {"center_id": center.name, "kind": random.choice(("fall", "bite")), "severity": "minor"}
        books.record("incident.recorded", center.source, place.subject, at(day, 15, random), data, day)


def _observe(books: Books, place: Place, day: date, random: Random) -> None:
    """The carers look for the warning signs of an age, some day or other."""
    months = int((day - place.child.born).days / 30.4)
    if months < SIGNS_AT[0] or random.random() >= 0.004:
        return
    age = max(known for known in SIGNS_AT if known <= months)
    data = {"center_id": place.center.name, "age_months": age, "positive": random.choice(([], [], [2], [1, 3]))}
    books.record("development.observed", place.center.source, place.subject, at(day, 16, random), data, day)


def _told_by_the_bureau(books: Books, place: Place, day: date, random: Random) -> None:
    """The bureau sends a check for a centre, and takes every second one back: it then says of which centre it was."""
    center = place.center.name
    data = {"center_id": center, "class_id": place.group, "kind": "observation", "action": "isolated"}
    entry = books.record("health-check.recorded", BUREAU, place.subject, at(day, 13, random), data, day, calm=True)
    if entry is not None and random.random() < 0.5:
        entry.stands, entry.revision = False, 2
        books.retract(entry, 2, day + timedelta(days=random.randrange(4)), center)


def _second_attendance(books: Books, place: Place, first: dict[str, Any], day: date, random: Random) -> None:
    """The centre writes the same day down again, later: the greatest time counts."""
    data = {"center_id": first["center_id"], "class_id": first["class_id"], "date": first["date"], "status": "present"}
    books.record("attendance.recorded", place.center.source, place.subject, at(day, 12, random), data, day)


def _check(books: Books, place: Place, day: date, spreading: bool, random: Random) -> None:
    if random.random() < 0.03:
        return
    data: dict[str, Any] = {"center_id": place.center.name, "class_id": place.group, "kind": "morning"}
    fever = random.random() < (0.05 if spreading else 0.004)
    data["temperature_c"] = round(random.uniform(37.5, 39.2) if fever else random.uniform(36.0, 37.2), 1)
    if fever or random.random() < 0.01:
        data["symptoms"] = ["fever"] if fever and random.random() < 0.6 else ["runny-nose"]
    data["action"] = "sent-home" if fever and random.random() < 0.7 else "admitted"
    books.record("health-check.recorded", place.center.source, place.subject, at(day, 8, random), data, day)
    if random.random() < 0.02:
        noon = {**data, "kind": "noon", "temperature_c": round(random.uniform(36.0, 37.8), 1)}
        books.record("health-check.recorded", place.center.source, place.subject, at(day, 12, random), noon, day)
