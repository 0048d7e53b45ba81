"""The command that tells a child's growth at the desk, by both standards, and a survey's by WHO's: `huiyu growth`."""

from __future__ import annotations

import csv
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.reading import AS_JSON
from streams.errors import Failure

if TYPE_CHECKING:
    from streams.cli.growth_desk import Visit


class Sex(StrEnum):
    female = "female"
    male = "male"


class Taken(StrEnum):
    lying = "lying"
    standing = "standing"


class Language(StrEnum):
    zh = "zh"
    en = "en"


def register(app: typer.Typer) -> None:
    """Add this group's command to the application."""
    app.command()(growth)


def growth(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE.csv", help="a survey with the columns of WHO's tools; z-scores are added"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="where a survey's rows go; by default to stdout")] = None,
    sex: Annotated[Sex | None, typer.Option(help="of one child")] = None,
    birth: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="its date of birth")] = "",
    on: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="of the visit; default today")] = "",
    weight: Annotated[float | None, typer.Option(min=0.3, max=60, help="kg")] = None,
    length: Annotated[float | None, typer.Option(min=20, max=150, help="length or height, cm")] = None,
    position: Annotated[
        Taken | None, typer.Option(help="how the length was taken; default: as the age expects")
    ] = None,
    head: Annotated[float | None, typer.Option(min=20, max=65, help="head circumference, cm")] = None,
    oedema: Annotated[bool, typer.Option("--oedema", help="with oedema no weight is judged")] = False,
    weeks: Annotated[
        int | None, typer.Option(min=22, max=44, help="of gestation; below 37 age is corrected before 24 months")
    ] = None,
    lang: Annotated[Language, typer.Option(help="language of the words")] = Language.zh,
    as_json: bool = AS_JSON,
) -> None:
    """One child's growth by WHO 2006 and by WS/T 423-2022, each by its own lines; or the z-scores of a survey.

    Nothing is sent or kept. The survey's rows come back with zlen, zwei, zwfl, zbmi, zhc, and 1 in flen … fhc for what
    is implausible; exit 1 names the cells that could not be read.
    """
    if file is not None:
        _survey(file, out)
        return
    if sex is None or not birth:
        raise Failure("growth needs --sex and --birth of one child and what was measured, or FILE.csv of a survey")
    from streams.cli.growth_desk import Visit

    data: dict[str, Any] = {"weight_kg": weight, "length_height_cm": length, "head_cm": head, "oedema": oedema}
    data["position"] = position.value if position else None
    if weight is None and length is None and head is None:
        raise Failure("nothing was measured: say --weight, --length or --head")
    _show(Visit(sex.value, _day("--birth", birth), _day("--date", on) if on else _today(), data, weeks), lang, as_json)


def _show(visit: Visit, lang: Language, as_json: bool) -> None:
    from streams.cli.answers import print_json, print_rows

    if visit.on < visit.born:
        raise Failure("the visit is before the birth: --date is earlier than --birth")
    if as_json:
        print_json(visit.as_json())
        return
    place = 0 if lang is Language.zh else 1
    print(visit.heading(place))
    print_rows(visit.names(place), visit.lines(place))


def _survey(file: Path, out: Path | None) -> None:
    from streams.clinical.growth.survey import NoSuchColumn, Survey
    from streams.publish.sheet.csv_text import csv_grid

    try:
        content = file.read_bytes()
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}") from error
    head, *rows = csv_grid(content).rows or [[]]
    try:
        survey = Survey(head, rows)
    except NoSuchColumn as error:
        raise Failure(f"{file}: {error}") from None
    _write(out, *survey.scored())
    for problem in survey.problems:
        print(f"{file}: row {problem.row}: {problem.column}: {problem.value!r} counts as empty", file=sys.stderr)
    if survey.problems:
        raise typer.Exit(1)


def _write(out: Path | None, head: list[str], rows: list[list[str]]) -> None:
    if out is None:
        csv.writer(sys.stdout, lineterminator="\n").writerows([head, *rows])
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([head, *rows])
    except OSError as error:
        raise Failure(f"{out} cannot be written: {error.strerror}") from error
    print(f"{out} written: {len(rows)} rows")


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Failure(f"{option} {text!r} is no date such as 2025-06-01") from None


def _today() -> date:
    from streams.settings import Settings

    return datetime.now(Settings().zone).date()
