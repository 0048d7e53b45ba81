"""What the API sees of the broker: a log that takes a request's events all together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol, TypeVar

from streams.publish.outcomes import Position
from streams.serve.acceptance import Outgoing

T = TypeVar("T")
Send = Callable[[Sequence[Outgoing]], list[Position]]
"""Sends events as one transaction; where they lie. Raises BrokerAway, NotDelivered."""


class Log(Protocol):
    """Where events are sent."""

    def begin(self, work: Callable[[Send], T], deadline: float) -> Future[T]:
        """Call `work` with what sends, elsewhere, unless the deadline (monotonic) has passed. Raises BrokerAway."""
