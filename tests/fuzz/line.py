"""The stages of intake, timeline and centers behind each other in memory: publish, and see what became of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from streams.intake.home import home_partition
from tests.support.pipeline import topic_of
from tests.support.simulated_broker import SimulatedBroker, Stored, run_to_end
from tests.support.simulated_county import PARTITIONS, runners_on

Event = Mapping[str, Any]


class Line:
    """Two partitions of each stage."""

    def __init__(self, seed: int = 0) -> None:
        self.broker, self.rng = SimulatedBroker(), random.Random(seed)
        self.runners = runners_on(self.broker)

    def publish(self, events: Iterable[Event]) -> list[Stored]:
        """Append well-formed events where a publisher would; nothing is decided yet."""
        return [self.append(topic_of(dict(e)), e["subject"].encode(), orjson.dumps(e)) for e in events]

    def append(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]] = ()
    ) -> Stored:
        """Append whatever bytes; without a key that is a subject they lie anywhere."""
        partition = self.rng.randrange(PARTITIONS)
        if key is not None and self.rng.random() < 0.9:
            partition = home_partition(key.decode("latin-1"), PARTITIONS)
        return self.broker.append(topic, partition, key, value, headers)

    def settle(self, most: int = 4_000, reload_rate: float = 0.0) -> None:
        """Let the stages come to their end, each reading up to `most` records at a time."""
        run_to_end(self.runners, self.rng, most, reload_rate)

    def settle_whole(self) -> None:
        """The same, always reading all that is there: so that the work is the same each time."""
        while ready := [runner for runner in self.runners if runner.behind()]:
            for runner in ready:
                for topic in runner.behind():
                    runner.read(topic)

    def send(self, events: Iterable[Event]) -> list[Stored]:
        stored = self.publish(events)
        self.settle_whole()
        return stored

    def all(self, topic: str) -> list[Stored]:
        return self.broker.all(topic, PARTITIONS)
