"""Loopback ports of a stack: free ones the first time, the same ones ever after, since clients know them."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass

from streams.embedded.layout import Layout
from streams.errors import PortTaken

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    broker: int
    controller: int
    store: int


def ports_of(layout: Layout) -> Ports:
    """The stack's ports. Raises PortTaken when one that it used before is in use by somebody else."""
    if layout.ports.exists():
        ports = Ports(**json.loads(layout.ports.read_text()))
        for name, port in asdict(ports).items():
            if not _is_free(port):
                raise PortTaken(
                    f"port {port} of the {name} is taken by another process: end it, or delete {layout.ports}"
                )
        return ports
    ports = Ports(*_free(3))
    layout.ports.write_text(json.dumps(asdict(ports)))
    return ports


def _free(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
