"""Commands for simulate, demo, audit."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    app.command()(audit)


def audit(
    limit: int = typer.Option(50, min=0, help="differences shown for each check; all are counted"),
    as_json: bool = typer.Option(False, "--json", help="print JSON"),
) -> None:
    """Compare log and store record by record, with SQL of its own; exit 1 says what differs. First run `huiyu wait`."""
    from streams.audit.command import run_audit

    raise typer.Exit(run_audit(limit, as_json))
