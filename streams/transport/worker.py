"""One process of a stage: Faust assigns partitions and feeds their lanes; one agent over all topics fills inboxes."""

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

from streams.logs import where
from streams.transport import batches
from streams.transport.batches import Batch
from streams.transport.fatal import die
from streams.transport.faust_app import BatchApp, make_app
from streams.transport.group import GroupSight
from streams.transport.lanes import Lanes
from streams.transport.port import Stage
from streams.transport.shard import Shard
from streams.transport.watchdog import InputIsTaken, LoopTurns, PartitionsAreAssigned, Seen, ShardsOpen, Watchdog


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
            for tp, batch in event.value:
                await put(tp, batch, event.message.generation_id)

    async def put(tp: TP, batch: Batch, generation: int) -> None:
        if generation != app.consumer_generation_id:
            return
        opening = lanes.lane(tp.partition)
        if not opening.done():
            await asyncio.wait({opening})
        if not opening.cancelled():  # it is when the partition was taken away meanwhile
            await opening.result().put((tp.topic, batch, generation))

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
