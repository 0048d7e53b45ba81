"""What a run measured: figures, ratios and the curve, as frozen values. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

GROUPS = {
    "whole": "whole path",
    "stage": "each stage alone",
    "latency": "publish → queryable",
    "recovery": "recovery",
    "ceiling": "ceiling of this machine",
    "peer": "peer",
    "curve": "cost of an event, by children held",
    "growth": "growth, one processor",
    "disk": "disk",
    "memory": "memory",
    "cpu": "CPU over the whole path",
    "ratio": "ratios",
}
"""First part of a figure's name → its heading, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What was aimed at: at least `bound`, or less than it where `less`."""

    bound: float
    less: bool = False

    def is_reached(self, value: float) -> bool:
        return value < self.bound if self.less else value >= self.bound


@dataclass(frozen=True, slots=True)
class Figure:
    """`name`: group.what, the same in every run of the same size; `on`: what it was measured on."""

    name: str
    title: str
    value: float
    unit: str
    on: str
    aim: Aim | None = None

    @property
    def group(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the curve: microseconds an event, of the stage's CPU and by the clock, while it holds `children`."""

    children: int
    cpu_us: float
    wall_us: float


@dataclass(frozen=True, slots=True)
class Report:
    """One run of about `events` events. `at`: when it began; `machine`: what it ran on, in words."""

    at: str
    machine: str
    events: int
    figures: tuple[Figure, ...]
    curve: tuple[Point, ...]

    def grouped(self) -> list[tuple[str, list[Figure]]]:
        """(heading, its figures), in the order of GROUPS."""
        found = [(title, [f for f in self.figures if f.group == group]) for group, title in GROUPS.items()]
        return [(title, figures) for title, figures in found if figures]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def ratios(figures: Sequence[Figure]) -> list[Figure]:
    """The claims: how figures of one run stand to each other, whatever the machine."""
    value = {figure.name: figure.value for figure in figures}
    stages = ("intake", "timeline", "centers", "sink")
    slowest = min(stages, key=lambda name: value[f"stage.{name}"])
    pairs = [
        ("peer", "timeline alone / plain Faust, same fold", "stage.timeline", "peer.faust", Aim(15)),
        ("intake", "intake alone / aiokafka with the same validation", "stage.intake", "ceiling.checked", None),
        ("check", "aiokafka with validation / aiokafka raw", "ceiling.checked", "ceiling.getmany", None),
        ("slowest", f"whole path / its slowest stage alone ({slowest})", "whole.rate", f"stage.{slowest}", None),
        ("publisher", "whole path / one publisher alone", "whole.rate", "ceiling.producer", None),
        ("curve", "CPU an event, most children / fewest", "curve.3", "curve.1", None),
    ]
    return [
        Figure(f"ratio.{name}", title, value[above] / value[below], "×", "figures above", aim)
        for name, title, above, below, aim in pairs
    ]
