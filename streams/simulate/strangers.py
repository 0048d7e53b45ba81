"""Records of subjects that nobody registers or links, and of a source that nobody registers: they wait."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from streams.simulate.books import Books
from streams.simulate.calendar import at
from streams.simulate.facilities import Facilities, token
from streams.simulate.lives import ChildLife
from streams.simulate.plan import Plan

UNLISTED = "clinic:unlisted"


def make_strangers(plan: Plan, books: Books, places: Facilities, children: list[ChildLife], random: Random) -> None:
    """A few unknown subjects for every hundred children; wrong links that are withdrawn; a number given twice."""
    _one_identity_of_two(plan, books, children, random)
    for number in range(max(2, plan.children // 100)):
        subject = f"cn-id:{token(plan.seed, 'stranger', number)}"
        clinic, center = random.choice(places.clinics), random.choice(places.centers)
        for visit in range(1 + number % 3):
            day = plan.first_day + timedelta(days=random.randrange(plan.days))
            data = {"clinic_id": clinic.name, "weight_kg": 9.0 + visit}
            books.record("checkup.recorded", clinic.source, subject, at(day, 9, random), data, day)
        day = plan.first_day + timedelta(days=random.randrange(plan.days))
        data = {"center_id": center.name, "class_id": "mixed-1", "kind": "morning", "action": "observed"}
        data |= {"temperature_c": 37.9}
        books.record("health-check.recorded", center.source, subject, at(day, 8, random), data, day)
        _unlisted(plan, books, random.choice(children), random)
        if plan.faults != "none":
            _withdrawn_link(plan, books, children, number, random)


def _one_identity_of_two(plan: Plan, books: Books, children: list[ChildLife], random: Random) -> None:
    """A clinic that numbers its visits by the day: two children have a record of the same number, and both stand."""
    clinic = random.choice(children).clinic
    own = [child for child in children if child.clinic is clinic and not child.alias and child.arrived < plan.first_day]
    if len(own) < 2:
        return
    day = plan.first_day + timedelta(days=random.randrange(plan.days))
    for child in random.sample(own, 2):
        data = {"clinic_id": clinic.name, "vaccine": "other:flu", "dose_no": 1 + child.number % 2}
        time = at(day, 14, random)
        number = f"N-{day.isoformat()}"
        books.record("vaccination.recorded", clinic.source, child.subject, time, data, day, calm=True, record=number)


def _unlisted(plan: Plan, books: Books, child: ChildLife, random: Random) -> None:
    day = plan.first_day + timedelta(days=random.randrange(plan.days))
    data = {"clinic_id": UNLISTED.partition(":")[2], "weight_kg": 10.0}
    books.record("checkup.recorded", UNLISTED, child.subject, at(day, 9, random), data, day)


def _withdrawn_link(plan: Plan, books: Books, children: list[ChildLife], number: int, random: Random) -> None:
    """A local number linked to the wrong child; withdrawn days later, it is nobody's again."""
    child = random.choice(children)
    subject = f"local:{token(plan.seed, 'wrong', number)}"
    day = plan.first_day + timedelta(days=random.randrange(max(1, plan.days - 6)))
    clinic = child.clinic
    data = {"clinic_id": clinic.name, "weight_kg": 8.0}
    books.record("checkup.recorded", clinic.source, subject, at(day, 9, random), data, day, calm=True)
    link = books.record(
        "identity.linked", clinic.source, subject, at(day, 10, random), {"same_as": child.subject}, day, calm=True
    )
    if link is not None:
        link.stands, link.revision = False, 2
        books.retract(link, 2, day + timedelta(days=random.randrange(1, 6)))
