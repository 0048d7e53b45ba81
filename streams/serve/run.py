"""The process: it listens, answers until SIGTERM, and lets what was begun come to its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import structlog
import uvicorn

from streams import endpoints
from streams.embedded.probes import broker_answers
from streams.errors import BrokerAway, Failure, PortTaken
from streams.serve.application import application
from streams.serve.connections import PatientConnection
from streams.serve.parts import Parts
from streams.serve.rates import Rates
from streams.serve.receipts import Receipts
from streams.serve.sheets import Sheets
from streams.serve.tokens import Holders, tokens_file
from streams.serve.transactions import Transactions, name_of
from streams.settings import Settings

PORT = 8_080
CONNECTIONS = 256
"""At once; further ones are told 503."""
ENDING_S = 15
ASKED_AGAIN_S = 2.0

log = structlog.get_logger("huiyu.serve")


def run(settings: Settings, on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM; `on_ready` when events would be taken. Raises PortTaken, Failure."""
    port = settings.serve_port or PORT
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)  # uvicorn hears them, and afterwards raises them again
    with contextlib.ExitStack() as ending:
        listening = ending.enter_context(_listening(settings.serve_host, port))
        transactions = Transactions(settings, name_of(port))
        ending.callback(transactions.close)
        parts = _parts(settings, transactions)
        ending.callback(parts.close)
        config = _config(parts, settings)
        ending.enter_context(_telling_when_ready(transactions, on_ready))
        asyncio.run(uvicorn.Server(config).serve([listening]))


def _parts(settings: Settings, transactions: Transactions) -> Parts:
    rates = Rates(settings.serve_events_per_minute)
    with_key = settings.county_key or settings.county_key_file
    return Parts(
        Holders(tokens_file(settings)),
        rates,
        transactions,
        Receipts(settings).of,
        Answering(endpoints.kafka(settings)),
        Sheets(settings, transactions, rates) if with_key else None,
    )


class Answering:
    """Whether the broker answers, asked at most every two seconds however often one wants to know."""

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._lock = threading.Lock()
        self._until, self._answers = 0.0, False

    def __call__(self) -> bool:
        if self._lock.acquire(blocking=False):  # while one asks, the others hear what was known before
            try:
                self._ask()
            finally:
                self._lock.release()
        return self._answers

    def _ask(self) -> None:
        if time.monotonic() > self._until:
            self._answers = broker_answers(self._servers)
            self._until = time.monotonic() + ASKED_AGAIN_S


@contextlib.contextmanager
def _telling_when_ready(transactions: Transactions, on_ready: Callable[[], None]) -> Iterator[None]:
    """Listening alone is not being ready."""
    ending = threading.Event()

    def connect() -> None:
        while not ending.is_set():
            try:
                transactions.connect()
            except BrokerAway as away:
                log.warning("not ready", reason=str(away))
                ending.wait(1)
            else:
                on_ready()
                return

    thread = threading.Thread(target=connect, name="connecting")
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as error:
        asked = f"HUIYU_SERVE_HOST={host}, HUIYU_SERVE_PORT={port}"
        raise PortTaken(f"nobody can listen at {asked}: {error.strerror or error}") from error


def _config(parts: Parts, settings: Settings) -> uvicorn.Config:
    config = uvicorn.Config(
        application(parts),
        http=PatientConnection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=ENDING_S,
        ssl_certfile=settings.serve_certificate,
        ssl_keyfile=settings.serve_private_key,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise Failure(f"HUIYU_SERVE_CERTIFICATE or HUIYU_SERVE_PRIVATE_KEY cannot be used: {error.strerror}") from error
    return config
