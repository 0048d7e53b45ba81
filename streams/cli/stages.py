"""Commands for stages and the pipeline's time: run, tick, wait."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import typer

from streams.errors import Failure

EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""What a tick may say: seven years before the first and after the last are days that every table can hold."""


class StageName(StrEnum):
    intake = "intake"
    timeline = "timeline"
    centers = "centers"
    sink = "sink"
    notify = "notify"
    clock = "clock"
    serve = "serve"


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    app.command()(run)
    app.command()(tick)
    app.command()(wait)


def run(stage: StageName) -> None:
    """Run one stage in the foreground until SIGTERM."""
    from streams.run_stage import run_stage
    from streams.settings import Settings

    run_stage(stage.value, Settings())


def tick(at: str = typer.Option(..., help="RFC 3339; without an offset in HUIYU_TIMEZONE")) -> None:
    """Advance the pipeline's clock (manual clock, backfills); a time before now is refused."""
    from streams.clock.moments import parse_moment
    from streams.clock.tick import tick as advance
    from streams.settings import Settings

    settings = Settings()
    try:
        moment = parse_moment(at, settings.zone)
    except ValueError:
        raise Failure(f"--at {at!r} is no RFC 3339 time such as 2026-03-02T23:59:00+08:00") from None
    if not EARLIEST <= moment < LATEST:
        raise Failure(f"--at {at!r} is not between 1980-01-01 and 2099-12-31")
    print(advance(settings, moment))


def wait(timeout: float = typer.Option(300.0, min=0.1, help="seconds")) -> None:
    """Return when all that was published before the call is queryable."""
    from streams.clock.wait import wait as wait_until
    from streams.settings import Settings

    print(f"queryable after {wait_until(Settings(), timeout):.1f} s")
