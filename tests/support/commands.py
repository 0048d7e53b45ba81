"""Runs `huiyu` as a user does, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

INHERITED = ("PATH", "HOME", "LANG", "PYTHONPATH", "XDG_CACHE_HOME")


def huiyu(
    *arguments: str, data: Path | None = None, timeout_s: float = 120, **settings: str
) -> subprocess.CompletedProcess[str]:
    """`huiyu …` with only the settings that are given; its output must end when the process does."""
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    env |= {f"HUIYU_{name}": value for name, value in settings.items()}
    if data is not None:
        env["HUIYU_DATA"] = str(data)
    command = [sys.executable, "-m", "streams.cli", *arguments]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=timeout_s, check=False
    )


def one_line(text: str) -> str:
    """The text, which must be one line that a person can read."""
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]
