"""Processes of a run: a stage without a supervisor, and a helper that prints what it measured.

Each carries the stack's mark, so that whatever ends the stack ends it too.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from streams.bench.usage import usage
from streams.embedded.layout import Layout
from streams.embedded.programs import environment_of, ready_file
from streams.embedded.ready import announced
from streams.embedded.supervision import MARK
from streams.errors import Failure
from streams.settings import Settings

POLL_S = 0.01
READY_S = 120.0
STOP_S = 30.0


class Broken(Failure):
    """A process of the run ended, or did not do what it was started for."""


def _environment(layout: Layout, settings: Settings) -> dict[str, str]:
    return {**os.environ, **environment_of(settings), MARK: str(layout.data)}


class StageProcess:
    """`huiyu run STAGE` on a stack's broker and store; a context manager that starts it and ends it in order."""

    def __init__(self, layout: Layout, settings: Settings, name: str) -> None:
        self.name, self.began = name, 0.0
        self._layout, self._settings = layout, settings
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> StageProcess:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            self._wait()

    def start(self) -> None:
        env = _environment(self._layout, self._settings) | {"HUIYU_READY_FILE": str(self._ready)}
        with self._log.open("ab") as log:
            self.began = time.monotonic()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "streams.cli", "run", self.name],
                cwd=self._layout.data,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_ready(self) -> float:
        """Seconds from its start until it has opened all partitions. Raises Broken."""
        while not announced(self._ready, self.pid):
            self.check()
            if time.monotonic() - self.began > READY_S:
                raise Broken(f"{self.name} is not ready after {READY_S:.0f} s: see {self._log}")
            time.sleep(POLL_S)
        return time.monotonic() - self.began

    def check(self) -> None:
        """Raises Broken when it has ended."""
        code = self._running().poll()
        if code is not None:
            raise Broken(f"{self.name} ended with exit code {code} while it was measured: {self._last_words()}")

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def cpu(self) -> float:
        """CPU seconds since its start."""
        return usage(self.pid).cpu

    def signal(self, number: int) -> None:
        self._running().send_signal(number)

    def kill(self) -> None:
        """As kill -9 does."""
        self._running().kill()
        self._running().wait()

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "not started"
        return self._process

    def _wait(self) -> None:
        try:
            self._running().wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def _ready(self) -> Any:
        return ready_file(self._layout, self.name)

    @property
    def _log(self) -> Any:
        return self._layout.log(self.name)

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        return lines[-1][:300] if lines else "it said nothing"


def measured_by(module: str, layout: Layout, settings: Settings, *arguments: str) -> Mapping[str, Any]:
    """Run a module in a process of its own; the JSON object that it prints last. Raises Broken."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=layout.data,
        env=_environment(layout, settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stdout.splitlines()[-1:]
    if done.returncode != 0 or not last or not last[0].startswith("{"):
        raise Broken(f"{module} ended with exit code {done.returncode}: {done.stderr.strip()[-300:]}")
    found: Mapping[str, Any] = json.loads(last[0])
    return found
