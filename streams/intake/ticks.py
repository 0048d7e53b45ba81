"""Ticks on their way: held until the sources are read as far as they were when the tick was taken. Pure.

No record that was published before a tick is sent on after that tick's watermark: a partition passes a tick to all
partitions only behind everything it read before, and *now* advances when a wave of these concludes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from schemas.internal import TICK, WATERMARK, WATERMARK_KEY, pack
from streams import topics
from streams.intake.draft import Draft
from streams.intake.hearing import messages
from streams.intake.waves import Token
from streams.transport.port import Output


def hold(draft: Draft, offset: int, value: bytes) -> None:
    """Keep a tick of the clock topic: {at, ends: topic → end offset in this partition}."""
    draft.hold(b"%d" % offset, orjson.loads(value), value)


def arrived(draft: Draft, meta: Mapping[str, Any], partitions: int) -> None:
    """A tick that one of intake's partitions has passed on."""
    draft.see(int(meta["origin"]), Token(int(meta["wave"]), str(meta["at"]), bool(meta["stirred"])))
    draft.waves = draft.waves.with_tokens(draft.tokens, partitions)


def pass_on(draft: Draft, partition: int, partitions: int, positions: Mapping[str, int]) -> list[Output]:
    """The next token, for the newest tick whose end offsets are all read; it stands for the older ones."""
    ready = {name: str(tick["at"]) for name, tick in draft.held.items() if _is_read(tick, positions)}
    token = draft.waves.next_token(max(ready.values(), default=""))
    if token is None:
        return []
    for name in ready:
        draft.let_go(name)
    draft.waves = draft.waves.with_sent(token)
    value = pack({"t": TICK, "origin": partition, **token._asdict()})
    return [Output(topics.EXCHANGE, p, WATERMARK_KEY, value) for p in range(partitions)]


def watermarks(draft: Draft, partition: int, partitions: int) -> list[Output]:
    """To every child and facility partition, when a newer tick's events are done; in front what was heard as of it."""
    now = draft.waves.concluded
    if now <= draft.now:
        return []
    draft.advance(now)
    heard = messages(draft.heard_as_of(now), now, partition, partitions)
    value = pack({"t": WATERMARK, "now": now, "origin": partition})
    passed = [
        Output(topic, p, WATERMARK_KEY, value)
        for topic in (topics.CHILD_EVENTS, topics.FACILITY_EVENTS)
        for p in range(partitions)
    ]
    return [*heard, *passed]


def _is_read(tick: Mapping[str, Any], positions: Mapping[str, int]) -> bool:
    return all(positions[topic] >= end for topic, end in tick["ends"].items())
