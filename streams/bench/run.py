"""`huiyu bench`: three stacks one after the other, each with its broker and store, and nothing left of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from rich.console import Console

from streams.bench.alone import alone
from streams.bench.curve import Curve
from streams.bench.figures import Figure, Point, Report, ratios
from streams.bench.growth import growth
from streams.bench.machine import load, machine
from streams.bench.page import rewrite, text_of
from streams.bench.picture import draw
from streams.bench.sizes import Sizes
from streams.bench.table import rich_table
from streams.bench.whole import whole_path
from streams.demo.run import own_settings
from streams.demo.signals import orderly_end, put_off, unheard_after
from streams.embedded.stack import STAGES, Stack
from streams.simulate import simulate


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the results go besides the terminal; None: nowhere."""

    json: Path | None = None
    page: Path | None = None
    picture: Path | None = None


def run(sizes: Sizes, wanted: Wanted, console: Console) -> None:
    """Measure everything, print the table, write what is wanted. Raises Failure, and leaves nothing running."""
    if wanted.page is not None:
        text_of(wanted.page)
    report = measure(sizes, console)
    console.print(rich_table(report))
    if wanted.json is not None:
        wanted.json.write_bytes(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2) + b"\n")
    if wanted.page is not None:
        rewrite(wanted.page, report)
    if wanted.picture is not None and (hindered := draw(report.curve, wanted.picture)):
        console.print(hindered, markup=False, highlight=False)


def measure(sizes: Sizes, console: Console) -> Report:
    """One run."""
    started, at = time.monotonic(), datetime.now().astimezone().isoformat(sep=" ", timespec="minutes")
    where = f"{machine()}; {load()}"
    figures, points = list[Figure](), list[Point]()
    with orderly_end() as ending, tempfile.TemporaryDirectory(prefix="huiyu-bench-") as folder, unheard_after():
        county = Path(folder) / "county"
        _say(console, started, f"simulating a county of about {sizes.events:,} events …")
        simulate(sizes.county, county)
        with _stack(Path(folder) / "whole", STAGES) as stack:
            _say(console, started, "the whole path, then latency …")
            figures += whole_path(stack, county, sizes, ending)
        with _stack(Path(folder) / "alone", ()) as stack:
            _say(console, started, "each stage alone …")
            figures += alone(stack, county, ending)
        with _stack(Path(folder) / "curve", ()) as stack:
            _say(console, started, "more and more children, and recovery …")
            curve = Curve(stack, sizes, ending)
            figures += curve.measure()
            points += curve.points
        _say(console, started, "z-scores; stacks stopped, nothing left running")
        figures += growth()
    return Report(at, where, sizes.events, (*figures, *ratios(figures)), tuple(points))


@contextmanager
def _stack(data: Path, stages: tuple[str, ...]) -> Iterator[Stack]:
    """A stack of the run's own, whatever the environment says."""
    with own_settings(data) as settings:
        stack = Stack(data, "manual", stages, settings=settings)
        stack.up()
        try:
            yield stack
        finally:
            with put_off():
                stack.down()


def _say(console: Console, started: float, text: str) -> None:
    console.print(f"[{time.monotonic() - started:5.1f} s] {text}", markup=False, highlight=False)
