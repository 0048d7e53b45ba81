"""What alerts are decided by besides the records that they are about: what the county told, the rules, until when
sources were heard. How a stage remembers it, and how a decision changes it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Self

import orjson

from streams.clinical.county import County
from streams.clinical.hearing import Hearing
from streams.clinical.pack import RulePack
from streams.records import Publication, stronger

FACT, PACK, HEARD, HEARING = b"f/", b"p/", b"h/", b"q/"
"""Prefixes of its keys in the state topic."""
PREFIXES = frozenset({FACT, PACK, HEARD, HEARING})
Facts = dict[str, dict[bytes, Publication]]
"""Subject → key → registry record."""
Entry = tuple[bytes, bytes, bytes]
"""(prefix, rest of the key, value)"""


@dataclass(frozen=True, slots=True)
class Basis:
    """`pack`: the rules of the last tick, before it those to begin with; None before the first decision.

    `hearing`: what was heard, but counts only from a tick on that is to come.
    """

    county: County
    hearing: Hearing = field(default_factory=Hearing)
    pack: RulePack | None = None

    @classmethod
    def restored(cls, zone: tzinfo, entries: Iterable[Entry]) -> Self:
        """From the entries of the state that have its prefixes."""
        facts: Facts = {}
        heard: dict[str, str] = {}
        basis = cls(County(zone))
        for prefix, rest, value in entries:
            if prefix == FACT:
                fact = Publication.unpacked(value)
                facts.setdefault(fact.event.subject, {})[rest] = fact
            elif prefix == HEARD:
                heard[rest.decode()] = value.decode()
            elif prefix == HEARING:
                basis = replace(basis, hearing=basis.hearing.with_told(rest.decode(), orjson.loads(value)))
            else:
                basis = replace(basis, pack=RulePack.loads(value))
        return replace(basis, county=basis.county.with_facts(facts).with_heard(heard))


class BasisDraft:
    """A decision's changes: `before` stays as it is, `basis` is what holds after `settle`.

    `passed`: the watermark before the decision; `configured`: the rules that hold from the next tick on.
    """

    def __init__(self, before: Basis, passed: str, configured: RulePack) -> None:
        self.before, self.basis = before, replace(before, pack=before.pack or configured)
        self.facts: Facts = {}
        self._passed, self._configured = passed, configured
        self._packed_facts: dict[bytes, bytes] = {}

    def fact(self, fact: Publication, value: bytes) -> bool:
        """Take a registry record; False when a stronger one is known. `value`: as it came."""
        subject = fact.event.subject
        key = orjson.dumps([subject, *fact.identity])
        held: Mapping[bytes, Publication] = self.facts.get(subject) or self.before.county.facts.get(subject, {})
        if not stronger(fact, held.get(key)):
            return False
        if subject not in self.facts:  # copied once a decision: an entity may have any number of them
            self.facts[subject] = dict(held)
        self.facts[subject][key] = fact
        self._packed_facts[key] = value
        return True

    def heard(self, now: str, told: Mapping[str, str]) -> None:
        """What one partition of intake tells with its watermark `now`: it counts once every partition has passed that.

        Once they have, it was counted: what is read again says nothing.
        """
        if now > self._passed:
            self.basis = replace(self.basis, hearing=self.basis.hearing.with_told(now, told))

    def settle(self, now: str) -> None:
        """All messages were taken. Facts hold at once; what was heard, and other rules, from a tick on."""
        basis = replace(self.basis, county=self.before.county.with_facts(self.facts))
        if now != self._passed:
            basis = Basis(
                county=basis.county.with_heard(basis.hearing.until(now)),
                hearing=basis.hearing.after(now),
                pack=basis.pack if basis.pack == self._configured else self._configured,
            )
        self.basis = basis

    def newly_heard(self) -> dict[str, str]:
        """Sources that are heard later than before, and until when."""
        before, now = self.before.county.heard, self.basis.county.heard
        if now is before:
            return {}
        return {source: until for source, until in now.items() if until != before.get(source)}

    def changes(self) -> dict[bytes, bytes | None]:
        """What the state is to remember."""
        changes: dict[bytes, bytes | None] = {FACT + key: value for key, value in self._packed_facts.items()}
        waiting, held = self.basis.hearing.waiting, self.before.hearing.waiting
        for now in held.keys() | waiting.keys():
            if waiting.get(now) != held.get(now):
                changes[HEARING + now.encode()] = orjson.dumps(waiting[now]) if now in waiting else None
        changes |= {HEARD + source.encode(): until.encode() for source, until in self.newly_heard().items()}
        if self.basis.pack is not None and self.basis.pack is not self.before.pack:
            changes[PACK] = self.basis.pack.dumps()
        return changes
