"""On which days a child is enrolled in a centre. Pure.

An enrolment holds from its from_date to `until` (if given), or to the day before the first withdrawal after from_date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

FOR_EVER = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Span:
    """Days `first` … `last` as ordinals, both included."""

    first: int
    last: int


def spans(enrolments: Iterable[tuple[date, date | None]], withdrawals: Iterable[date]) -> tuple[Span, ...]:
    """The days of one child in one centre, overlaps merged: a child counts once."""
    left = sorted(day.toordinal() for day in withdrawals)
    held = []
    for start, until in enrolments:
        first = start.toordinal()
        last = FOR_EVER if until is None else until.toordinal()
        given_up = next((day - 1 for day in left if day > first), FOR_EVER)
        if first <= min(last, given_up):
            held.append(Span(first, min(last, given_up)))
    return _merged(held)


def _merged(held: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(held, key=lambda s: (s.first, s.last)):
        if merged and span.first <= merged[-1].last + 1:
            merged[-1] = Span(merged[-1].first, max(merged[-1].last, span.last))
        else:
            merged.append(span)
    return tuple(merged)


def steps(held: Iterable[Span]) -> Counter[int]:
    """Day ordinal → change of the number enrolled on that day."""
    changes: Counter[int] = Counter()
    for span in held:
        changes[span.first] += 1
        if span.last < FOR_EVER:
            changes[span.last + 1] -= 1
    return changes
