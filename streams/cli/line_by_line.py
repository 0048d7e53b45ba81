"""Goes through files line by line: a bar on a terminal, and on stderr every line that is refused, with its problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

    from streams.publish.lines import Line

EVERY = 500
"""Lines between two movements of a progress bar."""


def each_line(files: list[str], size: int | None, give: Callable[[Line], object], doing: str) -> int:
    """Give each line away, name those that are refused on stderr; how many they were."""
    from streams.publish.lines import read_lines
    from streams.publish.outcomes import Refused

    refused = behind = 0
    with progress(doing, size) as bar:
        for count, line in enumerate(read_lines(files), 1):
            behind += line.size
            try:
                give(line)
            except Refused as refusal:
                refused += 1
                for problem in refusal.problems:
                    bar.console.print(f"{line}: {problem}", markup=False, highlight=False, soft_wrap=True)
            if count % EVERY == 0:
                bar.advance(bar.task_ids[0], behind)
                behind = 0
        bar.advance(bar.task_ids[0], behind)
    return refused


@contextmanager
def progress(doing: str, total: int | None) -> Iterator[Progress]:
    """A bar on stderr when that is a terminal, else nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        bar.add_task(doing, total=total)
        yield bar
