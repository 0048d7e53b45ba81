"""The timeline stage while it holds more and more children, and how long it takes to be back after kill -9.

One process on one stack: children are registered, then the same number of records is published while the process is
frozen, and it is let go: so neither its start nor the publisher counts.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

from kafka import KafkaAdminClient

from streams import topics
from streams.bench import bulk, children
from streams.bench.backlog import Backlog
from streams.bench.figures import Aim, Figure, Point
from streams.bench.processes import StageProcess
from streams.bench.sizes import Sizes
from streams.demo.signals import Ending
from streams.embedded.stack import Stack

STAGE, GROUP = "timeline", "huiyu-timeline"
POLL_S = 0.1


class Curve:
    """One timeline stage on one stack, and how many children it was given so far."""

    def __init__(self, stack: Stack, sizes: Sizes, ending: Ending) -> None:
        self._stack, self._sizes, self._ending = stack, sizes, ending
        self._partitions = stack.settings.partitions
        self._held = self._records = 0
        self.points: list[Point] = []

    def measure(self) -> Iterator[Figure]:
        """The three points, and between the second and the third the recovery."""
        few, more, most = self._sizes.curve
        with StageProcess(self._stack.layout, self._stack.settings, STAGE) as stage:
            stage.wait_ready()
            self._write(children.watermarks(self._partitions))
            yield from self._point(stage, 1, few)
            yield from self._point(stage, 2, more)
            self._hold(stage, self._sizes.recovered)
            yield from self._recovery(stage)
            yield from self._point(stage, 3, most)

    def _hold(self, stage: StageProcess, count: int) -> None:
        self._write(children.registrations(range(self._held, count), self._partitions))
        self._held = max(self._held, count)
        with self._backlog() as backlog:
            backlog.worked_off_by(stage)
        self._ending.check()

    def _write(self, records: dict[int, list[bulk.Pair]]) -> None:
        bulk.write(self._stack.settings, topics.CHILD_EVENTS, records)

    def _backlog(self) -> Backlog:
        return Backlog(self._stack.settings, GROUP, (topics.CHILD_EVENTS,), (topics.CHILD_EVENTS,))

    def _point(self, stage: StageProcess, place: int, count: int) -> Iterator[Figure]:
        self._hold(stage, count)
        events = self._sizes.curve_events
        made = children.records(f"{place}-", events, count, self._partitions)
        self._records += events
        stage.signal(signal.SIGSTOP)
        try:
            self._write(made)
            backlog, cpu, began = self._backlog(), stage.cpu, time.monotonic()
        finally:
            stage.signal(signal.SIGCONT)
        with backlog:
            last = backlog.worked_off_by(stage)[-1]
        point = Point(count, (last.cpu - cpu) / events * 1e6, (last.at - began) / events * 1e6)
        self.points.append(point)
        on = f"{events:,} records of {count:,} children; {point.wall_us:,.0f} µs by the clock"
        yield Figure(f"curve.{place}", f"timeline holding {count:,} children", point.cpu_us, "µs of CPU", on)

    def _recovery(self, stage: StageProcess) -> Iterator[Figure]:
        """At once, as the supervisor does it, and when the broker has given the killed process up."""
        held = f"{self._held:,} children, {self._held + self._records:,} records"
        aim = Aim(5, less=True) if self._held >= 15_000 else None
        stage.kill()
        stage.start()
        on = f"{held}; started at once, while the broker still counts on the killed process"
        yield Figure("recovery.at_once", "kill -9, start → ready", stage.wait_ready(), "s", on, aim)
        stage.kill()
        self._until_given_up()
        stage.start()
        on = f"{held}; started when the broker had given the killed process up (its session: 6 s)"
        yield Figure("recovery.given_up", "kill -9, later start → ready", stage.wait_ready(), "s", on, aim)

    def _until_given_up(self) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self._stack.kafka)
        try:
            while admin.describe_groups([GROUP])[GROUP]["members"]:
                self._ending.check()
                time.sleep(POLL_S)
        finally:
            admin.close()
