"""Commands for stages and the pipeline's time: run, tick, wait."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
