"""The rule `development-warning`: signs were found, and neither a referral nor a clean screening followed. Pure."""

from __future__ import annotations

from datetime import date

from streams.clinical.child.case import ChildCase, named
from streams.clinical.child.telling import CHECKUP, CLEAN, OBSERVED, POSITIVE, REFERRED, Checkup, Observation, Referral
from streams.clinical.episode import Episode, Found, Held
from streams.clinical.part import Part

KINDS = frozenset({CHECKUP, OBSERVED, REFERRED})

Screening = Checkup | Observation


class Parameters(Part):
    """Nothing can be set."""


def find(case: ChildCase, parameters: Parameters) -> Found:
    """The positive screenings since the last clean one, named by the day of the first of them."""
    wake_on = case.next_record_on(Checkup, Observation, Referral)
    run: list[Screening] = []
    for screening in _screenings(case):
        run = [*run, screening] if screening.development == POSITIVE else []
    if not run or _referred_since(run[0].on, case):
        return Found(wake_on=wake_on)
    first = run[0].on
    detail = {"positive_on": [screening.on.isoformat() for screening in run]}
    episode = Episode(first.isoformat(), due_on=first, detail=detail, records=named(*run))
    return Found((episode,), wake_on)


def ended(case: ChildCase, held: Held, parameters: Parameters) -> str:
    """done: the child was referred, or a later screening was clean. A run without its first screening is another."""
    first_on = date.fromisoformat(held.name)
    screenings = _screenings(case)
    started = [s.rank for s in screenings if s.development == POSITIVE and s.on == first_on]
    if not started:
        return ""
    is_clean = any(s.development == CLEAN and s.rank > started[0] for s in screenings)
    return "done" if is_clean or _referred_since(first_on, case) else ""


def _screenings(case: ChildCase) -> list[Screening]:
    found: list[Screening] = [*case.until_today(Checkup), *case.until_today(Observation)]
    return sorted((s for s in found if s.development), key=lambda s: s.rank)


def _referred_since(day: date, case: ChildCase) -> bool:
    return any(day <= referral.on for referral in case.until_today(Referral))
