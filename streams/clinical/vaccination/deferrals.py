"""For how long a deferred dose is not asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from streams.clinical.child.telling import Deferral
from streams.clinical.vaccination.parameters import Parameters


def last_day(deferral: Deferral, parameters: Parameters) -> date:
    """The last day on which it holds; date.max for as long as it stands."""
    if deferral.until is not None:
        return deferral.until
    if deferral.reason in parameters.deferred_while_standing:
        return date.max
    return deferral.on + timedelta(days=parameters.deferred_days)


def deferred(deferrals: Iterable[Deferral], today: date, parameters: Parameters) -> set[tuple[str, int]]:
    """(code, dose number) of doses that are not asked for today."""
    holding = (d for d in deferrals if d.on <= today <= last_day(d, parameters))
    return {(deferral.vaccine, deferral.dose_no) for deferral in holding}


def changes_on(deferrals: Iterable[Deferral], parameters: Parameters) -> list[date]:
    """The dates on which deferrals begin, and those on which they hold no longer."""
    lasts = [(d.on, last_day(d, parameters)) for d in deferrals]
    return [on for on, _ in lasts] + [last + timedelta(days=1) for _, last in lasts if last < date.max]
