"""The lanes of the partitions that this process owns: opened as they are assigned, closed as they are taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from streams.errors import Failure
from streams.logs import where
from streams.transport.fatal import die
from streams.transport.faust_app import BatchApp
from streams.transport.lane import Lane
from streams.transport.shard import Shard


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
