"""Injures a running stack while it works: kill -9, SIGTERM, freezes beyond the session timeout, of every process."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter

from streams.embedded.stack import Stack
from tests.support.pipeline import until

STAGES = ("intake", "timeline", "centers", "sink")
FREEZE_S = 8.0  # the stages' session timeout is 6 s


class Injuries(threading.Thread):
    """Goes round all processes until asked to stop; every process is hurt in every way it can be."""

    def __init__(self, stack: Stack, seed: int, least: int) -> None:
        super().__init__(daemon=True)
        self._stack, self._random, self.least = stack, random.Random(seed), least
        self._enough = threading.Event()
        self.done: Counter[str] = Counter()
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            for name, how in self._plan():
                self._injure(name, how)
        except BaseException as error:  # noqa: BLE001 - reported by finish()
            self.failed = error

    def finish(self) -> Counter[str]:
        """Wait for the whole plan; the injuries by kind."""
        self.join(300)
        if self.failed is not None:
            raise self.failed
        assert self.done.total() >= self.least
        return self.done

    def _plan(self) -> list[tuple[str, str]]:
        plan = [(name, how) for name in STAGES for how in ("kill", "freeze")]
        plan += [("broker", "kill"), ("store", "kill"), ("broker", "terminate"), ("store", "terminate")]
        self._random.shuffle(plan)
        return plan

    def _injure(self, name: str, how: str) -> None:
        pid = until(lambda: self._stack.pid(name), f"{name} runs")
        if how == "freeze":
            os.kill(pid, signal.SIGSTOP)
            self._enough.wait(FREEZE_S)
            os.kill(pid, signal.SIGCONT)
        else:
            os.kill(pid, signal.SIGKILL if how == "kill" else signal.SIGTERM)
            until(lambda: self._stack.pid(name) not in (None, pid), f"{name} was started again", 90)
        self.done[f"{how} {name}"] += 1
        self._enough.wait(self._random.uniform(0.5, 2.0))
