"""How often each process was started, and how it ended last: the supervisor counts neither, but it logs both."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from streams.embedded.layout import Layout

BEGUN = "supervisord started with pid"
SPAWNED = re.compile(r"spawned: '([^']+)' with pid")
EXITED = re.compile(r"exited: (\S+) \((?:exit status (\d+)|terminated by (\w+))")


@dataclass(slots=True)
class Life:
    """Of one process since the supervisor started. `ended`: what became of it last, "" while it never ended."""

    starts: int = 0
    ended: str = ""
    exit_code: int | None = None


def lives(layout: Layout) -> Mapping[str, Life]:
    """Process → its life; for one that was never started there is one too."""
    log = layout.log("supervisor")
    found: defaultdict[str, Life] = defaultdict(Life)
    for path in (*(log.with_name(f"{log.name}.{number}") for number in (2, 1)), log):
        for line in _lines(path):
            _read(line, found)
    return found


def _read(line: str, found: defaultdict[str, Life]) -> None:
    if BEGUN in line:
        found.clear()
    elif spawned := SPAWNED.search(line):
        found[spawned[1]].starts += 1
    elif exited := EXITED.search(line):
        life = found[exited[1]]
        life.exit_code = int(exited[2]) if exited[2] else None
        life.ended = f"exit {exited[2]}" if exited[2] else exited[3]


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines() if path.exists() else []
