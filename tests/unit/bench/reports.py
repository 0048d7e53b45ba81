"""A run as it might have been."""

from __future__ import annotations

from streams.bench.figures import Aim, Figure, Point, Report, ratios

STAGES = ("intake", "timeline", "centers", "sink")


def a_report(**changed: float) -> Report:
    """Every figure that ratios are made of is 1,000; `changed`: name with __ for the dot → value."""
    names = [*(f"stage.{name}" for name in STAGES), "peer.faust", "whole.rate"]
    names += ["ceiling.getmany", "ceiling.checked", "ceiling.producer", "curve.1", "curve.3"]
    values = dict.fromkeys(names, 1_000.0) | {name.replace("__", "."): value for name, value in changed.items()}
    aims = {"whole.rate": Aim(10_000)}
    figures = [
        Figure(name, name.upper(), value, "events/s", "records", aims.get(name)) for name, value in values.items()
    ]
    points = (Point(1_000, 90.0, 130.0), Point(10_000, 95.0, 150.0), Point(100_000, 110.0, 1_234.0))
    return Report("2026-07-01 12:00+00:00", "2 cores", 200_000, (*figures, *ratios(figures)), points)
