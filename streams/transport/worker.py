"""One process of a stage: Faust assigns partitions and feeds their shards; a shard folds all that waits into one step.

One agent over all source topics only fills the shards' bounded inboxes. On a gap a shard is reloaded once (which
fences again), what is still ahead is rewound, and until the rewound batch comes what was in flight is dropped.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faust
from faust.types import TP

from streams.transport import batches
from streams.transport.batches import Batch
from streams.transport.fatal import die, log
from streams.transport.faust_app import BatchApp, make_app
from streams.transport.port import Stage
from streams.transport.shard import Shard

MOST_RECORDS_A_STEP = 4_000
INBOX_BATCHES = 16
REWIND_LIMIT_S = 10.0
STEP_LIMIT_S = 120.0
Arrival = tuple[str, Batch, int]


class Lane:
    """One shard with its inbox and the task that empties it."""

    def __init__(self, shard: Shard, app: BatchApp) -> None:
        self.shard, self.app = shard, app
        self.inbox: asyncio.Queue[Arrival] = asyncio.Queue(INBOX_BATCHES)
        self._rewound: dict[str, float] = {}
        self._generation: int | None = None
        self._task = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.shard.close()

    async def _run(self) -> None:
        try:
            while True:
                arrivals = await self._waiting()
                await asyncio.wait_for(self._settle(arrivals), STEP_LIMIT_S)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is: acknowledge nothing
            where = {"stage": self.shard.name, "partition": self.shard.partition, "where": _where(error)}
            die("a step failed", error=type(error).__name__, **where)

    async def _waiting(self) -> list[Arrival]:
        arrivals = [await self.inbox.get()]
        count = len(arrivals[0][1])
        while count < MOST_RECORDS_A_STEP and not self.inbox.empty():
            arrivals.append(self.inbox.get_nowait())
            count += len(arrivals[-1][1])
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
                    await self.app.consumer.seek(TP(topic, self.shard.partition), self.shard.next[topic])
            elif time.monotonic() - since > REWIND_LIMIT_S:
                die("a rewound batch never arrived", topic=topic, partition=self.shard.partition)


def _where(error: BaseException) -> list[str]:
    """File and line of the innermost frames; never the error's text, which may hold a child's data."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


class Lanes:
    """The lanes of the partitions that this process owns."""

    def __init__(self, app: BatchApp, make_shard: Callable[[int], Shard], on_ready: Callable[[], None]) -> None:
        self._app, self._make_shard, self._on_ready = app, make_shard, on_ready
        self._lanes: dict[int, asyncio.Task[Lane]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def assign(self, partitions: set[int]) -> None:
        """Open eagerly what is newly ours, close what is no longer."""
        for partition in set(self._lanes) - partitions:
            task = asyncio.ensure_future(self._close(self._lanes.pop(partition)))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        for partition in partitions:
            self.lane(partition)
        ready = asyncio.ensure_future(self._announce(list(self._lanes.values())))
        self._closing.add(ready)
        ready.add_done_callback(self._closing.discard)

    def lane(self, partition: int) -> asyncio.Task[Lane]:
        if partition not in self._lanes:
            self._lanes[partition] = asyncio.ensure_future(self._open(partition))
        return self._lanes[partition]

    async def _open(self, partition: int) -> Lane:
        try:
            return Lane(await self._make_shard(partition).open(), self._app)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - a shard that cannot open must not be waited for in silence
            die("a shard cannot open", partition=partition, error=type(error).__name__, where=_where(error))

    async def _close(self, opening: asyncio.Task[Lane]) -> None:
        await (await opening).close()

    async def _announce(self, opening: list[asyncio.Task[Lane]]) -> None:
        await asyncio.gather(*opening, return_exceptions=True)
        self._on_ready()


def run_stage(
    name: str,
    sources: tuple[str, ...],
    broker: str,
    partitions: int,
    make_stage: Callable[[int], Stage],
    on_ready: Callable[[], None],
) -> None:
    """Run a stage until SIGTERM; `on_ready` is called when all assigned shards are open. Exits 70 on any error."""
    gc.set_threshold(200_000, 20, 100)  # the collector walks every batch's values: its defaults triple the cost
    batches.install()
    app = make_app(f"huiyu-{name}", broker, sources, partitions)
    lanes = Lanes(app, lambda p: Shard(name, p, sources, broker, make_stage), on_ready)
    _connect(app, lanes, sources)
    worker = faust.Worker(app, loglevel="WARNING", quiet=True, redirect_stdouts=False)
    try:
        worker.execute_from_commandline()
    finally:
        shutil.rmtree(app.conf.datadir, ignore_errors=True)


def _connect(app: BatchApp, lanes: Lanes, sources: tuple[str, ...]) -> None:
    async def assigned(_app: Any, assigned: set[TP], **_: Any) -> None:
        owned = [{tp.partition for tp in assigned if tp.topic == topic} for topic in sources]
        if any(partitions != owned[0] for partitions in owned):
            die("a worker was given different partitions of different topics")
        lanes.assign(owned[0])

    async def feed(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            if message.generation_id != app.consumer_generation_id:
                continue
            lane = await lanes.lane(message.partition)
            await lane.inbox.put((message.topic, event.value, message.generation_id))

    async def guarded(stream: Any) -> None:
        try:
            await feed(stream)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - an exception in an agent would acknowledge the message
            die("the agent failed", error=type(error).__name__, where=_where(error))

    app.on_partitions_assigned.connect(assigned, weak=False)
    topic = app.topic(*sources, value_serializer="raw", value_type=bytes, key_type=bytes, key_serializer="raw")
    app.agent(topic, name="feed")(guarded)
