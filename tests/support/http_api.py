"""The HTTP API without a socket: its application, tokens in a file, a log in memory in place of the broker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from streams.errors import BrokerAway
from streams.publish.outcomes import Position
from streams.serve import tokens
from streams.serve.acceptance import Outgoing
from streams.serve.application import application
from streams.serve.bodies import ROOM, Room
from streams.serve.idempotency import Remembered
from streams.serve.log import Send
from streams.serve.parts import Parts
from streams.serve.problem import HttpProblem
from streams.serve.rates import Rates
from streams.serve.sheets import Sheets
from streams.settings import Settings

T = TypeVar("T")
CLINIC, CENTRE = "clinic:chengguan", "center:yucai"
AT = datetime(2026, 3, 2, tzinfo=UTC)


class LogInMemory:
    """Takes what is sent, unless it is `away`; while it is `held` nothing begins."""

    def __init__(self) -> None:
        self.taken: list[Outgoing] = []
        self.away = self.held = False
        self.waiting: list[Callable[[], None]] = []

    def begin(self, work: Callable[[Send], T], deadline: float) -> Future[T]:
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(work(self._send))
            except Exception as error:  # noqa: BLE001 - as an executor does
                future.set_exception(error)

        self.waiting.append(run)
        if not self.held:
            self.release()
        return future

    def release(self) -> None:
        """Begin what was held."""
        self.held = False
        while self.waiting:
            self.waiting.pop(0)()

    def _send(self, events: Sequence[Outgoing]) -> list[Position]:
        if self.away and events:
            raise BrokerAway("no broker answers at 10.9.8.7:9092")
        first = len(self.taken)
        self.taken.extend(events)
        return [Position(event.topic, 0, first + number) for number, event in enumerate(events)]


def never_sent(source: str, id: str) -> dict[str, Any]:
    """What a store says that knows no event."""
    raise HttpProblem("not-found", "no such event")


class Api:
    """The API and what a test sees of it; `token` and `other` are those of CLINIC and CENTRE."""

    def __init__(
        self,
        folder: Path,
        *,
        per_minute: int = 60_000,
        patience_s: float = 15.0,
        room: int = ROOM,
        receipts: Callable[[str, str], dict[str, Any]] = never_sent,
        remembered: Remembered | None = None,
        county_key: str | None = "test-county-key",
    ) -> None:
        self.file = folder / "source-tokens.json"
        self.token, self.other = (tokens.create(self.file, source, AT) for source in (CLINIC, CENTRE))
        self.log, self.is_ready = LogInMemory(), True
        rates = Rates(per_minute)
        settings = Settings(data=folder, county_key=county_key)
        self.parts = Parts(
            tokens.Holders(self.file),
            rates,
            self.log,
            receipts,
            lambda: self.is_ready,
            Sheets(settings, self.log, rates, cluster=lambda _: "one") if county_key else None,
            remembered or Remembered(),
            Room(room),
            patience_s,
        )
        self.app = application(self.parts)

    async def ask(self, method: str, path: str, token: str | None = "", **more: Any) -> httpx.Response:
        """One request; with the clinic's token unless another is given, or None."""
        given = {} if token is None else {"Authorization": f"Bearer {token or self.token}"}
        headers = [*given.items(), *httpx.Headers(more.pop("headers", None)).multi_items()]
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://huiyu") as client:
            return await client.request(method, path, headers=headers, **more)

    async def post(self, content: Any, type: str = "application/json", token: str | None = "", **more: Any) -> Any:
        """Events to /api/events."""
        headers = [("content-type", type), *httpx.Headers(more.pop("headers", None)).multi_items()]
        return await self.ask("POST", "/api/events", token, content=content, headers=headers, **more)

    def send(self, content: Any, type: str = "application/json", token: str | None = "", **more: Any) -> httpx.Response:
        """The same for a test that is not about what happens at once."""
        answer: httpx.Response = asyncio.run(self.post(content, type, token, **more))
        return answer

    def get(self, path: str, token: str | None = "", **more: Any) -> httpx.Response:
        return asyncio.run(self.ask("GET", path, token, **more))


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The answer's body, which must be a problem of RFC 9457 with this status and code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= {*body}
    assert (body["status"], body["code"]) == (status, code), body
    return body
