"""What waits for a lane's next step: bounded by records, so that many small batches fit and few large ones fill it."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from streams.transport.batches import Batch

MOST_RECORDS_A_STEP = 4_000
MOST_RECORDS_WAITING = 16_000
Arrival = tuple[str, Batch, int]
"""(topic, its batch, the generation in which it was fetched)."""


class Inbox:
    """Filled by the feeder, emptied by the lane; made and used in one event loop."""

    def __init__(self) -> None:
        self._arrivals: deque[Arrival] = deque()
        self._records = 0
        self._some, self._enough, self._room = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._room.set()

    async def put(self, arrival: Arrival) -> None:
        """Waits for room; the batch that comes then may go beyond the bound."""
        await self._room.wait()
        self._arrivals.append(arrival)
        self._count(_weight(arrival))

    async def take(self, patience_s: float) -> list[Arrival]:
        """What makes up a step: all that waits, up to a step's records and those of the last batch.

        Waits for the first arrival, then gathers for `patience_s`, or until there is a whole step.
        """
        await self._some.wait()
        if patience_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await self._enough.wait()
        taken, records = list[Arrival](), 0
        while self._arrivals and records < MOST_RECORDS_A_STEP:
            taken.append(self._arrivals.popleft())
            records += _weight(taken[-1])
        self._count(-records)
        return taken

    def forget(self) -> None:
        """Drop what waits, and let go of a feeder that waits for room."""
        self._arrivals.clear()
        self._count(-self._records)

    def _count(self, records: int) -> None:
        self._records += records
        _set(self._some, self._records > 0)
        _set(self._enough, self._records >= MOST_RECORDS_A_STEP)
        _set(self._room, self._records < MOST_RECORDS_WAITING)


def _weight(arrival: Arrival) -> int:
    """A batch of markers alone takes room too."""
    return len(arrival[1]) or 1


def _set(event: asyncio.Event, holds: bool) -> None:
    if holds:
        event.set()
    else:
        event.clear()
