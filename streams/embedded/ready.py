"""How a stage tells its supervisor that it is ready: it writes its pid into the file that HUIYU_READY_FILE names."""

from __future__ import annotations

import os
from pathlib import Path


def announce() -> None:
    """Called when all assigned partitions are open; does nothing without a supervisor."""
    name = os.environ.get("HUIYU_READY_FILE")
    if name:
        Path(name).write_text(str(os.getpid()))


def announced(path: Path, pid: int) -> bool:
    """True when the process `pid` has announced itself; a file of an earlier process does not count."""
    try:
        return path.read_text().strip() == str(pid)
    except FileNotFoundError:
        return False
