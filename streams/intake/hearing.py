"""Until when each source was heard as of a tick: by what lay in the log when the tick was taken, not by what was read
since. A later stage judges by it what a source would have reported; who reads faster must not judge otherwise. Pure.

Only dates are judged by, in whatever zone: of what a source sends within a quarter of an hour the first is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from schemas.internal import HEARD, pack
from streams import topics
from streams.store_rows import MOST_BYTES
from streams.transport.port import Output

KEY = b"heard"
MINUTES = 15


class Step(NamedTuple):
    """An event that was heard later than all before it in its topic; `until`: UTC text."""

    topic: str
    offset: int
    until: str


class Hearing(NamedTuple):
    """Of one source in one partition. `told`: what was told with the last tick, "" before; `steps`: what came since."""

    told: str = ""
    steps: tuple[Step, ...] = ()

    def with_heard(self, topic: str, offset: int, until: str) -> Hearing:
        """After an event; itself, when nothing of it can matter."""
        if until <= self.told:
            return self
        highest = next((step.until for step in reversed(self.steps) if step.topic == topic), "")
        if until <= highest or quarter(until) == quarter(highest):
            return self
        return self._replace(steps=(*self.steps, Step(topic, offset, until)))

    def as_of(self, ends: Mapping[str, int]) -> Hearing:
        """What is told with a tick that was taken when the topics ended there."""
        within = [step.until for step in self.steps if step.offset < ends.get(step.topic, 0)]
        told = max([self.told, *within])
        return Hearing(told, tuple(s for s in self.steps if s.offset >= ends.get(s.topic, 0) and s.until > told))

    def packed(self) -> bytes:
        return orjson.dumps([self.told, [[*step] for step in self.steps]])

    @classmethod
    def unpacked(cls, value: bytes) -> Hearing:
        told, steps = orjson.loads(value)
        return cls(told, tuple(Step(*step) for step in steps))


NOT_HEARD = Hearing()


def quarter(until: str) -> str:
    """The quarter of an hour of a time such as 2026-03-02T01:41:12.000Z."""
    return f"{until[:14]}{int(until[14:16]) // MINUTES}" if until else ""


def messages(heard: Mapping[str, str], now: str, partition: int, partitions: int) -> list[Output]:
    """What is told to every partition of the stages that judge by it, in front of the watermark `now`."""
    values = [pack({"t": HEARD, "origin": partition, "now": now, "heard": part}) for part in _parts(heard)]
    return [
        Output(topic, p, KEY, value)
        for topic in (topics.CHILD_EVENTS, topics.FACILITY_EVENTS)
        for p in range(partitions)
        for value in values
    ]


def _parts(heard: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    part: dict[str, Any] = {}
    size = 0
    for source, until in sorted(heard.items()):
        more = len(source) + len(until) + 6
        if part and size + more > MOST_BYTES:
            yield part
            part, size = {}, 0
        part[source] = until
        size += more
    if part:
        yield part
