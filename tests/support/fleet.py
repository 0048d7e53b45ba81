"""Several workers of each stage, which reach broker and store through a network that can be broken."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from streams.embedded.layout import Layout
from streams.embedded.marked import belonging_to, end, thaw
from streams.embedded.ports import LOOPBACK, known_ports, ports_of
from streams.embedded.probes import broker_answers
from streams.embedded.programs import Program, environment_of, ready_file
from streams.embedded.readiness import pid_of
from streams.embedded.ready import announced
from streams.embedded.stack import STAGES, Stack
from streams.embedded.supervision import Supervisor
from tests.support.network import Network
from tests.support.pipeline import until

FULL = "is full"
"""What a sink's log says of such a store."""

SPARE = 3
"""Workers of a stage that may join beside those that it begins with."""


class Disk(Protocol):
    """What can be full."""

    def fill(self) -> None: ...

    def free(self) -> None: ...


class Single:
    """A stack with one worker of each stage, which reach broker and store directly."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.networks: dict[str, Network] = {}
        self.disks: Mapping[str, Disk] = {}

    def pid(self, name: str) -> int | None:
        """The process id of broker, store or a worker, None while it does not live."""
        return self._stack.pid(name)

    def workers(self, stage: str) -> list[str]:
        """Who is meant to work for a stage now."""
        return [stage]

    def ready(self, name: str) -> int | None:
        """The process id of a worker that has opened what it was assigned."""
        return self._announced(self._stack.layout, name)

    def _announced(self, layout: Layout, name: str) -> int | None:
        pid = self.pid(name)
        return pid if pid is not None and announced(ready_file(layout, name), pid) else None


class Fleet(Single):
    """The stages beside a stack of broker and store only, under a supervisor of their own; a context manager."""

    def __init__(self, stack: Stack, folder: Path, workers: int, disks: Mapping[str, Disk]) -> None:
        super().__init__(stack)
        self.disks = disks
        self.layout = Layout.of(folder)
        self.layout.prepare()
        self._supervisor = Supervisor(self.layout)
        self._names = {stage: [f"{stage}-{n}" for n in range(1, workers + SPARE + 1)] for stage in STAGES}
        self._at_work = {stage: list(names[:workers]) for stage, names in self._names.items()}
        self._changing = threading.Lock()
        self._running = ExitStack()

    def __enter__(self) -> Fleet:
        with self._running:
            self._start()
            self._running = self._running.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def pid(self, name: str) -> int | None:
        if name in ("broker", "store"):
            return self._stack.pid(name)
        return pid_of(next((p for p in self._supervisor.processes() if p["name"] == name), None))

    def workers(self, stage: str) -> list[str]:
        with self._changing:
            return list(self._at_work[stage])

    def ready(self, name: str) -> int | None:
        return self._announced(self.layout, name)

    def refusals(self) -> int:
        """How often the store told a sink that its disk is full."""
        logs = [self.layout.log(name) for name in self._names["sink"]]
        return sum(log.read_text("utf-8", "replace").count(FULL) for log in logs if log.exists())

    def join(self, stage: str) -> str:
        """One worker more; its name."""
        with self._changing:
            name = next(n for n in self._names[stage] if n not in self._at_work[stage])
            self._supervisor.begin([name])
            self._at_work[stage].append(name)
        return name

    def leave(self, name: str) -> None:
        """Stop a worker for good."""
        with self._changing:
            self._at_work[name.rpartition("-")[0]].remove(name)
            self._supervisor.halt([name])

    def _start(self) -> None:
        ports, stack_ports = ports_of(self.layout, []), known_ports(self._stack.layout)
        assert stack_ports is not None
        behind, broker, store = ports.broker, ports.controller, ports.store
        self._listen_behind(stack_ports.broker, behind, broker)
        self.networks = {
            "broker": self._running.enter_context(Network(broker, behind)),
            "store": self._running.enter_context(Network(store, stack_ports.store)),
        }
        url = urlsplit(self._stack.clickhouse)
        through = url._replace(netloc=f"{url.username}:{url.password}@{LOOPBACK}:{store}").geturl()
        settings = self._stack.settings.model_copy(
            update={"kafka": f"{LOOPBACK}:{broker}", "clickhouse": through, "data": self.layout.data}
        )
        programs = [self._program(stage, name) for stage, names in self._names.items() for name in names]
        self._running.callback(self._end)
        self._supervisor.start(programs, environment_of(settings))
        begun = [name for names in self._at_work.values() for name in names]
        self._supervisor.begin(begun)
        for name in begun:
            until(partial(self.ready, name), f"{name} is ready", 120)

    def _program(self, stage: str, name: str) -> Program:
        ready = str(ready_file(self.layout, name).relative_to(self.layout.data))
        return Program(name, [sys.executable, "-m", "streams.cli", "run", stage], 300, {"HUIYU_READY_FILE": ready})

    def _listen_behind(self, public: int, behind: int, network: int) -> None:
        """Give the broker a second address, the network's, for whoever asks at the port behind it; start it anew."""
        options = self._stack.layout.broker / "server.properties"
        listener, own = f"STAGES://{LOOPBACK}:{behind}", f"PLAINTEXT://{LOOPBACK}:{public}"
        text = options.read_text()
        assert f"\nlisteners={own}," in text
        assert f"\nadvertised.listeners={own}\n" in text
        text = text.replace(f"\nlisteners={own},", f"\nlisteners={own},{listener},")
        advertised = f"\nadvertised.listeners={own}"
        text = text.replace(f"{advertised}\n", f"{advertised},STAGES://{LOOPBACK}:{network}\n")
        names = ",".join(f"{name}:PLAINTEXT" for name in ("PLAINTEXT", "STAGES", "CONTROLLER"))
        options.write_text(f"{text}listener.security.protocol.map={names}\n")
        before = until(lambda: self._stack.pid("broker"), "the broker runs")
        os.kill(before, signal.SIGTERM)
        until(lambda: self._stack.pid("broker") not in (None, before), "the broker was started again")
        until(lambda: broker_answers(self._stack.kafka), "the broker answers")

    def _end(self) -> None:
        """Every worker, then their supervisor, by their mark."""
        thaw(belonging_to(self.layout))
        running = {p["name"] for p in self._supervisor.processes()}
        self._supervisor.halt(running)
        if running:
            self._supervisor.shutdown()
        end(belonging_to(self.layout))
