"""One process of a stage: Faust assigns partitions and feeds their shards; a shard folds all that waits into one step.

One agent over all source topics only fills the shards' bounded inboxes. On a gap a shard is reloaded once (which
fences again), what is still ahead is rewound, and until the rewound batch comes what was in flight is dropped.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any

import faust
from faust.types import TP
from kafka import TopicPartition

from streams.errors import Failure
from streams.logs import where
from streams.transport import batches
from streams.transport.batches import Batch
from streams.transport.fatal import die, log
from streams.transport.faust_app import BatchApp, make_app
from streams.transport.group import GroupSight
from streams.transport.port import Stage
from streams.transport.shard import Shard
from streams.transport.watchdog import InputIsTaken, LoopTurns, PartitionsAreAssigned, Seen, ShardsOpen, Watchdog

MOST_RECORDS_A_STEP = 4_000
INBOX_BATCHES = 16
REWIND_LIMIT_S = 10.0
Arrival = tuple[str, Batch, int]


class Lane:
    """One shard with its inbox and the task that empties it."""

    def __init__(self, shard: Shard, app: BatchApp) -> None:
        self.shard, self.app = shard, app
        self.inbox: asyncio.Queue[Arrival] = asyncio.Queue(INBOX_BATCHES)
        self._rewound: dict[str, float] = {}
        self._generation: int | None = None
        self._closing = False
        self._task = asyncio.ensure_future(self._run())

    async def close(self) -> None:
        self._closing = True
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        while not self.inbox.empty():  # lets go of a feeder that waits for room
            self.inbox.get_nowait()
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
                    where = TP(topic, self.shard.partition)
                    await asyncio.wait_for(self.app.consumer.seek(where, self.shard.next[topic]), REWIND_LIMIT_S)
            elif time.monotonic() - since > REWIND_LIMIT_S:
                die("a rewound batch never arrived", topic=topic, partition=self.shard.partition)


class Lanes:
    """The lanes of the partitions that this process owns."""

    def __init__(self, app: BatchApp, make_shard: Callable[[int], Shard], on_ready: Callable[[], None]) -> None:
        self._app, self._make_shard, self._on_ready = app, make_shard, on_ready
        self._shards: dict[int, Shard] = {}
        self._lanes: dict[int, asyncio.Task[Lane]] = {}
        self._closing: dict[int, asyncio.Task[None]] = {}
        self._opening: dict[int, Shard] = {}
        self._announcing: asyncio.Task[None] | None = None

    def assign(self, partitions: set[int]) -> None:
        """Open eagerly what is newly ours, close what is no longer."""
        for partition in set(self._lanes) - partitions:
            closing = self._close(partition, self._lanes.pop(partition), self._closing.get(partition))
            self._closing[partition] = asyncio.ensure_future(closing)
        for partition in partitions:
            self.lane(partition)
        self._announcing = asyncio.ensure_future(self._announce(list(self._lanes.values())))

    def lane(self, partition: int) -> asyncio.Task[Lane]:
        if partition not in self._lanes:
            self._lanes[partition] = asyncio.ensure_future(self._open(partition))
        return self._lanes[partition]

    def shards(self) -> list[Shard]:
        """Those that are open; may be asked from another thread."""
        return list(self._shards.values())

    def opening_since(self) -> float | None:
        """When the one that is longest in opening last got on; may be asked from another thread."""
        return min((shard.moved_at for shard in list(self._opening.values())), default=None)

    async def _open(self, partition: int) -> Lane:
        self._opening[partition] = shard = self._make_shard(partition)
        try:
            if partition in self._closing:  # the earlier shard in this process has the same transactional id
                await asyncio.wait({self._closing[partition]})
            self._shards[partition] = await shard.open()
            return Lane(shard, self._app)
        except asyncio.CancelledError:
            await shard.close()  # else its late opening would fence the partition's next owner
            raise
        except Failure as failure:
            die(str(failure), failure.exit_code, partition=partition)
        except BaseException as error:  # noqa: BLE001 - a shard that cannot open must not be waited for in silence
            die("a shard cannot open", partition=partition, error=type(error).__name__, where=where(error))
        finally:
            self._opening.pop(partition, None)

    async def _close(self, partition: int, lane: asyncio.Task[Lane], before: asyncio.Task[None] | None) -> None:
        lane.cancel()
        await asyncio.wait({lane, before} if before else {lane})
        self._shards.pop(partition, None)
        if not lane.cancelled():
            await lane.result().close()

    async def _announce(self, opening: list[asyncio.Task[Lane]]) -> None:
        await asyncio.gather(*opening, return_exceptions=True)
        if opening == list(self._lanes.values()):  # else there is a newer assignment
            self._on_ready()


def run_stage(
    name: str,
    sources: tuple[str, ...],
    broker: str,
    partitions: int,
    make_stage: Callable[[int], Stage],
    on_ready: Callable[[], None],
    version: int,
) -> None:
    """Run a stage until SIGTERM; `on_ready` is called when all assigned shards are open. Exits 70 on any error, 15
    where its state is not of `version`."""
    gc.set_threshold(200_000, 20, 100)  # the collector walks every batch's values: its defaults triple the cost
    batches.install()
    app = make_app(f"huiyu-{name}", broker, sources, partitions)
    lanes = Lanes(app, lambda p: Shard(name, p, sources, broker, make_stage, version), on_ready)
    _connect(app, lanes, sources)
    worker = faust.Worker(app, loglevel="WARNING", quiet=True, redirect_stdouts=False, override_logging=False)
    worker.spinner = None  # it writes to the terminal, also where there is none
    sight = GroupSight(broker, app.conf.id, sources)
    rules = (LoopTurns(), ShardsOpen(), InputIsTaken(), PartitionsAreAssigned())
    Watchdog(Look(worker.loop, lanes, sight), rules).start()
    worker.execute_from_commandline()


class Look:
    """What the watchdog sees of this process; called in its thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, lanes: Lanes, sight: GroupSight) -> None:
        self._loop, self._lanes, self._sight = loop, lanes, sight
        self._turned = time.monotonic()

    def __call__(self) -> Seen:
        shards, opening = self._lanes.shards(), self._lanes.opening_since()
        with suppress(RuntimeError):  # the loop is closed: the process ends by itself
            self._loop.call_soon_threadsafe(self._turn)
        return Seen(
            turned=self._turned,
            opening_since=opening,
            waiting=self._waiting(shards),
            left_out=not shards and opening is None and self._sight.has_ownerless(),
        )

    def _waiting(self, shards: list[Shard]) -> dict[Hashable, Hashable]:
        """A release is no step ahead in any topic, but it gets on."""
        at = {TopicPartition(t, shard.partition): (n, shard.rests) for shard in shards for t, n in shard.next.items()}
        return {tp: at[tp] for tp in self._sight.waiting({tp: position for tp, (position, _) in at.items()})}

    def _turn(self) -> None:
        self._turned = time.monotonic()


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
            opening = lanes.lane(message.partition)
            await asyncio.wait({opening})
            if not opening.cancelled():  # it is when the partition was taken away meanwhile
                await opening.result().put((message.topic, event.value, message.generation_id))

    async def guarded(stream: Any) -> None:
        try:
            await feed(stream)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - an exception in an agent would acknowledge the message
            die("the agent failed", error=type(error).__name__, where=where(error))

    app.on_partitions_assigned.connect(assigned, weak=False)
    topic = app.topic(*sources, value_serializer="raw", value_type=bytes, key_type=bytes, key_serializer="raw")
    app.agent(topic, name="feed")(guarded)
