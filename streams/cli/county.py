"""Commands for simulate, demo, audit, bench."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.errors import Failure

if TYPE_CHECKING:
    from rich.console import Console

    from streams.simulate import Plan

PLAIN_WIDTH = 120
"""Columns where no terminal says how many there are."""

Children = Annotated[int, typer.Option(min=10, help="children of the county; the default fills the reference county")]
Days = Annotated[int, typer.Option(min=10, max=1_000, help="simulated days")]
Until = Annotated[
    str, typer.Option(metavar="DATE", help="the last simulated day: 1980-01-01 or later, no later than today")
]
Seed = Annotated[int, typer.Option(help="another seed is another county")]


class Faults(StrEnum):
    none = "none"
    light = "light"
    heavy = "heavy"


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    for command in (demo, simulate, audit, bench):
        app.command()(command)


def demo(children: Children = 5_400, days: Days = 120, until: Until = "2026-06-30", seed: Seed = 1) -> None:
    """The whole thing on this machine: stack up, a county simulated and compared with its books, an overview."""
    from streams.demo.run import run

    run(_plan(children, days, until, seed, Faults.light), _console())


def _console() -> Console:
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def simulate(
    out: Annotated[Path, typer.Option(help="folder for events.jsonl, faults.jsonl, schedule.json, truth/")],
    children: Children = 5_400,
    days: Days = 120,
    until: Until = "2026-06-30",
    seed: Seed = 1,
    faults: Annotated[Faults, typer.Option(help="what happens to records on their way")] = Faults.light,
) -> None:
    """A county's events and what must come of them, written to a folder; no stack is needed.

    events.jsonl: one event a line, in the order of publication, as `huiyu publish` takes them.

    faults.jsonl: records that must be refused: after (how many lines of events.jsonl come before it), topic, key,
    value or value_base64, partition.

    schedule.json: for each day tick_at (the tick that ends it), lines (of events.jsonl published by then) and
    partitions (line → partition that its key does not give).

    truth/: the county's own books, TABLE.jsonl with a row a line for each view that has a row per thing,
    county_overview.json, rejections.json (topic → code → how many). docs/simulator.md tells each column.
    """
    from streams.simulate import simulate as write

    plan = _plan(children, days, until, seed, faults)
    try:
        summary = write(plan, out)
    except OSError as error:
        raise Failure(f"--out {out} cannot be written: {error.strerror}") from error
    print(
        f"{summary['events']:,} events and {summary['faults']:,} faulty records in {out}, the truth in {out / 'truth'}"
    )
    print(f"children joined from several subjects: {summary['joined']:,}")


def _plan(children: int, days: int, until: str, seed: int, faults: Faults) -> Plan:
    from streams.simulate import CHINA, EARLIEST, Plan

    try:
        last = date.fromisoformat(until)
    except ValueError:
        raise Failure(f"--until {until!r} is no date YYYY-MM-DD") from None
    today = datetime.now(CHINA).date()
    if last < EARLIEST:
        raise Failure(f"--until {until} is before {EARLIEST}: what its children's dates need, no table can hold")
    if last > today:
        refused = "its events would be refused as time-in-future"
        raise Failure(f"--until {until} is after this machine's today, {today} (the earliest is {EARLIEST}): {refused}")
    return Plan(children=children, days=days, until=last, seed=seed, faults=faults.value)


def audit(
    limit: int = typer.Option(50, min=0, help="differences shown for each check; all are counted"),
    as_json: bool = typer.Option(False, "--json", help="print JSON"),
) -> None:
    """Compare log and store record by record, with SQL of its own; exit 1 says what differs. First run `huiyu wait`."""
    from streams.audit.command import run_audit

    raise typer.Exit(run_audit(limit, as_json))


def bench(
    events: Annotated[
        int, typer.Option(min=1_000, help="about how many events the simulated county publishes")
    ] = 200_000,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="write every figure as JSON")] = None,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="put the table into this page, between its two marks")
    ] = None,
    picture: Annotated[Path | None, typer.Option(metavar="FILE", help="draw the curve (SVG); needs pygal")] = None,
) -> None:
    """Speed, latency, recovery, disk and memory of this machine, on stacks of its own: one table of one run.

    docs/figures.md tells how each figure is measured.
    """
    from streams.bench.run import Wanted, run
    from streams.bench.sizes import Sizes

    run(Sizes(events), Wanted(json, write, picture), _console())
