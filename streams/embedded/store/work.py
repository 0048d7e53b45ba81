"""The blocking work of one request in threads, and its end when nobody waits for it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

ASK_AGAIN_S = 0.2
"""A query may not have begun when it is told to end."""


class Work:
    """`kill` ends the request's query, from one of the threads of `endings`."""

    def __init__(self, threads: Executor, kill: Callable[[], None], endings: Executor) -> None:
        self._threads, self._kill, self._endings = threads, kill, endings

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What the work returns. When the request is given up, its query is killed and the thread comes back first."""
        job = asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.ensure_future(self._killed(job)))
            raise

    async def end(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Work that gives something back and must not wait for a query."""
        return await asyncio.get_running_loop().run_in_executor(self._endings, work, *arguments)

    async def _killed(self, job: asyncio.Future[Any]) -> None:
        while not job.done():
            await self.end(self._kill)
            await asyncio.wait([job], timeout=ASK_AGAIN_S)
        if not job.cancelled():
            job.exception()  # its failure is what was wanted
