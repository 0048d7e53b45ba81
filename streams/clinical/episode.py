"""What a rule finds: conditions that hold now, each under a name that stays the same for ever. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

OPEN, ESCALATED = "open", "escalated"
MOST_RECORDS = 20
"""Of those that led to an episode, so many are named."""

RecordName = tuple[str, str, str]
"""(kind, source, recordid)"""


@dataclass(frozen=True, slots=True)
class Episode:
    """One condition. `detail`: the values it was decided on, as JSON has them; `records`: those that led to it."""

    name: str
    state: str = OPEN
    due_on: date | None = None
    milestone: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    records: tuple[RecordName, ...] = ()


class Found(NamedTuple):
    """The episodes that hold, and the first dates on which that may change without a new record.

    `wake_on` counts by today's date, `wake_heard` by the date until which the child's clinic has reported.
    """

    episodes: tuple[Episode, ...] = ()
    wake_on: date | None = None
    wake_heard: date | None = None


class Held(NamedTuple):
    """An alert that is active and that no episode calls for any longer: what it was about when it was last told."""

    name: str
    detail: Mapping[str, Any]


def is_awake(wake_on: date | None, wake_heard: date | None, today: date, heard: date) -> bool:
    """True when one of the dates of what was found has come: by today's, or by H."""
    return (wake_on is not None and wake_on <= today) or (wake_heard is not None and wake_heard <= heard)


def alert_id(rule: str, owner: str, episode: str) -> str:
    """The same condition is the same alert for ever: first 32 hex of SHA-256(rule|owner|episode)."""
    return hashlib.sha256(f"{rule}|{owner}|{episode}".encode()).hexdigest()[:32]


def earliest(*days: date | None) -> date | None:
    """The first of some dates; None of none."""
    return min((day for day in days if day is not None), default=None)
