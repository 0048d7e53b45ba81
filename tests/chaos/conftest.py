"""Shows the table of all runs that were made so far."""

from __future__ import annotations

from typing import Any

from tests.chaos.results import kept, tables


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """After pytest's own summary."""
    if found := kept():
        terminalreporter.write_line("\n" + tables(found))
