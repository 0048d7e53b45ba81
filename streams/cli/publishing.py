"""Commands for what clinics and centres use: publish, check, token. They need the base install only."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from streams.errors import Failure

if TYPE_CHECKING:
    from rich.progress import Progress

    from streams.publish.lines import Line

EVERY = 500
"""Lines between two movements of a progress bar."""

Files = Annotated[list[str], typer.Argument(metavar="FILE…", help="JSON lines, one event a line; - is standard input")]


class Scheme(StrEnum):
    cn_id = "cn-id"
    birth_cert = "birth-cert"
    local = "local"


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    app.command()(publish)
    app.command()(check)
    app.command()(token)


def publish(
    files: Files,
    resume: Annotated[
        bool, typer.Option("--resume", help="go on with files whose publication was interrupted; nothing twice")
    ] = False,
) -> None:
    """Publish events, each to its kind's topic; wait until all are acknowledged; name the lines refused (exit 1)."""
    from streams import endpoints
    from streams.publish import Publisher
    from streams.publish.lines import total_size
    from streams.publish.resuming import begin
    from streams.settings import Settings

    quiet()
    size, settings = total_size(files), Settings()
    with Publisher(settings=settings) as publisher:
        publication = begin(files, endpoints.kafka(settings), publisher, resume, _note)
        _each_line(files, size, publication.publish, "publishing")
        publisher.flush()
        publication.finish()
    before = f" ({publication.sent_before:,} of them before)" if resume else ""
    refused = publication.refused
    end(f"{publication.sent:,} published and acknowledged{before}, {refused:,} refused", refused)


def check(files: Files) -> None:
    """Check events as `publish` and huiyu itself do, offline; nothing is sent; exit 1 names what would be refused."""
    from streams.publish.lines import total_size
    from streams.publish.offline import Nowhere

    target = Nowhere()
    refused = _each_line(files, total_size(files), lambda line: target.publish(line.event), "checking")
    end(f"{target.taken:,} valid, {refused:,} refused", refused)


def token(
    value: Annotated[str, typer.Argument(help="the identifier; - reads it from standard input (no shell history)")],
    scheme: Annotated[Scheme, typer.Option(help="what kind of identifier")],
    source: Annotated[str | None, typer.Option(help="for local: who gave the number, for example center:yucai")] = None,
) -> None:
    """The subject for an identifier: a token from which nobody without the county's key can get back."""
    from schemas.identifiers import is_resident_number, normalised, subject
    from streams.publish.county_key import county_key
    from streams.settings import Settings

    key = county_key(Settings())
    value = sys.stdin.readline().strip() if value == "-" else value
    try:
        found = subject(scheme.value, value, key, source)
    except ValueError as error:
        raise Failure(str(error)) from None
    if scheme is Scheme.cn_id and not is_resident_number(normalised(value)):
        print("huiyu: warning: this is no valid resident identity number; is it typed right?", file=sys.stderr)
    print(found)


def _each_line(files: list[str], size: int | None, give: Callable[[Line], object], doing: str) -> int:
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


def quiet() -> None:
    """kafka-python's own warnings about connections: the command says in one line what the user can do."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)


def _note(text: str) -> None:
    print(f"huiyu: note: {text}", file=sys.stderr)


def end(summary: str, refused: int, to_stderr: bool = False) -> None:
    print(summary, file=sys.stderr if to_stderr else sys.stdout)
    if refused:
        raise typer.Exit(1)
