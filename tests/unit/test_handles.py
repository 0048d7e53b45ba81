"""Too few file handles are told before anything starts, by every kind of command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import INHERITED, one_line


@pytest.mark.parametrize(
    ("limit", "command", "who"),
    [
        (40, "overview", "a command"),
        (80, "up", "a stack"),
        (1_000, "up", "a stack"),
        (80, "run timeline", "stage timeline"),
        (80, "run sink", "stage sink"),
    ],
)
def test_too_few_file_handles(limit: int, command: str, who: str, tmp_path: Path) -> None:
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    env |= {
        "HUIYU_DATA": str(tmp_path / "data"),
        "HUIYU_KAFKA": "127.0.0.1:1",
        "HUIYU_CLICKHOUSE": "http://127.0.0.1:1",
    }
    limited = f"ulimit -n {limit} && exec {sys.executable} -m streams.cli {command}"
    done = subprocess.run(["sh", "-c", limited], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 16
    said = one_line(done.stderr)
    assert f"{who} needs" in said
    assert f"may have {limit:,}: raise `ulimit -n`" in said
    assert not (tmp_path / "data").exists()


def test_a_soft_limit_is_raised_as_far_as_is_needed(tmp_path: Path) -> None:
    limited = f"ulimit -S -n 30 && exec {sys.executable} -m streams.cli check {tmp_path / 'events.jsonl'}"
    (tmp_path / "events.jsonl").write_text("")
    done = subprocess.run(["sh", "-c", limited], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
