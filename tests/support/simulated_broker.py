"""A broker in memory behind the same port: the stages run on it with any interleaving of their inputs and any batches.

It is no mock of Kafka: it proves nothing about transport. It lets a property test try thousands of orders of the
stages' own decisions, each committed whole, with stages reloaded from their state topic at any moment.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import orjson

from streams.clock.moments import utc_text
from streams.topics import CLOCK, SOURCE_TOPICS
from streams.transport.port import Decision, Stage, decisions

NEVER_BEFORE_MS = 1_780_272_000_000  # 2026-06-01T00:00:00Z, the first append time


@dataclass(frozen=True, slots=True)
class Stored:
    """A record in a partition's log."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass
class SimulatedBroker:
    """Logs by (topic, partition); append time grows by one millisecond a record."""

    logs: dict[tuple[str, int], list[Stored]] = field(default_factory=lambda: defaultdict(list))
    clock: int = NEVER_BEFORE_MS

    def append(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: object = ()
    ) -> Stored:
        self.clock += 1
        log = self.logs[topic, partition]
        stored = Stored(topic, partition, len(log), self.clock, key, value, tuple(headers))  # type: ignore[arg-type]
        log.append(stored)
        return stored

    def end(self, topic: str, partition: int) -> int:
        return len(self.logs[topic, partition])

    def all(self, topic: str, partitions: int) -> list[Stored]:
        return [record for p in range(partitions) for record in self.logs[topic, p]]


def tick(broker: SimulatedBroker, partitions: int, at: datetime) -> None:
    """Advance the clock: the moment, and how far the sources were published by then."""
    for partition in range(partitions):
        ends = {topic: broker.end(topic, partition) for topic in SOURCE_TOPICS}
        broker.append(CLOCK, partition, b"tick", orjson.dumps({"at": utc_text(at), "ends": ends}))


class Runner:
    """One partition of one stage on the simulated broker."""

    def __init__(
        self, broker: SimulatedBroker, sources: tuple[str, ...], partition: int, make: Callable[[int], Stage]
    ) -> None:
        self.broker, self.sources, self.partition, self._make = broker, sources, partition, make
        self.positions = dict.fromkeys(sources, 0)
        self.state: dict[bytes, bytes] = {}
        self.reload()

    def reload(self) -> None:
        """As after a kill: a new stage from the state topic alone, which first finishes what the kill cut short."""
        self.restore()
        self._fold([], self.positions)

    def restore(self) -> None:
        """A new stage from the state topic alone."""
        self.stage = self._make(self.partition)
        self.stage.restore(self.state.items())

    def behind(self) -> list[str]:
        return [t for t in self.sources if self.positions[t] < self.broker.end(t, self.partition)]

    def read(self, topic: str) -> None:
        """Fold all that waits in one source."""
        log, start = self.broker.logs[topic, self.partition], self.positions[topic]
        self._fold(log[start:], self.positions | {topic: len(log)})

    def step(self, rng: random.Random, most: int, killed_after: int | None = None, in_vain: bool = False) -> None:
        """Fold a random prefix of what waits in one or more sources; killed after so many commits, if told so.

        `in_vain`: decided once before, and that was never committed: it must leave no trace in the stage's memory.
        """
        records, positions = [], dict(self.positions)
        for topic in rng.sample(behind := self.behind(), rng.randint(1, len(behind))):
            log, start = self.broker.logs[topic, self.partition], positions[topic]
            positions[topic] = min(len(log), start + rng.randint(1, most))
            records += log[start : positions[topic]]
        if in_vain:
            self.stage.decide(records, positions)
        self._fold(records, positions, killed_after)
        if killed_after is not None:
            self.reload()

    def _fold(self, records: list[Stored], positions: dict[str, int], most_commits: int | None = None) -> None:
        for decision in islice(decisions(self.stage, records, positions), most_commits):
            self._commit(decision)
            self.positions = positions

    def _commit(self, decision: Decision) -> None:
        self.commit_one(decision)
        if decision.more:
            self._commit(self.stage.decide((), self.positions))

    def commit_one(self, decision: Decision) -> None:
        """One transaction; what a decision leaves to the next ones is the caller's to ask for."""
        for output in decision.outputs:
            self.broker.append(output.topic, output.partition, output.key, output.value, output.headers)
        for key, value in decision.changes.items():
            if value is None:
                self.state.pop(key, None)
            else:
                self.state[key] = value
        decision.install()


def run_to_end(runners: list[Runner], rng: random.Random, most: int = 40, reload_rate: float = 0.05) -> None:
    """Step randomly chosen runners until nobody is behind; now and then one is killed, also between two commits.

    Now and then a decision is made and never committed.
    """
    while ready := [runner for runner in runners if runner.behind()]:
        runner = rng.choice(ready)
        if rng.random() < reload_rate:
            runner.reload()
        killed_after, in_vain = 1 if rng.random() < reload_rate else None, rng.random() < reload_rate
        runner.step(rng, most, killed_after, in_vain)
