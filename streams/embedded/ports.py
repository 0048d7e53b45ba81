"""Loopback ports of a stack: free ones the first time, the same ones ever after, since clients know them."""

from __future__ import annotations

import json
import random
import socket
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streams.embedded.layout import Layout
from streams.embedded.private_file import write_private
from streams.errors import PortTaken
from streams.settings import Settings

LOOPBACK = "127.0.0.1"
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST, USUAL_EPHEMERAL = 15_000, 32_768


@dataclass(frozen=True, slots=True)
class Ports:
    broker: int
    controller: int
    store: int
    page: int = 0


def known_ports(layout: Layout) -> Ports | None:
    """The ports that this stack has used before; `page` is 0 where an earlier huiyu knew none."""
    return Ports(**json.loads(layout.ports.read_text())) if layout.ports.exists() else None


def ports_of(layout: Layout, needed: Iterable[str], page: int | None = None) -> Ports:
    """The stack's ports; `page` where a setting says it. Raises PortTaken when a needed one is in use."""
    known = known_ports(layout)
    ports = known or Ports(*_free(4))
    if not ports.page:
        ports = replace(ports, page=_free(1)[0])
    if ports != known:
        write_private(layout.ports, json.dumps(asdict(ports)))
    ports = replace(ports, page=page or ports.page)
    for name in needed:
        port = asdict(ports)[name]
        if not _is_free(port):
            raise PortTaken(f"port {port} of the {name} is taken by another process: end it, or delete {layout.ports}")
    return ports


def without_own(layout: Layout, settings: Settings) -> Settings:
    """In a shell that ran `eval "$(huiyu env)"` the settings name this stack's own broker and store: left out."""
    ports = known_ports(layout)
    if ports is None:
        return settings
    url = urlsplit(settings.clickhouse or "")
    own: dict[str, Any] = {}
    if settings.kafka == f"{LOOPBACK}:{ports.broker}":
        own["kafka"] = None
    if (url.hostname, url.port) == (LOOPBACK, ports.store):
        own["clickhouse"] = None
    return settings.model_copy(update=own)


def _free(count: int) -> list[int]:
    """Below the ports from which the kernel serves outgoing connections.

    A client that goes on asking for a broker that was killed would sooner or later be given the broker's own port,
    connect to itself and keep the broker from coming back.
    """
    candidates = random.SystemRandom().sample(range(LOWEST, _first_ephemeral()), 200)
    free = [port for port in candidates if _is_free(port)]
    if len(free) < count:
        raise PortTaken(f"no free ports between {LOWEST} and {_first_ephemeral()} on {LOOPBACK}")
    return free[:count]


def _first_ephemeral() -> int:
    try:
        first = int(EPHEMERAL.read_text().split()[0])
    except (OSError, ValueError, IndexError):  # not Linux
        first = USUAL_EPHEMERAL
    return first if first > LOWEST + 1_000 else USUAL_EPHEMERAL


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
