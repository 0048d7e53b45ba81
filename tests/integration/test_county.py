"""Simulated counties on the real stack: what can be queried equals each county's own books, cell by cell."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from streams.audit import audit
from streams.clock.wait import wait
from streams.demo.compare import compare
from streams.demo.county import County, Day, Message, Ticks, days
from streams.embedded.stack import Stack
from streams.settings import Settings
from streams.simulate import Faults, simulate
from streams.store.client import connect
from streams.store.read import Queries
from tests.support.county import plan
from tests.support.injuries import Injuries
from tests.support.log_scan import leaks, secrets_of

WAIT_S = 240


@dataclass(frozen=True)
class Run:
    """How one county is published."""

    seed: int
    faults: Faults
    shuffled: bool
    ticks: Ticks
    injured: bool = False

    def __str__(self) -> str:
        order = "shuffled" if self.shuffled else "in-order"
        return f"{self.faults}-{order}-{self.ticks}{'-injured' if self.injured else ''}"


# Every pair of {light, heavy} × {in order, shuffled} × {one tick, daily ticks} is here; two runs are injured.
RUNS = [
    Run(101, "light", False, "end"),
    Run(102, "light", True, "daily"),
    Run(103, "heavy", False, "daily"),
    Run(104, "heavy", True, "end"),
    Run(105, "light", True, "end", injured=True),
    Run(106, "heavy", False, "daily", injured=True),
]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with Stack(data=tmp_path / "data", clock="manual") as running:
        yield running


def _order(run: Run, day: Day) -> list[Message]:
    """The day's messages as they are published; shuffled: across all topics and subjects, duplicates included."""
    messages = list(day.messages)
    if run.shuffled:
        random.Random(run.seed).shuffle(messages)
    return messages


def _publish(run: Run, folder: Path, settings: Settings) -> None:
    with County(settings) as county:
        for day in days(folder, run.ticks):
            messages = _order(run, day)
            for start in range(0, len(messages), 2_000):
                county.publish(messages[start : start + 2_000])
            county.tick(day.tick_at)


def _kept_queries(settings: Settings) -> list[str]:
    """The engine's own logs: their queries would hold what somebody asked for."""
    sql = "SELECT name FROM system.tables WHERE database = 'system' AND name LIKE '%\\_log' AND total_rows > 0"
    return [name for (name,) in Queries(connect(settings), settings).ask(sql).rows]


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_a_county_gives_its_exact_truth_in_every_view(run: Run, stack: Stack, tmp_path: Path) -> None:
    settings = Settings(kafka=stack.kafka, clickhouse=stack.clickhouse, data=tmp_path / "data", clock="manual")
    simulate(plan(seed=run.seed, faults=run.faults), tmp_path / "county")
    injuries = Injuries(stack, run.seed, least=12) if run.injured else None
    if injuries:
        injuries.start()
    _publish(run, tmp_path / "county", settings)
    if injuries:
        injuries.finish()
    wait(settings, WAIT_S)
    comparison = compare(Queries(connect(settings), settings), tmp_path / "county" / "truth")
    assert comparison.rows["timeline"] > 1_000
    assert [str(difference) for difference in comparison.differences[:20]] == []
    assert [str(difference) for difference in audit(settings).differences[:20]] == []
    assert leaks(stack.layout.logs, secrets_of(tmp_path / "county")) == []
    assert _kept_queries(settings) == []
