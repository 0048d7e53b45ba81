"""What the stack's commands print: processes, topics."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from streams.embedded import supervision
from streams.embedded.layout import Layout
from streams.embedded.topics_admin import connect, partitions
from streams.errors import NotRunning
from streams.settings import Settings
from streams.topics import TOPICS


def show_status(data: Path, as_json: bool) -> bool:
    """Print each process of a stack; True when all run. Raises NotRunning."""
    layout = Layout.of(data)
    found = [_process(process) for process in supervision.processes(layout)]
    if not found:
        raise NotRunning(f"no stack is running in {layout.data}: start one with `huiyu up`")
    if as_json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(("process", "state", "pid", "up for"), [tuple(map(str, process.values())) for process in found])
    return all(process["state"] == "running" for process in found)


def _process(process: dict[str, Any]) -> dict[str, Any]:
    running = process["statename"] == "RUNNING"
    seconds = int(time.time() - process["start"]) if running else 0
    state = process["statename"].lower()
    return {"process": process["name"], "state": state, "pid": process["pid"] or "", "up_s": seconds}


def show_topics(settings: Settings) -> None:
    """Print every topic and how it is on the broker. Raises BrokerAway."""
    admin = connect(settings)
    try:
        existing = partitions(admin)
    finally:
        admin.close()
    rows = [
        (t.name, str(existing.get(t.name, "missing")), t.kept, "yes" if t.public else "", t.purpose) for t in TOPICS
    ]
    _print(("topic", "partitions", "kept", "public", "what it is for"), rows)


def _print(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for name in names:
        table.add_column(name)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
