"""Commands for the embedded stack: up, down, status, env, topics, store."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from streams.errors import Failure

Data = Annotated[Path | None, typer.Option(help="folder of the stack; default HUIYU_DATA or ./huiyu-data")]


class Clock(StrEnum):
    live = "live"
    manual = "manual"


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    for command in (up, down, status, env, rebuild):
        app.command()(command)
    topics = typer.Typer(no_args_is_help=True, help="The broker's topics.")
    topics.command("apply")(topics_apply)
    topics.command("show")(topics_show)
    app.add_typer(topics, name="topics")
    store = typer.Typer(no_args_is_help=True, help="The store's tables and views.")
    store.command("migrate")(store_migrate)
    store.callback()(_store)
    app.add_typer(store, name="store")


def up(data: Data = None, clock: Annotated[Clock | None, typer.Option(help="live or manual")] = None) -> None:
    """Start broker, store, stages and the HTTP API; returns when all are ready."""
    import shlex
    import time

    from streams.embedded.stack import EVERYTHING, NOTIFY, Stack
    from streams.settings import Settings

    settings, began = Settings(), time.monotonic()
    stages = (*EVERYTHING, NOTIFY) if settings.subscriptions else EVERYTHING
    stack = Stack(data or settings.data, clock.value if clock else settings.clock, stages, settings=settings)
    if stack.up():
        print(f"ready after {time.monotonic() - began:.1f} s in {stack.layout.data}")
    else:
        print(f"already running in {stack.layout.data}")
    print(f'its endpoints: eval "$(huiyu env{f" --data {shlex.quote(str(data))}" if data else ""})"')


def down(data: Data = None) -> None:
    """End every process of this DATA and nothing else."""
    from streams.embedded.stack import Stack
    from streams.settings import Settings

    stack = Stack(data or Settings().data)
    print("stopped" if stack.down() else "nothing was running", f"in {stack.layout.data}")


def status(data: Data = None, json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """Each process, how far behind each stage is, the clock, what is parked, the disk.

    Exit 1 when a process does not run or a part does not answer, 3 when there is no stack.
    """
    from streams.settings import Settings
    from streams.status.command import show_status

    settings = Settings()
    if not show_status(settings.model_copy(update={"data": data or settings.data}), json):
        raise typer.Exit(1)


def env(data: Data = None) -> None:
    """The stack's endpoints as `export NAME=value` lines, for eval."""
    import shlex

    from streams.embedded.report import running_endpoints
    from streams.settings import Settings

    for name, value in running_endpoints(data or Settings().data).items():
        print(f"export {name}={shlex.quote(value)}")


def rebuild(data: Data = None, yes: Annotated[bool, typer.Option("--yes", help="do it")] = False) -> None:
    """Forget all that follows from the source topics; the next `up` makes it anew. Its stages must not run.

    For a state of another version, see docs/operator.md. What was known when (the views `…_as_of`) is lost before now.
    Repeat it when it was interrupted.
    """
    from streams.embedded.rebuilding import rebuild as forget_all
    from streams.settings import Settings

    settings = Settings()
    if not yes:
        raise Failure("rebuild deletes all that was made from the source topics, to be made anew: repeat it with --yes")
    forget_all(settings.model_copy(update={"data": data or settings.data}))
    print("forgotten; start the stages: they make everything anew from the source topics")


def topics_apply() -> None:
    """Create the topics that are missing; one with another number of partitions is an error."""
    from streams.embedded.topics_admin import apply_topics
    from streams.settings import Settings

    made = apply_topics(Settings())
    print(f"created {', '.join(made)}" if made else "all topics are there")


def topics_show() -> None:
    """Every topic: partitions, how long it is kept, what it is for."""
    from streams.embedded.report import show_topics
    from streams.settings import Settings

    show_topics(Settings())


def _store() -> None:
    """The store's tables and views."""


def store_migrate() -> None:
    """Apply the DDL that this store has not seen yet."""
    from streams.settings import Settings
    from streams.store.migrate import migrate

    applied = migrate(Settings())
    print(f"applied {', '.join(applied)}" if applied else "the store is up to date")
