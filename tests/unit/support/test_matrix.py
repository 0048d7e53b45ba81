"""The matrix of `make chaos`: every way to publish with every number of workers, every injury to every process."""

from __future__ import annotations

from collections import Counter

from tests.chaos.matrix import runs
from tests.support.injuries import every_injury


def test_every_combination_is_one_run() -> None:
    found = runs()
    assert len({str(run) for run in found}) == len(found) == 2 * 2 * 2 * 3
    assert runs() == found  # the same ones every time


def test_every_injury_befalls_every_process_as_often_as_every_other() -> None:
    counts = Counter(injury for run in runs() for injury in run.plan)
    assert counts.keys() == set(every_injury())
    assert max(counts.values()) - min(counts.values()) <= 1
    assert counts.total() >= 150
    assert all(len(run.plan) >= 7 for run in runs())
