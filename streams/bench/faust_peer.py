"""`python -m streams.bench.faust_peer RECORDS`: the timeline's fold on plain Faust, one event at a time, in a Table.

Nothing of `streams.transport` is here: an agent, a Table for the state, `topic.send` for the outputs, Faust's own
commits, as Faust's guide has it. The fold is the product's own: the same decision, outputs and state changes for each
event. It prints {records, events, seconds} after the last of RECORDS, or when its time is up.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Any

import faust

from streams import endpoints
from streams.bench.ceiling import EVENT
from streams.settings import Settings
from streams.timeline.stage import TimelineStage

INPUT, OUTPUT = "bench-peer-input", "bench-peer-output"
PARTITION = 0
"""The partition of child-events that INPUT is a copy of."""
LIMIT_S = 45.0


@dataclass(slots=True)
class Count:
    """What was handled since the first record came."""

    expected: int
    began: float = 0.0
    records: int = 0
    events: int = 0

    def begin(self) -> None:
        self.began = self.began or time.monotonic()

    def handled(self, value: bytes) -> None:
        self.records += 1
        self.events += value.startswith(EVENT)
        elapsed = time.monotonic() - self.began
        if self.records == self.expected or elapsed > LIMIT_S:
            found = {"records": self.records, "events": self.events, "seconds": elapsed}
            print(f"\n{json.dumps(found)}", flush=True)  # Faust leaves its spinner's traces on the line
            os._exit(0)  # measured: an orderly end would only cost time


@dataclass(frozen=True, slots=True)
class Record:
    """A record as the fold sees it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


def make_app(settings: Settings, count: Count) -> faust.App:
    """One agent over INPUT with one Table."""
    app = faust.App(
        "huiyu-bench-peer",
        broker=[f"kafka://{server}" for server in endpoints.kafka(settings).split(",")],
        store="memory://",
        web_enabled=False,
        topic_partitions=1,
        topic_disable_leader=True,
        key_serializer="raw",
        value_serializer="raw",
    )
    source = app.topic(INPUT, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    out = app.topic(OUTPUT, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    state = app.Table("state", partitions=1, key_type=bytes, value_type=bytes)
    stage = TimelineStage(PARTITION, settings.partitions, settings.zone)

    async def fold(stream: Any) -> None:
        async for event in stream.events():
            count.begin()
            message = event.message
            record = Record(
                message.topic, PARTITION, message.offset, int(message.timestamp * 1000), event.key, event.value
            )
            decision = stage.decide([record], {})
            for output in decision.outputs:
                await out.send(key=output.key, value=output.value)
            for key, value in decision.changes.items():
                if value is None:
                    state.pop(key, None)
                else:
                    state[key] = value
            decision.install()
            count.handled(event.value)

    app.agent(source, name="fold")(fold)
    return app


def main() -> None:
    """Run until everything is handled."""
    gc.set_threshold(200_000, 20, 100)  # as the stages do
    app = make_app(Settings(), Count(expected=int(sys.argv[1])))
    faust.Worker(app, loglevel="WARNING", quiet=True, redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main()
