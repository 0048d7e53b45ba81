"""What the stack's commands print: processes, topics."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from streams.embedded.layout import Layout
from streams.embedded.marked import belonging_to
from streams.embedded.ports import LOOPBACK, known_ports
from streams.embedded.programs import BASES, BROKER, STORE
from streams.embedded.readiness import pid_of, state_of
from streams.embedded.stack import STAGES
from streams.embedded.supervision import Supervisor
from streams.embedded.topics_admin import connect, partitions
from streams.endpoints import endpoints_file
from streams.errors import NotRunning
from streams.settings import Settings
from streams.topics import TOPICS


def show_status(data: Path, as_json: bool) -> bool:
    """Print each process of a stack; True when all run. Raises NotRunning."""
    layout = Layout.of(data)
    found = sorted((_process(layout, process) for process in _processes(layout)), key=_place)
    if as_json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        names = ("process", "state", "pid", "up for", "address")
        _print(names, [tuple("" if value is None else str(value) for value in row.values()) for row in found])
    return all(process["state"] == "running" for process in found)


def running_endpoints(data: Path) -> dict[str, str]:
    """Setting → value of a running stack, for `huiyu env`. Raises NotRunning."""
    layout = Layout.of(data)
    path = endpoints_file(layout.data)
    _processes(layout)
    if not path.exists():
        raise NotRunning(f"the stack in {layout.data} is still starting, or did not become ready: see `huiyu status`")
    known = json.loads(path.read_text())
    named = {f"HUIYU_{name.upper()}": str(value) for name, value in known.items()}
    return named | {"HUIYU_DATA": str(layout.data)}


def _processes(layout: Layout) -> list[dict[str, Any]]:
    found = Supervisor(layout).processes()
    if found:
        return found
    if left := len(belonging_to(layout)):
        orphans = f"the supervisor of {layout.data} is gone, {left} of its processes live on"
        raise NotRunning(f"{orphans}: `huiyu up` begins anew, `huiyu down` ends them")
    raise NotRunning(f"no stack is running in {layout.data}: start one with `huiyu up`")


def _process(layout: Layout, process: dict[str, Any]) -> dict[str, Any]:
    name, pid = process["name"], pid_of(process)
    return {
        "process": name,
        "state": state_of(layout, process, stage=name not in BASES),
        "pid": pid,
        "up_s": int(time.time() - process["start"]) if pid else None,
        "address": _address(layout, name),
    }


def _place(row: dict[str, Any]) -> int:
    """Where a process stands on the way of an event; what is unknown here comes last."""
    order = (*BASES, *STAGES)
    return order.index(row["process"]) if row["process"] in order else len(order)


def _address(layout: Layout, name: str) -> str | None:
    ports = known_ports(layout)
    port = {BROKER: ports.broker, STORE: ports.store}.get(name) if ports else None
    return f"{LOOPBACK}:{port}" if port else None


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
