"""A stack under load, and one that is far behind: it catches up, its memory stays bounded, its groups stay as they are.

Sizes come from the environment: `make load` sets those of docs/load.md, without them the runs are short.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest
from kafka import KafkaProducer

from streams.clock.wait import wait
from streams.embedded.stack import STAGES, Stack
from streams.embedded.supervision import Supervisor
from streams.settings import Settings
from streams.store.client import connect
from streams.store.read import Queries
from tests.support.builders import a_registration, a_source, an_event, subject_of
from tests.support.pipeline import topic_of, until

RATE = float(os.environ.get("LOAD_RATE", "1000"))
"""Events per second, whatever the stack makes of them."""
SECONDS = float(os.environ.get("LOAD_SECONDS", "15"))
BEHIND = int(os.environ.get("LOAD_BEHIND", "30000"))
"""Events that wait while no stage runs."""
CATCH_UP_S = float(os.environ.get("LOAD_CATCH_UP_S", "400"))

CHILDREN, CENTERS = 2_000, 20
FOLDS = ("intake", "timeline", "centers")
BUFFERS_MB = 400
"""What a stage may need above its state: docs/load.md adds up its queues."""
MB = 1 << 20


class Watch(threading.Thread):
    """The resident memory of each stage, looked at again and again; processes that were started anew are counted."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(daemon=True)
        self._stack, self._enough = stack, threading.Event()
        self.peak: dict[str, int] = {}
        self.pids: dict[str, set[int]] = {name: set() for name in STAGES}

    def run(self) -> None:
        while not self._enough.wait(0.5):
            for name, size in resident(self._stack).items():
                self.peak[name] = max(self.peak.get(name, 0), size)
                self.pids[name].add(self._stack.pid(name) or 0)

    def finish(self) -> None:
        self._enough.set()
        self.join(30)


def resident(stack: Stack) -> dict[str, int]:
    """Stage → MB."""
    pids = {name: stack.pid(name) for name in STAGES}
    return {name: psutil.Process(pid).memory_info().rss // MB for name, pid in pids.items() if pid}


def shards_opened(stack: Stack) -> int:
    """How often a partition was taken over, by what the stages say: each rebalance that moves one adds to it."""
    return sum(log.read_text().count("shard opened") for log in stack.layout.logs.glob("*.log"))


@contextmanager
def watched(stack: Stack) -> Iterator[Watch]:
    watch = Watch(stack)
    watch.start()
    try:
        yield watch
    finally:
        watch.finish()


class Morning:
    """Children arrive at their centres, day after day."""

    def __init__(self, settings: Settings) -> None:
        self._producer = KafkaProducer(
            bootstrap_servers=settings.kafka, acks="all", enable_idempotence=True, linger_ms=5, batch_size=256 << 10
        )
        self._failed: list[BaseException] = []

    def begin(self) -> None:
        """Register sources and children."""
        centers = [a_source(f"center:c{number}") for number in range(CENTERS)]
        for event in [
            a_source("clinic:chengguan"),
            *centers,
            *(a_registration(f"{n}", "2023-06-01") for n in range(CHILDREN)),
        ]:
            self._send(event)
        self.flush()

    def arrivals(self, first: int, count: int) -> None:
        """Publish the arrivals number first … first + count - 1; each is a record of its own."""
        for number in range(first, first + count):
            self._send(arrival(number))

    def at_a_rate(self, rate: float, seconds: float) -> int:
        """Open loop: what is due is published, however far behind the stack is. Returns how many were."""
        began, sent = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            due = int(passed * rate) - sent
            self.arrivals(sent, due)
            sent += due
            time.sleep(0.01)
        self.flush()
        return sent

    def flush(self) -> None:
        self._producer.flush(300)
        assert not self._failed

    def close(self) -> None:
        self._producer.close()

    def _send(self, event: dict[str, Any]) -> None:
        sent = self._producer.send(topic_of(event), orjson.dumps(event), event["subject"].encode())
        sent.add_errback(self._failed.append)


SUBJECTS = [subject_of(f"{number}") for number in range(CHILDREN)]


def arrival(number: int) -> dict[str, Any]:
    child, day = number % CHILDREN, number // CHILDREN
    center = f"c{child % CENTERS}"
    date = f"{2025 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}"
    data = {"center_id": center, "class_id": "A", "date": date, "status": "present"}
    more = {"id": f"a{number}", "recordid": f"{number}"}
    return an_event("attendance.recorded", f"center:{center}", SUBJECTS[child], data, f"{date}T08:00:00+08:00", **more)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path / "data", clock="manual") as running:
        yield running


def attendances(settings: Settings) -> int:
    store = Queries(connect(settings), settings)
    return int(store.ask("SELECT count() FROM huiyu.timeline WHERE kind = 'attendance.recorded'").rows[0][0])


def begun_again(stack: Stack) -> dict[str, int]:
    """What stages hold that have just begun, with the same state and nothing that waits."""
    before, supervisor = shards_opened(stack), Supervisor(stack.layout)
    supervisor.halt(STAGES)
    supervisor.begin(STAGES)
    shards = stack.settings.partitions * len(FOLDS)
    until(lambda: shards_opened(stack) >= before + shards and len(resident(stack)) == len(STAGES), "all is open", 120)
    return resident(stack)


def check(stack: Stack, watch: Watch) -> None:
    """No process was started anew, and none needed more than its state and its buffers."""
    state = begun_again(stack)
    print(
        "MB at most / with the same state and nothing to do:",
        {name: (watch.peak[name], state[name]) for name in STAGES},
    )
    assert {name: len(pids) for name, pids in watch.pids.items()} == dict.fromkeys(STAGES, 1)
    for name in STAGES:
        assert watch.peak[name] <= state[name] + BUFFERS_MB, name


def test_after_a_rush_the_stack_catches_up_and_its_groups_stay_as_they_are(stack: Stack) -> None:
    morning = Morning(stack.settings)
    morning.begin()
    wait(stack.settings, CATCH_UP_S)
    opened = shards_opened(stack)
    with watched(stack) as watch:
        sent = morning.at_a_rate(RATE, SECONDS)
        caught_up = wait(stack.settings, CATCH_UP_S)
    morning.close()
    print(f"{sent:,} events in {SECONDS:.0f} s, lag 0 after another {caught_up:.1f} s")
    assert attendances(stack.settings) == sent
    assert shards_opened(stack) == opened > 0
    check(stack, watch)


def test_stages_that_are_far_behind_catch_up_within_their_bound(stack: Stack) -> None:
    """What waits are the same records again and again, so the state is small and all else is buffers."""
    morning = Morning(stack.settings)
    morning.begin()
    wait(stack.settings, CATCH_UP_S)
    Supervisor(stack.layout).halt(STAGES)
    records = min(BEHIND, 20_000)
    for _ in range(BEHIND // records):
        morning.arrivals(0, records)
        morning.flush()
    morning.close()
    Supervisor(stack.layout).begin(STAGES)
    with watched(stack) as watch:
        took = wait(stack.settings, CATCH_UP_S)
    print(f"{BEHIND:,} events behind, lag 0 after {took:.1f} s")
    assert attendances(stack.settings) == records
    check(stack, watch)
