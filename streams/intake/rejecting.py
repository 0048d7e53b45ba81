"""A refused event as it is kept: masked, cut, with every problem that was found. Pure."""

from __future__ import annotations

from schemas.check import Refused
from schemas.internal import Origin
from streams import topics
from streams.transport.port import Output


def rejected(partition: int, origin: Origin, refused: Refused) -> Output:
    """The message on rejected-events for an event that did not pass the check."""
    facts = (refused.source, refused.type, refused.subject)
    headers = _headers(origin, refused.problems, refused.sha256, refused.size, facts)
    return Output(topics.REJECTED_EVENTS, partition, refused.key, refused.value, headers)
