"""Ticks on their way: held until the sources are read as far as they were when the tick was taken. Pure.

No record that was published before a tick is sent on after that tick's watermark: a partition passes a tick to all
partitions only behind everything it read before, and *now* is the least of what all partitions have passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from schemas.internal import TICK, WATERMARK, pack
from streams import topics
from streams.intake.draft import Draft
from streams.transport.port import Output

KEY = b"watermark"


def hold(draft: Draft, offset: int, value: bytes) -> None:
    """Keep a tick of the clock topic: {at, ends: topic → end offset in this partition}."""
    draft.hold(b"%d" % offset, orjson.loads(value), value)


def arrived(draft: Draft, meta: Mapping[str, Any]) -> None:
    """A tick that one of intake's partitions has passed on."""
    origin, at = int(meta["origin"]), str(meta["at"])
    if at > draft.seen.get(origin, ""):
        draft.see(origin, at)


def pass_on(draft: Draft, partition: int, partitions: int, positions: Mapping[str, int]) -> list[Output]:
    """Exchange messages for the newest tick whose end offsets are all read; it stands for the older ones."""
    ready = {name: tick for name, tick in draft.held.items() if _is_read(tick, positions)}
    if not ready:
        return []
    newest = max(str(tick["at"]) for tick in ready.values())
    for name in ready:
        draft.let_go(name)
    value = pack({"t": TICK, "at": newest, "origin": partition})
    return [Output(topics.EXCHANGE, p, KEY, value) for p in range(partitions)]


def watermarks(draft: Draft, partition: int, partitions: int) -> list[Output]:
    """Messages to every child and facility partition, when all partitions have passed a newer tick."""
    now = min(draft.seen.get(origin, "") for origin in range(partitions))
    if now <= draft.now:
        return []
    draft.advance(now)
    value = pack({"t": WATERMARK, "now": now, "origin": partition})
    return [
        Output(topic, p, KEY, value)
        for topic in (topics.CHILD_EVENTS, topics.FACILITY_EVENTS)
        for p in range(partitions)
    ]


def _is_read(tick: Mapping[str, Any], positions: Mapping[str, int]) -> bool:
    return all(positions[topic] >= end for topic, end in tick["ends"].items())
