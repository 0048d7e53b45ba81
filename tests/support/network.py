"""A network that can be broken: a TCP proxy that delays, drops, swallows and half-closes what goes through it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LOOPBACK = "127.0.0.1"
DELAYS_S = (0.2, 1.0)
CHUNK = 64 << 10
RESET = struct.pack("ii", 1, 0)
"""Value of SO_LINGER with which a close is a reset."""


@dataclass(eq=False)
class Link:
    """One connection: its end at the client, its end at the server, and which of them hear nothing more."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    shut: set[asyncio.StreamWriter] = field(default_factory=set)


class Network:
    """Forwards a port of the loopback to another, until it is told to do worse; a context manager.

    Like TCP itself it loses no byte of a connection that lives: what a fault held back goes on when it is healed.
    """

    def __init__(self, port: int, target: int, seed: int = 0) -> None:
        self.port, self._target, self._random = port, target, random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._slow = False
        self._flowing = asyncio.Event()
        self.hit = 0
        """Connections that were cut, or pieces that were held back, since the last fault began."""

    def __enter__(self) -> Network:
        self._thread.start()
        self._flowing.set()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def delay(self) -> None:
        """Every piece waits between 0.2 and 1 s, in both directions."""
        self._do(lambda: setattr(self, "_slow", True))

    def swallow(self) -> None:
        """Connections are taken and stay open, and nothing goes through them."""
        self._do(self._flowing.clear)

    def drop(self) -> None:
        """Every connection is reset, at both ends."""
        self._do(self._reset_all)

    def half_close(self) -> None:
        """Of every connection one direction is shut, at random which: its reader hears an end, the other goes on."""
        self._do(self._shut_all)

    def heal(self) -> None:
        """What was held back goes on; what was cut stays cut."""
        self._do(self._heal, begins=False)

    def _do(self, change: Callable[[], object], begins: bool = True) -> None:
        async def change_it() -> None:
            if begins:
                self.hit = 0
            change()

        asyncio.run_coroutine_threadsafe(change_it(), self._loop).result(10)

    def _heal(self) -> None:
        self._slow = False
        self._flowing.set()

    def _reset_all(self) -> None:
        for link in list(self._links):
            self._reset(link)

    def _shut_all(self) -> None:
        for link in list(self._links):
            self._shut(link, towards_client=self._random.random() < 0.5)

    def _reset(self, link: Link) -> None:
        self.hit += 1
        for end in (link.client, link.server):
            end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.transport.abort()

    def _shut(self, link: Link, towards_client: bool) -> None:
        self.hit += 1
        end = link.client if towards_client else link.server
        link.shut.add(end)
        _finish(end)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, LOOPBACK, self.port)

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._flowing.wait()
            from_server, to_server = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:  # nobody listens there: the client hears the same
            writer.transport.abort()
            return
        link = Link(writer, to_server)
        self._links.add(link)
        try:
            await asyncio.gather(self._pump(link, reader, to_server), self._pump(link, from_server, writer))
        finally:
            self._links.discard(link)
            writer.transport.abort()
            to_server.transport.abort()

    async def _pump(self, link: Link, source: asyncio.StreamReader, end: asyncio.StreamWriter) -> None:
        """One direction; a reset of either end ends both, an end of one side is passed on."""
        with contextlib.suppress(ConnectionError):
            while piece := await source.read(CHUNK):
                await self._hold()
                if end not in link.shut:
                    end.write(piece)
                    await end.drain()
            await self._hold()
            _finish(end)
            return
        link.client.transport.abort()
        link.server.transport.abort()

    async def _hold(self) -> None:
        if self._slow:
            self.hit += 1
            await asyncio.sleep(self._random.uniform(*DELAYS_S))
        if not self._flowing.is_set():
            self.hit += 1
            await self._flowing.wait()


def _finish(end: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, RuntimeError):  # it is closed already
        if not end.is_closing():
            end.write_eof()
