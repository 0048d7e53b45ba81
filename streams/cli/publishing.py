"""Commands for what clinics and centres use: publish, check, import, token. They need the base install only."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.line_by_line import each_line, progress
from streams.errors import Failure

if TYPE_CHECKING:
    from streams.publish.importing import Tally
    from streams.publish.offline import Target

Files = Annotated[list[str], typer.Argument(metavar="FILE…", help="JSON lines, one event a line; - is standard input")]


class Scheme(StrEnum):
    cn_id = "cn-id"
    birth_cert = "birth-cert"
    local = "local"


class Example(StrEnum):
    who_survey = "who-survey"


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    app.command()(publish)
    app.command()(check)
    app.command("import")(import_)
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

    _quiet()
    size, settings = total_size(files), Settings()
    with Publisher(settings=settings) as publisher:
        publication = begin(files, endpoints.kafka(settings), publisher, resume, _note)
        each_line(files, size, publication.publish, "publishing")
        publisher.flush()
        publication.finish()
    before = f" ({publication.sent_before:,} of them before)" if resume else ""
    refused = publication.refused
    _end(f"{publication.sent:,} published and acknowledged{before}, {refused:,} refused", refused)


def check(files: Files) -> None:
    """Check events as `publish` and huiyu itself do, offline; nothing is sent; exit 1 names what would be refused."""
    from streams.publish.lines import total_size
    from streams.publish.offline import Nowhere

    target = Nowhere()
    refused = each_line(files, total_size(files), lambda line: target.publish(line.event), "checking")
    _end(f"{target.taken:,} valid, {refused:,} refused", refused)


def import_(
    file: Annotated[Path | None, typer.Argument(metavar="FILE.csv", help="a spreadsheet saved as CSV")] = None,
    mapping: Annotated[Path | None, typer.Option(help="TOML file: which columns make which fields")] = None,
    out: Annotated[
        Path | None, typer.Option(help="write JSON lines for `publish` instead of sending; - is stdout")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything, send and write nothing")] = False,
    revision: Annotated[int, typer.Option(min=1, help="raise it when a corrected sheet is imported again")] = 1,
    example: Annotated[Example | None, typer.Option(help="import this worked example")] = None,
) -> None:
    """Make a sheet events: published, written (--out) or only checked (--dry-run); exit 1 when some are refused."""
    _quiet()
    if example is not None:
        _import_example(out, dry_run)
    elif file is None or mapping is None:
        raise Failure("import needs FILE.csv and --mapping M.toml, or --example who-survey")
    else:
        _import(file, mapping, out, dry_run, revision)


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


def _import(file: Path, mapping: Path, out: Path | None, dry_run: bool, revision: int) -> None:
    from streams.publish.county_key import county_key
    from streams.publish.importing import Tally, import_sheet
    from streams.publish.sheet.mapping import load_mapping
    from streams.settings import Settings

    plan, tally = load_mapping(mapping), Tally()
    key = county_key(Settings()) if plan.needs_county_key else b""
    with _target(out, dry_run) as target, progress("importing", None) as bar:
        for problem in import_sheet(file, plan, target, key, revision, tally):
            bar.console.print(f"{file}:{problem}", markup=False, highlight=False, soft_wrap=True)
    _end_import(tally, out, dry_run)


def _import_example(out: Path | None, dry_run: bool) -> None:
    from streams.publish.survey import import_survey

    with _target(out, dry_run) as target, progress("importing", None):
        tally = import_survey(target)
    _end_import(tally, out, dry_run)


def _end_import(tally: Tally, out: Path | None, dry_run: bool) -> None:
    done = "checked, nothing sent" if dry_run else f"written to {out}" if out else "published and acknowledged"
    _end(f"{tally} ({done})", tally.refused, to_stderr=str(out) == "-")


@contextmanager
def _target(out: Path | None, dry_run: bool) -> Iterator[Target]:
    from streams.publish import Publisher
    from streams.publish.offline import IntoFile, Nowhere
    from streams.settings import Settings

    if dry_run:
        yield Nowhere()
    elif str(out) == "-":
        yield IntoFile(sys.stdout.buffer)
    elif out is not None:
        try:
            with out.open("wb") as stream:
                yield IntoFile(stream)
        except OSError as error:
            raise Failure(f"{out} cannot be written: {error.strerror}") from error
    else:
        with Publisher(settings=Settings()) as publisher:
            yield publisher


def _quiet() -> None:
    """kafka-python's own warnings about connections: the command says in one line what the user can do."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)


def _note(text: str) -> None:
    print(f"huiyu: note: {text}", file=sys.stderr)


def _end(summary: str, refused: int, to_stderr: bool = False) -> None:
    print(summary, file=sys.stderr if to_stderr else sys.stdout)
    if refused:
        raise typer.Exit(1)
