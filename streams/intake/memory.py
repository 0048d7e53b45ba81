"""What one partition of intake remembers; each entry is its own key in the compacted state topic. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from streams.intake.arrival import Arrival
from streams.intake.hearing import Hearing
from streams.intake.linkage import Linkage
from streams.intake.lots import Lot
from streams.intake.waves import Token, Waves

SOURCE, SUBJECT, PARKED, SURPLUS, HELD, PASSED, TOKEN, HEARD, HEARING, SEQUENCE, NOW, WAVES = (
    b"source/",
    b"subject/",
    b"parked/",
    b"surplus/",
    b"held/",
    b"passed/",
    b"token/",
    b"heard/",
    b"hearing/",
    b"sequence",
    b"now",
    b"waves",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A child's subject that is known: registered, linked at least once, or named by a registered alias.

    `registered`: by itself. `since`: append time (ms) of what made its records visible where they are now.
    """

    registered: bool
    child: str
    epoch: int
    since: int

    def packed(self) -> bytes:
        return orjson.dumps([self.registered, self.child, self.epoch, self.since])

    @classmethod
    def unpacked(cls, value: bytes) -> Subject:
        return cls(*orjson.loads(value))


@dataclass(slots=True)
class Memory:
    """All that a partition of intake knows; times are ms since 1970 or RFC 3339 in UTC.

    `passed`: tick that it has passed on and that is not done yet → where each source topic ended when it was taken.
    """

    sources: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    linkage: Linkage = field(default_factory=Linkage)
    parked: dict[str, Lot] = field(default_factory=dict)
    waiting: dict[str, set[str]] = field(default_factory=dict)
    held: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    passed: dict[str, dict[str, int]] = field(default_factory=dict)
    tokens: dict[int, Token] = field(default_factory=dict)
    waves: Waves = field(default_factory=Waves)
    heard: dict[str, str] = field(default_factory=dict)
    hearing: dict[str, Hearing] = field(default_factory=dict)
    unreported: set[str] = field(default_factory=set)
    sequence: int = 0
    now: str = ""

    @classmethod
    def restored(cls, state: Iterable[tuple[bytes, bytes]]) -> Memory:
        memory = cls()
        for key, value in state:
            memory._restore(key, value)
        memory.unreported = set(memory.heard)
        memory.linkage.restored()
        return memory

    def _restore(self, key: bytes, value: bytes) -> None:
        head, _, name = key.partition(b"/")
        match head + b"/":
            case b"source/":
                self.sources[name.decode()] = int(value)
            case b"subject/":
                self.subjects[name.decode()] = Subject.unpacked(value)
            case b"link/" | b"onward/" | b"followed/" as head:
                self.linkage.restore(head, name.decode(), value)
            case b"parked/":
                arrival = Arrival.unparked(value)
                self._lot(arrival).put(arrival)
            case b"surplus/":
                arrival = Arrival.unparked(value)
                self._lot(arrival).surplus[arrival.place] = arrival
            case b"held/":
                self.held[name] = orjson.loads(value)
            case b"passed/":
                self.passed[name.decode()] = orjson.loads(value)
            case b"token/":
                self.tokens[int(name)] = Token(*orjson.loads(value))
            case b"waves/":
                sent, *rest = orjson.loads(value)
                self.waves = Waves(Token(*sent), *rest)
            case b"heard/":
                self.heard[name.decode()] = value.decode()
            case b"hearing/":
                self.hearing[name.decode()] = Hearing.unpacked(value)
            case b"now/":
                self.now = value.decode()
            case _:
                self.sequence = int(value)

    def _lot(self, arrival: Arrival) -> Lot:
        self.waiting.setdefault(arrival.event.source, set()).add(arrival.event.subject)
        return self.parked.setdefault(arrival.event.subject, Lot())


def packed_waves(waves: Waves) -> bytes:
    return orjson.dumps([[*waves.sent], *waves[1:]])
