"""How a stage tells its supervisor that it is ready: it writes the file that HUIYU_READY_FILE names."""

from __future__ import annotations

import os
from pathlib import Path


def announce() -> None:
    """Called when all assigned partitions are open; does nothing without a supervisor."""
    name = os.environ.get("HUIYU_READY_FILE")
    if name:
        Path(name).write_text(str(os.getpid()))
