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
from streams.demo.county import Ticks
from streams.embedded.stack import STAGES, Stack
from streams.settings import Settings
from streams.simulate import Faults, simulate
from streams.store.client import connect
from streams.store.read import Queries
from tests.support.county import plan
from tests.support.fleet import Fleet, Single
from tests.support.injuries import BASES, Injuries, Injury, every_injury
from tests.support.log_scan import leaks, secrets_of
from tests.support.slices import Part, publish, slices
from tests.support.volume import Refusal

WAIT_S = 240


@dataclass(frozen=True)
class Run:
    """How one county is published."""

    seed: int
    faults: Faults
    shuffled: bool
    ticks: Ticks

    def __str__(self) -> str:
        order = "shuffled" if self.shuffled else "in-order"
        return f"{self.faults}-{order}-{self.ticks}"


# Every pair of {light, heavy} × {in order, shuffled} × {one tick, daily ticks} is here; `make chaos` is all of it.
RUNS = [
    Run(101, "light", False, "end"),
    Run(102, "light", True, "daily"),
    Run(103, "heavy", False, "daily"),
    Run(104, "heavy", True, "end"),
]
ENDED_AND_FROZEN, BEHIND_A_BAD_NETWORK = Run(105, "light", True, "end"), Run(106, "heavy", False, "daily")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with Stack(data=tmp_path / "data", clock="manual") as running:
        yield running


def _published(run: Run, folder: Path) -> list[Part]:
    """What is to be published, while its truth is in `folder`."""
    simulate(plan(seed=run.seed, faults=run.faults), folder)
    return list(slices(folder, run.ticks, run.shuffled, run.seed))


def _assert_exact(settings: Settings, folder: Path) -> None:
    wait(settings, WAIT_S)
    comparison = compare(Queries(connect(settings), settings), folder / "truth")
    assert comparison.rows["timeline"] > 1_000
    assert [str(difference) for difference in comparison.differences[:20]] == []
    assert [str(difference) for difference in audit(settings).differences[:20]] == []


def _injuries(seed: int, *kinds: tuple[str, tuple[str, ...]]) -> list[Injury]:
    """Of each kind one for every target, shuffled."""
    wanted = {(how, target) for ways, targets in kinds for how in ways.split() for target in targets}
    found = [injury for injury in every_injury() if (injury.how, injury.target) in wanted]
    assert len(found) == len(wanted)
    return random.Random(seed).sample(found, len(found))


def _assert_silent(stack: Stack, folder: Path) -> None:
    """Nothing of what was sent stands in a log of a process or of the engine."""
    assert leaks(stack.layout.logs, secrets_of(folder)) == []
    assert _kept_queries(stack.settings) == []


def _kept_queries(settings: Settings) -> list[str]:
    """The engine's own logs: their queries would hold what somebody asked for."""
    sql = "SELECT name FROM system.tables WHERE database = 'system' AND name LIKE '%\\_log' AND total_rows > 0"
    return [name for (name,) in Queries(connect(settings), settings).ask(sql).rows]


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_a_county_gives_its_exact_truth_in_every_view(run: Run, stack: Stack, tmp_path: Path) -> None:
    publish(_published(run, tmp_path / "county"), stack.settings)
    _assert_exact(stack.settings, tmp_path / "county")
    _assert_silent(stack, tmp_path / "county")


def test_every_process_may_be_killed_and_frozen(stack: Stack, tmp_path: Path) -> None:
    """Twelve injuries; two at a time."""
    run = ENDED_AND_FROZEN
    parts = _published(run, tmp_path / "county")
    plan = _injuries(run.seed, ("kill freeze", STAGES), ("kill terminate", BASES))
    injuries = Injuries(Single(stack), plan, run.seed)
    injuries.start()
    publish(parts, stack.settings, injuries.reached)
    assert injuries.finish().total() == 12
    _assert_exact(stack.settings, tmp_path / "county")
    _assert_silent(stack, tmp_path / "county")


def test_workers_come_and_go_behind_a_network_that_fails(tmp_path: Path) -> None:
    """Two workers a stage; twenty-three injuries of other kinds, two at a time."""
    run = BEHIND_A_BAD_NETWORK
    parts = _published(run, tmp_path / "county")
    network = ("delay swallow drop half-close freeze", BASES)
    plan = _injuries(run.seed, ("terminate join leave", STAGES), network, ("fill", ("store",)))
    with Stack(data=tmp_path / "data", clock="manual", stages=()) as stack:
        refusal = Refusal(stack.settings)
        with Fleet(stack, tmp_path / "fleet", workers=2, disks={"store": refusal}) as fleet:
            injuries = Injuries(fleet, plan, run.seed)
            injuries.start()
            publish(parts, stack.settings, injuries.reached)
            assert injuries.finish().total() == 23
            _assert_exact(stack.settings, tmp_path / "county")
