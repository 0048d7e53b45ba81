"""The check that every event passes before it is sent, and the targets that send nothing: checking, writing a file."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Protocol

from schemas.check import Accepted, check
from schemas.kinds import TOPICS
from streams.publish.encoding import encoded
from streams.publish.outcomes import Refused


@dataclass(frozen=True, slots=True)
class Valid:
    """An event that huiyu will accept, with the topic and the key under which it is to be sent."""

    topic: str
    subject: str
    value: bytes


def validated(event: Mapping[str, Any] | bytes, now_ms: int) -> Valid:
    """The event as it will travel. Raises Refused with every problem, by the same check as huiyu's own.

    `now_ms`: what the broker's clock will say, ms since 1970.
    """
    value = event if isinstance(event, bytes) else encoded(event)
    answer = check(value, None, None, now_ms)
    if not isinstance(answer, Accepted):
        raise Refused(answer.problems)
    found = answer.event
    topic = TOPICS[answer.kind.side or found.source.partition(":")[0]]
    return Valid(topic, found.subject, value)


class Target(Protocol):
    """Where events go: to the broker, into a file, or nowhere."""

    def publish(self, event: Mapping[str, Any] | bytes) -> object:
        """Take one event. Raises Refused."""


class Nowhere:
    """Checks events and sends nothing; `taken`: how many were valid."""

    def __init__(self) -> None:
        self.taken = 0

    def publish(self, event: Mapping[str, Any] | bytes) -> Valid:
        valid = validated(event, time.time_ns() // 1_000_000)
        self.taken += 1
        return valid


class IntoFile:
    """Checks events and writes them as JSON lines, which `huiyu publish` sends."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def publish(self, event: Mapping[str, Any] | bytes) -> Valid:
        valid = validated(event, time.time_ns() // 1_000_000)
        self._stream.write(valid.value + b"\n")
        return valid
