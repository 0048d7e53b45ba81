"""What a stage sees of Kafka: batches in; outputs, state changes and a memory step out. Nothing else.

A stage is a pure decision over one partition: `decide` may not change what the stage remembers. Its decision is
committed as ONE transaction (outputs, state changes, source positions), and only then is `install` called, which
puts the new memory in place. So the same stage runs on Faust, and on the simulated broker of the tests.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class Record(Protocol):
    """One Kafka record, as aiokafka and kafka-python hand it out; `timestamp` is ms since 1970."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...


class Output(NamedTuple):
    """A record to write; `partition` is always chosen by the stage (`partition_of`).

    A tuple, because several are made of every event: a frozen dataclass takes four times as long.
    """

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


def _nothing() -> None:
    return None


@dataclass(slots=True)
class Decision:
    """What a batch leads to. `changes` maps state keys to values, None deletes. `more`: decide again without input."""

    outputs: list[Output] = field(default_factory=list)
    changes: dict[bytes, bytes | None] = field(default_factory=dict)
    install: Callable[[], None] = _nothing
    more: bool = False


class Stage(Protocol):
    """One partition of one stage."""

    def restore(self, state: Iterable[tuple[bytes, bytes]]) -> None:
        """Replace all that is remembered by the state topic's records (newest per key)."""

    def decide(self, records: Sequence[Record], positions: Mapping[str, int]) -> Decision:
        """Fold records, in the order read; `positions`: topic → next offset once these are folded.

        Must not change what the stage remembers: that is `install`'s work, after the commit.
        """


def decisions(stage: Stage, records: Sequence[Record], positions: Mapping[str, int]) -> Iterator[Decision]:
    """What is read leads to one decision, and that to others as long as there is more; commit each before the next.

    The first one moves the source positions. So whoever opens a partition asks for the decisions on no records: a kill
    between two commits leaves a rest that no input would bring up again.
    """
    decision = stage.decide(records, positions)
    yield decision
    while decision.more:
        decision = stage.decide((), positions)
        yield decision


def partition_of(key: str, partitions: int) -> int:
    """The partition of an internal topic in which a child, a centre or another entity lives."""
    return zlib.crc32(key.encode()) % partitions
