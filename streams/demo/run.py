"""`huiyu demo`: one command from nothing to a county's numbers, compared with the county's own books."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from streams.clock.wait import wait
from streams.demo.alerts_by_rule import score
from streams.demo.compare import compare
from streams.demo.county import County, days
from streams.demo.show import show_alerts, show_differences, show_next, show_overview, show_scores, show_timeline
from streams.demo.signals import Ending, orderly_end, unheard_after
from streams.demo.survey import import_survey
from streams.embedded.stack import Stack
from streams.errors import Failure
from streams.settings import PREFIX, Settings
from streams.simulate import Plan, simulate
from streams.store.client import connect
from streams.store.read import Queries

WAIT_S = 600


class NotTheTruth(Failure):
    """What can be queried differs from the county's own books."""


@contextmanager
def own_settings(data: Path) -> Iterator[Settings]:
    """The demo's settings, whatever the environment says; it is free of ours while the demo lasts.

    Each process of the stack inherits it: a HUIYU_KAFKA there would send a county's events into somebody's broker.
    """
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.upper().startswith(PREFIX)}
    try:
        yield Settings(data=data, clock="manual")
    finally:
        os.environ.update(kept)


def run(plan: Plan, console: Console) -> None:
    """Simulate, publish, wait, show, compare; nothing is left running, also not after a signal. Raises NotTheTruth."""
    started = time.monotonic()
    with orderly_end() as ending, tempfile.TemporaryDirectory(prefix="huiyu-demo-") as folder:
        county, data = Path(folder) / "county", Path(folder) / "data"
        with own_settings(data) as settings, _simulating(plan, county) as simulated:
            _say(console, started, f"simulating {plan.days} days of a county until {plan.until}, starting the stack …")
            with Stack(data=data, clock="manual", settings=settings) as stack, unheard_after():
                _say(console, started, "Apache Kafka, the ClickHouse engine and the stages are ready")
                ending.check()
                summary = simulated()
                counted = f"{summary['events']:,} events, {summary['faults']:,} faulty records"
                _say(console, started, f"{counted}; publishing …")
                _publish(stack.settings, county, console, started, ending)
                _show(stack.settings, county, console, started)
        _say(console, started, "stack stopped, nothing left running")


@contextmanager
def _simulating(plan: Plan, county: Path) -> Iterator[Callable[[], dict[str, Any]]]:
    """Simulates in a process of its own while the stack starts; gives what waits for it and tells its summary."""
    process = get_context("spawn").Process(target=simulate, args=(plan, county), daemon=True)
    process.start()

    def summary() -> dict[str, Any]:
        process.join()
        if process.exitcode != 0:
            raise Failure("the county could not be simulated: what is wrong stands above")
        return cast("dict[str, Any]", json.loads((county / "summary.json").read_bytes()))

    try:
        yield summary
    finally:
        process.terminate()
        process.join()


def _publish(settings: Settings, county: Path, console: Console, started: float, ending: Ending) -> None:
    began = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    plan = list(days(county))
    with County(settings) as publisher, Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("days published", total=len(plan))
        for number, day in enumerate(plan, 1):
            publisher.publish(day.messages)
            publisher.tick(day.tick_at)
            ending.check()
            bar.advance(task)
            if not console.is_terminal and number % 30 == 0:
                _say(console, started, f"day {number} of {len(plan)}, {publisher.published:,} records")
        published = publisher.published
    wait(settings, WAIT_S)
    ending.check()
    seconds = time.monotonic() - began
    rate = published / seconds
    _say(console, started, f"{published:,} records queryable after {seconds:.1f} s: {rate:,.0f} events per second")


def _show(settings: Settings, county: Path, console: Console, started: float) -> None:
    store = Queries(connect(settings), settings)
    show_overview(console, store)
    show_alerts(console, store)
    show_timeline(console, store)
    show_scores(console, score(store, county / "truth"))
    comparison = compare(store, county / "truth")
    rows, differ = sum(comparison.rows.values()), len(comparison.differences)
    _say(console, started, f"compared {rows:,} rows with the county's own books: {differ} differences")
    if differ:
        show_differences(console, comparison)
        raise NotTheTruth(f"{differ} differences between the store and the county's truth")
    tally = import_survey(settings)
    wait(settings, WAIT_S)
    _say(console, started, f"WHO's survey of 498 children imported: {tally}")
    show_next(console)


def _say(console: Console, started: float, text: str) -> None:
    console.print(f"[{time.monotonic() - started:5.1f} s] {text}", markup=False, highlight=False)
