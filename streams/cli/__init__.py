"""The command `huiyu`. Each module here holds one group of commands and imports what it needs when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import typer
from pydantic import ValidationError

from streams.cli import (
    acknowledging,
    calls,
    county,
    explain,
    growth,
    publishing,
    reading,
    receipts,
    rules,
    sheets,
    stack,
    stages,
    tokens,
    who,
)
from streams.errors import Failure, NotInstalled
from streams.handles import COMMAND, need
from streams.settings import PREFIX, unknown_variables

OF_SHEETS = ("openpyxl", "python_calamine")


def build() -> typer.Typer:
    """The command line application; nothing is read from the environment before a command runs."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__)
    for group in (
        *(
            stack,
            stages,
            publishing,
            sheets,
            receipts,
            tokens,
            reading,
            calls,
            acknowledging,
            who,
            growth,
            rules,
            explain,
            county,
        ),
    ):
        group.register(app)
    return app


def main() -> None:
    """Run `huiyu`; a failure that the user can mend is one line and a distinct exit code, never a traceback."""
    # A stack's own processes take what its starter was checked for: they must not end for a variable beside it.
    if "HUIYU_STACK" not in os.environ and (unknown := unknown_variables(os.environ)):
        _end(unknown, 2)
    try:
        need(COMMAND, "a command")
        build()()
    except Failure as failure:
        _end([str(failure)], failure.exit_code)
    except ModuleNotFoundError as error:
        _end([str(_not_installed(error))], NotInstalled.exit_code)
    except ValidationError as error:
        _end([_malformed(problem) for problem in error.errors()], 2)


def _not_installed(error: ModuleNotFoundError) -> NotInstalled:
    """What to install for a library that is missing; a module of ours that is missing stays our mistake."""
    library = (error.name or "").partition(".")[0]
    if library in ("", "streams", "schemas"):
        raise error
    extras = "sheets" if library in OF_SHEETS else "pipeline,embedded"
    return NotInstalled(f"this command uses {library} and needs pip install 'huiyu[{extras}]'")


def _malformed(problem: Mapping[str, Any]) -> str:
    name = PREFIX + "_".join(str(part) for part in problem["loc"]).upper()
    return f"setting {name}: {problem['msg']}"


def _end(lines: Iterable[str], exit_code: int) -> NoReturn:
    for line in lines:
        print(f"huiyu: {line}", file=sys.stderr)
    sys.exit(exit_code)
