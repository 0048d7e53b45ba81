"""What the stack's commands print: endpoints, topics."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from streams.embedded.layout import Layout
from streams.embedded.marked import belonging_to
from streams.embedded.supervision import Supervisor
from streams.embedded.topics_admin import connect, partitions
from streams.endpoints import endpoints_file
from streams.errors import NotRunning
from streams.settings import Settings
from streams.topics import TOPICS


def running_endpoints(data: Path) -> dict[str, str]:
    """Setting → value of a running stack, for `huiyu env`. Raises NotRunning."""
    layout = Layout.of(data)
    path = endpoints_file(layout.data)
    if not Supervisor(layout).processes():
        raise not_running(layout)
    if not path.exists():
        raise NotRunning(f"the stack in {layout.data} is still starting, or did not become ready: see `huiyu status`")
    known = json.loads(path.read_text())
    named = {f"HUIYU_{name.upper()}": str(value) for name, value in known.items()}
    return named | {"HUIYU_DATA": str(layout.data)}


def not_running(layout: Layout) -> NotRunning:
    """Why no supervisor answers, and what to do."""
    if left := len(belonging_to(layout)):
        orphans = f"the supervisor of {layout.data} is gone, {left} of its processes live on"
        return NotRunning(f"{orphans}: `huiyu up` begins anew, `huiyu down` ends them")
    return NotRunning(f"no stack is running in {layout.data}: start one with `huiyu up`")


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
