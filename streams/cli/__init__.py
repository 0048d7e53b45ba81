"""The command `huiyu`. Each module here holds one group of commands and imports what it needs when it is called."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from streams.cli import county, publishing, reading, stack, stages
from streams.errors import Failure


def build() -> typer.Typer:
    """The command line application; nothing is read from the environment before a command runs."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__)
    for group in (stack, stages, publishing, reading, county):
        group.register(app)
    return app


def main() -> None:
    """Run `huiyu`; a failure that the user can mend is one line and a distinct exit code, never a traceback."""
    try:
        build()()
    except Failure as failure:
        print(f"huiyu: {failure}", file=sys.stderr)
        sys.exit(failure.exit_code)
    except ValidationError as error:
        for problem in error.errors():
            name = "HUIYU_" + "_".join(str(part) for part in problem["loc"]).upper()
            print(f"huiyu: setting {name}: {problem['msg']}", file=sys.stderr)
        sys.exit(2)
