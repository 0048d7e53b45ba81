"""The runs of `make chaos`: every way to publish a county, with one, two and three workers of each stage."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from streams.demo.county import Ticks
from streams.simulate import Faults
from tests.support.injuries import Injury, deal

SEED = 20260601
EACH = 8
CHILDREN, DAYS = 150, 45


@dataclass(frozen=True, slots=True)
class Run:
    """How one county is published, by how many workers it is worked on, and what is done to them."""

    number: int
    faults: Faults
    shuffled: bool
    ticks: Ticks
    workers: int
    plan: tuple[Injury, ...]

    @property
    def seed(self) -> int:
        return SEED + self.number

    def __str__(self) -> str:
        return f"{self.faults}-{'shuffled' if self.shuffled else 'in_order'}-{self.ticks}-{self.workers}"


def _ways() -> list[tuple[Faults, bool, Ticks, int]]:
    faults: tuple[Faults, ...] = ("light", "heavy")
    ticks: tuple[Ticks, ...] = ("end", "daily")
    return list(product(faults, (False, True), ticks, (1, 2, 3)))


def runs() -> list[Run]:
    """All 24, each with its own eight injuries."""
    ways = _ways()
    hands = deal(len(ways), EACH, SEED)
    return [Run(n, *way, tuple(hand)) for n, (way, hand) in enumerate(zip(ways, hands, strict=True), 1)]
