"""The supervisor (supervisord) of one stack: its configuration, its start, and talking to it."""

from __future__ import annotations

import http.client
import os
import shlex
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any

from streams.embedded.layout import Layout
from streams.embedded.programs import Program
from streams.errors import Failure
from streams.handles import allowed

MARK = "HUIYU_STACK"
CONFIG = "run/supervisord.conf"
ANSWER_S = 10.0
STOP_WAIT_S = 20
SETTLED = ("STOPPED", "FATAL", "UNKNOWN")
"""States from which the supervisor starts nothing by itself."""


class Supervisor:
    """The supervisor of one stack; every path that it is told is relative to DATA, where it runs."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def start(self, programs: Iterable[Program], environment: Mapping[str, str]) -> None:
        """Start the daemon; its environment, and so every process's, carries the stack's mark. Raises Failure."""
        config = "\n".join([_daemon(self._layout), *map(_program, programs)])
        (self._layout.data / CONFIG).write_text(config, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", CONFIG],
            cwd=self._layout.data,
            env={**os.environ, **environment, MARK: str(self._layout.data)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Failure(f"the supervisor did not start: {' '.join((done.stderr or done.stdout).split()[-30:])}")

    def processes(self) -> list[dict[str, Any]]:
        """Name, state, pid and start time of every process; [] when no supervisor answers."""
        try:
            return list(self._remote().getAllProcessInfo())
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return []

    def begin(self, names: Iterable[str]) -> None:
        """Start processes without waiting for them."""
        for name in names:
            self._remote().startProcess(name, False)

    def halt(self, names: Collection[str]) -> None:
        """Stop processes at once and wait until they are gone, or have been killed for not going.

        Asked again and again: one that just ended by itself cannot be stopped, and the supervisor starts it once more.
        """
        deadline = time.monotonic() + STOP_WAIT_S + 5
        while left := self._unsettled(names):
            for name in left:
                with suppress(xmlrpc.client.Fault):  # NOT_RUNNING: it has ended, or is being stopped
                    self._remote().stopProcess(name, False)
            if time.monotonic() > deadline:
                return
            time.sleep(0.05)

    def _unsettled(self, names: Collection[str]) -> list[str]:
        return [p["name"] for p in self.processes() if p["name"] in names and p["statename"] not in SETTLED]

    def shutdown(self) -> None:
        """End the supervisor itself, and whatever still runs under it."""
        self._remote().shutdown()

    def _remote(self) -> Any:
        server = xmlrpc.client.ServerProxy("http://localhost", _UnixTransport(str(self._layout.socket)))
        return server.supervisor


class _UnixTransport(xmlrpc.client.Transport):
    """The library's own transport would wait for ever for a supervisor that is frozen."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        return _UnixConnection(self._path)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=ANSWER_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(ANSWER_S)
        self.sock.connect(self._path)


def _daemon(layout: Layout) -> str:
    within = layout.socket.is_relative_to(layout.data)
    path = layout.socket.relative_to(layout.data) if within else _escaped(str(layout.socket))
    return f"""[unix_http_server]
file={path}
chmod=0700

[supervisord]
logfile=logs/supervisor.log
logfile_maxbytes=5MB
logfile_backups=2
pidfile=run/supervisor.pid
childlogdir=logs
minfds={allowed()}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""


def _program(program: Program) -> str:
    """Restarted for ever; one that ends before it has run for `settles_s` waits a second longer each time."""
    variables = ",".join(f'{key}="{_escaped(value)}"' for key, value in program.environment.items())
    return f"""[program:{program.name}]
command={_escaped(shlex.join(program.command))}
environment={variables}
priority={program.rank}
autostart=false
autorestart=true
startsecs={program.settles_s}
startretries=1000000
stopsignal=TERM
stopwaitsecs={STOP_WAIT_S}
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile=logs/{program.name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=3
"""


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
