"""What waits for a lane's next step: bounded by records, so that many small batches fit and few large ones fill it.

Topics that say where the records of others belong go first: what is read before a source's or a child's registration
must be parked, and released again. No topic starves, for the urgent ones fill at most half of a step.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from streams.topics import CENTER_EVENTS, CLINIC_EVENTS, EXCHANGE, REGISTRY_EVENTS
from streams.transport.batches import Batch

URGENT = (REGISTRY_EVENTS, EXCHANGE)
RANKS = {topic: rank for rank, topic in enumerate((*URGENT, CLINIC_EVENTS, CENTER_EVENTS))}
"""The order of topics within a step. Clinics register the children of whom centres tell."""

ENOUGH_FOR_A_STEP = 1_000
"""Records that are worth a transaction of their own: no longer waiting makes it noticeably cheaper for each."""

MOST_RECORDS_A_STEP = 4_000
MOST_RECORDS_WAITING = 16_000
Arrival = tuple[str, Batch, int]
"""(topic, its batch, the generation in which it was fetched)."""


class Inbox:
    """Filled by the feeder, emptied by the lane; made and used in one event loop."""

    def __init__(self) -> None:
        self._urgent, self._others = deque[Arrival](), deque[Arrival]()
        self._records = 0
        self._some, self._enough, self._room = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._room.set()

    async def put(self, arrival: Arrival) -> None:
        """Waits for room; the batch that comes then may go beyond the bound."""
        await self._room.wait()
        (self._urgent if arrival[0] in URGENT else self._others).append(arrival)
        self._count(_weight(arrival))

    async def take(self, patience_s: float) -> list[Arrival]:
        """What makes up a step: all that waits, up to a step's records and those of the last batch.

        Waits for the first arrival, then gathers for `patience_s`, or until there is enough.
        """
        await self._some.wait()
        if patience_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await self._enough.wait()
        taken = _taken(self._urgent, MOST_RECORDS_A_STEP // 2)
        taken += _taken(self._others, MOST_RECORDS_A_STEP - _records(taken))
        self._count(-_records(taken))
        return sorted(taken, key=lambda arrival: RANKS.get(arrival[0], 0))

    def forget(self) -> None:
        """Drop what waits, and let go of a feeder that waits for room."""
        self._urgent.clear()
        self._others.clear()
        self._count(-self._records)

    def _count(self, records: int) -> None:
        self._records += records
        _set(self._some, self._records > 0)
        _set(self._enough, self._records >= ENOUGH_FOR_A_STEP)
        _set(self._room, self._records < MOST_RECORDS_WAITING)


def _taken(arrivals: deque[Arrival], most: int) -> list[Arrival]:
    """The first of them, up to `most` records and those of the last batch."""
    taken, records = list[Arrival](), 0
    while arrivals and records < most:
        taken.append(arrivals.popleft())
        records += _weight(taken[-1])
    return taken


def _records(arrivals: list[Arrival]) -> int:
    return sum(map(_weight, arrivals))


def _weight(arrival: Arrival) -> int:
    """A batch of markers alone takes room too."""
    return len(arrival[1]) or 1


def _set(event: asyncio.Event, holds: bool) -> None:
    if holds:
        event.set()
    else:
        event.clear()
