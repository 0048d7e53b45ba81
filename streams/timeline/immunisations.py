"""A child's doses as the table vaccination_status tells them, found again when they may be others. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from streams.clinical.child.case import ChildCase
from streams.clinical.child.life import Life
from streams.clinical.child.telling import DEFERRED, DEPARTED, REGISTERED, VACCINATED, Ranked
from streams.clinical.episode import is_awake
from streams.clinical.pack import RulePack
from streams.clinical.vaccination.doses import OVERDUE, Day, Immunisation, immunisation, known_as
from streams.clinical.vaccination.parameters import Parameters
from streams.timeline.situation import Situation

KINDS = frozenset({REGISTERED, DEPARTED, VACCINATED, DEFERRED})
RULE = "vaccination-overdue"


def is_another(held: Immunisation, kinds: frozenset[str], today: date | None, heard: date) -> bool:
    """True when doses may be others than those found last: `kinds` of records changed, or a date has come."""
    if not held.doses or kinds & KINDS or today is None:
        return True
    return is_awake(held.wake_on, held.wake_heard, today, heard)


def doses_of(life: Life, told: Iterable[Ranked], situation: Situation, heard: date) -> Immunisation:
    """A registered child's doses in a situation; `heard`: H."""
    day = Day(situation.today, heard, situation.pack.schedule.ends_on(life.born))
    return immunisation(life, told, day, _parameters(situation.pack))


def told_overdue(found: Immunisation) -> list[str]:
    """The doses that are told to be overdue. Others follow from the records and the date; these from H, too."""
    return [state.id for state in found.doses if state.status == OVERDUE]


def restored(life: Life, told: Iterable[Ranked], situation: Situation, overdue: frozenset[str]) -> Immunisation:
    """What had been told of a child's doses when its state was written."""
    found = doses_of(life, told, situation, date.min)
    return found._replace(doses=tuple(s._replace(status=OVERDUE) if s.id in overdue else s for s in found.doses))


def as_found(case: ChildCase, found: Immunisation, pack: RulePack) -> ChildCase:
    """A case that knows its doses: the rule about them need not find them again."""
    case.once(known_as(_parameters(pack)), lambda: found)
    return case


def _parameters(pack: RulePack) -> Parameters:
    """Those of the rule; its defaults where a pack is without it."""
    given = (entry.parameters for entry in pack.rules_of("child") if entry.id == RULE)
    parameters: Parameters = next(given, None) or Parameters()
    return parameters
