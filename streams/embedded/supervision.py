"""The supervisor (supervisord) of one stack: its configuration, its start, and talking to it."""

from __future__ import annotations

import os
import subprocess
import sys
import xmlrpc.client
from collections.abc import Mapping
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from streams.embedded.layout import Layout
from streams.errors import Failure

MARK = "HUIYU_STACK"
STOP_WAIT_S = 20


def write_config(layout: Layout, commands: Mapping[str, str], environment: Mapping[str, Mapping[str, str]]) -> None:
    """One program per process; each is restarted for ever, with growing pauses."""
    parts = [_daemon(layout)]
    parts += [_program(layout, name, command, environment.get(name, {})) for name, command in commands.items()]
    (layout.run / "supervisord.conf").write_text("\n".join(parts))


def _daemon(layout: Layout) -> str:
    return f"""[unix_http_server]
file={_escaped(layout.socket)}
chmod=0700

[supervisord]
logfile={_escaped(layout.logs / "supervisor.log")}
logfile_maxbytes=5MB
logfile_backups=2
pidfile={_escaped(layout.run / "supervisor.pid")}
childlogdir={_escaped(layout.logs)}
directory={_escaped(layout.data)}
nodaemon=false
minfds=1024

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""


def _program(layout: Layout, name: str, command: str, environment: Mapping[str, str]) -> str:
    variables = ",".join(f'{key}="{_escaped(value)}"' for key, value in environment.items())
    return f"""[program:{name}]
command={_escaped(command)}
environment={variables}
autostart=false
autorestart=true
startsecs=1
startretries=1000000
stopsignal=TERM
stopwaitsecs={STOP_WAIT_S}
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={_escaped(layout.logs / name)}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=3
"""


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")


def start(layout: Layout, environment: Mapping[str, str]) -> None:
    """Start the daemon; its environment, and so every process's, carries the stack's mark."""
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(layout.run / "supervisord.conf")]
    done = subprocess.run(
        command,
        env={**os.environ, **environment, MARK: str(layout.data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Failure(f"the supervisor did not start: {' '.join((done.stderr or done.stdout).split()[-30:])}")


def remote(layout: Layout) -> Any:
    """The supervisor's XML-RPC interface; calls raise OSError when it is not there."""
    transport = SupervisorTransport(None, None, f"unix://{layout.socket}")
    return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor


def processes(layout: Layout) -> list[dict[str, Any]]:
    """Name, state, pid and start time of every process; [] when no supervisor answers."""
    try:
        found = remote(layout).getAllProcessInfo()
    except (OSError, xmlrpc.client.Error):
        return []
    return list(found)
