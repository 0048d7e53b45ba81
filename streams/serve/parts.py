"""What the API works with: tokens, bounds, and the ways to the broker and to the store. Made once for a process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from fastapi import Request

from streams.errors import BrokerAway
from streams.publish.outcomes import NotDelivered
from streams.serve.acceptance import judged, outgoing, told
from streams.serve.bodies import Room
from streams.serve.idempotency import Remembered
from streams.serve.log import Log, Send
from streams.serve.problem import HttpProblem, away
from streams.serve.rates import Rates
from streams.serve.sheets import Sheets
from streams.serve.tokens import Holders

T = TypeVar("T")
ASKING = 2
"""Questions to the store at once: it has others to answer."""
PATIENCE_S = 15.0
"""How long a request waits for the broker, its turn included."""
UNKNOWN = "the broker did not take the events in time, or it is not known whether it did: send the same again"
SCHEME = "bearer "


@dataclass(frozen=True, slots=True)
class Parts:
    """`receipts`: what became of an event, by source and id. `ready`: whether a
    request would be taken now. `sheets`: None where spreadsheets are not taken.
    """

    holders: Holders
    rates: Rates
    log: Log
    receipts: Callable[[str, str], dict[str, Any]]
    ready: Callable[[], bool]
    sheets: Sheets | None = None
    remembered: Remembered = field(default_factory=Remembered)
    room: Room = field(default_factory=Room)
    patience_s: float = PATIENCE_S
    asking: Executor = field(default_factory=lambda: ThreadPoolExecutor(ASKING, "receipts"))

    def close(self) -> None:
        """Begin nothing more; what runs comes to its end."""
        self.asking.shutdown(wait=False, cancel_futures=True)
        if self.sheets is not None:
            self.sheets.close()

    def source_of(self, request: Request) -> str:
        """Whose token the request carries. Raises HttpProblem (401), DataUnusable."""
        given = request.headers.getlist("authorization")
        if len(given) != 1 or not given[0].lower().startswith(SCHEME):
            raise _no_token("Authorization: Bearer TOKEN, once, is missing", 'Bearer realm="huiyu"')
        source = self.holders.source_of(given[0][len(SCHEME) :].strip())
        if source is None:
            raise _no_token("there is no such token", 'Bearer realm="huiyu", error="invalid_token"')
        return source

    def begin(self, source: str, events: Sequence[bytes]) -> Future[bytes]:
        """Check the events and send those that pass; the answer as JSON."""

        def work(send: Send) -> bytes:
            found = judged(events, source, time.time_ns() // 1_000_000)
            return orjson.dumps(told(found, send(outgoing(found))))

        return self.log.begin(work, time.monotonic() + self.patience_s)

    async def settled(self, answer: Future[T], patience_s: float = 0.0) -> T:
        """What came of it. Raises HttpProblem (403, 503)."""
        try:
            within = patience_s or self.patience_s
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(answer)), within)
        except (TimeoutError, BrokerAway, NotDelivered) as error:
            answer.cancel()  # what has not begun never will
            raise away(UNKNOWN) from error
        except asyncio.CancelledError:
            if answer.cancelled():
                raise away(UNKNOWN) from None
            raise


def _no_token(detail: str, challenge: str) -> HttpProblem:
    return HttpProblem("no-token", detail, {"WWW-Authenticate": challenge})
