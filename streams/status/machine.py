"""What this machine knows of a stack: its processes, and what its DATA takes on the disk."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import psutil

from streams.embedded.last_words import last_words
from streams.embedded.layout import Layout
from streams.embedded.ports import LOOPBACK, known_ports
from streams.embedded.programs import BASES, BROKER, SERVE, STORE
from streams.embedded.readiness import pid_of, state_of
from streams.embedded.stack import EVERYTHING
from streams.embedded.supervision import Supervisor
from streams.embedded.supervisor_log import Life, lives
from streams.endpoints import endpoints_file
from streams.status.figures import Disk, Process

BLOCK = 512
"""What st_blocks counts in. Kafka's index files are sparse: their length says nothing."""


def processes(layout: Layout) -> tuple[Process, ...]:
    """In the order of an event's way; () where no supervisor answers."""
    told = Supervisor(layout).processes()
    known = lives(layout)  # read afterwards: it holds how those ended that are told to have ended
    return tuple(sorted((_process(layout, info, known[info["name"]]) for info in told), key=_place))


def disk(layout: Layout) -> Disk:
    """Of a DATA that is not there nothing is known."""
    if not layout.data.exists():
        return Disk()
    usage = shutil.disk_usage(layout.data)
    return Disk(_taken(layout.broker), _taken(layout.store), _taken(layout.logs), usage.free, usage.total)


def _process(layout: Layout, info: dict[str, Any], life: Life) -> Process:
    name, pid = info["name"], pid_of(info)
    state = state_of(layout, info, stage=name not in BASES)
    return Process(
        process=name,
        state=state,
        pid=pid,
        up_s=int(time.time() - info["start"]) if pid else None,
        restarts=max(0, life.starts - 1),
        memory_bytes=_memory(pid),
        address=_address(layout, name),
        reason=f"{life.ended}: {last_words(layout, name)}" if life.ended and state != "running" else None,
    )


def _memory(pid: int | None) -> int | None:
    """Resident bytes; None where the process has just ended."""
    try:
        return int(psutil.Process(pid).memory_info().rss) if pid else None
    except psutil.NoSuchProcess:
        return None


def _taken(folder: Path) -> int:
    """Bytes on the disk; what vanishes meanwhile counts nothing."""
    return sum(_blocks(Path(root, name)) for root, _, names in os.walk(folder) for name in names) * BLOCK


def _blocks(path: Path) -> int:
    try:
        return path.lstat().st_blocks
    except FileNotFoundError:
        return 0


def _place(process: Process) -> int:
    """Where a process stands on the way of an event; what is unknown here comes last."""
    order = (*BASES, *EVERYTHING)
    return order.index(process.process) if process.process in order else len(order)


def _page(layout: Layout) -> str | None:
    """Its whole base: whether it speaks TLS belongs to it."""
    path = endpoints_file(layout.data)
    return json.loads(path.read_text()).get("page") if path.exists() else None


def _address(layout: Layout, name: str) -> str | None:
    if name == SERVE:
        return _page(layout)
    ports = known_ports(layout)
    port = {BROKER: ports.broker, STORE: ports.store}.get(name) if ports else None
    return f"{LOOPBACK}:{port}" if port else None
