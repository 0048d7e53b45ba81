"""Whether a stack's processes are ready: broker and store answer, stages have opened what they were assigned."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from streams.embedded.last_words import last_words
from streams.embedded.layout import Layout
from streams.embedded.programs import ready_file
from streams.embedded.ready import announced
from streams.embedded.supervision import Supervisor
from streams.embedded.supervisor_log import lives
from streams.errors import Failure, OtherVersion

ALIVE = ("STARTING", "RUNNING")
PATIENCE_S = 90.0


class NotReady(Failure):
    """A process did not become ready."""

    exit_code = 11


def pid_of(process: dict[str, Any] | None) -> int | None:
    """The process id while it lives."""
    return int(process["pid"]) if process and process["statename"] in ALIVE and process["pid"] else None


def state_of(layout: Layout, process: dict[str, Any], stage: bool) -> str:
    """What an operator wants to know: running, starting, restarting, stopped."""
    pid = pid_of(process)
    if pid is None:
        return "restarting" if process["statename"] in ("BACKOFF", "EXITED") else str(process["statename"]).lower()
    return "running" if not stage or announced(ready_file(layout, process["name"]), pid) else "starting"


class Readiness:
    """Waits for one stack's processes, and says why one does not come."""

    def __init__(self, layout: Layout, supervisor: Supervisor) -> None:
        self._layout, self._supervisor = layout, supervisor

    def wait_for_base(self, name: str, answers: Callable[[], bool]) -> None:
        """Until broker or store answers. Raises NotReady, at once when the process ended."""
        self._until(answers, name, gives_up=True)

    def wait_for_stage(self, name: str) -> None:
        """Until a stage has announced itself; it may end and begin again before. Raises NotReady, OtherVersion."""
        self._until(lambda: self._announced(name), name, gives_up=False)

    def _announced(self, name: str) -> bool:
        pid = pid_of(self._process(name))
        return pid is not None and announced(ready_file(self._layout, name), pid)

    def _process(self, name: str) -> dict[str, Any] | None:
        return next((p for p in self._supervisor.processes() if p["name"] == name), None)

    def _until(self, ready: Callable[[], bool], name: str, gives_up: bool) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not ready():
            process = self._process(name)
            if gives_up and process is not None and process["statename"] in ("BACKOFF", "EXITED", "FATAL"):
                raise NotReady(f"{name} ended while it started: {last_words(self._layout, name)}")
            if lives(self._layout)[name].exit_code == OtherVersion.exit_code:  # however often it begins again
                raise OtherVersion(f"{name} does not start: {last_words(self._layout, name)}")
            if time.monotonic() > deadline:
                raise NotReady(f"{name} is not ready after {PATIENCE_S:.0f} s: {last_words(self._layout, name)}")
            time.sleep(0.1)
