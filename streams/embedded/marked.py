"""Finds and ends the processes of one DATA, and no others: each carries the stack's mark in its environment."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import psutil

from streams.embedded.layout import Layout
from streams.embedded.supervision import MARK

PATIENCE_S = 25.0


def belonging_to(layout: Layout) -> list[psutil.Process]:
    """Every living process of this stack, also orphans whose supervisor was killed; never the one that asks."""
    asking = psutil.Process()
    ours = {asking.pid, *(parent.pid for parent in asking.parents())}
    return [p for p in psutil.process_iter() if p.pid not in ours and _mark(p) == str(layout.data)]


def _mark(process: psutil.Process) -> str | None:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        mark: str | None = process.environ().get(MARK)
    except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
        return None
    return mark


def thaw(processes: Iterable[psutil.Process]) -> None:
    """Let frozen processes go on, so that they hear what they are told."""
    for process in processes:
        _tell(process.resume)


def end(processes: Iterable[psutil.Process], patience_s: float = PATIENCE_S) -> None:
    """Ask processes to end; after a while kill those that did not."""
    found = list(processes)
    for process in found:
        _tell(process.terminate)
    thaw(found)
    _, alive = psutil.wait_procs(found, timeout=patience_s)
    for process in alive:
        _tell(process.kill)
    psutil.wait_procs(alive, timeout=patience_s)


def _tell(signal: Callable[[], None]) -> None:
    try:
        signal()
    except psutil.NoSuchProcess:
        return
