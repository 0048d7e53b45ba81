"""What `huiyu status` knows, as values; a figure that nobody could tell is None, and `unknown` says why. Pure.

The names are those of the keys that `--json` prints: docs/operator.md tells each, and they stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the stack. `restarts`: since the supervisor started. `reason`: why it ended, as it said."""

    process: str
    state: str
    pid: int | None = None
    up_s: int | None = None
    restarts: int | None = None
    memory_bytes: int | None = None
    address: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """`lag`: records (and markers of transactions) that wait for the stage. `now`: what its rows in the store tell."""

    stage: str
    lag: int | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """`last_tick`: the newest that was published. `now`: the moment that queries stand at, the least of the stages'."""

    last_tick: datetime | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """Records that wait for a registration, a link or a registered source; since when the oldest does."""

    records: int | None = None
    subjects: int | None = None
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Disk:
    """What DATA takes by part, and what its disk has left."""

    broker_bytes: int | None = None
    store_bytes: int | None = None
    logs_bytes: int | None = None
    free_bytes: int | None = None
    total_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A part of which nothing is known now, and why."""

    part: str
    why: str


@dataclass(frozen=True, slots=True)
class Status:
    """A stack at the moment `at`."""

    at: datetime
    data: str
    processes: tuple[Process, ...]
    stages: tuple[Stage, ...]
    clock: Clock
    parked: Parked
    disk: Disk
    unknown: tuple[Unknown, ...] = field(default=())

    @property
    def is_sound(self) -> bool:
        """Every process runs, and every part answered."""
        return not self.unknown and all(process.state == "running" for process in self.processes)
