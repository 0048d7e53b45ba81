"""The live clock: a tick at its start and at every full hour, until SIGTERM."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from streams.clock.tick import BeforeNow, tick
from streams.settings import Settings

log = structlog.get_logger("huiyu.clock")


def run(settings: Settings, on_ready: Callable[[], None]) -> None:
    """Tick until asked to stop. A machine whose clock is behind the last tick says so and waits for the next hour."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        now = datetime.now(UTC)
        try:
            log.info("tick", at=tick(settings, now))
        except BeforeNow as behind:
            log.warning("clock behind the last tick", reason=str(behind))
        on_ready()
        stop.wait((next_hour(now) - datetime.now(UTC)).total_seconds())


def next_hour(moment: datetime) -> datetime:
    """The full hour after `moment`."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
