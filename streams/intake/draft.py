"""A draft of what intake remembers, which one decision changes: reads go through to the memory, writes stay here. Pure.

A draft never touches what it was made from: `install` does, after the commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from streams.intake.arrival import Arrival
from streams.intake.hearing import NOT_HEARD, Hearing
from streams.intake.linkage import LinkageDraft
from streams.intake.lots import NOTHING, Lot, is_earlier
from streams.intake.memory import (
    HEARD,
    HEARING,
    HELD,
    NOW,
    PARKED,
    PASSED,
    SEQUENCE,
    SOURCE,
    SUBJECT,
    SURPLUS,
    TOKEN,
    WAVES,
    Memory,
    Subject,
    packed_waves,
)
from streams.intake.waves import Token, Waves


class Draft:
    """What was decided on top of a memory, together with the state changes that make it durable."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.changes: dict[bytes, bytes | None] = {}
        self.sources: dict[str, int] = {}
        self.subjects: dict[str, Subject] = {}
        self.linkage = LinkageDraft(memory.linkage, self.changes)
        self._parked: dict[str, Lot] = {}
        self._begun: dict[str, set[str]] = {}
        self.held: dict[bytes, dict[str, Any]] = dict(memory.held)
        self.tokens: dict[int, Token] = dict(memory.tokens)
        self._waves = memory.waves
        self.now = memory.now
        self.passed: dict[str, dict[str, int]] = dict(memory.passed)
        self._heard: dict[str, str] = {}
        self._hearing: dict[str, Hearing] = {}
        self._reported: set[str] = set()

    # sources and subjects
    def source_since(self, source: str) -> int | None:
        """Append time (ms) of the source's registration; a registry source needs none."""
        if source.startswith("registry:"):
            return 0
        since = self.sources.get(source)
        return self._memory.sources.get(source) if since is None else since

    def register_source(self, source: str, since: int) -> None:
        self.sources[source] = since
        self.changes[SOURCE + source.encode()] = b"%d" % since

    def subject(self, subject: str) -> Subject | None:
        return self.subjects.get(subject) or self._memory.subjects.get(subject)

    def know_subject(self, subject: str, known: Subject) -> None:
        self.subjects[subject] = known
        self.changes[SUBJECT + subject.encode()] = known.packed()

    # parked events
    def lot(self, subject: str) -> Lot:
        """What of the subject waits; to be read only."""
        mine = self._parked.get(subject)
        return self._memory.parked.get(subject, NOTHING) if mine is None else mine

    def park(self, arrival: Arrival) -> None:
        """Let it wait, once: of the same bytes the publication that was appended first."""
        lot = self._mine(arrival)
        held = lot.arrivals.get(arrival.place)
        if held is None or is_earlier(arrival, held):
            lot.put(arrival)
            self.changes[_key(PARKED, arrival)] = arrival.parked()

    def unpark(self, arrival: Arrival) -> None:
        self._mine(arrival).take_out(arrival)
        self.changes[_key(PARKED, arrival)] = None

    def keep_surplus(self, arrival: Arrival) -> None:
        """Keep what was refused until its centre may count it."""
        lot = self._mine(arrival)
        held = lot.surplus.get(arrival.place)
        if held is None or is_earlier(arrival, held):
            lot.surplus[arrival.place] = arrival
            self.changes[_key(SURPLUS, arrival)] = arrival.parked()

    def drop_surplus(self, arrival: Arrival) -> None:
        del self._mine(arrival).surplus[arrival.place]
        self.changes[_key(SURPLUS, arrival)] = None

    def _mine(self, arrival: Arrival) -> Lot:
        subject, source = arrival.event.subject, arrival.event.source
        if subject not in self._parked:
            self._parked[subject] = self._memory.parked.get(subject, NOTHING).copy()
        if self.source_since(source) is None:
            self._begun.setdefault(source, set()).add(subject)
        return self._parked[subject]

    def waiting(self, source: str) -> set[str]:
        """Subjects of which something of this unregistered source waits."""
        return self._memory.waiting.get(source, set()) | self._begun.get(source, set())

    def touched_subjects(self) -> Iterator[tuple[str, Lot, Lot]]:
        """(subject, what waited before, what waits after) of every subject of which that changed."""
        for subject, after in self._parked.items():
            yield subject, self._memory.parked.get(subject, NOTHING), after

    # ticks and what was heard
    def hold(self, name: bytes, tick: dict[str, Any], packed: bytes) -> None:
        self.held[name] = tick
        self.changes[HELD + name] = packed

    def let_go(self, name: bytes) -> None:
        """A tick is passed on; where the sources ended then is kept until it is done."""
        tick = self.held.pop(name)
        self.changes[HELD + name] = None
        at = str(tick["at"])
        before = self.passed.get(at, {})
        self.passed[at] = {topic: max(end, before.get(topic, 0)) for topic, end in tick["ends"].items()}
        self.changes[PASSED + at.encode()] = orjson.dumps(self.passed[at])

    def see(self, origin: int, token: Token) -> None:
        self.tokens[origin] = token
        self.changes[TOKEN + b"%d" % origin] = orjson.dumps([*token])

    @property
    def waves(self) -> Waves:
        return self._waves

    @waves.setter
    def waves(self, waves: Waves) -> None:
        if waves != self._waves:
            self._waves = waves
            self.changes[WAVES] = packed_waves(waves)

    def stir(self) -> None:
        """Something was sent to another partition that may make it send in its turn."""
        if not self._waves.stirred:
            self.waves = self._waves._replace(stirred=True)

    def advance(self, now: str) -> None:
        self.now = now
        self.changes[NOW] = now.encode()

    def hear(self, source: str, until: str, topic: str, offset: int) -> None:
        held = self._hearing.get(source) or self._memory.hearing.get(source, NOT_HEARD)
        hearing = held.with_heard(topic, offset, until)
        if hearing is not held:
            self._set_hearing(source, hearing)
        if until > (self._heard.get(source) or self._memory.heard.get(source, "")):
            self._heard[source] = until
            self.changes[HEARD + source.encode()] = until.encode()

    def _set_hearing(self, source: str, hearing: Hearing) -> None:
        self._hearing[source] = hearing
        self.changes[HEARING + source.encode()] = hearing.packed()

    def heard_as_of(self, now: str) -> dict[str, str]:
        """Sources that were heard later, as of the tick `now`, than as of the one before; counts as told then."""
        done = [at for at in self.passed if at <= now]
        ends: dict[str, int] = {}
        for at in done:
            for topic, end in self.passed.pop(at).items():
                ends[topic] = max(end, ends.get(topic, 0))
            self.changes[PASSED + at.encode()] = None
        news: dict[str, str] = {}
        for source, held in (self._memory.hearing | self._hearing).items():
            hearing = held.as_of(ends) if held.steps else held
            if hearing != held:
                self._set_hearing(source, hearing)
            if hearing.told != held.told:
                news[source] = hearing.told
        return news

    def report_heard(self) -> dict[str, str]:
        """Sources heard of since the last report, and until when; counts as reported once installed."""
        news = {source: self._memory.heard[source] for source in self._memory.unreported} | self._heard
        self._reported = set(news)
        return news

    def next_sequence(self) -> int:
        """A number that grows with every decision that takes one: the version of this partition's own rows."""
        sequence = self._memory.sequence + 1
        self.changes[SEQUENCE] = b"%d" % sequence
        return sequence

    def install(self) -> None:
        """Make the draft the memory."""
        memory = self._memory
        memory.sources.update(self.sources)
        memory.subjects.update(self.subjects)
        self.linkage.install()
        _update_or_drop(memory.parked, self._parked)
        for source, subjects in self._begun.items():
            memory.waiting.setdefault(source, set()).update(subjects)
        for source in self.sources:
            memory.waiting.pop(source, None)
        memory.held, memory.tokens, memory.waves, memory.now = self.held, self.tokens, self._waves, self.now
        memory.heard.update(self._heard)
        memory.hearing.update(self._hearing)
        memory.passed = self.passed
        memory.unreported = (memory.unreported | set(self._heard)) - self._reported
        if SEQUENCE in self.changes:
            memory.sequence += 1


def _key(prefix: bytes, arrival: Arrival) -> bytes:
    return prefix + arrival.name.encode()


def _update_or_drop(into: dict[str, Lot], news: dict[str, Lot]) -> None:
    for name, lot in news.items():
        if lot:
            into[name] = lot
        else:
            into.pop(name, None)
