"""What a process uses of the machine, and a folder of its disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import psutil

BLOCK = 512
"""Bytes of what the kernel counts in `st_blocks`."""


class Usage(NamedTuple):
    """CPU seconds since its start; resident bytes now, and the most so far (where the kernel tells, else now)."""

    cpu: float
    resident: int
    peak: int


def usage(pid: int) -> Usage:
    process = psutil.Process(pid)
    times, resident = process.cpu_times(), process.memory_info().rss
    return Usage(times.user + times.system, resident, max(resident, _peak(pid)))


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:")), 0)


def on_disk(folder: Path) -> int:
    """Bytes that the files take: allocated blocks, since the broker's index files are mostly holes."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(where) / name).lstat().st_blocks * BLOCK
            except FileNotFoundError:  # merged or compacted away meanwhile
                continue
    return total
