"""One embedded stack: broker, store and stages under a supervisor; up, down, and what is running."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal as signals
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from streams.embedded import broker, probes, supervision
from streams.embedded.layout import Layout
from streams.embedded.marked import belonging_to, end
from streams.embedded.ports import LOOPBACK, Ports, ports_of
from streams.embedded.ready import announced
from streams.embedded.secrets import passwords_of
from streams.endpoints import endpoints_file
from streams.errors import Failure
from streams.settings import Settings

STAGES = ("intake", "timeline", "centers", "sink")
PATIENCE_S = 90.0


class NotReady(Failure):
    """A process did not become ready in time."""

    exit_code = 11


class Busy(Failure):
    """Another command works on this DATA."""

    exit_code = 12


class Stack:
    """A stack in `data`; a context manager for tests and the demo. `stages` () starts broker and store only."""

    def __init__(
        self,
        data: Path,
        clock: Literal["live", "manual"] = "manual",
        stages: Sequence[str] = STAGES,
        partitions: int | None = None,
        settings: Settings | None = None,
    ) -> None:
        given = settings or Settings()
        changes: dict[str, Any] = {"data": data, "clock": clock, "partitions": partitions or given.partitions}
        self.settings = given.model_copy(update=changes)
        self.layout = Layout.of(data)
        self.stages = (*stages, "clock") if clock == "live" and stages else tuple(stages)
        self.kafka = self.clickhouse = ""

    def __enter__(self) -> Stack:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def up(self) -> bool:
        """Start everything and return when it is ready; False when it already runs. Raises Failure."""
        self.layout.prepare()
        with self._alone():
            if self._is_up():
                self._known_endpoints()
                return False
            end(belonging_to(self.layout))  # orphans of a supervisor that was killed
            try:
                self._start()
            except BaseException:
                self._stop()
                raise
            return True

    def down(self) -> bool:
        """End every process of this DATA and nothing else; False when none was there."""
        if not self.layout.data.exists():
            return False
        with self._alone():
            return self._stop()

    def pid(self, name: str) -> int | None:
        """The process id of a running process, None while it is not running."""
        found = {p["name"]: p for p in supervision.processes(self.layout)}
        process = found.get(name)
        return int(process["pid"]) if process and process["statename"] == "RUNNING" else None

    def kill(self, name: str, signal: int = signals.SIGKILL) -> None:
        """Send a signal to one process; the supervisor starts it again."""
        pid = self.pid(name)
        if pid is not None:
            os.kill(pid, signal)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.layout.run.mkdir(parents=True, exist_ok=True)
        with (self.layout.run / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(f"another huiyu command starts or stops the stack in {self.layout.data}") from None
            yield

    def _is_up(self) -> bool:
        return bool(supervision.processes(self.layout)) and endpoints_file(self.layout.data).exists()

    def _known_endpoints(self) -> None:
        known = json.loads(endpoints_file(self.layout.data).read_text())
        self.kafka, self.clickhouse = known["kafka"], known["clickhouse"]

    def _start(self) -> None:
        from streams.embedded.topics_admin import apply_topics
        from streams.store.migrate import migrate

        ports = ports_of(self.layout)
        self.kafka = self.settings.kafka or f"{LOOPBACK}:{ports.broker}"
        passwords = passwords_of(self.layout)
        self.clickhouse = self.settings.clickhouse or f"http://huiyu:{passwords.huiyu}@{LOOPBACK}:{ports.store}"
        shutil.rmtree(self.layout.ready, ignore_errors=True)
        self.layout.ready.mkdir()
        commands = self._commands(ports)
        supervision.write_config(self.layout, commands, self._environments())
        supervision.start(self.layout, self._settings_environment())
        self._begin([name for name in ("broker", "store") if name in commands])
        self._until(lambda: probes.broker_answers(self.kafka), "broker")
        self._until(lambda: probes.store_answers(self.clickhouse), "store")
        settings = self.settings.model_copy(update={"kafka": self.kafka, "clickhouse": self.clickhouse})
        apply_topics(settings)
        migrate(settings)
        self._begin(self.stages)
        for name in self.stages:
            self._until(lambda name=name: self._is_ready(name), name)  # type: ignore[misc]
        self._write_endpoints()

    def _commands(self, ports: Ports) -> dict[str, str]:
        python = sys.executable
        commands = {}
        if self.settings.kafka is None:
            commands["broker"] = broker.command(self.layout, ports)
        if self.settings.clickhouse is None:
            commands["store"] = f"{python} -m streams.embedded.store {self.layout.data} {ports.store}"
        return commands | {name: f"{python} -m streams.cli run {name}" for name in self.stages}

    def _settings_environment(self) -> dict[str, str]:
        chosen = {
            "KAFKA": self.kafka,
            "CLICKHOUSE": self.clickhouse,
            "DATA": str(self.layout.data),
            "CLOCK": self.settings.clock,
            "TIMEZONE": self.settings.timezone,
            "PARTITIONS": str(self.settings.partitions),
        }
        return {f"HUIYU_{name}": value for name, value in chosen.items()}

    def _environments(self) -> dict[str, dict[str, str]]:
        return {name: {"HUIYU_READY_FILE": str(self.layout.ready / name)} for name in self.stages}

    def _begin(self, names: Sequence[str]) -> None:
        remote = supervision.remote(self.layout)
        for name in names:
            remote.startProcess(name, False)

    def _is_ready(self, name: str) -> bool:
        pid = self.pid(name)
        return pid is not None and announced(self.layout.ready / name, pid)

    def _until(self, ready: Callable[[], bool], name: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not ready():
            if time.monotonic() > deadline:
                raise NotReady(f"{name} is not ready after {PATIENCE_S:.0f} s: see {self.layout.logs / name}.log")
            time.sleep(0.1)

    def _write_endpoints(self) -> None:
        path = endpoints_file(self.layout.data)
        partial = path.with_suffix(".tmp")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"kafka": self.kafka, "clickhouse": self.clickhouse}, file)
        partial.replace(path)

    def _stop(self) -> bool:
        """Stages first, then store and broker, then the supervisor; whatever is left is ended by its mark."""
        endpoints_file(self.layout.data).unlink(missing_ok=True)
        names = {p["name"] for p in supervision.processes(self.layout)}
        if names:
            remote = supervision.remote(self.layout)
            for group in ([n for n in names if n not in ("broker", "store")], ["store"], ["broker"]):
                self._halt(remote, [name for name in group if name in names])
            remote.shutdown()
        left = belonging_to(self.layout)
        end(left)
        return bool(names or left)

    def _halt(self, remote: Any, names: Sequence[str]) -> None:
        import xmlrpc.client

        for name in names:
            try:
                remote.stopProcess(name, False)
            except xmlrpc.client.Fault:  # NOT_RUNNING: it was not started, or it waits to be restarted
                continue
        deadline = time.monotonic() + supervision.STOP_WAIT_S + 5
        while any(p["name"] in names and p["pid"] for p in supervision.processes(self.layout)):
            if time.monotonic() > deadline:
                return
            time.sleep(0.05)
