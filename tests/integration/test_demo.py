"""`huiyu demo` as a user starts it: its own stack whatever the shell says, and nothing left whoever stops it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from streams.embedded.supervision import MARK
from tests.support.commands import INHERITED
from tests.support.pipeline import until

TINY = ("--children", "10", "--days", "10")
ELSEWHERE = {
    "HUIYU_KAFKA": "127.0.0.1:1",
    "HUIYU_CLICKHOUSE": "http://somebody:else@127.0.0.1:1",
    "HUIYU_PARTITIONS": "3",
    "HUIYU_TIMEZONE": "America/Lima",
}


def a_demo(folder: Path, **settings: str) -> subprocess.Popen[str]:
    """A demo whose DATA lies in `folder`, with no terminal; its output in `folder`/said."""
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    work = folder / "work"
    work.mkdir()
    with (folder / "said").open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "demo", *TINY],
            env=env | settings | {"TMPDIR": str(work)},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )


def processes(folder: Path) -> list[str]:
    """Every living process of a stack whose DATA lies in `folder`."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK, "").startswith(f"{folder}/") and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.name())
        except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
            continue
    return found


def test_a_demo_shows_a_county_from_its_own_stack_and_leaves_nothing(tmp_path: Path) -> None:
    done = a_demo(tmp_path, **ELSEWHERE).wait(300)
    said = (tmp_path / "said").read_text()
    assert done == 0, said
    assert re.search(r"compared [\d,]+ rows with the county's own books: 0 differences", said)
    assert re.search(r"inclusive_places +\d", said)
    assert "WHO's survey of 498 children imported" in said
    assert processes(tmp_path) == []
    assert list((tmp_path / "work").glob("huiyu-demo-*")) == []


@pytest.mark.parametrize(
    ("number", "code", "moment"),
    [(signal.SIGTERM, 143, "starting the stack"), (signal.SIGHUP, 129, "faulty records; publishing")],
)
def test_a_demo_that_is_stopped_ends_in_order(number: int, code: int, moment: str, tmp_path: Path) -> None:
    demo = a_demo(tmp_path)
    until(lambda: moment in (tmp_path / "said").read_text() and processes(tmp_path), moment, 120)
    demo.send_signal(number)
    assert demo.wait(60) == code, (tmp_path / "said").read_text()
    assert processes(tmp_path) == []
    assert list((tmp_path / "work").glob("huiyu-demo-*")) == []
