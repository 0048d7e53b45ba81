"""`huiyu status`: asks every part of a stack, each for itself, so that what is down hides nothing of the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.embedded.layout import Layout
from streams.embedded.ports import without_own
from streams.embedded.report import not_running
from streams.endpoints import endpoints_file
from streams.errors import Failure, NotRunning
from streams.settings import Settings
from streams.status.broker import Positions, positions
from streams.status.figures import Clock, Parked, Process, Stage, Status, Unknown
from streams.status.machine import disk, processes
from streams.status.show import NAMES, as_json, facts, process_rows
from streams.status.store import Told, told

STAGES = ("intake", "timeline", "centers", "sink")
PLAIN_WIDTH = 120
"""Columns where no terminal says how many there are."""
T = TypeVar("T")


def show_status(settings: Settings, in_json: bool) -> bool:
    """Print how the stack of DATA is; True when all runs and answers. Raises NotRunning."""
    status = gather(settings)
    if in_json:
        print(orjson.dumps(as_json(status), option=orjson.OPT_INDENT_2).decode())
    else:
        _print(status, settings)
    return status.is_sound


def gather(settings: Settings) -> Status:
    """Where a supervisor runs, of its stack; else of the broker and the store that are set. Raises NotRunning."""
    layout = Layout.of(settings.data)
    running = processes(layout)
    kafka, clickhouse = _addresses(layout, running, settings)
    unknown: list[Unknown] = []
    at_broker = _asked(lambda: positions(_set(kafka), settings), "broker", unknown)
    at_store = _asked(lambda: told(_set(clickhouse), settings), "store", unknown)
    if not running and not (at_broker or at_store):
        raise not_running(layout)
    return _status(layout, running, at_broker, at_store, tuple(unknown))


def _status(
    layout: Layout,
    running: tuple[Process, ...],
    at_broker: Positions | None,
    at_store: Told | None,
    unknown: tuple[Unknown, ...],
) -> Status:
    lags, now = at_broker.lags if at_broker else {}, at_store.now if at_store else {}
    return Status(
        at=datetime.now(UTC),
        data=str(layout.data),
        processes=running,
        stages=tuple(Stage(name, lags.get(name), now.get(name)) for name in STAGES),
        clock=Clock(at_broker.last_tick if at_broker else None, min(now.values(), default=None)),
        parked=at_store.parked if at_store else Parked(),
        disk=disk(layout),
        unknown=unknown,
    )


def _addresses(layout: Layout, running: tuple[Process, ...], settings: Settings) -> tuple[str | None, str | None]:
    """A running stack's own, whatever the shell says: it acts on DATA's stack only."""
    if not running:
        given = without_own(layout, settings)
        return given.kafka, given.clickhouse
    path = endpoints_file(layout.data)
    known = json.loads(path.read_text()) if path.exists() else {}
    return known.get("kafka"), known.get("clickhouse")


def _set(address: str | None) -> str:
    if not address:
        raise NotRunning("the stack is still starting, or did not become ready")
    return address


def _asked(question: Callable[[], T], part: str, unknown: list[Unknown]) -> T | None:
    try:
        return question()
    except Failure as failure:
        unknown.append(Unknown(part, str(failure)))
        return None


def _print(status: Status, settings: Settings) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    table = Table(box=box.SIMPLE_HEAD)
    for name in NAMES:
        table.add_column(name, justify="right" if name in ("pid", "restarts", "memory", "lag") else "left")
    for row in process_rows(status):
        table.add_row(*map(Text, row))
    console.print(table)
    for what, how in facts(status, settings.zone):
        console.print(f"  {what:<15} {how}", markup=False, highlight=False, soft_wrap=True)
