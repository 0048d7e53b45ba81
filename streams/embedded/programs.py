"""What runs in a stack: the command and the environment of each process."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from streams.embedded import broker
from streams.embedded.layout import Layout
from streams.embedded.ports import LOOPBACK, Ports
from streams.settings import Settings

BROKER, STORE, SERVE = "broker", "store", "serve"
BASES = (BROKER, STORE)
EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Program:
    """`command` runs in DATA; `rank` orders an orderly end, the greatest first.

    One that ends within `settles_s` is started again later and later. A stage may only learn what is wrong when it has
    been given partitions, and after the end of another it waits for them until that one's session has timed out.
    """

    name: str
    command: Sequence[str]
    rank: int
    environment: Mapping[str, str] = field(default_factory=dict)
    settles_s: int = 5


def broker_program(layout: Layout, ports: Ports) -> Program:
    """Apache Kafka. Raises NoKafka, Failure."""
    return Program(BROKER, broker.command(layout, ports), 100, broker.ENVIRONMENT)


def store_program(ports: Ports) -> Program:
    """The ClickHouse engine behind its HTTP interface."""
    return Program(STORE, [sys.executable, "-m", "streams.embedded.store", ".", str(ports.store)], 200)


def stage_program(layout: Layout, name: str) -> Program:
    """One stage; it announces itself in a file of its own."""
    ready = str(ready_file(layout, name).relative_to(layout.data))
    return Program(name, [sys.executable, "-m", "streams.cli", "run", name], 300, {"HUIYU_READY_FILE": ready}, 15)


def page_address(settings: Settings) -> str:
    """The base of what `serve` answers at, as a client on this machine calls it."""
    scheme = "https" if settings.serve_certificate else "http"
    host = LOOPBACK if settings.serve_host in EVERYWHERE else settings.serve_host
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.serve_port}"


def ready_file(layout: Layout, name: str) -> Path:
    return layout.ready / name


def environment_of(settings: Settings) -> dict[str, str]:
    """Every setting as the variable that it is read from; paths absolute, since processes run in DATA."""
    chosen = {name: getattr(settings, name) for name in Settings.model_fields}
    return {f"HUIYU_{name.upper()}": _text(value) for name, value in chosen.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Path):
        return str(value.expanduser().resolve())
    return str(value)
