"""One embedded stack: broker, store and stages under a supervisor; up, down, and what is running."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal as signals
import xmlrpc.client
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from streams.embedded import probes
from streams.embedded.alone import alone
from streams.embedded.layout import Layout, usable
from streams.embedded.marked import belonging_to, end, thaw
from streams.embedded.ports import LOOPBACK, Ports, ports_of, without_own
from streams.embedded.private_file import write_private
from streams.embedded.programs import (
    BASES,
    BROKER,
    SERVE,
    STORE,
    Program,
    broker_program,
    environment_of,
    page_address,
    stage_program,
    store_program,
)
from streams.embedded.readiness import Readiness, pid_of
from streams.embedded.secrets import passwords_of
from streams.embedded.supervision import Supervisor
from streams.endpoints import endpoints_file
from streams.handles import STACK, need
from streams.settings import Settings

STAGES = ("intake", "timeline", "centers", "sink")
EVERYTHING = (*STAGES, SERVE)
NOTIFY = "notify"
"""What `huiyu up` starts: the stages, and what takes events by HTTP."""


class Stack:
    """A stack in `data`; a context manager for tests and the demo. `stages` () starts broker and store only.

    `page` is the base of its HTTP addresses, "" without `serve` among the stages.

    Where the settings name a broker or a store, that one is used and none is started.
    """

    def __init__(
        self,
        data: Path,
        clock: Literal["live", "manual"] = "manual",
        stages: Sequence[str] = STAGES,
        partitions: int | None = None,
        settings: Settings | None = None,
    ) -> None:
        given = settings or Settings()
        self.layout = Layout.of(data)
        changes: dict[str, Any] = {"data": self.layout.data, "clock": clock}
        self.settings = given.model_copy(update=changes | {"partitions": partitions or given.partitions})
        self.stages = (*stages, "clock") if clock == "live" and stages else tuple(stages)
        self.kafka = self.clickhouse = self.page = ""
        self._supervisor = Supervisor(self.layout)

    def __enter__(self) -> Stack:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def up(self) -> bool:
        """Start everything and return when it is ready; False when it already runs. Raises Failure."""
        need(STACK, "a stack")
        self.layout.prepare()
        with usable(self.layout), alone(self.layout):
            if self._is_up():
                known = json.loads(endpoints_file(self.layout.data).read_text())
                self.kafka, self.clickhouse, self.page = known["kafka"], known["clickhouse"], known.get("page", "")
                return False
            end(belonging_to(self.layout))  # orphans of a supervisor that was killed
            settings, bases, ports = self._needs()
            try:
                self._start(settings, bases, ports)
            except BaseException:
                self._stop()
                raise
            return True

    def down(self) -> bool:
        """End every process of this DATA and nothing else; False when none was there. Raises Busy, DataUnusable."""
        if not self.layout.run.exists():
            left = belonging_to(self.layout)  # somebody removed DATA under a running stack
            end(left)
            return bool(left)
        with usable(self.layout), alone(self.layout):
            return self._stop()

    def pid(self, name: str) -> int | None:
        """The process id of a living process, None while it is not."""
        return pid_of(next((p for p in self._supervisor.processes() if p["name"] == name), None))

    def kill(self, name: str, signal: int = signals.SIGKILL) -> None:
        """Send a signal to one process; the supervisor starts it again."""
        pid = self.pid(name)
        if pid is not None:
            os.kill(pid, signal)

    def _is_up(self) -> bool:
        return bool(self._supervisor.processes()) and endpoints_file(self.layout.data).exists()

    def _needs(self) -> tuple[Settings, list[str], Ports]:
        """The settings without this stack's own, what it starts of broker and store, its ports. Raises PortTaken.

        Before anything is touched: who has the port may be this very stack, started by another path to DATA.
        """
        settings = without_own(self.layout, self.settings)
        bases = [name for name, given in zip(BASES, (settings.kafka, settings.clickhouse), strict=True) if not given]
        needed = [*bases, *(["controller"] if BROKER in bases else ()), *(["page"] if SERVE in self.stages else ())]
        return settings, bases, ports_of(self.layout, needed, settings.serve_port)

    def _start(self, settings: Settings, bases: Sequence[str], ports: Ports) -> None:
        self.kafka = settings.kafka or f"{LOOPBACK}:{ports.broker}"
        huiyu = passwords_of(self.layout).huiyu
        self.clickhouse = settings.clickhouse or f"http://huiyu:{huiyu}@{LOOPBACK}:{ports.store}"
        own = {"kafka": self.kafka, "clickhouse": self.clickhouse, "serve_port": ports.page}
        self.settings = settings.model_copy(update=own)
        self.page = page_address(self.settings) if SERVE in self.stages else ""
        shutil.rmtree(self.layout.ready, ignore_errors=True)
        self.layout.ready.mkdir()
        self._supervisor.start(self._programs(bases, ports), environment_of(self.settings))
        self._begin(bases)
        endpoints = {"kafka": self.kafka, "clickhouse": self.clickhouse}
        endpoints |= {"page": self.page} if self.page else {}
        write_private(endpoints_file(self.layout.data), json.dumps(endpoints))

    def _programs(self, bases: Sequence[str], ports: Ports) -> list[Program]:
        programs = [broker_program(self.layout, ports)] if BROKER in bases else []
        if STORE in bases:
            programs.append(store_program(ports))
        return programs + [stage_program(self.layout, name) for name in self.stages]

    def _begin(self, bases: Sequence[str]) -> None:
        """Broker and store, then topics and tables, then the stages: none of them ever finds something missing."""
        from streams.embedded.topics_admin import apply_topics
        from streams.store.migrate import migrate

        readiness = Readiness(self.layout, self._supervisor)
        self._supervisor.begin(bases)
        if BROKER in bases:
            readiness.wait_for_base(BROKER, lambda: probes.broker_answers(self.kafka))
        if STORE in bases:
            readiness.wait_for_base(STORE, lambda: probes.store_answers(self.clickhouse))
        apply_topics(self.settings)
        migrate(self.settings)
        self._supervisor.begin(self.stages)
        for name in self.stages:
            readiness.wait_for_stage(name)

    def _stop(self) -> bool:
        """Stages first, then store and broker, then the supervisor; whatever is left is ended by its mark."""
        endpoints_file(self.layout.data).unlink(missing_ok=True)
        thaw(belonging_to(self.layout))
        names = {p["name"] for p in self._supervisor.processes()}
        try:
            for group in (names - set(BASES), names & {STORE}, names & {BROKER}):
                self._supervisor.halt(group)
            if names:
                self._supervisor.shutdown()
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            pass  # the supervisor itself went away; its processes are found by their mark
        left = belonging_to(self.layout)
        end(left)
        return bool(names or left)
