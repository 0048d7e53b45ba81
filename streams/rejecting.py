"""A refused event as it is kept on rejected-events: masked, cut, with every problem that was found. Pure."""

from __future__ import annotations

import orjson

from schemas.check import Refused, refused
from schemas.internal import Origin
from schemas.problems import Problem
from streams import topics
from streams.clock.moments import utc_text_of_ms
from streams.transport.port import Output


def rejected(partition: int, origin: Origin, refusal: Refused) -> Output:
    """The message for an event that did not pass the check."""
    headers = {
        "code": refusal.code,
        "detail": orjson.dumps([problem.as_dict() for problem in refusal.problems]).decode(),
        "origin": str(origin),
        "sha256": refusal.sha256,
        "size": str(refusal.size),
        "source": refusal.source,
        "type": refusal.type,
        "subject": refusal.subject,
        "received_at": utc_text_of_ms(origin.appended_at),
    }
    packed = [(name, text.encode("utf-8", "replace")) for name, text in headers.items()]
    return Output(topics.REJECTED_EVENTS, partition, refusal.key, refusal.value, packed)


def refused_later(partition: int, origin: Origin, raw: bytes, key: bytes | None, problem: Problem) -> Output:
    """The message for a valid event that cannot be taken: too many records of one subject or child."""
    return rejected(partition, origin, refused(raw, key, [problem]))
