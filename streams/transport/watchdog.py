"""Ends a process that has stopped working without any error, so that its supervisor starts it again.

Faust and Kafka's clients can fall silent: a leader whose metadata lacked a topic after a broker's restart assigns
nothing to anybody, a fetch or a join is forgotten. So every rule looks at progress, and not at whether something lives.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from streams.transport.fatal import die

LIMIT_S = 120.0
"""Seconds, for every rule: longer than all that a sound process may wait for, one after the other. A broker's restart
(10), a member that is gone (6) and a rebalance (30), the broker ending a dead owner's transaction (60)."""

EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a process looks like at one moment. Times are of one monotonic clock, in seconds."""

    turned: float
    """When its loop last turned."""
    opening_since: float | None = None
    """When the shard that is longest in opening last got on."""
    waiting: Mapping[Hashable, Hashable] = field(default_factory=dict)
    """Its partitions in which committed input waits, each with something that changes when it gets on there."""
    left_out: bool = False
    """It was given no partition, and there are some that nobody was given."""


class Rule(Protocol):
    """What must not last."""

    def broken(self, now: float, seen: Seen) -> str | None:
        """The reason to end the process; to be asked again and again with later moments."""


class LoopTurns:
    """The event loop comes round: no decision and no library call holds it."""

    def broken(self, now: float, seen: Seen) -> str | None:
        return "the event loop stands still" if now - seen.turned > LIMIT_S else None


class ShardsOpen:
    """A shard is opened, or the opening ends with an error."""

    def broken(self, now: float, seen: Seen) -> str | None:
        late = seen.opening_since is not None and now - seen.opening_since > LIMIT_S
        return "a shard does not open" if late else None


class InputIsTaken:
    """In every partition where committed input waits, some of it is taken."""

    def __init__(self) -> None:
        self._since: dict[Hashable, tuple[float, Hashable]] = {}

    def broken(self, now: float, seen: Seen) -> str | None:
        known = {where: self._since.get(where) for where in seen.waiting}
        self._since = {
            where: since if since is not None and since[1] == seen.waiting[where] else (now, seen.waiting[where])
            for where, since in known.items()
        }
        late = any(now - since > LIMIT_S for since, _ in self._since.values())
        return "input waits and nothing is committed" if late else None


class PartitionsAreAssigned:
    """No process is left without partitions while partitions are without a process."""

    def __init__(self) -> None:
        self._since: float | None = None

    def broken(self, now: float, seen: Seen) -> str | None:
        self._since = (now if self._since is None else self._since) if seen.left_out else None
        late = self._since is not None and now - self._since > LIMIT_S
        return "nothing is assigned, and partitions have no owner" if late else None


def broken(rules: Sequence[Rule], now: float, seen: Seen) -> str | None:
    """The first reason; every rule is asked, since each remembers what it was shown."""
    return next(filter(None, [rule.broken(now, seen) for rule in rules]), None)


class Watchdog(threading.Thread):
    """Looks again and again, and ends the process when a rule is broken. A thread: what stands cannot watch itself."""

    def __init__(self, look: Callable[[], Seen], rules: Sequence[Rule]) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._look, self._rules = look, rules

    def run(self) -> None:
        try:
            while True:
                time.sleep(EVERY_S)
                seen = self._look()
                reason = broken(self._rules, time.monotonic(), seen)
                if reason is not None:
                    die(reason)
        except BaseException as error:  # noqa: BLE001 - nobody would notice that nobody watches
            die("the watchdog failed", error=type(error).__name__)
