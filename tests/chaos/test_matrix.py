"""Simulated counties on the real stack, injured in every way: what can be queried equals each county's own books."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from streams.audit import audit
from streams.clock.wait import wait
from streams.demo.compare import compare
from streams.embedded.stack import Stack
from streams.simulate import simulate
from streams.store.client import connect
from streams.store.read import Queries
from tests.chaos.matrix import CHILDREN, DAYS, Run, runs
from tests.chaos.results import keep, result
from tests.support.county import plan
from tests.support.fleet import Fleet
from tests.support.injuries import Injuries
from tests.support.slices import publish, slices
from tests.support.stall import Stall
from tests.support.volume import Volume

WAIT_S = 300
MEGABYTES = 256


@pytest.fixture
def volumes(tmp_path: Path) -> Iterator[dict[str, Volume]]:
    """Broker and store each on a small disk of its own."""
    with ExitStack() as mounted:
        folders = {base: tmp_path / "data" / base for base in ("broker", "store")}
        yield {base: mounted.enter_context(Volume(folder, MEGABYTES)) for base, folder in folders.items()}


@pytest.fixture
def stack(tmp_path: Path, volumes: dict[str, Volume]) -> Iterator[Stack]:
    with Stack(data=tmp_path / "data", clock="manual", stages=()) as running:
        yield running


@pytest.mark.parametrize("run", runs(), ids=str)
def test_an_injured_county_gives_its_exact_truth(
    run: Run, stack: Stack, volumes: dict[str, Volume], tmp_path: Path
) -> None:
    began, settings = time.monotonic(), stack.settings
    simulate(plan(run.seed, run.faults, CHILDREN, DAYS), tmp_path / "county")
    parts = list(slices(tmp_path / "county", run.ticks, run.shuffled, run.seed))
    with Fleet(stack, tmp_path / "fleet", run.workers, volumes) as fleet:
        injuries, stall = Injuries(fleet, run.plan, run.seed), Stall(settings)
        stall.start()
        injuries.start()
        events = publish(parts, settings, injuries.reached)
        done = injuries.finish()
        wait(settings, WAIT_S)
        longest = stall.stop()
        compared = compare(Queries(connect(settings), settings), tmp_path / "county" / "truth")
        audited = audit(settings)

    assert compared.rows["timeline"] > 1_000
    found = len(audited.differences)
    keep(result(str(run), events, done, compared.differences, found, longest, time.monotonic() - began))
    assert [str(difference) for difference in compared.differences[:20]] == []
    assert [str(difference) for difference in audited.differences[:20]] == []
