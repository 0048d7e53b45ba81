"""Commands for who keeps spreadsheets: import and template. CSV needs the base install only, .xlsx `huiyu[sheets]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streams.cli.line_by_line import progress
from streams.cli.publishing import end, quiet
from streams.cli.sheet_import import Wanted, import_by_template
from streams.errors import Failure

if TYPE_CHECKING:
    from streams.publish.importing import Tally
    from streams.publish.offline import Target


class Example(StrEnum):
    who_survey = "who-survey"


class TemplateName(StrEnum):
    registrations = "registrations"
    checkups = "checkups"
    vaccinations = "vaccinations"
    enrolment = "enrolment"
    attendance = "attendance"
    morning_checks = "morning-checks"


class Lang(StrEnum):
    zh = "zh"
    en = "en"


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    app.command("import")(import_)
    app.command()(template)


def import_(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="a spreadsheet, .xlsx or .csv")] = None,
    source: Annotated[str | None, typer.Option(help="whose records these are, as center:yucai")] = None,
    template: Annotated[
        TemplateName | None, typer.Option(help="the template that it follows; by default its headings say so")
    ] = None,
    errors: Annotated[
        Path | None, typer.Option(metavar="OUT.xlsx", help="where cells are refused, write the sheet with them marked")
    ] = None,
    memory: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="remembers what was sent; default sheets-sent.sqlite in HUIYU_DATA"),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="for a CSV of your own: TOML file that says which columns make which fields")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="write JSON lines for `publish` instead of sending; - is stdout")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything, send and remember nothing")] = False,
    revision: Annotated[
        int, typer.Option(min=1, help="at least this revision; with --mapping raise it for a corrected sheet")
    ] = 1,
    example: Annotated[Example | None, typer.Option(help="import this worked example")] = None,
) -> None:
    """Make a sheet events: published, written (--out) or only checked (--dry-run); exit 1 when some are refused.

    By a template of `huiyu template` good rows are sent and bad ones named; importing it again sends what changed.
    """
    quiet()
    if example is not None:
        _import_example(out, dry_run)
    elif file is None:
        raise Failure("import needs FILE.xlsx or FILE.csv, with --source or --mapping M.toml; or --example who-survey")
    elif mapping is not None:
        _import_by_mapping(file, mapping, out, dry_run, revision)
    elif source is None:
        raise Failure("import needs --source, as clinic:chengguan, for a sheet of a template, or --mapping M.toml")
    else:
        wanted = Wanted(file, source, template.value if template else None, errors, memory, revision)
        with _target(out, dry_run) as target:
            import_by_template(wanted, target, _done(out, dry_run), to_stderr=str(out) == "-")


def template(
    name: TemplateName,
    lang: Annotated[Lang, typer.Option(help="language of headings, words and explanations")] = Lang.zh,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.xlsx", help="default NAME.xlsx; is never overwritten")
    ] = None,
    month: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="whose days an attendance sheet has; default this month")
    ] = None,
) -> None:
    """Write an empty sheet: headings, lists to choose from, and a page that explains each column."""
    from streams.publish.sheet.templates import TEMPLATES
    from streams.publish.sheet.writing import template_workbook

    path = out or Path(f"{name.value}.xlsx")
    content = template_workbook(TEMPLATES[name.value], lang.value, _first_of(month))
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        raise Failure(f"{path} is there already and is not overwritten: say another --out") from None
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}") from error
    print(f"{path} written")


def _first_of(month: str | None) -> date:
    from streams.settings import Settings

    if month is None:
        return datetime.now(Settings().zone).date().replace(day=1)
    try:
        return datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
    except ValueError:
        raise Failure(f"--month {month!r} is no month such as 2026-03") from None


def _import_by_mapping(file: Path, mapping: Path, out: Path | None, dry_run: bool, revision: int) -> None:
    from streams.publish.county_key import county_key
    from streams.publish.importing import Tally, import_sheet
    from streams.publish.sheet.mapping import load_mapping
    from streams.settings import Settings

    plan, tally = load_mapping(mapping), Tally()
    key = county_key(Settings()) if plan.needs_county_key else b""
    with _publisher_or(out, dry_run) as target, progress("importing", None) as bar:
        for problem in import_sheet(file, plan, target, key, revision, tally):
            bar.console.print(f"{file}:{problem}", markup=False, highlight=False, soft_wrap=True)
    _end_import(tally, out, dry_run)


def _import_example(out: Path | None, dry_run: bool) -> None:
    from streams.publish.survey import import_survey

    with _publisher_or(out, dry_run) as target, progress("importing", None):
        tally = import_survey(target)
    _end_import(tally, out, dry_run)


def _end_import(tally: Tally, out: Path | None, dry_run: bool) -> None:
    end(f"{tally} ({_done(out, dry_run)})", tally.refused, to_stderr=str(out) == "-")


def _done(out: Path | None, dry_run: bool) -> str:
    return "checked, nothing sent" if dry_run else f"written to {out}" if out else "published and acknowledged"


@contextmanager
def _publisher_or(out: Path | None, dry_run: bool) -> Iterator[Target]:
    from streams.publish import Publisher
    from streams.settings import Settings

    with _target(out, dry_run) as target:
        if target is not None:
            yield target
            return
    with Publisher(settings=Settings()) as publisher:
        yield publisher


@contextmanager
def _target(out: Path | None, dry_run: bool) -> Iterator[Target | None]:
    """Where events go that are not sent; None: they are to be sent."""
    from streams.publish.offline import IntoFile, Nowhere

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
        yield None
