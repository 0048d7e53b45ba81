"""The one table of a run: for a terminal, and as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.table import Table

from streams.bench.figures import Aim, Figure, Report

COLUMNS = ("figure", "value", "aim", "measured on")


def rich_table(report: Report) -> Table:
    """The table as rich prints it; its title says when and where."""
    table = Table(title=heading(report), title_justify="left", box=box.SIMPLE_HEAD)
    for name in COLUMNS:
        table.add_column(name, overflow="fold", justify="right" if name == "value" else "left")
    for title, figures in report.grouped():
        table.add_section()
        table.add_row(f"[bold]{title}[/]")
        for figure in figures:
            table.add_row(*_cells(figure), end_section=figure is figures[-1])
    return table


def markdown(report: Report) -> str:
    """The same for a page."""
    return "\n".join([heading(report), "", *_lines(report)])


def heading(report: Report) -> str:
    return f"Run of {report.at}, about {report.events:,} events, on {report.machine}."


def _lines(report: Report) -> Iterator[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---|--:|---|---|"
    for title, figures in report.grouped():
        yield f"| **{title}** | | | |"
        for figure in figures:
            yield f"| {' | '.join(_cells(figure))} |"


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    return figure.title, f"{number(figure.value)} {figure.unit}", verdict(figure.aim, figure.value), figure.on


def number(value: float) -> str:
    """Three figures that matter; whole thousands with commas."""
    if value >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def verdict(aim: Aim | None, value: float) -> str:
    """The aim, and whether it was reached."""
    if aim is None:
        return ""
    bound = f"{'<' if aim.less else '≥'} {aim.bound:,.0f}"
    return f"{bound}: {'reached' if aim.is_reached(value) else 'missed'}"
