"""An alert's state, and the transitions that follow from what rules find now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from streams.clinical.episode import ESCALATED, OPEN

Row = dict[str, Any]
RESOLVED = "resolved"
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Alert:
    """What is remembered of one alert: its state, when it was first raised and last changed (UTC text).

    `shown`: the rest of its row as it was last told; empty for a resolved one, of which nothing is told again.
    """

    state: str
    resolution: str
    raised_at: str
    changed_at: str
    shown: Row

    @property
    def is_active(self) -> bool:
        return self.state in (OPEN, ESCALATED)

    def row(self) -> Row:
        """Its row for the store and for whoever follows the topic."""
        times = {"raised_at": self.raised_at, "changed_at": self.changed_at}
        return {**self.shown, "state": self.state, "resolution": self.resolution, **times}

    def packed(self) -> list[Any]:
        return [self.state, self.resolution, self.raised_at, self.changed_at, self.shown if self.is_active else {}]


class Wanted(NamedTuple):
    """What an active alert is to say: its state, and the rest of its row."""

    state: str
    shown: Row


def transitions(
    held: Mapping[str, Alert], wanted: Mapping[str, Wanted], why: Callable[[str, Alert], str], now: str
) -> dict[str, Alert]:
    """The alerts that change, by name: resolved, opened, escalated, or the same with other values.

    `why`: the resolution of an active one that is wanted no longer.
    """
    changed = {
        name: replace(alert, state=RESOLVED, resolution=why(name, alert), changed_at=now)
        for name, alert in held.items()
        if alert.is_active and name not in wanted
    }
    for name, (state, shown) in wanted.items():
        before = held.get(name)
        if before is None:
            changed[name] = Alert(state, "", now, now, shown)
        elif before.state != state:
            changed[name] = Alert(state, "", before.raised_at, now, shown)
        elif before.shown != shown:
            changed[name] = replace(before, shown=shown)
    return changed


def name_of(rule: str, episode: str) -> str:
    """What an alert is called among those of one child or entity."""
    return f"{rule}{SEPARATOR}{episode}"


def parts_of(name: str) -> tuple[str, str]:
    """(rule, episode)"""
    rule, _, episode = name.partition(SEPARATOR)
    return rule, episode


def is_transition(before: Alert | None, now: Alert) -> bool:
    """False when only other values are told of an alert."""
    return before is None or before.state != now.state
