"""A lane: one shard with its inbox, all that waits folded into one step.

On a gap the shard is reloaded once (which fences again), what is still ahead is rewound, and until the rewound batch
comes what was in flight is dropped.
"""

from __future__ import annotations

import asyncio
import time

from faust.types import TP

from streams.logs import where
from streams.transport.batches import Batch
from streams.transport.fatal import die, log
from streams.transport.faust_app import BatchApp
from streams.transport.inbox import Arrival, Inbox
from streams.transport.shard import Shard

PACE_S = 0.1
"""Seconds from the beginning of a step to that of the next, unless enough waits. What comes alone is taken at once.
A transaction costs the broker and the stage as much as some hundred records: many small ones make all wait."""

REWIND_LIMIT_S = 10.0


class Lane:
    """One shard with its inbox and the task that empties it."""

    def __init__(self, shard: Shard, app: BatchApp, pace_s: float = PACE_S) -> None:
        self.shard, self.app = shard, app
        self.inbox = Inbox()
        self._pace_s, self._began = pace_s, 0.0
        self._rewound: dict[str, float] = {}
        self._generation: int | None = None
        self._closing = False
        self._task = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        self._closing = True
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self.inbox.forget()
        await self.shard.close()

    async def put(self, arrival: Arrival) -> None:
        """Hand over a batch; waits for room. A lane that is closing forgets it."""
        if not self._closing:
            await self.inbox.put(arrival)

    async def _run(self) -> None:
        try:
            while not self._closing:  # Python 3.11's wait_for, which our libraries use, can swallow a cancellation
                await self._settle(await self._waiting())
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is: acknowledge nothing
            stage, partition = self.shard.name, self.shard.partition
            die("a step failed", error=type(error).__name__, where=where(error), stage=stage, partition=partition)

    async def _waiting(self) -> list[Arrival]:
        arrivals = await self.inbox.take(self._began + self._pace_s - time.monotonic())
        self._began = time.monotonic()
        return arrivals

    async def _settle(self, arrivals: list[Arrival]) -> None:
        generation = self.app.consumer_generation_id
        arrivals = [
            a for a in arrivals if a[2] == generation
        ]  # an old generation's batch may be another owner's by now
        if not arrivals:
            return
        if self._generation != generation:  # a new generation has sought by itself
            self._rewound.clear()
            self._generation = generation
        ready, ahead = self._sorted(arrivals)
        if any(topic not in self._rewound for topic in ahead):
            log.info("gap", stage=self.shard.name, partition=self.shard.partition, ahead=ahead)
            await self.shard.open()
            ready, ahead = self._sorted(arrivals)
        await self.shard.process(ready)
        await self._rewind(ahead, generation)
        if generation == self.app.consumer_generation_id:
            for topic, offset in self.shard.next.items():
                self.app.consumer.done[TP(topic, self.shard.partition)] = offset

    def _sorted(self, arrivals: list[Arrival]) -> tuple[list[tuple[str, Batch]], dict[str, int]]:
        """(batches that follow on what was seen, topic → start of what is ahead of it)."""
        positions, ready, ahead = dict(self.shard.next), [], dict[str, int]()
        for topic, batch, _ in arrivals:
            if batch.start > positions[topic]:
                ahead.setdefault(topic, batch.start)
                continue
            ready.append((topic, batch))
            positions[topic] = max(positions[topic], batch.end)
            self._rewound.pop(topic, None)
        return ready, ahead

    async def _rewind(self, ahead: dict[str, int], generation: int) -> None:
        for topic in ahead:
            since = self._rewound.get(topic)
            if since is None:
                self._rewound[topic] = time.monotonic()
                if generation == self.app.consumer_generation_id:
                    where = TP(topic, self.shard.partition)
                    await asyncio.wait_for(self.app.consumer.seek(where, self.shard.next[topic]), REWIND_LIMIT_S)
            elif time.monotonic() - since > REWIND_LIMIT_S:
                die("a rewound batch never arrived", topic=topic, partition=self.shard.partition)
