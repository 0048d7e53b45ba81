"""A stack's status as JSON and as the lines of a table. Pure: values in, text out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import Any

from streams.status.figures import Clock, Disk, Parked, Process, Stage, Status

MINUTE, HOUR, DAY = 60, 3_600, 86_400
UNITS = ("B", "kB", "MB", "GB", "TB")
NAMES = ("process", "state", "pid", "up for", "restarts", "memory", "lag", "address")


def as_json(status: Status) -> dict[str, Any]:
    """Times in UTC, ages and distances in seconds."""
    found = asdict(status)
    found["clock"]["behind_s"] = _seconds(status.clock.now, status.clock.last_tick)
    found["parked"]["oldest_age_s"] = _seconds(status.parked.oldest_at, status.at)
    return found


def process_rows(status: Status) -> list[tuple[str, ...]]:
    """One row a process, with the lag of its stage; where no process is known one a stage. Under NAMES."""
    lags = {stage.stage: "?" if stage.lag is None else f"{stage.lag:,}" for stage in status.stages}
    rows = [_process_row(process, lags.pop(process.process, "")) for process in status.processes]
    return rows + ([] if status.processes else [(name, "", "", "", "", "", lag, "") for name, lag in lags.items()])


def facts(status: Status, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """(what, how it is), below the table; times in `zone`."""
    yield from ((f"{p.process}", p.reason) for p in status.processes if p.reason)
    yield from _clock_facts(status.clock, status.at, zone)
    yield from ((f"now of {s.stage}", _moment(s.now, zone)) for s in _apart(status))
    yield "parked", _parked_fact(status.parked, status.at, zone)
    yield "disk", _disk_fact(status.disk)
    yield from (("unknown", f"{unknown.part}: {unknown.why}") for unknown in status.unknown)


def _apart(status: Status) -> list[Stage]:
    """The stages' own moments, where they differ."""
    told = [stage for stage in status.stages if stage.now is not None]
    return told if len({stage.now for stage in told}) > 1 else []


def _process_row(process: Process, lag: str) -> tuple[str, ...]:
    return (
        process.process,
        process.state,
        "" if process.pid is None else str(process.pid),
        "" if process.up_s is None else duration(process.up_s),
        _counted(process.restarts),
        "" if process.memory_bytes is None else size(process.memory_bytes),
        lag,
        process.address or "",
    )


def _clock_facts(clock: Clock, at: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    if clock.last_tick is not None:
        ahead = clock.last_tick > at
        note = f" – {duration(_gap(at, clock.last_tick))} ahead of this machine's clock" if ahead else ""
        yield "last tick", _moment(clock.last_tick, zone) + note
    behind = _seconds(clock.now, clock.last_tick)
    note = f" – {duration(behind)} behind the last tick" if behind else ""
    yield "now of queries", "before the first tick" if clock.now is None else _moment(clock.now, zone) + note


def _parked_fact(parked: Parked, at: datetime, zone: tzinfo) -> str:
    if parked.records is None:
        return "?"
    if parked.oldest_at is None:
        return "nothing"
    age = duration(_gap(parked.oldest_at, at))
    counted = f"{_plural(parked.records, 'record')} of {_plural(parked.subjects or 0, 'subject')}"
    return f"{counted}, the oldest for {age} (since {_moment(parked.oldest_at, zone)})"


def _disk_fact(disk: Disk) -> str:
    parts = (("broker", disk.broker_bytes), ("store", disk.store_bytes), ("logs", disk.logs_bytes))
    told = ", ".join(f"{name} {size(count)}" for name, count in parts if count is not None)
    if disk.free_bytes is None or disk.total_bytes is None:
        return told or "?"
    return "; ".join(filter(None, (told, f"{size(disk.free_bytes)} free of {size(disk.total_bytes)}")))


def duration(seconds: float) -> str:
    """In the two greatest units that say something: 42 s, 3 min 5 s, 2 h 7 min, 4 d 1 h."""
    whole = int(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"
    return f"{whole // DAY} d {whole % DAY // HOUR} h"


def size(count: int) -> str:
    """Three digits at least: 512 B, 1.5 MB, 23 MB."""
    value, unit = float(count), 0
    while value >= 1_000 and unit < len(UNITS) - 1:
        value, unit = value / 1_000, unit + 1
    return f"{value:.1f} {UNITS[unit]}" if value < 10 and unit else f"{value:.0f} {UNITS[unit]}"


def _moment(moment: datetime | None, zone: tzinfo) -> str:
    return "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _counted(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _plural(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _seconds(earlier: datetime | None, later: datetime | None) -> int | None:
    return None if earlier is None or later is None else _gap(earlier, later)


def _gap(earlier: datetime, later: datetime) -> int:
    return max(0, int((later - earlier).total_seconds()))
