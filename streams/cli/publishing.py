"""Commands for what clinics and centres use: publish, check, token. They need the base install only."""

from __future__ import annotations

import logging
import sys
from enum import StrEnum
from typing import Annotated

import typer

from streams.cli.line_by_line import each_line
from streams.errors import Failure

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
        each_line(files, size, publication.publish, "publishing")
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
    refused = each_line(files, total_size(files), lambda line: target.publish(line.event), "checking")
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


def quiet() -> None:
    """kafka-python's own warnings about connections: the command says in one line what the user can do."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)


def _note(text: str) -> None:
    print(f"huiyu: note: {text}", file=sys.stderr)


def end(summary: str, refused: int, to_stderr: bool = False) -> None:
    print(summary, file=sys.stderr if to_stderr else sys.stdout)
    if refused:
        raise typer.Exit(1)
