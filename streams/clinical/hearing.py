"""Until when sources were heard, as partitions of intake tell it: it counts from the tick on that all of them have
passed, for only then has everything arrived that was published before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Told = dict[str, str]
"""Source → until when it was heard (UTC text)."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """`waiting`: watermark → what was told with it."""

    waiting: Mapping[str, Told] = field(default_factory=dict)

    def with_told(self, now: str, told: Mapping[str, str]) -> Hearing:
        """What one partition tells with its watermark `now`."""
        return Hearing({**self.waiting, now: later_of(self.waiting.get(now, {}), told)})

    def until(self, now: str) -> Told:
        """What counts at `now` of all that waits."""
        counts: Told = {}
        for watermark, told in self.waiting.items():
            if watermark <= now:
                counts = later_of(counts, told)
        return counts

    def after(self, now: str) -> Hearing:
        """What waits still at `now`."""
        return Hearing({watermark: told for watermark, told in self.waiting.items() if watermark > now})


def later_of(one: Mapping[str, str], other: Mapping[str, str]) -> Told:
    """Of each source the later time."""
    return {source: max(one.get(source, ""), other.get(source, "")) for source in one.keys() | other.keys()}
