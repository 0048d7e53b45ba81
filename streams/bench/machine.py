"""What a run runs on, in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil


def machine() -> str:
    """Cores, memory, processor and the versions that matter."""
    cores, memory = len(os.sched_getaffinity(0)), psutil.virtual_memory().total / (1 << 30)
    parts = [f"{cores} cores", f"{memory:.0f} GiB of memory", _processor(), f"Linux {platform.release()}"]
    packages = [f"{name} {version(name)}" for name in ("faust-streaming", "aiokafka", "kafka-python", "chdb")]
    return ", ".join(filter(None, (*parts, f"Python {platform.python_version()}", *packages)))


def load() -> str:
    """What else the machine had to do when the run began."""
    return f"load average {os.getloadavg()[0]:.1f} before the run"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
