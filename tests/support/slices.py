"""Publishes a county while it is injured: the next slice when the next part of the injuries begins."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from streams.demo.county import County, Message, Ticks, days
from streams.errors import BrokerAway
from streams.settings import Settings
from tests.support.pipeline import until

SLICE = 100
TICK_S = 120

Part = list[Message] | datetime
"""Messages that are published at once, or the moment of a tick."""


def slices(folder: Path, ticks: Ticks, shuffled: bool, seed: int) -> Iterator[Part]:
    """Messages, at most a hundred at once, and the moments of ticks between them; shuffled: those of each tick."""
    for number, day in enumerate(days(folder, ticks)):
        messages = list(day.messages)
        if shuffled:
            random.Random(seed + number).shuffle(messages)
        for start in range(0, len(messages), SLICE):
            yield messages[start : start + SLICE]
        yield day.tick_at


def _at_once(_: float) -> None:
    return


def publish(parts: Sequence[Part], settings: Settings, reached: Callable[[float], None] = _at_once) -> int:
    """How many were acknowledged. `reached` is told how far the next slice lies in all, and returns when it may go."""
    with County(settings) as county:
        for number, part in enumerate(parts):
            reached(number / len(parts))
            if isinstance(part, datetime):
                until(partial(_ticked, county, part), "the tick is written", TICK_S)
            else:
                county.publish(part)
        return county.published


def _ticked(county: County, at: datetime) -> bool:
    """A broker that is away asks whoever ticks to tick again."""
    try:
        county.tick(at)
    except BrokerAway:
        return False
    return True
