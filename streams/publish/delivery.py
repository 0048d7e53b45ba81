"""Delivers what is in a spool, in the order in which it was given, and forgets what the broker has acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from streams.errors import Failure
from streams.publish.line import Outcome
from streams.publish.outcomes import Position
from streams.publish.spool import Spool, Spooled
from streams.topics import SOURCE_TOPICS

MOST = 2_000
"""Events that are looked at for a round."""
REST_S = 1.0
"""How long a topic that had trouble is left alone."""


class DeliversRounds(Protocol):
    """What stands between a spool and the broker."""

    def deliver(self, topic: str, events: Sequence[Spooled]) -> Outcome: ...


class Delivery:
    """`acknowledged` hears where each event lies that the broker has. For one thread."""

    def __init__(self, spool: Spool, line: DeliversRounds, acknowledged: Callable[[dict[int, Position]], None]) -> None:
        self._spool, self._line, self._acknowledged = spool, line, acknowledged
        self._known: dict[str, dict[int, Position]] = {topic: {} for topic in SOURCE_TOPICS}
        self._troubles: dict[str, Failure] = {}
        self._resting: dict[str, float] = {}

    @property
    def trouble(self) -> Failure | None:
        """Why the last try of a topic did not deliver everything; None while all goes through."""
        return next(iter(self._troubles.values()), None)

    def step(self, now: float) -> bool:
        """One round of each topic; False when nothing moved. One topic's trouble does not hold up another's.

        `now`: seconds of a clock that only goes forward.
        """
        moved = False
        for topic in SOURCE_TOPICS:
            if now >= self._resting.get(topic, now):
                moved |= self._try(topic, now)
        return moved

    def _try(self, topic: str, now: float) -> bool:
        self._resting.pop(topic, None)
        try:
            outcome = self._deliver(topic)
        except Failure as trouble:  # a full disk, for example: what is known to be there is not sent again
            outcome = Outcome(trouble=trouble)
        if outcome.trouble is None:
            self._troubles.pop(topic, None)
        else:
            self._troubles[topic], self._resting[topic] = outcome.trouble, now + REST_S
        return bool(outcome.positions)

    def _deliver(self, topic: str) -> Outcome:
        self._forget(topic)
        events = self._spool.oldest(topic, MOST)
        if not events:
            return Outcome()
        outcome = self._line.deliver(topic, events)
        self._known[topic] = outcome.positions
        self._forget(topic)
        return outcome

    def _forget(self, topic: str) -> None:
        """What the broker has: forgotten first, told afterwards."""
        if known := self._known[topic]:
            self._spool.remove(known)
            self._known[topic] = {}
            self._acknowledged(known)
