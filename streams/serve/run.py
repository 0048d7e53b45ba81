"""The process: it listens, answers until SIGTERM, and lets what was begun come to its end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable

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
    transactions = Transactions(settings, name_of(port))
    answers = Answering(endpoints.kafka(settings))
    rates = Rates(settings.serve_events_per_minute)
    with_key = settings.county_key or settings.county_key_file
    sheets = Sheets(settings, transactions, rates) if with_key else None
    parts = Parts(
        Holders(tokens_file(settings)),
        rates,
        transactions,
        Receipts(settings).of,
        answers,
        sheets,
    )
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)  # uvicorn hears them, and afterwards raises them again
    with contextlib.closing(_listening(settings.serve_host, port)) as listening:
        config = _config(parts, settings)
        threading.Thread(target=_tell_when_ready, args=(transactions, on_ready), daemon=True).start()
        try:
            asyncio.run(uvicorn.Server(config).serve([listening]))
        finally:
            parts.asking.shutdown(wait=False, cancel_futures=True)
            if sheets is not None:
                sheets.close()
            transactions.close()


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


def _tell_when_ready(transactions: Transactions, on_ready: Callable[[], None]) -> None:
    """Listening alone is not being ready."""
    while True:
        try:
            transactions.connect()
        except BrokerAway as away:
            log.warning("not ready", reason=str(away))
            time.sleep(1)
        else:
            return on_ready()


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
