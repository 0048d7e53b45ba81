"""The curve as a picture (SVG), drawn by pygal, which only developers install."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from streams.bench.figures import Point

TITLE = "timeline: cost of an event, by children that the stage holds"


def draw(points: Sequence[Point], path: Path) -> str:
    """Write the picture; one line that says why there is none, "" when there is."""
    try:
        import pygal
        from pygal.style import Style
    except ModuleNotFoundError:
        return f"no picture in {path}: it is drawn by pygal, pip install 'huiyu[bench]'"

    style = Style(background="white", plot_background="white", font_family="sans-serif", label_font_size=12)
    chart = pygal.XY(
        title=TITLE,
        x_title="children",
        y_title="µs an event",
        width=760,
        height=420,
        js=[],
        style=style,
        legend_at_bottom=True,
        no_prefix=True,
        max_scale=6,
        xrange=_span(points),
        range=(0, _above(max(max(point.cpu_us, point.wall_us) for point in points))),
        x_labels=[{"value": _place(point), "label": f"{point.children:,}"} for point in points],
    )
    chart.add("CPU of the process", [(_place(point), round(point.cpu_us, 1)) for point in points])
    chart.add("by the clock", [(_place(point), round(point.wall_us, 1)) for point in points])
    chart.add_xml_filter(_without_scripts)
    path.write_text(chart.render(is_unicode=True) + "\n", encoding="utf-8")
    return ""


def _without_scripts(root: Any) -> Any:
    """A page shows it as a picture: what pygal adds for its tooltips would be dead weight."""
    for parent in list(root.iter()):
        for script in parent.findall("script"):
            parent.remove(script)
    return root


def _place(point: Point) -> float:
    """Children on a logarithmic axis."""
    return math.log10(point.children)


def _span(points: Sequence[Point]) -> tuple[float, float]:
    places = [_place(point) for point in points]
    return min(places) - 0.2, max(places) + 0.2


def _above(value: float) -> float:
    """The next round number with some room."""
    step = math.pow(10, math.floor(math.log10(value)))
    return math.ceil(value * 1.1 / step) * step
