"""What can become of an event that is published: refused before it is sent, on its way, acknowledged, not delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from schemas.problems import Problem
from streams.errors import Failure


class Refused(Exception):
    """The event breaks the contract and was not sent; `problems` lists everything that is wrong with it.

    `index`: which of the events it was that were given at once.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)
        self.index = 0

    @property
    def code(self) -> str:
        """The code under which huiyu would have rejected it."""
        return self.problems[0].code


class NotDelivered(Failure):
    """The broker answers and does not take the events: no right to write, too large for the topic, disk full."""

    exit_code = 10


@dataclass(frozen=True, slots=True)
class Position:
    """Where an acknowledged event lies in the log."""

    topic: str
    partition: int
    offset: int


class Receipt(Protocol):
    """An event that was taken; `position` once the broker has acknowledged it (`Publisher.flush` waits for all)."""

    @property
    def topic(self) -> str: ...
    @property
    def position(self) -> Position | None: ...


@dataclass(slots=True)
class Sent:
    """The receipt of an event that is on its way."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    future: Any
    attempts: int = 1

    @property
    def position(self) -> Position | None:
        if not self.future.succeeded():
            return None
        return Position(self.topic, self.partition, self.future.value.offset)


@dataclass(slots=True, weakref_slot=True, eq=False)
class Kept:
    """The receipt of an event that is in the spool; `position` is known in the process that gave it."""

    topic: str
    number: int
    position: Position | None = None
