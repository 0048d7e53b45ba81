"""How a simulated county is published: every line once, with its faults in between, each where it is to lie."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from streams.demo.county import Ticks, days
from streams.simulate import simulate
from tests.support.county import plan


@pytest.mark.parametrize("ticks", ["daily", "end"])
def test_what_the_schedule_and_the_faults_misroute_is_published_there(ticks: Ticks, tmp_path: Path) -> None:
    simulate(plan(seed=7, faults="heavy", children=40, days=20), tmp_path)
    events = (tmp_path / "events.jsonl").read_bytes().splitlines()
    schedule = orjson.loads((tmp_path / "schedule.json").read_bytes())
    faults = [orjson.loads(line) for line in (tmp_path / "faults.jsonl").read_bytes().splitlines()]
    wanted = Counter((events[int(line) - 1], to) for day in schedule for line, to in day["partitions"].items())
    messages = [message for day in days(tmp_path, ticks) for message in day.messages]
    found = Counter((m.value, m.partition) for m in messages if m.partition is not None)
    assert wanted
    assert wanted <= found
    assert sorted(to for _, to in (found - wanted).elements()) == sorted(
        f["partition"] for f in faults if "partition" in f
    )
    assert len(messages) == len(events) + len(faults)
